"""Protected results: what is printed of each number of a set."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from helpers.disclosure.families import SetCounts, is_contrast, name_group
from helpers.disclosure.rule import Rule
from helpers.results import Result, ResultSet
from helpers.stats.proportions import estimate_proportion

_RATIO_DIGITS = 3
_P_DIGITS = 2
_STATISTIC_DECIMALS = 2
_DIGITS_FROM = 10
_NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.]*\d| months?\b)")


def mask(result: Result, rule: Rule, *, n: int | None = None) -> Result:
    """Return a result without any number but, where it is printed, its denominator."""
    return Result(
        id=result.id,
        kind=result.kind,
        label=result.label,
        n=n,
        unit=result.unit,
        method=result.method,
        population=result.population,
        status="masked",
        reason=rule.reason,
    )


def protect_results(results: ResultSet, counts: SetCounts, rule: Rule) -> dict[str, Result]:
    """Return the printed form of every result of a set that is not read off a curve."""
    return {result.id: _protect(result, results, counts, rule) for result in results}


def round_coarsely(value: float) -> float:
    """Round a value of a variable: whole from 10 on, one decimal below.

    Examples
    --------
    >>> round_coarsely(68.6147), round_coarsely(9.4784)
    (69.0, 9.5)
    """
    return round(value, 0 if abs(value) >= _DIGITS_FROM else 1)


def round_digits(value: float | None, digits: int) -> float | None:
    """Round to significant digits.

    Examples
    --------
    >>> round_digits(0.0020785, 2), round_digits(1.64340, 3)
    (0.0021, 1.64)
    """
    if value is None or value == 0:
        return value
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def blur_text(text: str) -> str:
    """Return a message without the numbers in it, times in months excepted.

    Examples
    --------
    >>> blur_text("there are only 3 events; nobody was followed for 60 months")
    'there are only … events; nobody was followed for 60 months'
    """
    return _NUMBER.sub("…", text)


def protect_meta(meta: Mapping[str, Any], counts: SetCounts, rule: Rule) -> dict[str, Any]:
    """Return what a set says of itself without numbers of patients that are not printed."""
    kept = dict(meta)
    for name in ("n", "missing"):
        if isinstance(kept.get(name), int) and not isinstance(kept[name], bool):
            kept[name] = rule.publish(kept[name])
    if "group_sizes" in kept:
        kept["group_sizes"] = {
            group: None if counts.is_hidden(("everyone", group)) else rule.publish(size)
            for group, size in kept["group_sizes"].items()
        }
    for name in ("warnings", "left_out"):
        kept[name] = [blur_text(str(text)) for text in kept.get(name) or ()]
    return {**kept, "disclosure": rule.name, "disclosure_note": rule.reason}


def _protect(result: Result, results: ResultSet, counts: SetCounts, rule: Rule) -> Result:
    if result.status == "not_computable":
        reason = blur_text(result.reason)
        return replace(mask(result, rule), status="not_computable", reason=reason)
    if result.kind == "count":
        return _protect_count(result, counts, rule)
    if result.kind == "summary":
        return _protect_summary(result, counts, rule)
    if result.kind == "test":
        return _protect_test(result, results, counts, rule)
    if result.kind != "statistic" or is_contrast(result):
        return _protect_estimate(result, results, counts, rule)
    is_declared = result.id.endswith(".cut") or result.n is None
    return result if is_declared else replace(result, n=rule.stand_in(result.n))


def _protect_count(result: Result, counts: SetCounts, rule: Rule) -> Result:
    key, size = counts.estimates.get(result.id), counts.sizes.get(result.id)
    is_free = size is None and result.id.endswith(".n")
    n = rule.publish(result.n) if is_free or not counts.is_hidden(size) else None
    if key is None or counts.is_hidden(key) or result.estimate is None:
        return mask(result, rule, n=n)
    estimate = rule.publish(int(result.estimate))
    if estimate is None:
        return mask(result, rule, n=n)
    events = counts.groups.get(name_group(result, ""), (None, None))[1]
    shown = None if counts.is_hidden(events) else rule.publish(result.events)
    quantities = {}
    competing = result.quantities.get("competing_events")
    if competing is not None and shown is not None:
        published = rule.publish(int(competing))
        quantities = {} if published is None else {"competing_events": float(published)}
    if "proportion_lower" in result.quantities and n:
        interval = estimate_proportion(min(estimate, n), n, conf_level=result.conf_level or 0.95)
        quantities |= {
            "proportion_lower": interval.ci_lower,
            "proportion_upper": interval.ci_upper,
        }
    sibling = counts.estimates.get(f"{result.id.rpartition('.')[0]}.missing")
    is_told = sibling is not None and not counts.is_hidden(sibling)
    missing = rule.publish(result.missing) if is_told else None
    return replace(
        result, estimate=estimate, n=n, events=shown, missing=missing, quantities=quantities
    )


def _protect_summary(result: Result, counts: SetCounts, rule: Rule) -> Result:
    """Keep what rests on more than a small number of patients on either side."""
    size = result.n or 0
    n = None if counts.is_hidden(counts.sizes.get(result.id)) else rule.publish(result.n)
    if result.estimate is None or size < 2 * (rule.largest_small + 1):
        return mask(result, rule, n=n)
    names = ["mean", "sd"]
    if size >= 4 * (rule.largest_small + 1):
        names += ["q1", "q3"]
    quantities = {
        name: round_coarsely(result.quantities[name]) for name in names if name in result.quantities
    }
    return replace(
        result,
        estimate=round_coarsely(result.estimate),
        n=n,
        missing=None,
        quantities=quantities,
    )


def _protect_estimate(result: Result, results: ResultSet, counts: SetCounts, rule: Rule) -> Result:
    group = name_group(result, results.id)
    if is_contrast(result):
        closed = any(map(counts.is_closed, counts.groups))
        n, events = rule.publish(result.n), rule.publish(result.events)
    elif group in counts.groups:
        family = counts.families[group.rpartition(".")[0]]
        references = [name for name in family if _is_reference(results, name)]
        closed = any(map(counts.is_closed, [group, *references]))
        size, deaths = counts.groups[group]
        n = None if counts.is_hidden(size) else rule.publish(result.n)
        events = None if counts.is_hidden(deaths) else rule.publish(result.events)
    else:
        n, events = rule.publish(result.n), rule.publish(result.events)
        closed = any(rule.is_small(number or 0) for number in (result.n, result.events))
    if closed or (result.kind == "median" and (result.n or 0) < 2 * (rule.largest_small + 1)):
        return replace(mask(result, rule, n=n), events=events)
    quantities = keep_ratios(result.quantities)
    return round_estimate(replace(result, n=n, events=events, missing=None, quantities=quantities))


def keep_ratios(quantities: Mapping[str, float]) -> dict[str, float]:
    """Return the quantities that follow from an estimate and its error alone, coarsely.

    Examples
    --------
    >>> keep_ratios({"detectable_hr": 1.4677, "largest_weight": 12.5})
    {'detectable_hr': 1.5}
    """
    return {
        name: rounded
        for name in ("detectable_hr", "e_value", "e_value_limit")
        if (rounded := round_digits(quantities.get(name), _P_DIGITS)) is not None
    }


def _is_reference(results: ResultSet, group: str) -> bool:
    found = (results.find(name) for name in (group, f"{group}.hr"))
    return any(result is not None and result.status == "reference" for result in found)


def round_estimate(result: Result) -> Result:
    """Return an estimate with the digits that do not tell one patient."""
    names = ("estimate", "ci_lower", "ci_upper")
    if result.unit == "months":
        values = {name: _round_time(getattr(result, name)) for name in names}
        return replace(result, std_error=None, **values)
    digits = _RATIO_DIGITS if result.kind != "statistic" else _P_DIGITS
    values = {name: round_digits(getattr(result, name), digits) for name in names}
    return replace(
        result,
        std_error=round_digits(result.std_error, _P_DIGITS),
        p_value=round_digits(result.p_value, _P_DIGITS),
        statistic=None,
        **values,
    )


def _round_time(value: float | None) -> float | None:
    """Whole months: a median is the time of one patient."""
    return None if value is None else float(math.floor(value + 0.5))


def _protect_test(result: Result, results: ResultSet, counts: SetCounts, rule: Rule) -> Result:
    n = rule.publish(result.n)
    if _compares_closed(result, results, counts):
        return mask(result, rule, n=n)
    statistic = result.statistic
    quantities = {
        name: round_digits(value, _RATIO_DIGITS) for name, value in result.quantities.items()
    }
    return replace(
        result,
        n=n,
        events=rule.publish(result.events),
        missing=None,
        p_value=round_digits(result.p_value, _P_DIGITS),
        statistic=None if statistic is None else round(statistic, _STATISTIC_DECIMALS),
        quantities=quantities,
    )


def _compares_closed(result: Result, results: ResultSet, counts: SetCounts) -> bool:
    """Return whether a test compares groups of which one is not told."""
    parent, _, name = result.id.rpartition(".")
    if name in {"logrank", "gray", "trend", "ph"}:
        return any(map(counts.is_closed, counts.families.get(parent, ())))
    if name != "test":
        return False
    variable = parent.removeprefix(f"{results.id}.")
    cells = [
        key
        for result_id, key in counts.estimates.items()
        if parent == results.id or f".{variable}." in f"{result_id}."
    ]
    return _any_closed(cells, counts) or any(map(counts.is_closed, counts.families.get(parent, ())))


def _any_closed(keys: Iterable[Any], counts: SetCounts) -> bool:
    is_small = counts.system.rule.is_small
    return any(counts.is_hidden(key) or is_small(counts.system.counts[key]) for key in keys)
