"""Step curves with so many steps that none can be seen: draw those that make a difference."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

#: Height of a step, as a fraction of the y axis's unit, that print does not show.
TOLERANCE = 0.0005
#: Steps that the curves of one figure may have together.
MAX_STEPS = 3000
#: Censored patients that the curves of one figure may mark together.
MAX_MARKS = 400
#: Of a curve with more: so many that the curve can be seen between them.
MARKS_OF_MANY = 60

_errors: WeakKeyDictionary[Figure, float] = WeakKeyDictionary()


def select_steps(values: ArrayLike, tolerance: float) -> NDArray[np.intp]:
    """Return the steps to draw, so that no drawn curve is ever further off than a tolerance.

    Parameters
    ----------
    values : array_like, shape (n_steps,) or (n_steps, n_curves)
        Heights from each step's time on until the next step. Not-a-number has no height: where
        a curve begins or ends to have one, the step is kept.
    tolerance : float
        Largest vertical distance, in the unit of the values.

    Returns
    -------
    numpy.ndarray, shape (n_kept,)
        Rising indices; the first and the last step are among them.
    """
    heights = np.asarray(values, dtype=float)
    heights = heights.reshape(len(heights), -1)
    if len(heights) < 3:
        return np.arange(len(heights))
    kept = [0]
    rows, is_known = heights.tolist(), np.isfinite(heights).tolist()
    drawn, drawn_known = rows[0], is_known[0]
    for place in range(1, len(rows) - 1):
        row, known = rows[place], is_known[place]
        if known != drawn_known or any(
            is_there and abs(value - before) > tolerance
            for value, before, is_there in zip(row, drawn, known, strict=True)
        ):
            kept.append(place)
            drawn, drawn_known = row, known
    return np.array([*kept, len(rows) - 1])


def thin_steps(
    lines: pd.DataFrame, columns: tuple[str, ...], *, max_steps: int
) -> tuple[pd.DataFrame, float]:
    """Return a step curve of few enough steps, and how far it is off at most.

    Parameters
    ----------
    lines : pandas.DataFrame, shape (n_steps, n_columns)
        One curve, time rising.
    columns : tuple of str
        Whose heights are drawn.
    max_steps : int
        A curve of no more steps is returned as it is. At least 2.

    Returns
    -------
    lines : pandas.DataFrame
        The steps to draw.
    error : float
        Largest vertical distance between the drawn and the given heights; 0 if all are drawn.
    """
    if len(lines) <= max_steps:
        return lines, 0.0
    values = lines.loc[:, list(columns)].to_numpy(dtype=float)
    tolerance, kept = TOLERANCE, select_steps(values, TOLERANCE)
    while len(kept) > max_steps and tolerance < 1:
        tolerance *= 1.5
        kept = select_steps(values, tolerance)
    return lines.iloc[kept], measure_error(values, kept)


def measure_error(values: ArrayLike, kept: NDArray[np.intp]) -> float:
    """Return the largest distance between heights and those drawn of the kept steps alone."""
    heights = np.asarray(values, dtype=float)
    drawn = heights[kept[np.searchsorted(kept, np.arange(len(heights)), side="right") - 1]]
    gaps = np.abs(heights - drawn)
    return float(np.max(gaps[np.isfinite(gaps)], initial=0.0))


def select_marks(times: ArrayLike, *, max_marks: int) -> NDArray[np.intp]:
    """Return the marks to draw: all if few, else no two so near that they print as one.

    Parameters
    ----------
    times : array_like, shape (n_marks,)
        Rising.
    max_marks : int
        At most so many are kept, at least 2.

    Returns
    -------
    numpy.ndarray, shape (n_kept,)
        Rising indices; the first mark is among them.
    """
    places = np.asarray(times, dtype=float)
    if len(places) <= max_marks:
        return np.arange(len(places))
    width = (places[-1] - places[0]) / max_marks
    slots = np.minimum(((places - places[0]) / (width or 1.0)).astype(int), max_marks - 1)
    return np.unique(slots, return_index=True)[1]


def remember_error(figure: Figure, error: float) -> None:
    """Keep in mind how far a figure's curves are off at most."""
    _errors[figure] = max(error, _errors.get(figure, 0.0))


def recall_error(figure: Figure) -> float:
    """Return how far a figure's curves are off at most, 0 where every step is drawn."""
    return _errors.get(figure, 0.0)
