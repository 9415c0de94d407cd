"""Run the notebooks, convert them, assemble and publish the report."""
