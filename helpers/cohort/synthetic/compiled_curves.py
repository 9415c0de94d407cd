"""Kaplan-Meier curves and log-rank tests for the search, compiled.

Times are whole days; ``order`` sorts the patients by time; groups are bits of ``mask``.
"""
# ruff: noqa: PLR0917 - compiled functions are called with positions only

from __future__ import annotations

import math

import numpy as np
from numba import njit

from helpers.cohort.synthetic.compiled_math import invert

NOT_REACHED = 1.0e9
_TOLERANCE = 1.0e-8


@njit(cache=True, error_model="numpy")
def trace_curve(days, event, order, mask, bit, fall_day, survival, error):
    """Kaplan-Meier of one group: days of deaths, survival, Greenwood's error of it.

    Fills the three arrays and returns the number of days with deaths and the group's size.
    """
    n = 0
    for place in range(len(order)):
        if mask[order[place]] & bit:
            n += 1
    size, steps, place, total = n, 0, 0, len(order)
    current, variance = 1.0, 0.0
    while place < total:
        patient = order[place]
        if not mask[patient] & bit:
            place += 1
            continue
        day, deaths, leaving = days[patient], 0, 0
        while place < total and days[order[place]] == day:
            patient = order[place]
            if mask[patient] & bit:
                leaving += 1
                deaths += event[patient]
            place += 1
        if deaths > 0:
            current *= 1.0 - deaths / n
            if n > deaths:
                variance += deaths / (n * float(n - deaths))
            fall_day[steps] = day
            survival[steps] = current
            error[steps] = current * math.sqrt(variance)
            steps += 1
        n -= leaving
    return steps, size


@njit(cache=True, error_model="numpy")
def estimate_km(days, event, order, mask, bit, horizon, out):
    """Median with SPSS's standard error, and survival at a day, of one group.

    ``out`` receives: first day with S <= 0.5, the next death's day where S is exactly 0.5
    there (else the same day), the median's standard error in days, S(horizon), group size.
    A quantity that is not reached is NOT_REACHED plus the survival at the end.
    """
    fall_day, survival = np.empty(len(order)), np.empty(len(order))
    error = np.empty(len(order))
    steps, size = trace_curve(days, event, order, mask, bit, fall_day, survival, error)
    half, upper, lower, at_horizon = -1, -1, -1, 1.0
    for step in range(steps):
        if half < 0 and survival[step] <= 0.5 + _TOLERANCE:
            half = step
        if survival[step] >= 0.55 - _TOLERANCE:
            upper = step
        if lower < 0 and survival[step] <= 0.45 + _TOLERANCE:
            lower = step
        if fall_day[step] <= horizon:
            at_horizon = survival[step]
    missing = NOT_REACHED + (survival[steps - 1] if steps > 0 else 1.0)
    out[0] = out[1] = out[2] = missing
    out[3], out[4] = at_horizon, size
    if half < 0:
        return
    flat = survival[half] >= 0.5 - _TOLERANCE and half + 1 < steps
    out[0], out[1] = fall_day[half], fall_day[half + 1] if flat else fall_day[half]
    if lower < 0:
        return
    upper_day, upper_survival = 0.0, 1.0
    if upper >= 0:
        upper_day, upper_survival = fall_day[upper], survival[upper]
    density = (upper_survival - survival[lower]) / (fall_day[lower] - upper_day)
    out[2] = error[half] / density


@njit(cache=True, error_model="numpy")
def compare_two(days, event, order, mask, bit_a, bit_b):
    """Log-rank chi-square of two disjoint groups."""
    n_a, n_b = 0, 0
    for place in range(len(order)):
        member = mask[order[place]]
        if member & bit_a:
            n_a += 1
        elif member & bit_b:
            n_b += 1
    difference, variance = 0.0, 0.0
    place = 0
    total = len(order)
    while place < total and n_a > 0 and n_b > 0:
        day = days[order[place]]
        deaths_a, deaths, leave_a, leave_b = 0, 0, 0, 0
        while place < total and days[order[place]] == day:
            patient = order[place]
            if mask[patient] & bit_a:
                leave_a += 1
                deaths_a += event[patient]
                deaths += event[patient]
            elif mask[patient] & bit_b:
                leave_b += 1
                deaths += event[patient]
            place += 1
        n = n_a + n_b
        if deaths > 0:
            share = n_a / n
            difference += deaths_a - deaths * share
            if n > 1:
                variance += deaths * share * (1.0 - share) * (n - deaths) / (n - 1.0)
        n_a -= leave_a
        n_b -= leave_b
    return difference * difference / variance if variance > 0 else 0.0


@njit(cache=True, error_model="numpy")
def count_groups(patients, mask, bits, counts):
    """Count the patients of four groups."""
    counts[:] = 0.0
    for patient in patients:
        for group in range(4):
            if mask[patient] & bits[group]:
                counts[group] += 1.0


@njit(cache=True, error_model="numpy")
def add_day(deaths, n, difference, variance):
    """Add one day's deaths in four groups to observed - expected and its variance."""
    all_n, all_deaths = n.sum(), deaths.sum()
    if all_deaths == 0 or all_n < 2:
        return
    factor = all_deaths * (all_n - all_deaths) / (all_n - 1.0)
    for a in range(3):
        share = n[a] / all_n
        difference[a] += deaths[a] - all_deaths * share
        variance[a, a] += factor * share
        for b in range(3):
            variance[a, b] -= factor * share * n[b] / all_n


@njit(cache=True, error_model="numpy")
def compare_four(days, event, order, mask, bits):
    """Log-rank chi-square of four disjoint groups (three degrees of freedom)."""
    n, deaths, leaving = np.zeros(4), np.zeros(4), np.zeros(4)
    difference, variance = np.zeros(3), np.zeros((3, 3))
    count_groups(order, mask, bits, n)
    start, total = 0, len(order)
    while start < total:
        end = start
        while end < total and days[order[end]] == days[order[start]]:
            end += 1
        today = order[start:end]
        count_groups(today, mask, bits, leaving)
        count_groups(today[event[today] == 1], mask, bits, deaths)
        add_day(deaths, n, difference, variance)
        n -= leaving
        start = end
    if not invert(variance, 3):
        return 0.0
    statistic = 0.0
    for a in range(3):
        for b in range(3):
            statistic += difference[a] * variance[a, b] * difference[b]
    return statistic
