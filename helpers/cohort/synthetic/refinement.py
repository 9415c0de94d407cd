"""The second search: what survival after failure does not depend on, compiled.

Durations of lenalidomide and times from diagnosis move survival from other starting points;
days of leukaemia and treatment before lenalidomide move the models of leukaemia.
"""

from __future__ import annotations

from collections import namedtuple

import numpy as np
from numba import njit

from helpers.cohort.synthetic.compiled_cox import fit_cox
from helpers.cohort.synthetic.compiled_curves import compare_two, estimate_km
from helpers.cohort.synthetic.compiled_math import (
    exponential,
    logarithm,
    next_below,
    next_uniform,
    sort_order,
)
from helpers.cohort.synthetic.scoring import penalty

MONTH = 30.4375
SIX_MONTHS = 182.625
FAR = 1.0e9
LONGEST_STUDY_DAYS = 4700
MIN_AML_DAY, MIN_AML_GAP, MAX_AML_GAP = 20, 14, 540
MAX_BANDS = 32

Course = namedtuple(
    "Course",
    "length before days event fail response esa mask from_start from_diagnosis order_start "
    "order_diagnosis medians curves tests outside",
)
"""Days on lenalidomide and before it; groups as bits of ``mask``; orders of the two survival
times; rows (bit, low, high) of targets."""

Leukaemia = namedtuple(
    "Leukaemia", "aml days bits event time order mask single targets outside probability limit"
)
"""Days of leukaemia (0 none), of patients who can have it; model covariates as bits, of
which bit 2 is treatment with a hypomethylating agent before; rows (low, high) of z."""


@njit(cache=True)
def middle_of(values, mask, bit):
    """Median of the values of a group."""
    count = 0
    chosen = np.empty(len(values))
    for patient in range(len(values)):
        if mask[patient] & bit:
            chosen[count] = values[patient]
            count += 1
    ordered = np.sort(chosen[:count])
    return (ordered[(count - 1) // 2] + ordered[count // 2]) / 2


@njit(cache=True)
def score_course(course):
    """Loss of durations and of survival from lenalidomide and from diagnosis."""
    n = len(course.days)
    for patient in range(n):
        course.from_start[patient] = course.days[patient] + course.length[patient]
        course.from_diagnosis[patient] = course.from_start[patient] + course.before[patient]
    sort_order(course.from_start, course.order_start)
    sort_order(course.from_diagnosis, course.order_diagnosis)
    loss = 0.0
    for bit, low, high in course.medians:
        value = middle_of(course.length, course.mask, np.uint64(1) << np.uint64(bit))
        loss += penalty(value, low, high, 8.0, course.outside)
    out = np.empty(5)
    for bit, low, high, diagnosis in course.curves:
        group = np.uint64(1) << np.uint64(bit)
        if diagnosis > 0:
            estimate_km(
                course.from_diagnosis, course.event, course.order_diagnosis, course.mask, group,
                -1.0, out,
            )  # fmt: skip
        else:
            estimate_km(
                course.from_start, course.event, course.order_start, course.mask, group, -1.0, out
            )
        if out[0] > FAR / 2:
            loss += 10.0
        else:
            loss += penalty(out[0], low, high, 15.0, course.outside)
            loss += penalty((out[0] + out[1]) / 2, low, high, 15.0, course.outside)
    for bit_a, bit_b, low, high, diagnosis in course.tests:
        first, second = np.uint64(1) << np.uint64(bit_a), np.uint64(1) << np.uint64(bit_b)
        if diagnosis > 0:
            value = compare_two(
                course.from_diagnosis, course.event, course.order_diagnosis, course.mask, first,
                second,
            )  # fmt: skip
        else:
            value = compare_two(
                course.from_start, course.event, course.order_start, course.mask, first, second
            )
        loss += penalty(value, low, high, 0.5, course.outside)
    return loss


@njit(cache=True)
def is_length_free(length):
    """Whether a duration is not one of the printed extremes."""
    return 31 < length < 2050


@njit(cache=True)
def move_course(course, random, pair):
    """Swap or shift a duration in place; False where the change is not allowed."""
    n = len(course.days)
    i, j = next_below(random, n), next_below(random, n)
    pair[0], pair[1] = i, j
    kind = next_below(random, 4)
    shift = next_below(random, 61) - 30
    length, before = course.length, course.before
    if kind == 0:
        before[i] = max(before[i] + shift * 3, 10)
        return before[i] < 6200
    if kind == 1:
        before[i], before[j] = before[j], before[i]
        return True
    if kind == 2:
        old, new = length[i], length[i] + shift
        if not is_length_free(old) or not is_length_free(new):
            return False
        length[i] = new
        apart = new < SIX_MONTHS - 2 or new > SIX_MONTHS + 2
        fits = new + course.days[i] <= LONGEST_STUDY_DAYS
        return apart and fits and (old < SIX_MONTHS) == (new < SIX_MONTHS)
    same = course.fail[i] == course.fail[j]
    if not same or (length[i] < SIX_MONTHS) != (length[j] < SIX_MONTHS):
        return False
    length[i], length[j] = length[j], length[i]
    longest = max(length[i] + course.days[i], length[j] + course.days[j])
    return longest <= LONGEST_STUDY_DAYS


@njit(cache=True)
def refine_course(course, random, steps, hot, cold):
    """Search durations; the best are left in place and their loss returned."""
    length, before = course.length, course.before
    pair = np.zeros(2, dtype=np.int64)
    last_length, last_before = length.copy(), before.copy()
    current = score_course(course)
    best, best_length, best_before = current, length.copy(), before.copy()
    temperature, cooling = hot, logarithm(cold / hot)
    for step in range(steps):
        if best == 0.0:
            break
        if step % 256 == 0:
            temperature = hot * exponential(cooling * step / steps)
        value = current + FAR
        if move_course(course, random, pair):
            value = score_course(course)
        if value <= current - temperature * logarithm(next_uniform(random)):
            current = value
            for patient in pair:
                last_length[patient], last_before[patient] = length[patient], before[patient]
            if current < best:
                best = current
                best_length[:], best_before[:] = length, before
        else:
            for patient in pair:
                length[patient], before[patient] = last_length[patient], last_before[patient]
    length[:], before[:] = best_length, best_before
    return score_course(course)


@njit(cache=True)
def score_leukaemia(state):
    """Loss of the two-year probability, of the models, and of uneven hazards of leukaemia."""
    n = len(state.days)
    for patient in range(n):
        sick = state.aml[patient] > 0
        state.event[patient] = 1 if sick else 0
        state.time[patient] = state.aml[patient] if sick else state.days[patient]
    sort_order(state.time, state.order)
    out = np.empty(5)
    estimate_km(state.time, state.event, state.order, state.mask, np.uint64(1), 24 * MONTH, out)
    low, high = state.probability
    loss = penalty(1.0 - out[3], low, high, 0.01, state.outside)
    beta, errors = np.zeros(8), np.zeros(8)
    size = len(state.targets) - 1
    fit_cox(state.time, state.event, state.order, state.bits, size, beta, errors, 1e-4)
    for term in range(size):
        low, high = state.targets[term]
        loss += penalty(beta[term] / errors[term], low, high, 0.3, state.outside)
    beta[0] = 0.0
    fit_cox(state.time, state.event, state.order, state.single, 1, beta, errors, 1e-4)
    low, high = state.targets[size]
    loss += penalty(beta[0] / errors[0], low, high, 0.3, state.outside)
    return loss + score_bands(state)


@njit(cache=True)
def score_bands(state):
    """Loss where the hazard of leukaemia jumps between bands of three months."""
    counts, exposure, leaving = np.zeros(MAX_BANDS), np.zeros(MAX_BANDS), np.zeros(MAX_BANDS)
    width = 3 * MONTH
    for patient in range(len(state.time)):
        band = int(state.time[patient] / width)
        counts[band] += state.event[patient]
        exposure[band] += (state.time[patient] - band * width) / MONTH
        leaving[band] += 1
    later = 0.0
    for band in range(MAX_BANDS - 1, -1, -1):
        exposure[band] += later * 3
        later += leaving[band]
        leaving[band] = later
    loss = 0.0
    for band in range(MAX_BANDS - 1):
        if leaving[band + 1] < 50:
            break
        before = max(counts[band], 0.5) / exposure[band]
        after = max(counts[band + 1], 0.5) / exposure[band + 1]
        ratio = max(before / after, after / before) / state.limit
        if ratio > 1.0:
            loss += 0.3 + logarithm(ratio)
    return loss


@njit(cache=True)
def move_leukaemia(state, random, pair):
    """Shift a day, pass leukaemia or earlier treatment on to another patient."""
    n = len(state.days)
    i, j = next_below(random, n), next_below(random, n)
    pair[0], pair[1] = i, j
    kind = next_below(random, 3)
    if kind == 2:
        one_i, one_j = state.bits[i] & 4, state.bits[j] & 4
        state.bits[i] = state.bits[i] ^ one_i ^ one_j
        state.bits[j] = state.bits[j] ^ one_i ^ one_j
        return one_i != one_j
    if kind == 0:
        j = i
    elif (state.aml[i] > 0) == (state.aml[j] > 0):
        return False
    target = j if state.aml[i] > 0 or kind == 0 else i
    source = i if target == j else j
    if state.aml[source] == 0:
        return False
    latest = state.days[target] - MIN_AML_GAP
    earliest = max(MIN_AML_DAY, state.days[target] - MAX_AML_GAP)
    if latest < earliest:
        return False
    state.aml[source] = 0
    state.aml[target] = earliest + next_below(random, latest - earliest + 1)
    return True


@njit(cache=True)
def refine_leukaemia(state, random, steps, hot, cold):
    """Search days of leukaemia; the best are left in place and their loss returned."""
    pair = np.zeros(2, dtype=np.int64)
    last_aml, last_bits = state.aml.copy(), state.bits.copy()
    current = score_leukaemia(state)
    best, best_aml, best_bits = current, state.aml.copy(), state.bits.copy()
    temperature, cooling = hot, logarithm(cold / hot)
    for step in range(steps):
        if best == 0.0:
            break
        if step % 256 == 0:
            temperature = hot * exponential(cooling * step / steps)
        value = current + FAR
        if move_leukaemia(state, random, pair):
            value = score_leukaemia(state)
        if value <= current - temperature * logarithm(next_uniform(random)):
            current = value
            for patient in pair:
                last_aml[patient], last_bits[patient] = state.aml[patient], state.bits[patient]
            if current < best:
                best = current
                best_aml[:], best_bits[:] = state.aml, state.bits
        else:
            for patient in pair:
                state.aml[patient], state.bits[patient] = last_aml[patient], last_bits[patient]
    state.aml[:], state.bits[:] = best_aml, best_bits
    return score_leukaemia(state)
