"""Runs the section notebooks and makes the report from what they show."""
