"""The diagnoses of each patient: mentions of one disease become one finding, with its assertion and its role."""
