"""The same results under other known conventions, computed where they are asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from helpers.analysis.characteristics import summarise_characteristics
from helpers.analysis.counts import compare_proportions, count_levels
from helpers.analysis.models import fit_incidence_model, fit_survival_model
from helpers.analysis.screen import screen_factors, screen_incidence
from helpers.analysis.subset import select_patients
from helpers.analysis.survival import estimate_survival
from helpers.errors import LenfailError
from helpers.results import Result, ResultSet

if TYPE_CHECKING:
    from helpers.cohort import Cohort

Options = Mapping[str, Any]
Change = Callable[["Cohort"], Options]
Alternate = Callable[[], Result]

_ANALYSES: Mapping[str, Callable[..., ResultSet]] = {
    analyse.__name__: analyse
    for analyse in (
        compare_proportions,
        count_levels,
        estimate_survival,
        fit_incidence_model,
        fit_survival_model,
        screen_factors,
        screen_incidence,
        summarise_characteristics,
    )
}
_COUNT_KNOWN = (compare_proportions.__name__, count_levels.__name__)
_INTERVALS = ("spss", "log-log", "log", "plain", "arcsin")
_TIES = ("efron", "breslow")
_TESTS = {
    "chi_square_pearson": "chi-square",
    "chi_square_yates": "chi-square-yates",
    "fisher_exact": "fisher",
}
_ESTIMATORS = {"one_minus_km": "cumulative_incidence", "cumulative_incidence": "one_minus_km"}
_CONVENTION_OF = {"one_minus_km": "one_minus_km", "cumulative_incidence": "aalen_johansen"}


def offer_alternates(
    open_cohort: Callable[[], Cohort],
    definitions: Mapping[str, Mapping[str, Any]],
    results: Mapping[str, Result],
) -> dict[str, dict[str, Alternate]]:
    """Offer each result under the other conventions that its analysis knows.

    Parameters
    ----------
    open_cohort : callable
        Returns the cohort of the results; called once, and only if an alternate is.
    definitions : mapping
        By id of a set of results, how it was made; see
        :func:`helpers.analysis.definition.describe_definition`.
    results : mapping of str to Result
        All results, by id.

    Returns
    -------
    dict
        By id of a result, then by convention, a function that returns the result under it;
        one that cannot be computed says so. Conventions: ``interval_<method>`` of medians,
        ``ties_<method>`` of hazard ratios and their tests, ``chi_square_pearson``,
        ``chi_square_yates`` and ``fisher_exact`` of a comparison of shares, ``with_missing``
        and ``without_fish_only`` of counts, ``aalen_johansen`` and ``one_minus_km`` of
        incidences.
    """
    maker = _Maker(open_cohort, definitions)
    offered: dict[str, dict[str, Alternate]] = {}
    for result in results.values():
        found = dict(_list_present(result, results))
        set_id = _find_set(result.id, definitions)
        if set_id is not None:
            for convention, change in _list_changes(definitions[set_id], result):
                found[convention] = partial(maker.make, result.id, set_id, convention, change)
            if result.kind == "count" and definitions[set_id]["analysis"] in _COUNT_KNOWN:
                found["with_missing"] = partial(maker.count_all, result, set_id)
        if found:
            offered[result.id] = found
    return offered


@dataclass(slots=True)
class _Maker:
    """Makes sets of results again, each once for each convention."""

    open_cohort: Callable[[], Cohort]
    definitions: Mapping[str, Mapping[str, Any]]
    _cohort: Cohort | None = None
    _made: dict[str, ResultSet] = field(default_factory=dict)

    @property
    def cohort(self) -> Cohort:
        if self._cohort is None:
            self._cohort = self.open_cohort()
        return self._cohort

    def make(self, result_id: str, set_id: str, convention: str, change: Change) -> Result:
        """Return a result as it is after a change of its set's options."""
        analyse = _ANALYSES[self.definitions[set_id]["analysis"]]
        try:
            options = dict(change(self.cohort))
            key = json.dumps([set_id, options], sort_keys=True)
            if key not in self._made:
                self._made[key] = analyse(self.cohort, **options)
            made = self._made[key]
        except LenfailError as error:
            return _refuse(result_id, convention, str(error))
        found = made.find(result_id)
        return found or _refuse(result_id, convention, made.reason or "it is not in the set")

    def count_all(self, result: Result, set_id: str) -> Result:
        """Return a count out of all patients of its group, those not known included."""
        options = self.definitions[set_id]["options"]
        by = options.get("by")
        try:
            frame = select_patients(self.cohort, where=options.get("where"), by=by)
        except LenfailError as error:
            return _refuse(result.id, "with_missing", str(error))
        if by:
            frame = frame.loc[frame[by] == result.id.removeprefix(f"{set_id}.").split(".")[0]]
        return replace(result, n=len(frame))


def _refuse(result_id: str, convention: str, reason: str) -> Result:
    return Result(
        id=result_id, kind="statistic", status="not_computable", reason=f"{convention}: {reason}"
    )


def _find_set(result_id: str, definitions: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the id of the set that a result belongs to: the longest that begins its own."""
    parts = result_id.split(".")
    beginnings = (".".join(parts[:size]) for size in range(len(parts) - 1, 0, -1))
    set_id = next((name for name in beginnings if name in definitions), None)
    if set_id is None or definitions[set_id]["analysis"] not in _ANALYSES:
        return None
    return set_id


def _list_changes(definition: Mapping[str, Any], result: Result) -> Iterator[tuple[str, Change]]:
    options = _narrow(definition, result)
    if result.kind == "median" and "median_interval" in options:
        for method in _INTERVALS:
            if method != options["median_interval"]:
                name = f"interval_{method.replace('-', '_')}"
                yield name, partial(_set_option, options, "median_interval", method)
    if "ties" in options and (result.kind == "hazard_ratio" or result.id.endswith(".test")):
        for method in _TIES:
            if method != options["ties"]:
                yield f"ties_{method}", partial(_set_option, options, "ties", method)
    if result.kind == "test" and "method" in options:
        for name, method in _TESTS.items():
            yield name, partial(_set_option, options, "method", method)
    if result.kind == "count" and "where" in options:
        yield "without_fish_only", partial(_leave_out_fish_only, options)


def _narrow(definition: Mapping[str, Any], result: Result) -> Options:
    """Return the options of a set, of a screen only with the factor of the result."""
    options = definition["options"]
    factor = result.id.removeprefix(f"{options['set_id']}.").split(".")[0]
    if definition["analysis"].startswith("screen_") and factor in options["factors"]:
        return {**options, "factors": [factor]}
    return options


def _set_option(options: Options, name: str, value: Any, cohort: Cohort) -> Options:
    del cohort
    return {**options, name: value}


def _leave_out_fish_only(options: Options, cohort: Cohort) -> Options:
    levels = cohort.dictionary.factors["del5q_group"].levels
    where = options["where"] or {}
    kept = [key for key in where.get("del5q_group", levels) if key != "fish_only"]
    return {**options, "where": {**where, "del5q_group": kept}}


def _list_present(result: Result, results: Mapping[str, Result]) -> Iterator[tuple[str, Alternate]]:
    """Yield the alternates that other results hold already."""
    parent, _, _name = result.id.rpartition(".")
    evaluable = results.get(f"{parent}.evaluable")
    if result.kind == "count" and evaluable and evaluable.n and result.n == evaluable.estimate:
        yield "with_missing", partial(replace, result, n=evaluable.n)
    for name, other in _ESTIMATORS.items():
        if result.kind == "incidence" and f".{name}." in result.id:
            found = results.get(result.id.replace(f".{name}.", f".{other}."))
            if found:
                yield _CONVENTION_OF[other], partial(replace, found)
