"""The look taken from seaborn is seaborn's, and nothing of it stays behind."""

import subprocess
import sys

_READ = """
import sys
from helpers.figures.seaborn_style import read_palette, read_style
palette, style = read_palette("colorblind", 10), read_style("ticks")
assert not any(name.split(".")[0] == "seaborn" for name in sys.modules), "left behind"
assert "scipy.stats" not in sys.modules, "plots were imported"
import seaborn
assert list(palette) == list(seaborn.color_palette("colorblind", 10))
assert style == seaborn.axes_style("ticks")
read_palette.cache_clear()
assert palette == read_palette("colorblind", 10) and "seaborn" in sys.modules
"""


def test_palette_and_style_are_those_of_the_whole_package():
    done = subprocess.run(
        [sys.executable, "-c", _READ], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
