"""A treatment's effect in bootstrap samples: scores, weights and models anew in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from helpers.stats.design import Design
from helpers.stats.outcome import SurvivalOutcome
from helpers.stats.treatment.replicated_cox import ReplicatedFits, fit_replicates

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
#: Calls a function with each of many arguments and gives the results in their order.
MapChunks = Callable[[Callable[[IntArray], FloatArray], Iterable[IntArray]], Iterable[FloatArray]]

#: Parts of a bootstrap that is not computed here; more than there are workers, to share alike.
_PARTS = 8
_MOST_CELLS = 2_000_000
_MAX_ITERATIONS = 40
_TOLERANCE = 1e-10
_FARTHEST = 30.0
_SMALLEST = 1e-10
_LARGEST_COEFFICIENT = 20.0


def replicate_effects(
    outcome: SurvivalOutcome,
    design: Design,
    times_months: FloatArray,
    *,
    truncate: tuple[float, float] | None,
    ties: str,
    n_replicates: int,
    seed: int,
    map_chunks: MapChunks | None = None,
) -> FloatArray:
    """Return the estimates of each bootstrap sample that has all of them.

    Parameters
    ----------
    outcome : SurvivalOutcome
        Of n patients.
    design : Design
        Its first column is the treatment, 0 or 1; the others are the covariates.
    times_months : numpy.ndarray, shape (k,)
        Of the standardised curves.
    truncate, ties
        As in :func:`helpers.stats.treatment.effects.estimate_treatment_effects`.
    n_replicates, seed : int
        Patients are drawn within treatments.
    map_chunks : callable, optional
        As in :func:`helpers.stats.treatment.effects.estimate_treatment_effects`.

    Returns
    -------
    numpy.ndarray, shape (at most n_replicates, 4 + 3 k)
        Log hazard ratios crude, adjusted, by inverse probability and by overlap weights; survival
        untreated and treated at each time; treated less untreated survival.
    """
    at_once = max(_MOST_CELLS // max(outcome.n_subjects, 1), 1)
    if map_chunks is not None:
        at_once = min(at_once, -(-n_replicates // _PARTS))
    chunks = draw_resamples(design.matrix[:, 0] == 1, n_replicates, seed, at_once)
    estimate = partial(_estimate, outcome, design, times_months, truncate=truncate, ties=ties)
    drawn = list((map_chunks or map)(estimate, chunks))
    width = 4 + 3 * len(times_months)
    values = np.concatenate(drawn) if drawn else np.empty((0, width))
    with np.errstate(invalid="ignore"):
        kept = np.isfinite(values).all(axis=1)
        kept &= np.abs(values[:, :4]).max(axis=1, initial=0.0) < _LARGEST_COEFFICIENT
    return values[kept]


def draw_resamples(
    treated: NDArray[np.bool_], n_replicates: int, seed: int, at_once: int
) -> Iterator[IntArray]:
    """Yield rows of resamples within treatments, so many at a time; the same whatever that is."""
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(treated == side) for side in (False, True)]
    for begin in range(0, n_replicates, max(at_once, 1)):
        yield np.array(
            [
                np.concatenate([rng.choice(group, len(group)) for group in groups])
                for _ in range(min(at_once, n_replicates - begin))
            ]
        )


def _estimate(
    outcome: SurvivalOutcome,
    design: Design,
    times: FloatArray,
    rows: IntArray,
    *,
    truncate: tuple[float, float] | None,
    ties: str,
) -> FloatArray:
    n, X = outcome.n_subjects, design.matrix
    counts = np.array([np.bincount(one, minlength=n) for one in rows])
    treated = X[:, 0] == 1
    scores = fit_scores(np.column_stack([np.ones(n), X[:, 1:]]), treated, counts)
    alone = X[:, :1]
    adjusted = fit_replicates(outcome, X, counts, ties=ties)
    ratios = [fit_replicates(outcome, alone, counts, ties=ties), adjusted]
    for weights in (
        weigh_scores(scores, treated, counts, rows, truncate),
        _overlap(scores, treated),
    ):
        usable = np.nan_to_num(weights, nan=1.0)
        ratios.append(fit_replicates(outcome, alone, counts, weights=usable, ties=ties))
    logs = np.column_stack([fits.coefficients[:, 0] for fits in ratios])
    logs[np.isnan(scores).any(axis=1)] = np.nan
    untreated, given = (_standardise(adjusted, X, counts, times, side) for side in (0.0, 1.0))
    return np.column_stack([logs, untreated, given, given - untreated])


def fit_scores(Z: FloatArray, treated: NDArray[np.bool_], counts: IntArray) -> FloatArray:
    """Return propensity scores of each resample, nan where they have no maximum."""
    q = Z.shape[1]
    products = (Z[:, :, None] * Z[:, None, :]).reshape(len(Z), -1)
    beta = np.zeros((len(counts), q))
    converged = np.zeros(len(counts), dtype=bool)
    scores = np.full(counts.shape, 0.5)
    for _ in range(_MAX_ITERATIONS):
        information = ((counts * scores * (1 - scores)) @ products).reshape(-1, q, q)
        score = (counts * (treated - scores)) @ Z
        values, vectors = np.linalg.eigh(information)
        turned = np.einsum("bij,bi->bj", vectors, score) / np.maximum(values, _SMALLEST)
        step = np.einsum("bij,bj->bi", vectors, turned)
        beta += np.clip(step, -5, 5)
        predictor = np.clip(beta @ Z.T, -_FARTHEST, _FARTHEST)
        scores = 1.0 / (1.0 + np.exp(-predictor))
        converged = np.abs((step * score).sum(axis=1)) < _TOLERANCE
        if converged.all():
            break
    return np.where(converged[:, None], scores, np.nan)


def weigh_scores(
    scores: FloatArray,
    treated: NDArray[np.bool_],
    counts: IntArray,
    rows: IntArray,
    truncate: tuple[float, float] | None,
) -> FloatArray:
    """Return each resample's stabilised weights of all patients, truncated among the drawn."""
    share = (counts @ treated / counts.sum(axis=1))[:, None]
    weights = np.where(treated, share / scores, (1 - share) / (1 - scores))
    if truncate is None:
        return weights
    drawn = np.take_along_axis(weights, rows, axis=1)
    low, high = np.quantile(drawn, truncate, axis=1)
    return np.clip(weights, low[:, None], high[:, None])


def _overlap(scores: FloatArray, treated: NDArray[np.bool_]) -> FloatArray:
    return np.where(treated, 1 - scores, scores)


def _standardise(
    fits: ReplicatedFits, X: FloatArray, counts: IntArray, times: FloatArray, side: float
) -> FloatArray:
    """Return mean survival of each resample's patients, all with or without treatment, (B, k)."""
    patterns, position = np.unique(X[:, 1:], axis=0, return_inverse=True)
    position = position.ravel()
    shares = np.array([np.bincount(position, one, minlength=len(patterns)) for one in counts])
    shares /= counts.sum(axis=1, keepdims=True)
    covariates = np.column_stack([np.full(len(patterns), side), patterns])
    steps = np.pad(fits.hazard, ((0, 0), (1, 0)))
    reached = steps[:, np.searchsorted(fits.times_months, times, side="right")]
    survival = np.zeros_like(reached)
    with np.errstate(over="ignore", invalid="ignore"):
        risk = np.exp(fits.coefficients @ covariates.T)
        for pattern in range(len(patterns)):
            chance = np.exp(-reached * risk[:, pattern, None])
            survival += shares[:, pattern, None] * chance
    return survival
