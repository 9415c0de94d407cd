"""A smooth line through points: least squares on a natural cubic spline."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from helpers.stats.numeric import as_numbers, check_same_length

FloatArray = NDArray[np.float64]


def smooth_by_spline(x: ArrayLike, y: ArrayLike, *, df: int = 4) -> FloatArray:
    """Return a smooth of y over x at each x.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        Points.
    df : int, optional
        Coefficients of the line, the constant among them; fewer where x has fewer values.

    Returns
    -------
    numpy.ndarray of float, shape (n,)

    Raises
    ------
    StatisticsError
        If lengths differ or a value is not a number.

    Notes
    -----
    Natural cubic spline with the boundary knots at the ends of x and the others at its evenly
    spaced quantiles: the fit of R's ``lm(y ~ ns(x, df, intercept = TRUE) - 1)``, which
    ``plot.cox.zph`` draws.

    Examples
    --------
    >>> smooth_by_spline([1, 2, 3, 4, 5, 6], [2, 4, 6, 8, 10, 12]).round(6).tolist()
    [2.0, 4.0, 6.0, 8.0, 10.0, 12.0]
    """
    at, values = as_numbers(x, "x"), as_numbers(y, "y")
    check_same_length(values, "y", len(at), "x")
    basis = _make_basis(at, df)
    coefficients, *_ = np.linalg.lstsq(basis, values, rcond=None)
    return basis @ coefficients


def _make_basis(x: FloatArray, df: int) -> FloatArray:
    knots = np.unique(np.quantile(x, np.linspace(0, 1, df)))
    constant = np.ones_like(x)
    if len(knots) == 1:
        return constant[:, None]
    scaled = (x - knots[0]) / (knots[-1] - knots[0])
    places = (knots - knots[0]) / (knots[-1] - knots[0])

    def bend(place: float) -> FloatArray:
        rising = np.maximum(scaled - place, 0) ** 3 - np.maximum(scaled - 1, 0) ** 3
        return rising / (1 - place)

    last = bend(places[-2])
    return np.column_stack([constant, scaled, *(bend(place) - last for place in places[:-2])])
