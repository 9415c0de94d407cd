"""What a warm parent imports before it forks."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress

#: What notebooks of the project build on. Anything else is imported by the notebook itself, so
#: that what it prints or warns of on import is shown there.
PRELOADED = frozenset(
    {"helpers", "IPython", "lifelines", "matplotlib", "numpy", "pandas", "scipy", "seaborn"}
)
#: pyplot would choose where figures go before a notebook's shell is there.
_NEVER = "matplotlib.pyplot"


def import_modules(_: Callable[..., None], modules: Iterable[str]) -> None:
    """Import modules; one that cannot be is left for the notebook to fail on.

    Parameters
    ----------
    modules : iterable of str
        Modules, and names in modules, which need no import of their own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in modules:
            package, _, leaf = name.rpartition(".")
            if name.split(".")[0] not in PRELOADED or name.startswith(_NEVER):
                continue
            if hasattr(sys.modules.get(package), leaf):
                continue
            with suppress(Exception):
                importlib.import_module(name)


def prepare_drawing(_: Callable[..., None]) -> None:
    """Pay the drawing's fixed cost once."""
    from helpers.figures.theme import prepare_theme

    prepare_theme()
