"""Share files: what a centre tells of its report to others, and nothing of any patient."""
