"""One function for each analysis of the report: cohort in, results out."""
