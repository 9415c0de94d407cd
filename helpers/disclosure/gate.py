"""The gate: each set of results goes through it once, before anything is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.disclosure.comparisons import FINISH, protect_comparison
from helpers.disclosure.curves import protect_curves
from helpers.disclosure.families import SetCounts
from helpers.disclosure.margins import Margin, hide_margins
from helpers.disclosure.masking import (
    blur_text,
    protect_meta,
    protect_results,
    round_digits,
)
from helpers.disclosure.patterns import is_pattern, protect_centres
from helpers.disclosure.reading import read_counts
from helpers.disclosure.rule import Rule, get_rule
from helpers.disclosure.specifications import protect_specifications
from helpers.errors import DataError
from helpers.results import ResultSet

if TYPE_CHECKING:
    from helpers.cohort import Cohort

_P_DIGITS = 2
_TOO_SMALL = "its groups are too small to be shown under disclosure control"
_WITH_POPULATIONS = frozenset({*FINISH, "vary_choices"})
#: Analyses whose every number is known to the protection; no other passes the gate.
PROTECTED_ANALYSES = frozenset(
    {
        "compare_proportions",
        "count_available",
        "count_flow",
        "count_levels",
        "count_subsets",
        "count_missing",
        "cross_check",
        "describe_target_trial",
        "detect_immortal_time",
        "estimate_incidence",
        "estimate_survival",
        "fit_incidence_model",
        "fit_survival_model",
        "screen_factors",
        "screen_incidence",
        "select_model",
        "summarise_characteristics",
        "summarise_follow_up",
        "summarise_groups",
        *_WITH_POPULATIONS,
    }
)


class Gate:
    """Protects all that a section shows of one cohort.

    Parameters
    ----------
    rule : Rule
        How counts are printed.
    table : pandas.DataFrame
        The analysis table, one row for each patient.
    levels : mapping of str to sequence of str
        Level keys by factor.

    Raises
    ------
    DataError
        If the cohort itself is of a small number of patients.
    """

    def __init__(
        self, rule: Rule, table: pd.DataFrame, levels: Mapping[str, Sequence[str]]
    ) -> None:
        if len(table) <= 2 * rule.largest_small:
            raise DataError(
                f"number of patients must be more than {2 * rule.largest_small} under disclosure "
                f"control {rule.name}, but was not; a report of so few cannot be protected"
            )
        self.rule = rule
        self._table = table
        self._levels = levels

    @cached_property
    def hidden_margins(self) -> frozenset[Margin]:
        """Return which levels and columns are hidden in every set."""
        return hide_margins(self._table, self._levels, self.rule)

    def protect(self, results: ResultSet) -> ResultSet:
        """Return a set as it may be shown.

        Parameters
        ----------
        results : ResultSet
            With true counts.

        Returns
        -------
        ResultSet
            With printed counts, masked results, curves of printed counts; omitted where
            the analysis is not one of :data:`PROTECTED_ANALYSES`.
        """
        if not results.is_computable:
            return replace(results, reason=blur_text(results.reason))
        if not _is_known(results):
            return _omit(results, "it has no form that is protected by disclosure control")
        if _get_analysis(results) in _WITH_POPULATIONS and results.results:
            return self._protect_comparison(results)
        counts = read_counts(
            results,
            self.rule,
            n_patients=len(self._table),
            hidden_margins=self.hidden_margins,
            levels=self._levels,
        )
        if counts.system.find_exposed():
            return _omit(results, _TOO_SMALL)
        printed = protect_results(results, counts, self.rule)
        if is_pattern(results):
            printed |= {
                result.id: protect_centres(result, results, counts, n_patients=len(self._table))
                for result in results
                if result.id.endswith(".centres")
            }
        frames = {
            name: self._protect_frame(frame, name, counts, results)
            for name, frame in results.frames.items()
        }
        if {"curve", "at_risk"} <= set(frames):
            printed, curves = protect_curves(results, counts, self.rule, printed)
            frames |= curves
        meta = protect_meta(results.meta, counts, self.rule)
        return ResultSet(results.id, printed, frames, meta)

    def protect_context(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the report is told of the cohort, its number of patients rounded."""
        kept = dict(context)
        for name in ("n", "n_screened"):
            if kept.get(name) is not None:
                kept[name] = self.rule.publish(kept[name])
        if kept.get("warnings"):
            kept["warnings"] = [
                "The data were remarked upon; what was remarked is withheld under disclosure "
                "control and told by lenfail check."
            ]
        if "understood" in kept:
            kept["understood"] = _blur(kept["understood"])
        return {**kept, "disclosure": self.rule.name}

    def _protect_comparison(self, results: ResultSet) -> ResultSet:
        """Return an analysis that hands on the patients behind it; without these it is left out."""
        made, options = None, {"n_patients": len(self._table)}
        if "specifications" in results.frames:
            made = protect_specifications(results, self.rule, **options)
        elif "populations" in results.frames:
            hidden = self.hidden_margins
            made = protect_comparison(results, self.rule, hidden_margins=hidden, **options)
        return _omit(results, _TOO_SMALL) if made is None else made

    def _protect_frame(
        self, frame: pd.DataFrame, name: str, counts: SetCounts, results: ResultSet
    ) -> pd.DataFrame:
        if name in {"curve", "at_risk"}:
            return frame
        kept = frame.copy()
        for column in frame.columns:
            if not pd.api.types.is_numeric_dtype(frame[column]):
                continue
            if column == "p_value":
                kept[column] = [round_digits(value, _P_DIGITS) for value in frame[column]]
            elif column in {"statistic", "criterion"}:
                kept[column] = frame[column].round(2)
            elif str(column).startswith("n_") or column in {"n", "events", "missing"}:
                kept[column] = self._protect_column(frame, str(column), counts, results.id)
        return kept

    def _protect_column(
        self, frame: pd.DataFrame, column: str, counts: SetCounts, set_id: str
    ) -> list[float]:
        """Return a column of counts, nothing where the result of the same count is hidden."""
        keys = {"n_excluded": "excluded.", "n_remaining": "remaining.", "n_known": ""}
        shown = []
        for line in frame.to_dict("records"):
            published = self.rule.publish(int(line[column]))
            name = line.get("step", line.get("variable", ""))
            if column == "n_missing":
                key = ("rest", f"{set_id}.{name}")
                is_hidden = counts.is_hidden(key) or counts.is_hidden(
                    counts.estimates.get(f"{set_id}.{name}")
                )
            else:
                key = counts.estimates.get(f"{set_id}.{keys.get(column, '')}{name}")
                is_hidden = key is not None and counts.is_hidden(key)
            shown.append(np.nan if published is None or is_hidden else float(published))
        return shown


def _omit(results: ResultSet, reason: str) -> ResultSet:
    title = str(results.meta.get("title", results.id))
    return ResultSet.omitted(results.id, reason, meta={"title": title})


def _get_analysis(results: ResultSet) -> str | None:
    """Return the name of the function that made a set; None for one made by hand."""
    return (results.meta.get("definition") or {}).get("analysis")


def _is_known(results: ResultSet) -> bool:
    """Return whether a set is of an analysis with a protected form, or of plain counts."""
    analysis = _get_analysis(results)
    if analysis is not None:
        return analysis in PROTECTED_ANALYSES
    kinds = {result.kind for result in results}
    return kinds <= {"count", "test"} and set(results.frames) <= {"rows"}


def open_gate(disclosure: str, cohort: Cohort) -> Gate | None:
    """Return the gate of a cohort; None where the parameter `disclosure` is ``off``.

    Raises
    ------
    DataError
        If the cohort is too small to be protected.
    ParameterError
        If there is no such rule.
    """
    rule = get_rule(disclosure)
    if rule is None:
        return None
    factors = cohort.dictionary.factors
    return Gate(rule, cohort.table, {name: list(kept.levels) for name, kept in factors.items()})


def _blur(value: Any) -> Any:
    """Return nested data without numbers."""
    if isinstance(value, Mapping):
        return {key: _blur(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_blur(item) for item in value]
    if isinstance(value, str):
        return blur_text(value)
    return None if isinstance(value, int | float) and not isinstance(value, bool) else value
