"""Figures of missing values: how many, and where."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from matplotlib.axes import Axes

from helpers.figures.theme import (
    DOUBLE_MM,
    SMALL_PT,
    make_figure,
    measure_text,
    pick_looks,
    use_theme,
    wrap_text,
)
from helpers.formatting import NumberStyle, format_count_of_n, get_style
from helpers.formatting.lookup import get_frame, get_groups, list_missing
from helpers.results import ResultSet

_ROW_MM = 4.4
#: Grey on which every mark stands out.
BAND = "#d9d9d9"
_PATTERN_MM, _BELOW_MM, _LEGEND_MM, _LABEL_MM = 8.0, 12.0, 8.0, 58.0


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


def plot_missing_patterns(
    results: ResultSet, *, style: NumberStyle | str = "paper", ax: Axes | None = None
) -> Axes:
    """Draw which share of each group's values is missing, and how far centres differ.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.missing_patterns.count_missing`.
    style : NumberStyle or str
        Of the numbers; none is printed.
    ax : matplotlib.axes.Axes, optional
        To draw in. A new figure 178 mm wide if not given.

    Returns
    -------
    matplotlib.axes.Axes
        A row for each variable, a mark for each group, and a grey bar from the centre with the
        smallest share to that with the largest. Neither shown nor saved.
    """
    lines = get_frame(results, "rows").iloc[::-1].to_dict("records")
    labels = [wrap_text(str(line["label"]), _LABEL_MM) for line in lines]
    groups = get_groups(results)
    with use_theme():
        ax = ax if ax is not None else _open_patterns(labels)
        _draw_centres(ax, results, lines)
        looks = pick_looks(len(groups))
        for place, ((key, name), look) in enumerate(zip(groups.items(), looks, strict=True)):
            shift = 0.22 - 0.44 * place / max(len(groups) - 1, 1) if len(groups) > 1 else 0.0
            points = [
                (found.estimate / found.n, row + shift)
                for row, line in enumerate(lines)
                if (found := results.find(f"{line['variable']}.{key}")) is not None
                and found.estimate is not None
                and found.n
            ]
            ax.plot(
                [share for share, _ in points],
                [row for _, row in points],
                linestyle="none",
                marker=look.marker,
                markersize=4.5,
                color=look.colour,
                label=name,
            )
        _style_patterns(ax, labels)
    return ax


def _draw_centres(ax: Axes, results: ResultSet, lines: list[dict[Hashable, Any]]) -> None:
    """Draw a bar from the smallest share of a centre to the largest, where centres are known."""
    label: str | None = "Range of the centres"
    for row, line in enumerate(lines):
        centres = results.find(f"{line['variable']}.centres")
        if centres is None or "lowest" not in centres.quantities:
            continue
        ends = [centres.quantities[end] for end in ("lowest", "highest")]
        ax.plot(ends, [row] * 2, color=BAND, linewidth=7, solid_capstyle="butt", label=label)
        label = None


def _open_patterns(labels: list[str]) -> Axes:
    left = max((measure_text(label) for label in labels), default=10.0) + 6
    tall = max(len(labels), 1) * _PATTERN_MM
    height = tall + _BELOW_MM + _LEGEND_MM
    width = (DOUBLE_MM - left - 6) / DOUBLE_MM
    box = (left / DOUBLE_MM, _BELOW_MM / height, width, tall / height)
    return make_figure(DOUBLE_MM, height).add_axes(box)


def _style_patterns(ax: Axes, labels: list[str]) -> None:
    ax.set_label("shares")
    ax.set_yticks(range(len(labels)), labels, fontsize=SMALL_PT)
    ax.set_ylim(-0.6, max(len(labels), 1) - 0.4)
    ax.set_xlim(-0.02, 1.02)
    ax.set_xticks([index / 5 for index in range(6)], [str(20 * index) for index in range(6)])
    ax.set_xlabel("Missing (%)")
    ax.tick_params(axis="x", bottom=True)
    ax.tick_params(axis="y", left=False)
    ax.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=5,
        frameon=False,
        fontsize=SMALL_PT,
        borderaxespad=0.2,
        handletextpad=0.3,
        columnspacing=1.2,
    )
