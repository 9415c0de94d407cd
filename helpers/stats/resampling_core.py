"""Resamples of patients as counts, in blocks that any number of workers may share.

Each block of replicates has a random stream of its own, spawned from the seed by the number of
the block. A replicate is therefore the same whoever computes it, and however many follow it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from helpers.errors import ParameterError, StatisticsError
from helpers.stats.outcome import SurvivalOutcome

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Statistic = Callable[[IntArray], FloatArray]

BLOCK_SIZE = 100
BLOCK_CELLS = 4_000_000


def run_replicates(
    statistic: Statistic,
    strata: IntArray,
    *,
    n_replicates: int,
    seed: int,
    n_workers: int = 1,
) -> FloatArray:
    """Compute a statistic on resamples of the patients, drawn with replacement.

    Parameters
    ----------
    statistic : callable
        Takes counts of shape (b, n), how often each patient is in each of b resamples, and
        returns an array of shape (b, k). It is called in threads.
    strata : ndarray of int, shape (n,)
        Codes from 0; each stratum keeps its size in every resample.
    n_replicates, seed, n_workers : int
        Number of resamples, seed of the random streams, threads.

    Returns
    -------
    ndarray, shape (n_replicates, k)

    Raises
    ------
    ParameterError
        If a number is out of its domain.

    Examples
    --------
    >>> strata = np.zeros(4, dtype=np.intp)
    >>> run_replicates(lambda counts: counts[:, :1] * 1.0, strata, n_replicates=3, seed=5).shape
    (3, 1)
    """
    check_whole("n_replicates", n_replicates, lowest=1)
    check_whole("seed", seed, lowest=0)
    check_whole("n_workers", n_workers, lowest=1)
    size = int(np.clip(BLOCK_CELLS // len(strata), 1, BLOCK_SIZE))
    n_blocks = -(-n_replicates // size)
    streams = np.random.SeedSequence(int(seed)).spawn(n_blocks)

    def run_block(block: int) -> FloatArray:
        # whole blocks are drawn, so that the last one does not depend on where it is cut
        counts = draw_counts(np.random.default_rng(streams[block]), strata, size)
        return statistic(counts[: n_replicates - block * size])

    workers = min(n_workers, n_blocks, os.cpu_count() or 1)
    if workers == 1:
        parts = [run_block(block) for block in range(n_blocks)]
    else:
        with ThreadPoolExecutor(workers) as pool:
            parts = list(pool.map(run_block, range(n_blocks)))
    return np.concatenate(parts)


def draw_counts(rng: np.random.Generator, strata: IntArray, n_replicates: int) -> IntArray:
    """Draw how often each patient is in each resample.

    Parameters
    ----------
    rng : Generator
    strata : ndarray of int, shape (n,)
        Codes from 0; the draws of each stratum are its patients, with replacement.
    n_replicates : int

    Returns
    -------
    ndarray of int, shape (n_replicates, n)
        Each row sums to n, and within each stratum to its size.
    """
    n = len(strata)
    counts = np.empty((n_replicates, n), dtype=np.intp)
    offsets = np.arange(n_replicates)[:, None]
    for code in range(int(strata.max()) + 1):
        members = np.flatnonzero(strata == code)
        size = len(members)
        if size:
            drawn = rng.integers(size, size=(n_replicates, size)) + offsets * size
            flat = np.bincount(drawn.ravel(), minlength=n_replicates * size)
            counts[:, members] = flat.reshape(n_replicates, size)
    return counts


def check_whole(name: str, value: int, *, lowest: int) -> None:
    """Refuse what is no whole number of at least the lowest.

    Raises
    ------
    ParameterError
    """
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_whole or value < lowest:
        raise ParameterError(
            f"{name} must be a whole number of at least {lowest}, but was {value!r}"
        )


def check_plain_outcome(outcome: SurvivalOutcome) -> None:
    """Refuse weights and entry times, which resampling by counts does not know.

    Raises
    ------
    StatisticsError
    """
    for name, values in (("weights", outcome.weights), ("entry times", outcome.entry_months)):
        if values is not None:
            raise StatisticsError(
                f"outcome must be without {name} to be resampled, but was with them for "
                f"{outcome.n_subjects} patients; give whole times of one record per patient"
            )
