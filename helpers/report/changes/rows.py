"""How many rows of two data files differ: counts only, never which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import LenfailError
from helpers.report.changes.reading import ReadReport
from helpers.report.keys import hash_file

if TYPE_CHECKING:
    import pandas as pd

_BUILT_IN = "synthetic"
_OPTIONS = {
    "sheet": "data_sheet",
    "encoding": "data_encoding",
    "delimiter": "data_delimiter",
    "decimal": "data_decimal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """How two tables of patients differ.

    Attributes
    ----------
    reason : str
        Why rows cannot be counted; empty where they can.
    added, removed, changed : int or None
        Rows; None where the count is protected, or where rows cannot be told apart.
    columns_added, columns_removed : int
        Columns.
    has_identifier : bool
        Whether rows were matched by a column that identifies them.
    rule : str
        By which small counts are protected; empty where they are not.
    """

    reason: str = ""
    added: int | None = None
    removed: int | None = None
    changed: int | None = None
    columns_added: int = 0
    columns_removed: int = 0
    has_identifier: bool = True
    rule: str = ""

    def describe(self) -> str:
        """Return the counts in a sentence without its full stop."""
        if self.reason:
            return f"rows cannot be counted: {self.reason}"
        parts = [
            f"{self._show(count)} {words}"
            for count, words in ((self.added, "added"), (self.removed, "removed"))
        ]
        if self.has_identifier:
            parts.append(f"{self._show(self.changed)} changed")
        told = f"rows: {', '.join(parts)}"
        columns = [
            f"{count} {words}"
            for count, words in ((self.columns_added, "added"), (self.columns_removed, "removed"))
            if count
        ]
        if columns:
            told += f"; columns: {', '.join(columns)}"
        if not self.has_identifier:
            told += "; no column identifies rows, so a changed row is one removed and one added"
        if self.rule:
            told += f"; counts are protected ({self.rule})"
        if not (columns or any((self.added, self.removed, self.changed)) or self.rule):
            told += "; the tables hold the same, written or ordered differently"
        return told

    def _show(self, count: int | None) -> str:
        return "few (not shown)" if count is None else f"{count:,}"


def count_row_changes(
    before: ReadReport, after: ReadReport, folders: Iterable[Path], files: Iterable[Path] = ()
) -> RowCounts:
    """Compare the data files of two reports, where both are still there as they were.

    A report keeps no row and no hash of one: hashes of rows could be tried out, because few
    patients are possible. So the files themselves are read, and only counts leave this function.

    Parameters
    ----------
    before, after : ReadReport
        A and B.
    folders : iterable of Path
        Where a file of the recorded name is looked for.
    files : iterable of Path
        Further files that may be one of both.

    Returns
    -------
    RowCounts
        Protected by the stricter rule of both reports.
    """
    folders, files = tuple(folders), tuple(files)
    read: list[pd.DataFrame] = []
    for letter, report in (("A", before), ("B", after)):
        frame, reason = _read_rows(report, letter, folders, files)
        if frame is None:
            return RowCounts(reason=reason)
        read.append(frame)
    return protect_counts(compare_tables(*read), {before.disclosure, after.disclosure})


def find_data_file(
    report: ReadReport, folders: Iterable[Path], files: Iterable[Path] = ()
) -> Path | None:
    """Return the file that a report's patients come from, known by its hash; None without it."""
    name = str(report.parameters.get("data") or "")
    wanted = report.manifest["input_files"].get("data") or report.manifest.get("data_sha256")
    if name in ("", _BUILT_IN) or "://" in name or not wanted:
        return None
    relative = name.removeprefix("<path>/")
    candidates = [*files, *(folder / relative for folder in folders)]
    return next((path for path in candidates if hash_file(path) == wanted), None)


def _read_rows(
    report: ReadReport, letter: str, folders: tuple[Path, ...], files: tuple[Path, ...]
) -> tuple[pd.DataFrame | None, str]:
    from helpers.cohort.sources.reading import read_source

    name = str(report.parameters.get("data") or "")
    if "://" in name:
        return None, f"the patients of {letter} come from a database, which keeps no earlier rows"
    source: str | Path | None = _BUILT_IN
    if name != _BUILT_IN:
        source = find_data_file(report, folders, files)
        if source is None:
            return None, (
                f"the data file of {letter} is no longer there as it was; say with --data where a "
                "copy is"
            )
    options = {key: str(report.parameters.get(name) or "") for key, name in _OPTIONS.items()}
    try:
        raw = read_source(source, options=options if name != _BUILT_IN else {})
    except LenfailError:
        return None, f"the data file of {letter} cannot be read"
    if raw.sha256 != report.manifest.get("data_sha256"):
        return None, f"the data of {letter} are no longer there as they were"
    return raw.frame, ""


def compare_tables(before: pd.DataFrame, after: pd.DataFrame) -> RowCounts:
    """Count the rows that differ between two tables of text.

    Parameters
    ----------
    before, after : pandas.DataFrame
        Text cells, None where empty; names of columns may repeat.

    Returns
    -------
    RowCounts
        A row counts as changed where a cell of a column that both tables have differs. Rows
        are matched by ``patient_id``, else by the column without gaps or repetitions that has
        most values in both tables.
    """
    names = [Counter(map(str, frame.columns)) for frame in (before, after)]
    common = [name for name, count in names[0].items() if count == 1 == names[1][name]]
    columns = {
        "columns_removed": (names[0] - names[1]).total(),
        "columns_added": (names[1] - names[0]).total(),
    }
    first, second = (_list_rows(frame, common) for frame in (before, after))
    key = find_identifier(before, after, common)
    if key is None:
        counted = [Counter(rows) for rows in (first, second)]
        return RowCounts(
            added=(counted[1] - counted[0]).total(),
            removed=(counted[0] - counted[1]).total(),
            has_identifier=False,
            **columns,
        )
    rows = [
        dict(zip(frame[key], found, strict=True))
        for frame, found in ((before, first), (after, second))
    ]
    return RowCounts(
        added=len(rows[1].keys() - rows[0].keys()),
        removed=len(rows[0].keys() - rows[1].keys()),
        changed=sum(rows[0][one] != rows[1][one] for one in rows[0].keys() & rows[1].keys()),
        **columns,
    )


def _list_rows(frame: pd.DataFrame, names: list[str]) -> list[tuple[Any, ...]]:
    if not names:
        return [()] * len(frame)
    return list(zip(*(frame[name].tolist() for name in names), strict=True))


def find_identifier(before: pd.DataFrame, after: pd.DataFrame, names: list[str]) -> str | None:
    """Return the column that tells rows apart in both tables, or None without one."""
    if "patient_id" in names:
        names = ["patient_id"]
    best, most = None, 0
    for name in names:
        first, second = before[name], after[name]
        if not (_identifies(first) and _identifies(second)):
            continue
        shared = len(set(first) & set(second))
        if shared > most:
            best, most = name, shared
    return best


def _identifies(values: pd.Series) -> bool:
    return bool(values.notna().all() and values.is_unique)


def protect_counts(counts: RowCounts, rules: Iterable[str]) -> RowCounts:
    """Return counts of rows as the rules of both reports allow them to be shown."""
    from dataclasses import replace

    from helpers.disclosure.rule import get_rule

    known = [rule for rule in map(get_rule, sorted(set(rules))) if rule is not None]
    if counts.reason or not known:
        return counts

    def publish(count: int | None) -> int | None:
        found: int | None = count
        for rule in known:
            found = rule.publish(found)
        return found

    protected: Mapping[str, Callable[[int | None], int | None] | int | None] = {
        name: publish(getattr(counts, name)) for name in ("added", "removed", "changed")
    }
    return replace(counts, **protected, rule=known[0].name)
