"""The published numbers in a report: reproduced, or beside those of the user's own cohort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.cohort.terms import make_terms
from helpers.params import name_style
from helpers.report.appendices import make_comparison_appendix, make_own_cohort_appendix
from helpers.report.artefacts import CollectedResults
from helpers.report.manuscript import Part
from helpers.report.verdicts import judge_once
from helpers.results import Result

if TYPE_CHECKING:
    import pandas as pd

    from helpers.cohort import Cohort


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedNumbers:
    """What a report says of a ledger.

    Attributes
    ----------
    appendix : Part
        Of the manuscript.
    frame : pandas.DataFrame
        One row for each number, for comparison.csv.
    verdicts : mapping of str to int
        Tally; empty for a cohort that is not built in, whose numbers need not be the paper's.
    """

    appendix: Part
    frame: pd.DataFrame
    verdicts: Mapping[str, int] = field(default_factory=dict)


def compare_with_ledger(
    path: Path,
    collected: CollectedResults,
    *,
    parameters: Mapping[str, Any],
    base_dir: Path | None = None,
) -> PublishedNumbers | None:
    """Compare a report with the published numbers.

    Parameters
    ----------
    path : Path
        Of the ledger.
    collected : CollectedResults
        Of all sections.
    parameters : mapping
        Of the report, flat.
    base_dir : Path, optional
        Against which a relative path of the data is read.

    Returns
    -------
    PublishedNumbers or None
        Of the built-in cohort verdicts; of any other, and under disclosure control, whose
        numbers are rounded, the difference of each estimate. None where the terms say that
        disease, time zero or events are not the paper's.
    """
    if not make_terms(parameters.get("terms") or {}).is_published:
        return None
    results = {key: Result.from_record(value) for key, value in collected.records.items()}
    is_exact = parameters.get("disclosure", "off") == "off"
    if is_exact and collected.context.get("built_in", collected.context.get("synthetic", True)):
        return _judge(path, results, collected, parameters, base_dir)
    return _set_beside(path, results, name_style(parameters))


def _judge(
    path: Path,
    results: Mapping[str, Result],
    collected: CollectedResults,
    parameters: Mapping[str, Any],
    base_dir: Path | None,
) -> PublishedNumbers:
    from helpers.published import add_conventions, search_conventions

    ledger, table = judge_once(path, collected)
    alternates = _offer_alternates(results, collected.context, parameters, base_dir)
    found = search_conventions(ledger, table, results, alternates=alternates)
    table = add_conventions(table, found)
    return PublishedNumbers(
        appendix=make_comparison_appendix(table), frame=table.to_frame(), verdicts=dict(table.tally)
    )


def _set_beside(path: Path, results: Mapping[str, Result], style: str) -> PublishedNumbers:
    from helpers.published import compare_own_cohort, differences_to_frame, read_ledger

    ledger = read_ledger(path)
    differences = compare_own_cohort(ledger, results)
    return PublishedNumbers(
        appendix=make_own_cohort_appendix(differences, conf_level=ledger.conf_level, style=style),
        frame=differences_to_frame(differences),
    )


def _offer_alternates(
    results: Mapping[str, Result],
    context: Mapping[str, Any],
    parameters: Mapping[str, Any],
    base_dir: Path | None,
) -> Mapping[str, Any]:
    definitions = context.get("definitions")
    if not definitions:
        return {}
    from helpers.analysis.alternates import offer_alternates

    return offer_alternates(
        lambda: _read_cohort(parameters, base_dir, context.get("data_sha256")),
        definitions,
        results,
    )


def _read_cohort(
    parameters: Mapping[str, Any], base_dir: Path | None, sha256: str | None
) -> Cohort:
    """Read the cohort that the sections were made from."""
    from helpers.cohort import read_cohort
    from helpers.errors import DataError
    from helpers.params import check_params

    params = check_params(parameters)
    cohort = read_cohort(params.data, **{**params.cohort_options, "base_dir": base_dir})
    if cohort.sha256 != sha256:
        raise DataError("the data have changed since the sections were made; build again")
    return cohort
