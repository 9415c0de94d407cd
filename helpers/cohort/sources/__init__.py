"""Where patients' data come from: files, databases, or the built-in synthetic cohort.

Every source is turned into text cells; nothing in a cell is ever evaluated.
"""

from helpers.cohort.sources.raw_table import (
    FIRST_DATA_ROW,
    ColumnOrigin,
    RawTable,
    SourceFacts,
    convert_to_text,
)
from helpers.cohort.sources.reading import ENDINGS, OPTIONS, SYNTHETIC, read_source

__all__ = [
    "ENDINGS",
    "FIRST_DATA_ROW",
    "OPTIONS",
    "SYNTHETIC",
    "ColumnOrigin",
    "RawTable",
    "SourceFacts",
    "convert_to_text",
    "read_source",
]
