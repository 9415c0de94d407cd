"""Choices of an analysis tried out in a notebook: controls, answers, and their parameters."""
