"""Names that a vocabulary knows: drugs, vehicles, forms, routes, sites, diagnoses; the component `casesift_terms`."""
