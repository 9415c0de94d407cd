"""Where the curves of a drawn figure lie, so that a page can tell what a pointer points at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

_NAME = "curve."


def locate_curves(figure: Figure) -> dict[str, Any]:
    """Return how a place in the drawing is turned into a time, and which curves are there.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Drawn; its curves were named by :func:`helpers.figures.curves.draw_curve`.

    Returns
    -------
    dict
        Empty unless exactly one axes has curves. Otherwise ``box``, the left, top, right and
        bottom edge of the axes as fractions of the drawing's width and height from its upper
        left corner; ``x`` and ``y``, the limits of the axes in their units; ``time_label`` and
        ``value_label``; ``curves``, for each its ``group``, ``estimator`` (or an empty text),
        ``label`` and ``colour``.
    """
    found = [ax for ax in figure.axes if any(_is_curve(line) for line in ax.get_lines())]
    if len(found) != 1:
        return {}
    ax = found[0]
    place = ax.get_position()
    box = (place.x0, 1 - place.y1, place.x1, 1 - place.y0)
    return {
        "box": [round(float(edge), 5) for edge in box],
        "x": [float(limit) for limit in ax.get_xlim()],
        "y": [float(limit) for limit in ax.get_ylim()],
        "time_label": ax.get_xlabel(),
        "value_label": ax.get_ylabel(),
        "curves": list(_describe_curves(ax)),
    }


def _is_curve(line: Line2D) -> bool:
    return str(line.get_gid() or "").startswith(_NAME)


def _describe_curves(ax: Axes) -> Iterator[dict[str, str]]:
    """Describe each curve once; of one that has a firm and a pale stretch, the firm one."""
    named: dict[str, Line2D] = {}
    for line in filter(_is_curve, ax.get_lines()):
        gid = str(line.get_gid())
        if gid not in named or not str(line.get_label()).startswith("_"):
            named[gid] = line
    for gid, line in named.items():
        group, _, estimator = gid.removeprefix(_NAME).partition(".")
        label = str(line.get_label()).removeprefix("_").removesuffix(", few at risk")
        yield {
            "group": group,
            "estimator": estimator,
            "label": label,
            "colour": to_hex(line.get_color()),
        }
