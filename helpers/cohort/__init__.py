"""From a file of patients to one analysis table."""
