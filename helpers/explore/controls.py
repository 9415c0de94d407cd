"""Controls of the choices: native form fields, each with its label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets

from helpers.analysis.chosen_patients import Comparison
from helpers.explore.choices import (
    CUTS,
    Choice,
    find_bounds,
    list_cuts,
    list_endpoints,
    list_factors,
    list_subsets,
    name_subset,
)

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.params import Params

_TOGETHER = "No groups, all patients together"
_LONGEST_LANDMARK = 600.0
_ROWS = 8


class Controls:
    """The fields of a choice.

    Parameters
    ----------
    params : Params
        Whose cuts and model are chosen first.
    cohort : Cohort
        That is looked at.
    """

    def __init__(self, params: Params, cohort: Cohort) -> None:
        self._params = params
        factors = list_factors(cohort)
        names = [name for _, name in factors]
        self._names = {name: label for label, name in factors}
        first = next((name for name in params.model_factors if name in names), "")
        self.endpoint = ipywidgets.Dropdown(
            description="Survival since", options=list_endpoints(cohort)
        )
        self.by = ipywidgets.Dropdown(
            description="Groups", options=[(_TOGETHER, ""), *factors], value=first
        )
        self.where = ipywidgets.Dropdown(
            description="Only patients with", options=list_subsets(cohort)
        )
        self.landmark = ipywidgets.BoundedFloatText(
            description="Landmark, months (0: none)", min=0, max=_LONGEST_LANDMARK, step=1, value=0
        )
        self.adjust = ipywidgets.SelectMultiple(
            description="Adjusted for (none or several)",
            options=_put_first(factors, params.model_factors),
            value=[name for name in params.model_factors if name in names and name != first],
            rows=_ROWS,
        )
        self.cuts = {name: _make_cut(name, params.cuts[name]) for name in list_cuts(cohort)}

    @property
    def widgets(self) -> list[ipywidgets.Widget]:
        """Return all fields, in the order in which the keyboard reaches them."""
        return [
            self.endpoint,
            self.by,
            *self.cuts.values(),
            self.where,
            self.landmark,
            self.adjust,
        ]

    def read(self) -> Choice:
        """Return the present choice; groups do not adjust for themselves."""
        subset = self.where.value
        comparison = Comparison(
            by=self.by.value,
            endpoint=self.endpoint.value,
            where={} if subset is None else {subset[0]: [subset[1]]},
            landmark_months=float(self.landmark.value),
            adjust=tuple(name for name in self.adjust.value if name != self.by.value),
        )
        cuts = {**self._params.cuts, **{name: float(one.value) for name, one in self.cuts.items()}}
        return Choice(comparison, cuts)

    def relabel(self, cohort: Cohort) -> None:
        """Name the subsets after moved cuts; the chosen one stays chosen."""
        factors = cohort.dictionary.factors
        options = [
            (
                label if value is None else name_subset(self._names, factors[value[0]], value[1]),
                value,
            )
            for label, value in self.where.options
        ]
        if options != list(self.where.options):
            chosen = self.where.value
            self.where.options = options
            self.where.value = chosen

    def on_change(self, tell: Callable[[Any], None]) -> None:
        """Have every change of a field told."""
        for widget in self.widgets:
            widget.observe(tell, names="value")


def _put_first(factors: list[tuple[str, str]], first: Sequence[str]) -> list[tuple[str, str]]:
    """Return factors with the model's in front, where they are seen."""
    known = {name: label for label, name in factors}
    front = [(known[name], name) for name in first if name in known]
    return front + [factor for factor in factors if factor not in front]


def _make_cut(name: str, value: float) -> ipywidgets.BoundedFloatText:
    least, most = find_bounds(name)
    return ipywidgets.BoundedFloatText(
        description=CUTS[name], min=least, max=most, step=0.5 if least < 1 else 1, value=value
    )
