"""Reporting guidelines as data, and the marking of a report by their rules."""
