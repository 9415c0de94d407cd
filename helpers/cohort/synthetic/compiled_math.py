"""Elementary functions, random numbers and sorting for the search, compiled.

Basic operations of IEEE 754 only, so that every machine finds the same cohort.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

LN2 = 0.6931471805599453
Z_95 = 1.959963984540054


@njit(cache=True, error_model="numpy")
def logarithm(value):
    """Natural logarithm of a positive number by the series of artanh."""
    mantissa, exponent = math.frexp(value)
    if mantissa < 0.7071067811865476:
        mantissa *= 2.0
        exponent -= 1
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    square = ratio * ratio
    total = 0.0
    for half in range(15, -1, -1):
        total = total * square + 1.0 / (2 * half + 1)
    return exponent * LN2 + 2.0 * ratio * total


@njit(cache=True, error_model="numpy")
def exponential(value):
    """Exponential function by its Taylor series after taking out powers of two."""
    power = math.floor(value / LN2 + 0.5)
    rest = value - power * LN2
    total = 1.0
    for term in range(16, 0, -1):
        total = 1.0 + total * rest / term
    return math.ldexp(total, int(power))


@njit(cache=True, error_model="numpy")
def next_uniform(state):
    """Advance a splitmix64 state (array of one uint64); return a fraction in (0, 1)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    word = state[0]
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    word = word ^ (word >> np.uint64(31))
    return (float(word >> np.uint64(11)) + 0.5) / 9007199254740992.0


@njit(cache=True, error_model="numpy")
def next_below(state, limit):
    """Draw an integer from 0 to ``limit - 1``."""
    return int(next_uniform(state) * limit)


@njit(cache=True, error_model="numpy")
def sort_order(days, order):
    """Sort the nearly sorted ``order`` by days, in place."""
    for place in range(1, len(order)):
        patient = order[place]
        day = days[patient]
        back = place - 1
        while back >= 0 and days[order[back]] > day:
            order[back + 1] = order[back]
            back -= 1
        order[back + 1] = patient


@njit(cache=True, error_model="numpy")
def invert(matrix, size):
    """Invert a positive definite matrix in place by Gauss-Jordan; False if singular."""
    for pivot in range(size):
        head = matrix[pivot, pivot]
        if head < 1e-10:
            return False
        matrix[pivot, pivot] = 1.0
        for column in range(size):
            matrix[pivot, column] /= head
        for row in range(size):
            if row != pivot:
                factor = matrix[row, pivot]
                matrix[row, pivot] = 0.0
                for column in range(size):
                    matrix[row, column] -= factor * matrix[pivot, column]
    return True
