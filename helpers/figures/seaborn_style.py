"""seaborn's palette and style, without the plots that it imports with them.

``import seaborn`` takes half a second, nearly all of it for ``scipy.stats`` and for plots that
no figure here uses. Its modules ``palettes`` and ``rcmod`` hold what is wanted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_NAME = "seaborn"


@cache
def read_palette(name: str, n_colours: int) -> tuple[tuple[float, float, float], ...]:
    """Return colours of a palette of seaborn, red, green and blue from 0 to 1."""
    with _open_seaborn():
        return tuple(import_module("seaborn.palettes").color_palette(name, n_colours))


@cache
def read_style(name: str) -> dict[str, Any]:
    """Return the settings of matplotlib that make a style of seaborn."""
    with _open_seaborn():
        return dict(import_module("seaborn.rcmod").axes_style(name))


@contextmanager
def _open_seaborn() -> Iterator[None]:
    """Let modules of seaborn be imported without the package; forget them afterwards."""
    if _NAME in sys.modules:
        yield
        return
    spec = find_spec(_NAME)
    package = ModuleType(_NAME)
    package.__path__ = list(spec.submodule_search_locations or ()) if spec else []
    sys.modules[_NAME] = package
    try:
        yield
    finally:
        for module in [one for one in sys.modules if one.split(".")[0] == _NAME]:
            del sys.modules[module]
