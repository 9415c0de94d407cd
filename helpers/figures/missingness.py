"""Figure of missing values."""

from __future__ import annotations

from matplotlib.axes import Axes

from helpers.figures.theme import (
    DOUBLE_MM,
    SMALL_PT,
    make_figure,
    measure_text,
    pick_looks,
    use_theme,
)
from helpers.formatting import NumberStyle, format_count_of_n, get_style
from helpers.formatting.lookup import list_missing
from helpers.results import ResultSet

_ROW_MM = 4.4


def plot_missingness(
    results: ResultSet, *, style: NumberStyle | str = "paper", ax: Axes | None = None
) -> Axes:
    """Draw which share of the values of each variable is missing.

    Parameters
    ----------
    results : ResultSet
        Counts of known or of missing values.
    style : NumberStyle or str
        Of the numbers.
    ax : matplotlib.axes.Axes, optional
        To draw in. A new figure 178 mm wide if not given.

    Returns
    -------
    matplotlib.axes.Axes
        Neither shown nor saved.
    """
    style = get_style(style)
    found = sorted(list_missing(results).items(), key=lambda item: item[1][1])
    names = [label for label, _ in found]
    shares = [
        missing / (known + missing) if known + missing else 0.0 for _, (known, missing) in found
    ]
    with use_theme():
        if ax is None:
            left = max((measure_text(name) for name in names), default=10.0) + 6
            height = len(found) * _ROW_MM + 14
            box = (
                left / DOUBLE_MM,
                11 / height,
                (DOUBLE_MM - left - 26) / DOUBLE_MM,
                (height - 14) / height,
            )
            ax = make_figure(DOUBLE_MM, height).add_axes(box)
        ax.barh(range(len(found)), shares, height=0.6, color=pick_looks(1)[0].colour, linewidth=0)
        for place, (share, (_, (known, missing))) in enumerate(zip(shares, found, strict=True)):
            text = format_count_of_n(missing, known + missing, style=style)
            ax.text(share + 0.008, place, text, va="center", fontsize=SMALL_PT, clip_on=False)
        ax.set_yticks(range(len(found)), names)
        ax.set_ylim(-0.6, max(len(found), 1) - 0.4)
        ax.set_xlim(0, 1)
        ax.set_xticks([index / 5 for index in range(6)], [str(20 * index) for index in range(6)])
        ax.set_xlabel("Missing (%)")
        ax.tick_params(axis="x", bottom=True)
        ax.tick_params(axis="y", left=False)
    return ax
