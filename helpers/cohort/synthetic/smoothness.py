"""How evenly deaths and losses to follow-up spread over time, compiled."""
# ruff: noqa: PLR0917 - compiled functions are called with positions only

from __future__ import annotations

import numpy as np
from numba import njit

from helpers.cohort.synthetic.compiled_math import logarithm

MONTH = 30.4375
MAX_BANDS = 64
MAX_DAY = 2700


@njit(cache=True, error_model="numpy")
def count_bands(days, event, mask, bit, months, wanted, counts, exposure, at_risk):
    """Tally events and person-months of a group in bands of ``months``; return their number.

    ``wanted`` is 1 for deaths and 0 for losses to follow-up. ``at_risk`` is the number at
    the start of each band.
    """
    width = months * MONTH
    bands = int(MAX_DAY / width) + 1
    counts[:bands] = 0.0
    exposure[:bands] = 0.0
    at_risk[:bands] = 0.0
    for patient in range(len(days)):
        if mask[patient] & bit:
            band = int(days[patient] / width)
            exposure[band] += (days[patient] - band * width) / MONTH
            at_risk[band] += 1.0
            if event[patient] == wanted:
                counts[band] += 1.0
    later = 0.0
    for band in range(bands - 1, -1, -1):
        exposure[band] += later * months
        later += at_risk[band]
        at_risk[band] = later
    return bands


@njit(cache=True, error_model="numpy")
def score_hazard(days, event, mask, row, limits):
    """Loss of a group's hazard where it jumps from one band to the next.

    ``row`` is group, months of a band, fewest at risk, 1 for deaths or 0 for losses, place
    of the limit in ``limits``.
    """
    counts, exposure, at_risk = np.empty(MAX_BANDS), np.empty(MAX_BANDS), np.empty(MAX_BANDS)
    bit = np.uint64(1) << np.uint64(row[0])
    bands = count_bands(days, event, mask, bit, row[1], row[3], counts, exposure, at_risk)
    limit = limits[row[4]]
    first = 0 if row[3] == 1 else int(5.0 / row[1]) + 1
    loss = 0.0
    for band in range(first, bands - 1):
        if at_risk[band + 1] < row[2]:
            break
        before = max(counts[band], 0.3) / exposure[band]
        after = max(counts[band + 1], 0.3) / exposure[band + 1]
        ratio = max(before / after, after / before) / limit
        if ratio > 1.0:
            loss += 0.3 + logarithm(ratio) * 4.0
    return loss


@njit(cache=True, error_model="numpy")
def score_follow_up(days, event, order, bounds):
    """Loss of the survivors' median, longest and shortest follow-up, and of the longest time.

    ``bounds`` holds low and high of the median, of the longest, of the shortest, in days.
    """
    alive = len(days) - event.sum()
    seen, middle, longest, shortest = 0, 0.0, 0, -1
    for place in range(len(order)):
        patient = order[place]
        if event[patient] == 0:
            if shortest < 0:
                shortest = days[patient]
            longest = days[patient]
            if seen == (alive - 1) // 2:
                middle += days[patient] / 2
            if seen == alive // 2:
                middle += days[patient] / 2
            seen += 1
    loss = 0.0
    for value, place in ((middle, 0), (float(longest), 2), (float(shortest), 4)):
        gap = max(bounds[place] - value, value - bounds[place + 1])
        if gap > 0:
            loss += 0.3 + logarithm(1.0 + gap / 15.0)
    return loss
