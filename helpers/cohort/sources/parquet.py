"""Parquet files."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import numpy as np
import pandas as pd

from helpers.cohort.sources.raw_table import (
    RawTable,
    SourceFacts,
    check_size,
    column_to_text,
    make_salt,
    make_text_frame,
)
from helpers.errors import DataError

MAX_UNPACKED_BYTES = 4_000_000_000


def read_parquet(content: bytes, name: str) -> RawTable:
    """Read a Parquet file of plain columns.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        For people.

    Raises
    ------
    DataError
        If it is no such file, or has columns of lists or records.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(content))
        _check_shape(file)
        table = file.read()
        columns = [_write_column(table.column(at), pa) for at in range(table.num_columns)]
    except DataError:
        raise
    except Exception as error:
        raise DataError(
            "data must be a file that can be read as Parquet, but was not "
            f"({type(error).__name__}); write it again, or export it as CSV UTF-8"
        ) from None
    return RawTable(
        frame=make_text_frame(table.column_names, columns, table.num_rows),
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        synthetic=False,
        ragged_rows={},
        facts=SourceFacts(kind="Parquet file"),
        dates_typed=True,
        id_salt=make_salt(content),
    )


def _check_shape(file: Any) -> None:
    import pyarrow as pa

    metadata = file.metadata
    check_size(metadata.num_rows, max(metadata.num_columns, 1))
    size = sum(
        metadata.row_group(number).total_byte_size for number in range(metadata.num_row_groups)
    )
    if size > MAX_UNPACKED_BYTES:
        raise DataError(
            f"data must be a file of at most {MAX_UNPACKED_BYTES / 1e9:g} GB unpacked, but would "
            f"be {size / 1e9:.1f} GB; keep the columns of the study only"
        )
    nested = [field.name for field in file.schema_arrow if pa.types.is_nested(field.type)]
    if nested:
        shown = ", ".join(repr(name) for name in nested[:5])
        raise DataError(
            f"data must be a table with one value in each cell, but {shown} holds lists or "
            "records; write each part as a column of its own"
        )


def _write_column(column: Any, pa: Any) -> np.ndarray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us"), safe=False)
    if pa.types.is_float32(column.type):
        return column_to_text(pd.Series(column.to_numpy()))
    return column_to_text(pd.Series(column.to_pylist(), dtype=object))
