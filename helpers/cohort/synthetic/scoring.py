"""How far the state of the search is from the printed numbers, compiled."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
from numba import njit

from helpers.cohort.synthetic.compiled_cox import fit_cox
from helpers.cohort.synthetic.compiled_curves import (
    NOT_REACHED,
    compare_four,
    compare_two,
    estimate_km,
)
from helpers.cohort.synthetic.compiled_math import Z_95, logarithm
from helpers.cohort.synthetic.smoothness import score_follow_up, score_hazard

Search = namedtuple("Search", "table days event order mask shared covariates losses betas")
"""State: patients' attributes, outcome, time order, groups, patients per day, model bits,
loss of each component, last Cox coefficients."""

Aims = namedtuple(
    "Aims",
    "groups km pairs chi_square four four_min members terms cox weights smooth bundles moves "
    "outside coarse limits follow_up",
)
"""Tables of targets and settings, see ``problem.make_aims``."""


@njit(cache=True, error_model="numpy")
def penalty(value, low, high, scale, outside):
    """Zero inside [low, high]; outside a step and the logarithm of the scaled distance."""
    if value < low:
        return outside + logarithm(1.0 + (low - value) / scale)
    if value > high:
        return outside + logarithm(1.0 + (value - high) / scale)
    return 0.0


@njit(cache=True, error_model="numpy")
def score_curve(search, aims, group, scratch):
    """Loss of one group's median, its interval and its survival probability."""
    bounds = aims.km[group]
    half_month = 15.21875
    bit = np.uint64(1) << np.uint64(group)
    estimate_km(search.days, search.event, search.order, search.mask, bit, bounds[6], scratch)
    loss = 0.0
    if bounds[1] < 1e11:
        median, again = scratch[0], (scratch[0] + scratch[1]) / 2
        if median >= NOT_REACHED:
            return 10.0 + 20.0 * (median - NOT_REACHED)
        loss += penalty(median, bounds[0], bounds[1], half_month, aims.outside)
        loss += penalty(again, bounds[0], bounds[1], half_month, aims.outside)
        if bounds[3] < 1e11:
            if scratch[2] >= NOT_REACHED:
                return loss + 8.0 + 20.0 * (scratch[2] - NOT_REACHED)
            reach = Z_95 * scratch[2]
            loss += penalty(again - reach, bounds[2], bounds[3], half_month, aims.outside)
            loss += penalty(again + reach, bounds[4], bounds[5], half_month, aims.outside)
    if bounds[6] >= 0:
        loss += penalty(scratch[3], bounds[7], bounds[8], 0.01, aims.outside)
    return loss


@njit(cache=True, error_model="numpy")
def score_test(search, aims, test):
    """Loss of one log-rank test."""
    bit_a = np.uint64(1) << np.uint64(aims.pairs[test, 0])
    bit_b = np.uint64(1) << np.uint64(aims.pairs[test, 1])
    value = compare_two(search.days, search.event, search.order, search.mask, bit_a, bit_b)
    low, high = aims.chi_square[test]
    scale = 0.5 if high > 1e11 or low <= 0 else max((high - low) / 2, aims.coarse[0])
    return penalty(value, low, high, scale, aims.outside)


@njit(cache=True, error_model="numpy")
def score_cox(search, aims, model, beta, errors):
    """Loss of one Cox model's hazard ratios, limits and p-values; ``beta`` is a start."""
    terms = aims.terms[model]
    size = 0
    while size < len(terms) and terms[size] >= 0:
        size += 1
    precision = 2e-5 if size > 1 else 1e-7
    fit_cox(
        search.days, search.event, search.order, search.covariates[model], size, beta, errors,
        precision,
    )  # fmt: skip
    loss = 0.0
    for term in range(size):
        bounds = aims.cox[model, term]
        if bounds[1] > 1e11:
            continue
        reach = Z_95 * errors[term]
        loss += score_bound(beta[term], bounds[0], bounds[1], aims.coarse[1], aims.outside)
        loss += score_bound(beta[term] - reach, bounds[2], bounds[3], aims.coarse[1], aims.outside)
        loss += score_bound(beta[term] + reach, bounds[4], bounds[5], aims.coarse[1], aims.outside)
        if bounds[7] < 1e11:
            z = abs(beta[term]) / errors[term]
            loss += penalty(z, bounds[6], bounds[7], 0.02, aims.outside)
    return loss


@njit(cache=True, error_model="numpy")
def score_bound(value, low, high, scale, outside):
    """Loss against an interval in units of its half width, not finer than ``scale``."""
    return penalty(value, low, high, max((high - low) / 2, scale), outside)


@njit(cache=True, error_model="numpy")
def score_component(search, aims, component, beta, scratch):
    """Weighted loss of one component of the whole."""
    n_groups, n_tests, n_models = len(aims.groups), len(aims.pairs), len(aims.members)
    place = component
    if place < n_groups:
        loss = score_curve(search, aims, place, scratch)
    elif place < n_groups + n_tests:
        loss = score_test(search, aims, place - n_groups)
    elif place == n_groups + n_tests:
        value = compare_four(search.days, search.event, search.order, search.mask, aims.four)
        loss = penalty(value, aims.four_min, 1e12, 2.0, aims.outside)
    elif place < n_groups + n_tests + 1 + n_models:
        model = place - n_groups - n_tests - 1
        loss = score_cox(search, aims, model, beta[model], scratch)
    elif place == len(search.losses) - 1:
        loss = score_follow_up(search.days, search.event, search.order, aims.follow_up)
    else:
        row = aims.smooth[place - n_groups - n_tests - 1 - n_models]
        loss = score_hazard(search.days, search.event, search.mask, row, aims.limits)
    return loss * aims.weights[component]
