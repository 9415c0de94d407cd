"""The answer to a choice: estimates, table and figure as the report would show them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from helpers.cohort.recut import recut_cohort
from helpers.comparisons import RecordedComparison, record_comparison
from helpers.display import Section
from helpers.document import FigureText, TableBlock
from helpers.explore.choices import Choice
from helpers.figures import plot_survival
from helpers.figures.render import render_svg
from helpers.narrative import caption_survival
from helpers.narrative.chosen import summarise_chosen
from helpers.tables.chosen import make_chosen_table

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.params import Params

SET_ID = "chosen.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a choice gives.

    Attributes
    ----------
    sentence : str
        The result in short; where there is none, why.
    made : RecordedComparison
        The results behind it, protected as in the report.
    table : TableBlock or None
        None where there is no result.
    text : FigureText or None
        Words of the figure.
    svg : str
        The figure.
    seconds : float
        That it took.
    """

    sentence: str
    made: RecordedComparison
    table: TableBlock | None = None
    text: FigureText | None = None
    svg: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class Explorer:
    """Answers choices about one cohort, which is read once.

    Attributes
    ----------
    params : Params
        Of the report.
    cohort : Cohort
        As read with them.
    """

    params: Params
    cohort: Cohort
    _recut: dict[tuple[float, ...], Cohort] = field(default_factory=dict)

    def cut(self, choice: Choice) -> Cohort:
        """Return the cohort with a choice's cuts; the last ones are kept."""
        cuts = {**self.params.cuts, **choice.cuts}
        if cuts == self.params.cuts:
            return self.cohort
        key = tuple(cuts.values())
        if key not in self._recut:
            declared = self.params.cohort_options["declarations"]
            self._recut.clear()
            self._recut[key] = recut_cohort(self.cohort, cuts, declarations=declared)
        return self._recut[key]

    def answer(self, choice: Choice) -> Answer:
        """Return what a choice gives; one without a result says why."""
        return self.draw(self.estimate(choice))

    def estimate(self, choice: Choice) -> Answer:
        """Return what a choice gives, its figure not yet drawn."""
        begun = time.perf_counter()
        cohort, params = self.cut(choice), self.params
        section = Section("explore", cohort, style=params.style, disclosure=params.disclosure)
        made = record_comparison(
            section,
            cohort,
            choice.comparison.to_entry(),
            set_id=SET_ID,
            survival_options=params.survival_options,
            model_options=params.model_options,
        )
        style, table = params.style, None
        if made.survival.is_computable:
            table = make_chosen_table(made.survival, *made.shown_models, style=style)
        told = summarise_chosen(made.survival, *made.models, style=style, alpha=params.alpha)
        seconds = time.perf_counter() - begun
        return Answer(sentence=told, made=made, table=table, seconds=seconds)

    def draw(self, answer: Answer) -> Answer:
        """Return an answer with its figure; nothing is drawn where there is no curve."""
        begun = time.perf_counter()
        survival, params = answer.made.survival, self.params
        if not survival.is_computable or survival.meta.get("is_drawn") is False:
            return answer
        text = caption_survival(survival, style=params.style)
        axes = plot_survival(survival, style=params.style, **params.plot_options)
        text, svg = render_svg(axes, text, synthetic=self.cohort.synthetic)
        seconds = answer.seconds + time.perf_counter() - begun
        return replace(answer, text=text, svg=svg, seconds=seconds)
