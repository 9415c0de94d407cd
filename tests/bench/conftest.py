"""Benches are scripts: nothing here is collected as a test."""

collect_ignore_glob = ["*.py"]
