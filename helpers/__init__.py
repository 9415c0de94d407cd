"""Outcome after lenalidomide failure in lower-risk MDS with deletion 5q, as a report."""

__version__ = "0.1.0"
