"""A user's own cohort beside the paper's: differences with intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from helpers.published.entries import Entry, Ledger
from helpers.published.fields import name_quantity
from helpers.published.wald import critical_value
from helpers.results import Result

_SPREAD = ("published", "own", "difference", "ratio")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its limits, None where there are none."""

    value: float
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One number of the user's cohort beside the paper's.

    Attributes
    ----------
    entry_id, place, population, printed, unit, result_id, kind : str
        Of the ledger's entry; percentages and probabilities are in per cent.
    quantity : str
        Of what it is a share or a summary, in the words of the report.
    decimals : int
        Printed places after the point.
    published, own : Estimate or None
        The two numbers; `own` is None where the report lacks it.
    difference : Estimate or None
        Own minus published; for hazard ratios own over published.
    is_ratio : bool
        Whether `difference` is a quotient.
    reason : str
        Why a number or an interval is missing.
    """

    entry_id: str
    place: str
    population: str
    printed: str
    unit: str
    result_id: str
    kind: str
    quantity: str = ""
    decimals: int = 0
    published: Estimate
    own: Estimate | None = None
    difference: Estimate | None = None
    is_ratio: bool = False
    reason: str = ""


def compare_own_cohort(ledger: Ledger, results: Mapping[str, Result]) -> tuple[Difference, ...]:
    """Set the estimates of a user's own cohort beside the published ones.

    Parameters
    ----------
    ledger : Ledger
        The paper's printed numbers.
    results : mapping of str to Result
        All results of the user's report, by id.

    Returns
    -------
    tuple of Difference
        One for each printed median, percentage, probability and hazard ratio; of several
        entries that name one result under one definition, the first that has an interval,
        else the first.

    Notes
    -----
    Both samples are independent, so the interval of a difference follows from the limits
    of the two estimates (the method of variance estimates recovery), which need not be
    symmetric: with a difference d, own limits l1, u1 and published limits l2, u2 it runs
    from d - sqrt((own - l1)^2 + (u2 - published)^2) to
    d + sqrt((u1 - own)^2 + (published - l2)^2). Percentages take Wilson's limits, which
    makes it Newcombe's interval; hazard ratios are compared on the log scale. Published
    numbers enter as printed, with the error of their rounding.

    References
    ----------
    Newcombe RG (1998). Interval estimation for the difference between independent
    proportions. Statistics in Medicine 17:873-890.
    Zou GY, Donner A (2008). Construction of confidence limits about effect measures: a
    general approach. Statistics in Medicine 27:1693-1702.
    """
    return tuple(
        _compare_entry(ledger, entry, results.get(entry.result))
        for entry in ledger.list_estimates()
    )


def differences_to_frame(differences: Sequence[Difference]) -> pd.DataFrame:
    """Return one row for each difference, with limits as columns of their own."""
    rows = [
        {
            "entry": item.entry_id,
            "place": item.place,
            "population": item.population,
            "unit": item.unit,
            "printed": item.printed,
            **_spread("published", item.published),
            **_spread("own", item.own),
            **_spread("ratio" if item.is_ratio else "difference", item.difference),
            "reason": item.reason,
            "result": item.result_id,
        }
        for item in differences
    ]
    columns = [f"{name}{end}" for name in _SPREAD for end in ("", "_lower", "_upper")]
    order = ["entry", "place", "population", "unit", "printed", *columns, "reason", "result"]
    return pd.DataFrame(rows, columns=order)


def subtract(own: Estimate, published: Estimate) -> Estimate:
    """Return own minus published, with limits where both have them.

    Examples
    --------
    >>> subtract(Estimate(10.0, 7.0, 13.0), Estimate(5.0, 1.0, 9.0))
    Estimate(value=5.0, lower=0.0, upper=10.0)
    """
    gap = own.value - published.value
    limits = (own.lower, own.upper, published.lower, published.upper)
    if None in limits:
        return Estimate(gap)
    own_lower, own_upper, lower, upper = (float(limit) for limit in limits if limit is not None)
    below = math.hypot(own.value - own_lower, upper - published.value)
    above = math.hypot(own_upper - own.value, published.value - lower)
    return Estimate(gap, gap - below, gap + above)


def estimate_share(share: float, n: int, conf_level: float) -> Estimate:
    """Return a percentage with Wilson's limits.

    Parameters
    ----------
    share : float
        0 to 1.
    n : int
        Of how many.
    conf_level : float
        0 to 1.

    Returns
    -------
    Estimate
        In per cent.
    """
    z = critical_value(conf_level)
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Estimate(100 * share, 100 * (middle - half), 100 * (middle + half))


def _compare_entry(ledger: Ledger, entry: Entry, result: Result | None) -> Difference:
    published = _read_published(ledger, entry)
    row = Difference(
        entry_id=entry.id,
        place=entry.place,
        population=entry.population,
        printed=entry.printed,
        unit=entry.unit,
        result_id=entry.result,
        kind=entry.kind,
        decimals=entry.decimals or 0,
        published=published,
        is_ratio=entry.kind == "hazard_ratio",
    )
    if result is None:
        return replace(row, reason=f"the report has no result {entry.result!r}")
    row = replace(row, quantity=name_quantity(result))
    own = _read_own(entry, result, ledger.conf_level)
    if own is None:
        return replace(row, reason=result.reason or result.status.replace("_", " "))
    difference = _divide(own, published) if row.is_ratio else subtract(own, published)
    return replace(row, own=own, difference=difference, reason=_explain_no_interval(own, published))


def _read_published(ledger: Ledger, entry: Entry) -> Estimate:
    if entry.kind == "percent" and entry.denominator:
        share = float(entry.number) / 100
        if entry.count:
            share = float(ledger.total_of(entry.count)) / entry.denominator
        return estimate_share(share, entry.denominator, ledger.conf_level)
    return Estimate(float(entry.number), *ledger.limits_of(entry))


def _read_own(entry: Entry, result: Result, conf_level: float) -> Estimate | None:
    if result.estimate is None or result.status != "estimated":
        return None
    if result.kind == "count":
        if not result.n:
            return None
        return estimate_share(result.estimate / result.n, result.n, conf_level)
    scale = 100 if entry.field == "percent" else 1
    same_level = result.conf_level is None or math.isclose(result.conf_level, conf_level)
    limits = (result.ci_lower, result.ci_upper) if same_level else (None, None)
    lower, upper = (None if limit is None else scale * limit for limit in limits)
    return Estimate(scale * result.estimate, lower, upper)


def _divide(own: Estimate, published: Estimate) -> Estimate:
    gap = subtract(_transform(own, math.log), _transform(published, math.log))
    return _transform(gap, math.exp)


def _transform(item: Estimate, function: Callable[[float], float]) -> Estimate:
    limits = (None if x is None else function(x) for x in (item.lower, item.upper))
    return Estimate(function(item.value), *limits)


def _explain_no_interval(own: Estimate, published: Estimate) -> str:
    if None in (published.lower, published.upper):
        return "the paper prints no interval"
    if None in (own.lower, own.upper):
        return "the own estimate has no interval at the paper's level"
    return ""


def _spread(name: str, item: Estimate | None) -> dict[str, float | None]:
    if item is None:
        return {}
    return {name: item.value, f"{name}_lower": item.lower, f"{name}_upper": item.upper}
