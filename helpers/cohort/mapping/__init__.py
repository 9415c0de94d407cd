"""From the columns of any file to those of the data dictionary, as a YAML file declares."""

from helpers.cohort.mapping.apply import MappedTable, apply_mapping
from helpers.cohort.mapping.document import ColumnMapping, parse_mapping, read_mapping

__all__ = ["ColumnMapping", "MappedTable", "apply_mapping", "parse_mapping", "read_mapping"]
