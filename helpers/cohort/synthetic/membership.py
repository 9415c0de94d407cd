"""Which groups and models a patient belongs to, as bits; compiled."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def find_groups(row, groups):
    """Bit mask of the groups that a patient belongs to."""
    mask = np.uint64(0)
    for group in range(len(groups)):
        member = True
        for place in range(3):
            attribute = groups[group, place, 0]
            if attribute >= 0 and not (
                groups[group, place, 1] <= row[attribute] <= groups[group, place, 2]
            ):
                member = False
        if member:
            mask |= np.uint64(1) << np.uint64(group)
    return mask


@njit(cache=True)
def model_bits(mask, members, terms):
    """Covariates of one patient in a Cox model as bits; -1 outside the model."""
    inside = False
    for place in range(len(members)):
        if members[place] >= 0 and (mask >> np.uint64(members[place])) & np.uint64(1):
            inside = True
    if not inside:
        return -1
    bits = 0
    for place in range(len(terms)):
        if terms[place] >= 0 and (mask >> np.uint64(terms[place])) & np.uint64(1):
            bits |= 1 << place
    return bits


@njit(cache=True)
def is_set(mask, bit):
    """Whether a bit of a mask is set."""
    return (mask >> np.uint64(bit)) & np.uint64(1) != 0
