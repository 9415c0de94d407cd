"""The built-in synthetic cohort: how it is drawn, calibrated, checked and written."""
