"""Figures drawn from results; matplotlib is imported when a figure is first drawn."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.figures.balance import plot_balance
    from helpers.figures.figure_data import collect_figure_data
    from helpers.figures.flow import plot_flow
    from helpers.figures.forest import plot_forest
    from helpers.figures.incidence import plot_incidence
    from helpers.figures.missingness import plot_missing_patterns, plot_missingness
    from helpers.figures.render import render_figure
    from helpers.figures.schoenfeld import plot_ph
    from helpers.figures.specification import plot_specifications
    from helpers.figures.survival import plot_survival

__all__ = [
    "collect_figure_data",
    "plot_balance",
    "plot_flow",
    "plot_forest",
    "plot_incidence",
    "plot_missing_patterns",
    "plot_missingness",
    "plot_ph",
    "plot_specifications",
    "plot_survival",
    "render_figure",
]

_HOMES = {
    "collect_figure_data": "figure_data",
    "plot_balance": "balance",
    "plot_flow": "flow",
    "plot_forest": "forest",
    "plot_incidence": "incidence",
    "plot_missing_patterns": "missingness",
    "plot_missingness": "missingness",
    "plot_ph": "schoenfeld",
    "plot_specifications": "specification",
    "plot_survival": "survival",
    "render_figure": "render",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
