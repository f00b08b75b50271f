"""Codes of the mentions: ICD-10-CM for diagnoses, DrugBank and MeSH for drugs; the component `casesift_codes`."""
