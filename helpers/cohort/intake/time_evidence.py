"""In which unit a time is, by its name, by dates of the same file, and by its range."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from helpers.cohort.endpoints import DAYS_PER_MONTH
from helpers.cohort.intake.value_evidence import Evidence

DAYS: Mapping[str, float] = {
    "days": 1.0,
    "weeks": 7.0,
    "months": DAYS_PER_MONTH,
    "years": 365.25,
}
FEWEST_PAIRS = 5
#: A longer follow-up is hardly one in months, and a still longer one is none.
LONGEST_MONTHS = 420.0
IMPOSSIBLE_MONTHS = 720.0
CLOSE = 0.05


def weigh_time(
    numbers: np.ndarray, *, unit_in_name: str, days_between: np.ndarray | None
) -> Evidence:
    """Judge in which unit the times of a column are.

    Parameters
    ----------
    numbers : numpy.ndarray of float, shape (n,)
        By row, NaN where not known.
    unit_in_name : str
        Unit that the column's name gives; empty without one.
    days_between : numpy.ndarray of float, shape (n,), or None
        Days between the two dates that the time should span, NaN where not known.
    """
    known = numbers[np.isfinite(numbers)]
    if not len(known) or np.mean(known < 0) > 0.1:
        return Evidence(fit="bad", reasons=("the values are no times",))
    by_dates = _compare_with_dates(numbers, days_between)
    if by_dates and unit_in_name in ("", by_dates):
        reason = f"agrees with the dates as {by_dates}"
        return Evidence(fit="good", reasons=(reason,), unit=by_dates)
    if by_dates:
        reason = f"the name says {unit_in_name}, but the dates agree with {by_dates}"
        return Evidence(fit="open", reasons=(reason,), unit=by_dates)
    if unit_in_name in DAYS:
        return _weigh_name(known, unit_in_name)
    return _weigh_range(known)


def _weigh_name(known: np.ndarray, unit: str) -> Evidence:
    reason = f"{unit} stands in the name"
    if float(known.max()) * DAYS[unit] / DAYS_PER_MONTH <= LONGEST_MONTHS:
        return Evidence(fit="good", reasons=(reason,), unit=unit)
    reason += ", but the longest time would be more than 35 years"
    return Evidence(fit="open", reasons=(reason,), unit=unit)


def _compare_with_dates(numbers: np.ndarray, days_between: np.ndarray | None) -> str:
    if days_between is None or len(days_between) != len(numbers):
        return ""
    with np.errstate(invalid="ignore"):
        both = np.isfinite(numbers) & np.isfinite(days_between) & (numbers > 0) & (days_between > 0)
    if both.sum() < FEWEST_PAIRS:
        return ""
    ratio = float(np.median(days_between[both] / numbers[both]))
    for unit, days in DAYS.items():
        if abs(ratio / days - 1) < CLOSE:
            return unit
    return ""


def _weigh_range(known: np.ndarray) -> Evidence:
    longest, middle = float(known.max()), float(np.median(known))
    if longest > IMPOSSIBLE_MONTHS:
        return Evidence(
            fit="good", reasons=("the longest time is too long for months: days",), unit="days"
        )
    if longest > LONGEST_MONTHS:
        reason = f"days, or months of {longest / 12:.0f} years: the name gives no unit"
        return Evidence(fit="open", reasons=(reason,), unit="days")
    if longest <= 30 and middle < 6 and not np.all(known == np.round(known)):
        reason = "months or years: the values are small, and the name gives no unit"
        return Evidence(fit="open", reasons=(reason,), unit="months")
    reason = "the values fit months, and the name gives no unit"
    return Evidence(fit="open", reasons=(reason,), unit="months")
