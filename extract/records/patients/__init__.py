"""Who the patients are, and of whom each sentence speaks: the cohort of a report. In: sentences. Out: a `Cohort`."""
