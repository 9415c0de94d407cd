"""A report from the share files of several centres."""
