"""The width of text is that of the outlines that matplotlib draws."""

import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

from helpers.figures.text_width import FONT, measure_width
from helpers.figures.theme import measure_text

LINES = [
    "Loss of HI",
    "AVATo, Wj (95% CI 1.2\u20133.4)",
    "n\u00a0= 392",
    "\u2265 5 %",
    " j ",
    r"$x^2$ \$",
]


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("line", LINES)
def test_width_is_that_of_the_outlines(line, bold):
    font = FontProperties(family=FONT, weight="bold" if bold else "normal")
    drawn = TextPath((0, 0), line, size=7.5, prop=font).get_extents().width
    assert measure_width(line, bold=bold) * 7.5 == pytest.approx(drawn, rel=1e-12)


def test_widest_line_counts_and_nothing_has_no_width():
    assert measure_text("i\nwide\nw") == measure_text("wide")
    assert measure_text("") == measure_text(" \n") == 0.0
