"""Wald, score and likelihood-ratio tests of regression models, and normal intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtri

FloatArray = NDArray[np.float64]

RANK_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTest:
    """A test that some coefficients are zero.

    Attributes
    ----------
    method : str
        ``Wald``, ``score``, ``robust score``, ``likelihood ratio`` or another name.
    statistic : float
        Chi-square under the null hypothesis.
    df : int
        Its degrees of freedom.
    p_value : float
    """

    method: str
    statistic: float
    df: int
    p_value: float


def chi_square_test(method: str, statistic: float, df: int) -> ModelTest:
    """Return a test with its p-value.

    Examples
    --------
    >>> round(chi_square_test("Wald", 3.841459, 1).p_value, 6)
    0.05
    """
    statistic = max(float(statistic), 0.0)
    return ModelTest(
        method=method, statistic=statistic, df=df, p_value=float(chdtrc(df, statistic))
    )


def quadratic_test(
    method: str, vector: FloatArray, matrix: FloatArray, *, check_rank: bool = False
) -> ModelTest:
    """Return the test with statistic ``v' M^-1 v`` and as many df as `vector` is long.

    With `check_rank`, where fewer clusters than coefficients leave M singular, its generalised
    inverse is used, and its rank are the df.
    """
    if check_rank:
        spread = np.sqrt(np.diag(matrix))
        spread[spread == 0] = 1.0
        vector, matrix = vector / spread, matrix / np.outer(spread, spread)
        rank = int(np.linalg.matrix_rank(matrix, tol=RANK_TOLERANCE, hermitian=True))
        if rank < len(vector):
            inverse = np.linalg.pinv(matrix, rcond=RANK_TOLERANCE, hermitian=True)
            return chi_square_test(method, float(vector @ inverse @ vector), max(rank, 1))
    return chi_square_test(method, float(vector @ np.linalg.solve(matrix, vector)), len(vector))


def likelihood_ratio_test(null: float, full: float, df: int) -> ModelTest:
    """Return the test of two log-likelihoods, the smaller model's first."""
    return chi_square_test("likelihood ratio", 2.0 * (full - null), df)


def score_test_of_added(
    score: FloatArray, information: FloatArray, added: NDArray[np.bool_]
) -> ModelTest:
    """Return the score test of some coefficients where the others are at their maximum.

    Parameters
    ----------
    score : ndarray, shape (p,)
    information : ndarray, shape (p, p)
        Both at the smaller model's maximum, with zero for the added coefficients.
    added : ndarray of bool, shape (p,)
        The coefficients that are tested.

    Notes
    -----
    The information of the added coefficients is reduced by what the others explain (Schur
    complement). The score of the others, zero up to rounding, is left out.
    """
    if added.all():
        return quadratic_test("score", score, information)
    kept = ~added
    cross = information[np.ix_(kept, added)]
    explained = cross.T @ np.linalg.solve(information[np.ix_(kept, kept)], cross)
    return quadratic_test("score", score[added], information[np.ix_(added, added)] - explained)


def normal_quantile(conf_level: float) -> float:
    """Return the number of standard errors on each side of a two-sided interval."""
    return float(ndtri(0.5 + conf_level / 2.0))


def safe_exp(values: FloatArray) -> FloatArray:
    """Return exponentials, nan where they are out of the range of numbers."""
    limit = math.log(np.finfo(np.float64).max)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(np.abs(values) < limit, np.exp(values), np.nan)
