"""Estimators: pure functions on arrays, equal to R survival and cmprsk.

An outcome is checked once, by :mod:`helpers.stats.outcome`, and passed to the estimators; each
returns a frozen result with the numbers of patients and events behind it. None stands for "not
reached" or "undefined", never inf or nan.
"""
