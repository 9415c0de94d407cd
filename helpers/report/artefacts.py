"""The report's files beside its pages: results, tables, figures, comparison."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.document import Block, FigureBlock, ResultsBlock, TableBlock
from helpers.errors import BuildError
from helpers.report.grid import write_table_csv
from helpers.report.text import clean_text, make_slug, neutralise_formula

if TYPE_CHECKING:
    import pandas as pd

RESULTS_FORMAT = 1
#: Forms in which figures are kept where nothing else is asked for.
FIGURE_FORMATS = ("svg", "png")


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedResults:
    """The results of all sections.

    Attributes
    ----------
    records : mapping of str to dict
        By id, in the manuscript's order.
    omitted : tuple of dict
        Analyses that could not be made.
    context : mapping
        Of the run: cohort, n, hash of the data, warnings, versions, and how each set of results
        was made.
    """

    records: Mapping[str, Mapping[str, Any]]
    omitted: tuple[Mapping[str, str], ...]
    context: Mapping[str, Any]


def collect_results(blocks: Iterable[Block]) -> CollectedResults:
    """Join the results of all sections.

    Parameters
    ----------
    blocks : iterable of blocks
        Of the whole report; only results are looked at.

    Returns
    -------
    CollectedResults

    Raises
    ------
    BuildError
        If two sections give one id different values, or were made from different data.
    """
    records: dict[str, Mapping[str, Any]] = {}
    omitted: dict[str, Mapping[str, str]] = {}
    context: dict[str, Any] = {}
    for block in blocks:
        if isinstance(block, ResultsBlock):
            _add_records(records, block)
            omitted.update({item["id"]: item for item in block.omitted})
            context = _join_context(context, block)
    return CollectedResults(records=records, omitted=tuple(omitted.values()), context=context)


def write_results(path: Path, collected: CollectedResults) -> None:
    """Write results.json, keys sorted."""
    context = {key: collected.context[key] for key in sorted(collected.context)}
    document = {
        "format": RESULTS_FORMAT,
        "synthetic": bool(context.pop("synthetic", False)),
        "context": context,
        "omitted": list(collected.omitted),
        "results": dict(collected.records),
    }
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", errors="replace")


def write_tables(folder: Path, blocks: Iterable[Block]) -> list[str]:
    """Write each table as CSV and return the files' names."""
    tables = [block for block in blocks if isinstance(block, TableBlock)]
    names = name_files([table.id for table in tables])
    folder.mkdir(exist_ok=True)
    for table, name in zip(tables, names, strict=True):
        _write_text(folder / f"{name}.csv", write_table_csv(table))
    return names


def write_figures(
    folder: Path, blocks: Iterable[Block], *, forms: Sequence[str] = FIGURE_FORMATS
) -> list[str]:
    """Write each figure in the forms asked for with its data as CSV; return the files' names.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    blocks : iterable of blocks
        Of the whole report; only figures are looked at.
    forms : sequence of str
        ``svg``, ``png``, ``pdf``, ``tiff``; one that a figure does not have is left out.

    Returns
    -------
    list of str
        Names without suffix.
    """
    figures = [block for block in blocks if isinstance(block, FigureBlock)]
    names = name_files([figure.id for figure in figures])
    folder.mkdir(exist_ok=True)
    for figure, name in zip(figures, names, strict=True):
        _write_text(folder / f"{name}.csv", figure.data_csv)
        if "svg" in forms:
            _write_text(folder / f"{name}.svg", figure.svg)
        for form, data in {"png": figure.png, **figure.forms}.items():
            if form in forms and data:
                (folder / f"{name}.{form}").write_bytes(data)
    return names


def write_comparison(path: Path, frame: pd.DataFrame) -> None:
    """Write comparison.csv; a spreadsheet computes nothing in it."""
    safe = frame.map(lambda value: neutralise_formula(value) if isinstance(value, str) else value)
    safe.to_csv(path, index=False, lineterminator="\n")


def name_files(ids: Sequence[str]) -> list[str]:
    """Return a file name without suffix for each id, all different.

    Examples
    --------
    >>> name_files(["figure.os_failure", "figure.os failure", "table.x"])
    ['os_failure', 'os-failure', 'x']
    >>> name_files(["table.a", "a"])
    ['a', 'a-2']
    """
    names: list[str] = []
    for block_id in ids:
        stem = make_slug(block_id.removeprefix("figure.").removeprefix("table."))
        name, count = stem, 1
        while name in names:
            count += 1
            name = f"{stem}-{count}"
        names.append(name)
    return names


def _write_text(path: Path, text: str) -> None:
    path.write_text(clean_text(text), encoding="utf-8", newline="\n")


def _add_records(records: dict[str, Mapping[str, Any]], block: ResultsBlock) -> None:
    for record in block.results:
        known = records.setdefault(record["id"], record)
        if known != record:
            raise BuildError(
                f"result {record['id']!r} must be one number in the whole report, but section "
                f"{block.id!r} gives another than a section before it; give it an id of its own"
            )


def _join_context(context: dict[str, Any], block: ResultsBlock) -> dict[str, Any]:
    given = dict(block.context)
    before, now = context.get("data_sha256"), given.get("data_sha256")
    if before and now and before != now:
        raise BuildError(
            f"all sections must be made from the same data, but section {block.id!r} read "
            "other data than the section before it; build again while the data stand still"
        )
    warnings = dict.fromkeys([*context.get("warnings", ()), *given.get("warnings", ())])
    synthetic = bool(context.get("synthetic")) or bool(given.get("synthetic"))
    versions = {**context.get("versions", {}), **given.get("versions", {})}
    definitions = {**context.get("definitions", {}), **given.get("definitions", {})}
    return {
        **context,
        **given,
        "definitions": definitions,
        "warnings": list(warnings),
        "synthetic": synthetic,
        "versions": versions,
    }
