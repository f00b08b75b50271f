"""Which drug was given how: attributes are linked to drugs, drugs become courses, courses become rows."""
