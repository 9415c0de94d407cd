"""Results: every number of the report once, under one id.

An analysis returns a :class:`ResultSet`; tables, figures and sentences are made from it
and from nothing else, so that they cannot disagree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal[
    "count",
    "summary",
    "median",
    "probability",
    "incidence",
    "restricted_mean",
    "hazard_ratio",
    "test",
    "statistic",
]
Status = Literal["estimated", "not_reached", "reference", "not_computable", "masked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One number with all that is needed to print, compare and judge it.

    Attributes
    ----------
    id : str
        Dotted lower-case name, unique in a report, e.g. ``os.failure.loss_hi.median``.
    kind : Kind
        What the estimate is. A ``count`` has its denominator in `n`; a ``summary`` is a
        median with `quantities` ``minimum``, ``maximum``, ``q1``, ``q3``, ``mean``, ``sd``;
        a ``test`` has no estimate, only `statistic`, `df` and `p_value`.
    label : str
        Of the level or group, as a table prints it.
    estimate, std_error, ci_lower, ci_upper : float or None
        In `unit`; a limit that is not reached is None. Fractions lie in 0 to 1.
    conf_level : float or None
        Of the interval, 0 to 1.
    p_value, statistic, df : float or None
        Of the test of this result.
    n, events, missing : int or None
        Patients, events among them, patients left out because a value is missing.
    quantities : mapping of str to float
        Further numbers by name.
    unit, method, population : str
        Unit of the estimate, how it was estimated, among whom.
    status : Status
        ``not_reached`` is a value of its own: the curve never falls that far.
    reason : str
        Why it is not computable.
    """

    id: str
    kind: Kind
    label: str = ""
    estimate: float | None = None
    std_error: float | None = None
    ci_lower: float | None = None
    ci_upper: float | None = None
    conf_level: float | None = None
    p_value: float | None = None
    statistic: float | None = None
    df: float | None = None
    n: int | None = None
    events: int | None = None
    missing: int | None = None
    quantities: Mapping[str, float] = field(default_factory=dict)
    unit: str = ""
    method: str = ""
    population: str = ""
    status: Status = "estimated"
    reason: str = ""

    def __post_init__(self) -> None:
        """Refuse values that JSON and readers do not know."""
        for name in ("estimate", "std_error", "ci_lower", "ci_upper", "p_value", "statistic"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise ValueError(
                    f"{name} of result {self.id!r} must be a finite number or None, but was "
                    f"{value!r}; use None with status 'not_reached' for a value not reached"
                )

    @property
    def fraction(self) -> float | None:
        """Return a count's share of its denominator, 0 to 1."""
        if self.kind != "count" or self.estimate is None or not self.n:
            return None
        return self.estimate / self.n

    def to_record(self) -> dict[str, Any]:
        """Return the fields that hold something, ready for JSON."""
        record = {name: getattr(self, name) for name in Result.__slots__}
        record["quantities"] = dict(self.quantities)
        return {key: value for key, value in record.items() if value not in (None, "", {})}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Result:
        """Return the result that :meth:`to_record` wrote."""
        return cls(**record)


@dataclass(frozen=True, slots=True)
class ResultSet:
    """The results of one analysis.

    Attributes
    ----------
    id : str
        Common beginning of the results' ids.
    results : mapping of str to Result
        By id, in order of presentation.
    frames : mapping of str to pandas.DataFrame
        Tidy tables of the analysis (curves, numbers at risk, the rows of a table), by name.
    meta : mapping of str to object
        Labels: endpoint, time axis, groups by key, population.
    reason : str
        Not empty where the analysis could not be made: the sentence that says why.
    """

    id: str
    results: Mapping[str, Result] = field(default_factory=dict)
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    @classmethod
    def collect(
        cls,
        set_id: str,
        results: Iterable[Result],
        *,
        frames: Mapping[str, pd.DataFrame] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> ResultSet:
        """Return a set of results, in their order.

        Raises
        ------
        ValueError
            If two results have one id.
        """
        by_id: dict[str, Result] = {}
        for result in results:
            if result.id in by_id:
                raise ValueError(f"id of a result must be unique, but {result.id!r} came twice")
            by_id[result.id] = result
        return cls(
            set_id,
            MappingProxyType(by_id),
            MappingProxyType(dict(frames or {})),
            MappingProxyType(dict(meta or {})),
        )

    @classmethod
    def omitted(
        cls, set_id: str, reason: str, *, meta: Mapping[str, Any] | None = None
    ) -> ResultSet:
        """Return an empty set that says why it is empty."""
        return cls(set_id, {}, {}, dict(meta or {}), reason)

    @property
    def is_computable(self) -> bool:
        """Return whether the analysis could be made."""
        return not self.reason

    def __getitem__(self, key: str) -> Result:
        """Return a result by its whole id, or by what follows the set's id and a dot."""
        result = self.find(key)
        if result is None:
            raise KeyError(f"no result {key!r} in {self.id!r}; there are {list(self.results)}")
        return result

    def __contains__(self, key: str) -> bool:
        return self.find(key) is not None

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results.values())

    def find(self, key: str) -> Result | None:
        """Return a result as by indexing, or None where there is none."""
        return self.results.get(key) or self.results.get(f"{self.id}.{key}")

    def with_results(self, results: Iterable[Result]) -> ResultSet:
        """Return the same set with other results."""
        return replace(self, results={result.id: result for result in results})
