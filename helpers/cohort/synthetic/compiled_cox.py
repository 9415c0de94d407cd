"""Cox models with Efron's ties and 0/1 covariates for the search, compiled."""
# ruff: noqa: PLR0917 - compiled functions are called with positions only

from __future__ import annotations

import math

import numpy as np
from numba import njit

from helpers.cohort.synthetic.compiled_math import exponential, invert


@njit(cache=True, inline="always", error_model="numpy")
def add_patient(bits, weight, size, sums):
    """Add a patient's weight to the sums of weights, covariates and products.

    Row and column ``size`` stand for a constant covariate of 1.
    """
    sums[size, size] += weight
    for a in range(size):
        if (bits >> a) & 1:
            sums[size, a] += weight
            for b in range(a + 1):
                if (bits >> b) & 1:
                    sums[a, b] += weight


@njit(cache=True, inline="always", error_model="numpy")
def add_deaths(deaths, size, sums, tied, score, information):
    """Add the terms of one day's deaths to score and information, Efron's way."""
    mean = np.empty(size)
    for turn in range(deaths):
        share = turn / deaths
        inverse = 1.0 / (sums[size, size] - share * tied[size, size])
        for a in range(size):
            mean[a] = (sums[size, a] - share * tied[size, a]) * inverse
            score[a] -= mean[a]
            for b in range(a + 1):
                entry = (sums[a, b] - share * tied[a, b]) * inverse
                information[a, b] += entry - mean[a] * mean[b]


@njit(cache=True, inline="always", error_model="numpy")
def weigh(bits, ratio):
    """Hazard of a patient against one without any covariate."""
    weight = 1.0
    for term in range(len(ratio)):
        if (bits >> term) & 1:
            weight *= ratio[term]
    return weight


@njit(cache=True, error_model="numpy")
def cox_derivatives(days, event, order, covariates, ratio, score, information):
    """Score and information at hazard ratios; covariates as bits, -1 outside the model."""
    size = len(ratio)
    sums, tied = np.zeros((size + 1, size + 1)), np.zeros((size + 1, size + 1))
    score[:] = 0.0
    information[:, :] = 0.0
    place = len(order) - 1
    while place >= 0:
        day, deaths = days[order[place]], 0
        while place >= 0 and days[order[place]] == day:
            patient = order[place]
            place -= 1
            bits = covariates[patient]
            if bits < 0:
                continue
            weight = weigh(bits, ratio)
            add_patient(bits, weight, size, sums)
            if event[patient]:
                if deaths == 0:
                    tied[:, :] = 0.0
                deaths += 1
                add_patient(bits, weight, size, tied)
                for term in range(size):
                    score[term] += (bits >> term) & 1
        if deaths > 0:
            add_deaths(deaths, size, sums, tied, score, information)
    for a in range(size):
        for b in range(a):
            information[b, a] = information[a, b]


@njit(cache=True, error_model="numpy")
def fit_cox(days, event, order, covariates, size, beta, errors, precision):
    """Newton steps from ``beta`` in place; ``errors`` receives the standard errors."""
    score, ratio = np.empty(size), np.empty(size)
    information = np.empty((size, size))
    for _ in range(12):
        for term in range(size):
            ratio[term] = exponential(beta[term])
        cox_derivatives(days, event, order, covariates, ratio, score, information)
        if not invert(information, size):
            errors[:size] = 10.0
            return
        largest = 0.0
        for a in range(size):
            step = 0.0
            for b in range(size):
                step += information[a, b] * score[b]
            beta[a] = min(max(beta[a] + step, -6.0), 6.0)
            largest = max(largest, abs(step))
            errors[a] = math.sqrt(max(information[a, a], 1e-12))
        if largest < precision:
            return
