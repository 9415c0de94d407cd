"""Estimators: pure functions on arrays, equal to R survival and cmprsk."""
