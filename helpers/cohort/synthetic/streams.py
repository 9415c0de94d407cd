"""Random numbers and elementary functions that are the same on every machine.

Only the raw 64-bit output of PCG64 and the four basic operations of IEEE 754 are used:
NumPy may change its distributions between versions, and the logarithms of different
mathematical libraries differ in the last bit.
"""

from __future__ import annotations

import numpy as np

_LN2 = 0.6931471805599453
_SERIES_TERMS = 16


def natural_log(values: np.ndarray) -> np.ndarray:
    """Natural logarithm from basic operations only.

    Parameters
    ----------
    values : ndarray of float
        Positive numbers.

    Returns
    -------
    ndarray of float
        Correct to about 1e-15 relative.

    Notes
    -----
    ``log(m * 2**e) = e * log 2 + 2 * artanh((m - 1) / (m + 1))`` with the series of artanh.

    Examples
    --------
    >>> float(natural_log(np.array([1.0]))[0])
    0.0
    """
    mantissa, exponent = np.frexp(np.asarray(values, dtype=float))
    low = mantissa < 0.7071067811865476
    mantissa = np.where(low, mantissa * 2.0, mantissa)
    exponent = np.where(low, exponent - 1, exponent)
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    square = ratio * ratio
    total = np.zeros_like(ratio)
    for power in range(2 * _SERIES_TERMS - 1, 0, -2):
        total = total * square + 1.0 / power
    return exponent * _LN2 + 2.0 * ratio * total


class Stream:
    """A stream of random numbers with a fixed meaning.

    Parameters
    ----------
    seed : int
        Not negative.
    purpose : int
        Number of the stream: streams of one seed with different purposes are independent.
    """

    def __init__(self, seed: int, purpose: int = 0) -> None:
        self._generator = np.random.PCG64(np.random.SeedSequence([seed, purpose]))

    def raw(self, size: int) -> np.ndarray:
        """Draw unsigned 64-bit integers, shape (size,)."""
        return np.asarray(self._generator.random_raw(size), dtype=np.uint64)

    def uniform(self, size: int) -> np.ndarray:
        """Draw fractions strictly between 0 and 1, shape (size,)."""
        return ((self.raw(size) >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53

    def exponential(self, size: int) -> np.ndarray:
        """Draw from the exponential distribution with mean 1, shape (size,)."""
        return -natural_log(self.uniform(size))

    def integers(self, low: int, high: int, size: int) -> np.ndarray:
        """Draw integers from `low` to `high`, both included, shape (size,)."""
        return low + (self.uniform(size) * (high - low + 1)).astype(np.int64)

    def order(self, size: int) -> np.ndarray:
        """Draw a permutation of 0 to size - 1."""
        return np.argsort(self.raw(size), kind="stable")

    def choose(
        self, eligible: np.ndarray, count: int, weights: np.ndarray | None = None
    ) -> np.ndarray:
        """Choose exactly `count` of the eligible, without replacement.

        Parameters
        ----------
        eligible : ndarray of bool, shape (n,)
            Who can be chosen.
        count : int
            How many; all that are eligible where there are fewer.
        weights : ndarray of float, shape (n,), optional
            Relative rates at which the eligible are drawn.

        Returns
        -------
        ndarray of bool, shape (n,)
            True for the chosen.

        Notes
        -----
        A race of exponential clocks: drawing one after the other with probability
        proportional to weight gives the same distribution.
        """
        clocks = self.exponential(len(eligible))
        if weights is not None:
            clocks = clocks / weights
        clocks[~eligible] = np.inf
        chosen = np.zeros(len(eligible), dtype=bool)
        first = np.argsort(clocks, kind="stable")[: min(count, int(eligible.sum()))]
        chosen[first] = True
        return chosen

    def deal(self, counts: tuple[int, ...]) -> np.ndarray:
        """Deal codes 0, 1, ... so that code k occurs exactly ``counts[k]`` times."""
        codes = np.repeat(np.arange(len(counts)), counts)
        return codes[self.order(len(codes))]

    def quantiles(self, size: int, table: tuple[tuple[float, float], ...]) -> np.ndarray:
        """Spread values over a distribution given by (fraction, value) points, shuffled.

        The values stand at the fractions ``(i + 0.5) / size``, so that the sample's own
        quantiles are those of the table.
        """
        fractions, values = (np.array(column, dtype=float) for column in zip(*table, strict=True))
        spread = np.interp((np.arange(size) + 0.5) / size, fractions, values)
        return spread[self.order(size)]
