"""Comparisons that the parameters ask for: estimated, recorded and shown, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers.analysis.chosen import (
    estimate_chosen,
    fit_chosen,
    title_chosen,
)
from helpers.analysis.chosen_patients import Comparison, count_left_out
from helpers.disclosure.rule import get_rule
from helpers.figures import plot_survival
from helpers.narrative import caption_survival
from helpers.narrative.chosen import describe_chosen
from helpers.results import ResultSet
from helpers.tables.chosen import make_chosen_table

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.display import Section

_FEW_LEFT_OUT = (
    "it leaves out so few patients or events that they could be worked out under disclosure control"
)


@dataclass(frozen=True, slots=True)
class RecordedComparison:
    """A comparison as its section may show it.

    Attributes
    ----------
    survival : ResultSet
        By group.
    models : tuple of ResultSet
        Of the groups alone and, where the comparison adjusts, adjusted; none without groups.
    """

    survival: ResultSet
    models: tuple[ResultSet, ...]

    @property
    def shown_models(self) -> tuple[ResultSet, ...]:
        """Return the models that could be fitted."""
        return tuple(model for model in self.models if model.is_computable)


def record_comparison(
    section: Section,
    cohort: Cohort,
    comparison: Mapping[str, Any],
    *,
    set_id: str,
    survival_options: Mapping[str, Any],
    model_options: Mapping[str, Any],
) -> RecordedComparison:
    """Estimate a comparison and record it, so that it is protected as everything else is.

    Parameters
    ----------
    section : Section
        That it belongs to.
    cohort : Cohort
        Whose analysis table is used.
    comparison : mapping
        An entry of the parameter `comparisons`.
    set_id : str
        Of the survival set; those of the models are ``<id>_crude`` and ``<id>_adjusted``.
    survival_options, model_options : mapping
        Of :func:`helpers.analysis.survival.estimate_survival` and
        :func:`helpers.analysis.models.fit_survival_model`.

    Returns
    -------
    RecordedComparison
    """
    chosen: dict[str, Any] = {"comparison": comparison}
    rule = get_rule(section.disclosure)
    if rule is not None and any(map(rule.is_small, count_left_out(cohort, comparison))):
        title = title_chosen(cohort, Comparison.read(comparison))
        omitted = ResultSet.omitted(set_id, _FEW_LEFT_OUT, meta={"title": title})
        return RecordedComparison(section.record(omitted), ())
    survival = section.record(estimate_chosen(cohort, set_id=set_id, **chosen, **survival_options))
    wanted = {"crude": False} if comparison.get("by") else {}
    wanted |= {"adjusted": True} if wanted and comparison.get("adjust") else {}
    models = [
        fit_chosen(
            cohort, set_id=f"{set_id}_{name}", adjusted=is_adjusted, **chosen, **model_options
        )
        for name, is_adjusted in wanted.items()
    ]
    return RecordedComparison(survival, tuple(map(section.record, models)))


def show_comparisons(
    section: Section,
    cohort: Cohort,
    comparisons: Sequence[Mapping[str, Any]],
    *,
    survival_options: Mapping[str, Any],
    model_options: Mapping[str, Any],
    plot_options: Mapping[str, Any],
    alpha: float,
) -> None:
    """Show every comparison: sentence, table and figure.

    Parameters
    ----------
    section, cohort, survival_options, model_options
        As of :func:`record_comparison`.
    comparisons : sequence of mapping
        Entries of the parameter `comparisons`; their sets are ``chosen.1``, ``chosen.2`` and so on.
    plot_options : mapping
        Of :func:`helpers.figures.plot_survival`.
    alpha : float
        Level at which groups are said to differ.
    """
    for number, comparison in enumerate(comparisons, 1):
        made = record_comparison(
            section,
            cohort,
            comparison,
            set_id=f"chosen.{number}",
            survival_options=survival_options,
            model_options=model_options,
        )
        if not made.survival.is_computable:
            section.text(describe_chosen, made.survival)
            continue
        section.text(
            lambda kept, made=made, **words: describe_chosen(kept, *made.models, **words),
            made.survival,
            alpha=alpha,
        )
        section.table(make_chosen_table, made.survival, *made.shown_models)
        section.figure(plot_survival, caption_survival, made.survival, **plot_options)
