"""One drawing in two forms: the same as matplotlib's own two drawings."""

from __future__ import annotations

import io

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.path import Path

from helpers.figures import twofold
from helpers.figures.theme import use_theme
from helpers.figures.twofold import draw_twofold

DPI = 150
METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None, "Title": "T"}


def make_figure(*, words: bool, image: bool = False) -> Figure:
    figure = Figure(figsize=(3, 2))
    ax = figure.subplots()
    x = np.linspace(0, 6, 40)
    ax.plot(x, np.sin(x), drawstyle="steps-post", linestyle="--")
    ax.plot(x[::5], np.cos(x[::5]), "s", markerfacecolor="none")
    ax.fill_between(x, np.sin(x) - 0.2, np.sin(x) + 0.2, alpha=0.3, step="post")
    ax.scatter(x[::8], x[::8] / 6, s=np.arange(5.0, 30.0, 5.0), c=["r", "g", "b", "k", "y"])
    ax.vlines([1, 2], -1, 1, colors="0.5", linewidths=2)
    ax.add_patch(Circle((3, 0), 0.5, hatch="//", fill=False))
    cut = ax.axhline(0.5, linewidth=6)
    cut.set_clip_path(Path([[1, -1], [2, -1], [2, 1], [1, -1]]), ax.transData)
    if image:
        ax.imshow(np.arange(12.0).reshape(3, 4), extent=(4, 6, -1, 0), aspect="auto")
    if words:
        ax.set_xlabel("Months since failure, $x^2$")
        ax.text(3, 0.8, "right", ha="right", rotation=30)
    else:
        ax.set(xticklabels=[], yticklabels=[])
    return figure


def draw_apart(figure: Figure) -> tuple[str, np.ndarray]:
    """Return what matplotlib's own canvases make."""
    buffer = io.StringIO()
    FigureCanvasSVG(figure).print_svg(buffer, metadata=METADATA)
    figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(figure)
    with mpl.rc_context({"text.hinting": "none"}):
        canvas.draw()
    return buffer.getvalue(), np.array(canvas.buffer_rgba())[:, :, :3]


@pytest.mark.parametrize("words", [True, False])
def test_vectors_are_those_of_matplotlib(words):
    with use_theme():
        svg, _ = draw_twofold(make_figure(words=words), dpi=DPI, metadata=METADATA)
        assert svg == draw_apart(make_figure(words=words))[0]


def test_pixels_without_words_are_those_of_matplotlib():
    with use_theme():
        _, pixels = draw_twofold(make_figure(words=False), dpi=DPI, metadata=METADATA)
        _, apart = draw_apart(make_figure(words=False))
    assert pixels.shape == apart.shape == (300, 450, 3)
    different = (np.abs(pixels.astype(int) - apart).max(axis=2) > 32).mean()
    assert different < 0.002  # a mark may be snapped to the neighbouring pixel
    assert (apart < 200).any(axis=2).mean() > 0.02  # there is something to compare


def test_words_stand_within_a_pixel_of_where_matplotlib_has_them():
    with use_theme():
        figure = make_figure(words=True)
        _, pixels = draw_twofold(figure, dpi=DPI, metadata=METADATA)
        _, apart = draw_apart(make_figure(words=True))
    below = slice(265, None)  # the axis label
    for axis in (0, 1):
        ours, theirs = (np.flatnonzero((one[below] < 128).any(axis=(axis, 2))) for one in
                        (pixels, apart))  # fmt: skip
        assert abs(int(ours[0]) - int(theirs[0])) <= 1
        assert abs(int(ours[-1]) - int(theirs[-1])) <= 1


def test_a_picture_is_in_both():
    with use_theme():
        svg, pixels = draw_twofold(make_figure(words=False, image=True), dpi=DPI, metadata=METADATA)
        _, apart = draw_apart(make_figure(words=False, image=True))
    assert svg.count("<image") == 1
    assert (np.abs(pixels.astype(int) - apart).max(axis=2) > 32).mean() < 0.01


def test_artists_are_asked_once(monkeypatch):
    figure, asked = make_figure(words=True), []
    line = figure.axes[0].lines[0]
    draw = line.draw
    monkeypatch.setattr(line, "draw", lambda renderer: (asked.append(1), draw(renderer)))
    draw_twofold(figure, dpi=DPI, metadata=METADATA)
    assert asked == [1]


def test_resolution_is_left_as_it_was(monkeypatch):
    figure = make_figure(words=True)
    figure.set_dpi(110)
    draw_twofold(figure, dpi=DPI, metadata=METADATA)
    assert figure.dpi == 110

    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(twofold, "TwofoldRenderer", fail)
    with pytest.raises(MemoryError):
        draw_twofold(figure, dpi=DPI, metadata=METADATA)
    assert figure.dpi == 110
