"""The published numbers: ledger, comparison and audit."""
