"""Look of all figures: sizes of a journal's page, type, colours, dashes and markers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib as mpl
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from helpers.figures.seaborn_style import read_palette, read_style
from helpers.figures.text_width import FONT, measure_width

SINGLE_MM = 86.0
DOUBLE_MM = 178.0
TEXT_PT = 8.0
SMALL_PT = 7.0
INK = "#1a1a1a"
FAINT = "#8c8c8c"
LINE_MM = 3.4

_MM_PER_INCH = 25.4
_MM_PER_PT = _MM_PER_INCH / 72
_HASH_SALT = "lenfail"

#: Places in seaborn's colour-blind palette, and contrast with white that each is darkened to:
#: neighbours differ in hue for the eye and in lightness for a grey print.
_COLOURS = ((0, 8.5), (3, 4.6), (2, 6.2), (4, 4.6), (5, 9.5), (1, 5.0), (9, 6.5), (7, 4.6))
_DASHES: tuple[Any, ...] = (
    "solid",
    (0, (5, 1.6)),
    (0, (1.2, 1.2)),
    (0, (6, 1.5, 1.2, 1.5)),
    (0, (3, 1.2, 1.2, 1.2, 1.2, 1.2)),
    (0, (8, 3)),
    (0, (2.4, 1)),
    (0, (1, 2.4)),
)
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "h")


@dataclass(frozen=True, slots=True)
class Look:
    """How one group is drawn; any one of the three tells it from the others.

    Attributes
    ----------
    colour : str
        Hex code, at least 4.5 to 1 against white.
    dash : object
        Line style of matplotlib.
    marker : str
        Marker of matplotlib.
    """

    colour: str
    dash: Any
    marker: str

    @property
    def pale(self) -> str:
        """Return the colour of a stretch that is not to be relied on."""
        return mix_with_white(self.colour, 0.55)


def mix_with_white(colour: str, share: float) -> str:
    """Return a colour with a share of white, 0 to 1."""
    return to_hex([channel + (1 - channel) * share for channel in to_rgb(colour)])


def measure_contrast(colour: str) -> float:
    """Return the contrast of a colour with white, 1 to 21, as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


@cache
def _make_looks() -> tuple[Look, ...]:
    palette = read_palette("colorblind", 10)
    colours = []
    for place, contrast in _COLOURS:
        shade = palette[place]
        while measure_contrast(to_hex(shade)) < contrast:
            shade = tuple(channel * 0.97 for channel in shade)
        colours.append(to_hex(shade))
    return tuple(Look(*parts) for parts in zip(colours, _DASHES, _MARKERS, strict=True))


def pick_looks(n_groups: int) -> list[Look]:
    """Return a look for each group; beyond eight they begin anew."""
    looks = _make_looks()
    return [looks[index % len(looks)] for index in range(n_groups)]


@cache
def _make_settings() -> dict[str, Any]:
    return {
        **read_style("ticks"),
        "font.family": [FONT],
        "mathtext.fontset": "dejavusans",
        "font.size": TEXT_PT,
        "axes.labelsize": TEXT_PT,
        "axes.titlesize": TEXT_PT,
        "xtick.labelsize": SMALL_PT,
        "ytick.labelsize": SMALL_PT,
        "legend.fontsize": SMALL_PT,
        "axes.linewidth": 0.6,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "xtick.major.size": 2.5,
        "ytick.major.size": 2.5,
        "xtick.major.pad": 2.0,
        "ytick.major.pad": 2.0,
        "axes.labelpad": 3.0,
        "lines.linewidth": 1.1,
        "patch.linewidth": 0.6,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "figure.dpi": 100,
        "savefig.bbox": None,
        "image.cmap": "viridis",  # seaborn's is not known to matplotlib, and no figure has one
        "svg.fonttype": "path",
        "svg.hashsalt": _HASH_SALT,
        "path.simplify": True,
    }


def prepare_theme() -> None:
    """Pay the theme's cost now: seaborn's import, palette and fonts."""
    _make_looks()
    _make_settings()
    measure_text("0")


@contextmanager
def use_theme() -> Iterator[None]:
    """Draw in the report's look within the block; afterwards all settings are as before."""
    with mpl.rc_context(_make_settings()):
        yield


def make_figure(width_mm: float, height_mm: float) -> Figure:
    """Return an empty figure of a printed size, unknown to pyplot."""
    return Figure(figsize=(width_mm / _MM_PER_INCH, height_mm / _MM_PER_INCH))


def to_inches(length_mm: float) -> float:
    """Return a length in inches."""
    return length_mm / _MM_PER_INCH


def measure_text(text: str, size_pt: float = SMALL_PT, *, bold: bool = False) -> float:
    """Return the printed width of the longest line of a text in mm."""
    widths = (measure_width(line, bold=bold) for line in text.split("\n"))
    return max(widths, default=0.0) * size_pt * _MM_PER_PT


#: Characters of a word that no language's medicine exceeds.
_LONGEST_WORD = 30


def wrap_text(text: str, width_mm: float, size_pt: float = SMALL_PT, *, bold: bool = False) -> str:
    """Return a text broken into lines that fit a printed width.

    No line breaks at a no-break space. A word that is longer than a line stays whole up to
    30 characters, and is broken where it is longer than that.
    """
    lines: list[str] = []
    for word in (part for whole in text.split(" ") for part in _break_word(whole)):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and measure_text(joined, size_pt, bold=bold) <= width_mm:
            lines[-1] = joined
        else:
            lines.append(word)
    return "\n".join(lines)


def _break_word(word: str) -> list[str]:
    """Return a word in pieces of at most the length of a long word."""
    return [word[at : at + _LONGEST_WORD] for at in range(0, len(word), _LONGEST_WORD)] or [""]
