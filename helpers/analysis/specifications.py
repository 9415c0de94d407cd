"""One hazard ratio under one set of analytic choices, as a function call."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.analysis.model_data import prepare_model
from helpers.analysis.subset import Where, find_endpoint, get_factor
from helpers.analysis.survival_results import read_outcome
from helpers.cohort.derive import derive_factors
from helpers.errors import NotComputableError, ParameterError, StatisticsError
from helpers.stats.cox import fit_cox
from helpers.stats.design import Design, build_design
from helpers.stats.mapped import MapChunks, cut_into_parts
from helpers.stats.outcome import SurvivalOutcome

if TYPE_CHECKING:
    from helpers.cohort import Cohort

#: The published cuts.
CUTS: Mapping[str, float] = {
    "age_cut_years": 75.0,
    "len_duration_cut_months": 6.0,
    "len_dose_cut_mg": 10.0,
}
#: Value of each choice that a sweep does not vary; the first of a varied choice's list is its base.
DEFAULTS: Mapping[str, Any] = {
    "endpoint": "os",
    "subset": "all",
    "model": "alone",
    "missing": "complete_cases",
    "truncation_months": None,
    "ties": "efron",
    "variance": "model",
}
_ALLOWED: Mapping[str, frozenset[str]] = {
    "endpoint": frozenset(("os", "os_len", "os_dx")),
    "missing": frozenset(("complete_cases", "most_frequent", "own_category")),
    "ties": frozenset(("efron", "breslow")),
    "variance": frozenset(("model", "robust")),
}
#: Choices by what they cost: those that select patients anew change least often.
_ORDER = (*CUTS, "endpoint", "subset", "model", "missing", "truncation_months", "ties", "variance")
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class Multiverse:
    """A hazard ratio and the choices under which it is estimated.

    Attributes
    ----------
    cohort : Cohort
        Whose analysis table is used.
    factor, level : str
        The hazard ratio: of this level against the factor's reference.
    choices : mapping of str to sequence
        Values by choice, the base first: ``age_cut_years``, ``len_duration_cut_months``,
        ``len_dose_cut_mg``, ``endpoint``, ``subset`` and ``model`` (keys of the mappings below),
        ``missing``, ``truncation_months`` (None for none), ``ties``, ``variance``.
    models : mapping of str to sequence of str
        Factors that each model adjusts for.
    subsets : mapping of str to mapping
        Patients of each subset; see :func:`helpers.analysis.subset.select_patients`.
    cuts : mapping of str to float
        All three, for those that do not vary.
    counts_groups : bool
        Whether each row tells the smaller group's patients and events, for disclosure control.
    """

    cohort: Cohort
    factor: str
    level: str
    choices: Mapping[str, Sequence[Any]]
    models: Mapping[str, Sequence[str]] = field(default_factory=dict)
    subsets: Mapping[str, Where] = field(default_factory=dict)
    cuts: Mapping[str, float] = field(default_factory=lambda: dict(CUTS))
    counts_groups: bool = False

    def __post_init__(self) -> None:
        """Refuse choices that mean nothing.

        Raises
        ------
        ParameterError
            If a choice or one of its values is unknown, or a list is empty.
        """
        known = {*CUTS, *DEFAULTS}
        for name, values in self.choices.items():
            if name not in known:
                raise ParameterError(
                    f"choice must be one of {', '.join(sorted(known))}, but was {name!r}"
                )
            if not values or isinstance(values, str):
                raise ParameterError(f"choice {name} must be a list of values, but was {values!r}")
            self._check_values(name, values)
        levels = get_factor(self.cohort, self.factor).levels
        if self.level not in levels:
            raise ParameterError(
                f"level of {self.factor} must be one of {', '.join(levels)}, but was {self.level!r}"
            )

    def _check_values(self, name: str, values: Sequence[Any]) -> None:
        allowed = {
            **_ALLOWED,
            "model": frozenset(("alone", *self.models)),
            "subset": frozenset(("all", *self.subsets)),
        }.get(name)
        for value in values:
            is_number = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
            is_none = value is None and name == "truncation_months"
            if (value not in allowed) if allowed is not None else not (is_number or is_none):
                domain = ", ".join(sorted(allowed)) if allowed else "a positive number"
                raise ParameterError(f"choice {name} must be {domain}, but was {value!r}")

    def list_specifications(self) -> list[dict[str, Any]]:
        """Return every combination of the choices, that of the bases first."""
        names = list(self.choices)
        combinations = itertools.product(*self.choices.values())
        made = [dict(zip(names, values, strict=True)) for values in combinations]
        return sorted(made, key=lambda one: [self._rank(name, one) for name in _ORDER])

    def _rank(self, name: str, specification: Mapping[str, Any]) -> int:
        values = self.choices.get(name)
        return list(values).index(specification[name]) if values else 0

    def fit(self, specification: Mapping[str, Any]) -> dict[str, Any]:
        """Return the hazard ratio of one combination as a row.

        Returns
        -------
        dict
            The choices, with ``estimate``, ``ci_lower``, ``ci_upper``, ``p_value``, ``n`` and
            ``events``, or ``reason`` where it cannot be estimated; see `counts_groups`.
        """
        row: dict[str, Any] = dict(specification)
        try:
            return row | self._estimate({**DEFAULTS, **specification})
        except (NotComputableError, StatisticsError) as error:
            return row | {"reason": str(error)}

    def fit_all(
        self, specifications: Sequence[Mapping[str, Any]], map_chunks: MapChunks | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield a row for each specification, in order.

        Parameters
        ----------
        specifications : sequence of mapping
            Combinations of the choices.
        map_chunks : callable, optional
            Takes a function and its many arguments, as ``map`` does, and may call it elsewhere.
        """
        for rows in (map_chunks or map)(self._fit_part, cut_into_parts(specifications)):
            yield from rows

    def _fit_part(self, specifications: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [self.fit(one) for one in specifications]

    @cached_property
    def _last(self) -> dict[str, Any]:
        return {}

    @cached_property
    def _tables(self) -> dict[tuple[float, ...], Cohort]:
        return {}

    def _take(self, choices: Mapping[str, Any]) -> Cohort:
        """Return the cohort with the groups that the cuts make."""
        cuts = {name: float(choices.get(name, self.cuts[name])) for name in CUTS}
        key = tuple(cuts.values())
        if key not in self._tables:
            table = derive_factors(self.cohort.table, self.cohort.dictionary, cuts=cuts)
            self._tables[key] = replace(self.cohort, table=table)
        return self._tables[key]

    def _estimate(self, choices: Mapping[str, Any]) -> dict[str, Any]:
        whole, design = self._prepare(choices)
        outcome = _truncate(whole, choices["truncation_months"])
        fit = fit_cox(outcome, design, ties=choices["ties"], robust=choices["variance"] == "robust")
        row = fit.estimate_of(self.factor, self.level)
        if row.is_reference or row.hazard_ratio is None or row.ci_upper is None:
            raise NotComputableError("the hazard ratio has no finite estimate")
        return {
            "estimate": row.hazard_ratio,
            "ci_lower": row.ci_lower,
            "ci_upper": row.ci_upper,
            "p_value": row.p_value,
            "n": outcome.n_subjects,
            "events": outcome.n_events,
            **(self._count_groups(outcome, design) if self.counts_groups else {}),
        }

    def _count_groups(self, outcome: SurvivalOutcome, design: Design) -> dict[str, int]:
        """Return the patients and the events of the smaller of the two groups."""
        columns = design.columns_of(self.factor)
        levels = [design.terms[at].level for at in columns]
        inside = design.matrix[:, columns] > 0
        groups = (inside[:, levels.index(self.level)], ~inside.any(axis=1))
        return {
            "n_smaller": min(int(np.count_nonzero(one)) for one in groups),
            "events_smaller": min(int(np.count_nonzero(outcome.event[one])) for one in groups),
        }

    def _prepare(self, choices: Mapping[str, Any]) -> tuple[SurvivalOutcome, Design]:
        """Return who is analysed; the last answer is kept for choices that only fit anew."""
        names = (*CUTS, "endpoint", "subset", "model", "missing")
        key = tuple(choices.get(name) for name in names)
        if self._last.get("key") != key:
            self._last.update(key=key, data=self._select(choices))
        return self._last["data"]

    def _select(self, choices: Mapping[str, Any]) -> tuple[SurvivalOutcome, Design]:
        cohort = self._take(choices)
        measured = find_endpoint(cohort.terms, choices["endpoint"])
        adjust = [name for name in self.models.get(choices["model"], ()) if name != self.factor]
        cohort = _fill(cohort, adjust, choices["missing"])
        where = self.subsets.get(choices["subset"])
        needs = [measured.time, measured.event]
        data = prepare_model(cohort, [self.factor, *adjust], where=where, needs=needs)
        return read_outcome(data.frame, measured), build_design(data.frame, data.factors)


def _truncate(outcome: SurvivalOutcome, months: float | None) -> SurvivalOutcome:
    """Return the outcome with follow-up ended at a time."""
    if months is None:
        return outcome
    late = outcome.time_months > months
    return replace(
        outcome,
        time_months=np.minimum(outcome.time_months, months),
        event=outcome.event & ~late,
    )


def _fill(cohort: Cohort, factors: Sequence[str], rule: str) -> Cohort:
    """Return the cohort with missing values of covariates replaced by a rule."""
    declared = dict(cohort.dictionary.factors)
    gaps = [
        name
        for name in factors
        if name in declared and name in cohort.table and cohort.table[name].isna().any()
    ]
    if rule == "complete_cases" or not gaps:
        return cohort
    filled: dict[str, pd.Series] = {}
    for name in gaps:
        column = cohort.table[name]
        if rule == "most_frequent":
            filled[name] = column.fillna(column.mode().iloc[0])
            continue
        filled[name] = column.fillna(_UNKNOWN)
        levels = {**declared[name].levels, _UNKNOWN: "Unknown"}
        declared[name] = replace(declared[name], levels=levels)
    dictionary = replace(cohort.dictionary, factors=declared)
    return replace(cohort, table=cohort.table.assign(**filled), dictionary=dictionary)
