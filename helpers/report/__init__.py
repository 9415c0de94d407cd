"""Runs the section notebooks and makes the report from what they show."""

from helpers.report import _imports  # noqa: F401  must come before nbformat
