"""Small SAS files for tests, written by ReadStat, which pyreadstat brings for reading."""

import ctypes
from collections.abc import Mapping, Sequence
from pathlib import Path

from pyreadstat import _readstat_parser

_STRING, _DOUBLE = 0, 5
_WRITE = ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
_LIBRARY = ctypes.CDLL(_readstat_parser.__file__)
for _name in ("readstat_writer_init", "readstat_add_variable", "readstat_add_label_set"):
    getattr(_LIBRARY, _name).restype = ctypes.c_void_p


def _check(code: int) -> None:
    if code:
        raise RuntimeError(f"ReadStat refused with code {code}")


class _Writer:
    """Collects what ReadStat writes."""

    def __init__(self) -> None:
        self.content = bytearray()
        self.pointer = ctypes.c_void_p(_LIBRARY.readstat_writer_init())
        self._callback = _WRITE(self._take)
        _check(_LIBRARY.readstat_set_data_writer(self.pointer, self._callback))

    def _take(self, data: int, size: int, context: object) -> int:
        self.content += ctypes.string_at(data, size)
        return size

    def close(self, path: Path) -> Path:
        _check(_LIBRARY.readstat_end_writing(self.pointer))
        _LIBRARY.readstat_writer_free(self.pointer)
        path.write_bytes(bytes(self.content))
        return path


def write_sas7bdat(
    path: Path,
    columns: Mapping[str, Sequence[str | float | None]],
    *,
    formats: Mapping[str, str] | None = None,
) -> Path:
    """Write columns of text or numbers as a SAS data set."""
    writer = _Writer()
    variables = {}
    for name, values in columns.items():
        is_text = any(isinstance(value, str) for value in values)
        width = max((len(v.encode()) for v in values if isinstance(v, str)), default=8)
        kind = _STRING if is_text else _DOUBLE
        variable = ctypes.c_void_p(
            _LIBRARY.readstat_add_variable(
                writer.pointer, name.encode(), kind, ctypes.c_size_t(width if is_text else 8)
            )
        )
        if shown := (formats or {}).get(name):
            _LIBRARY.readstat_variable_set_format(variable, shown.encode())
        variables[name] = variable
    n_rows = len(next(iter(columns.values())))
    _check(_LIBRARY.readstat_begin_writing_sas7bdat(writer.pointer, None, ctypes.c_long(n_rows)))
    for row in range(n_rows):
        _check(_LIBRARY.readstat_begin_row(writer.pointer))
        for name, variable in variables.items():
            _insert(writer.pointer, variable, columns[name][row])
        _check(_LIBRARY.readstat_end_row(writer.pointer))
    return writer.close(path)


def _insert(writer: ctypes.c_void_p, variable: ctypes.c_void_p, value: str | float | None) -> None:
    if value is None:
        _check(_LIBRARY.readstat_insert_missing_value(writer, variable))
    elif isinstance(value, str):
        _check(_LIBRARY.readstat_insert_string_value(writer, variable, value.encode()))
    else:
        number = ctypes.c_double(value)
        _check(_LIBRARY.readstat_insert_double_value(writer, variable, number))


def write_sas7bcat(path: Path, labels: Mapping[str, Mapping[float, str]]) -> Path:
    """Write sets of labels as a SAS catalogue."""
    writer = _Writer()
    for name, texts in labels.items():
        labelled = ctypes.c_void_p(
            _LIBRARY.readstat_add_label_set(writer.pointer, _DOUBLE, name.encode())
        )
        for value, text in texts.items():
            number = ctypes.c_double(value)
            _LIBRARY.readstat_label_double_value(labelled, number, text.encode())
    _check(_LIBRARY.readstat_begin_writing_sas7bcat(writer.pointer, None))
    return writer.close(path)
