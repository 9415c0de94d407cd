"""What the parts around the results may rely on: all results by id, and how they were made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from helpers.cohort.terms import Terms
from helpers.formatting import format_trimmed, get_style, name_test
from helpers.formatting.abbreviations import list_known
from helpers.formatting.styles import NumberStyle
from helpers.narrative.models import name_level
from helpers.narrative.voice import Voice, speak
from helpers.results import Result

_LABELLED_TESTS = ("{set_id}.ph.{factor}", "{set_id}.{factor}.test", "os.uni.{factor}.logrank")


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The analytic choices that the text names; the defaults are the published analysis.

    Attributes
    ----------
    style : NumberStyle or str
        Of every number.
    conf_level, alpha : float
        Of the intervals and of the tests, 0 to 1.
    median_interval, curve_interval : str
        How the intervals of medians and of curves are made.
    ties, stepwise, stepwise_criterion, aml_estimator : str
        Values of the parameters of these names.
    entry_p, stay_p : float
        Of the stepwise selection.
    age_cut_years, len_duration_cut_months, len_dose_cut_mg : float
        Lowest values of the upper groups.
    survival_horizons_months : sequence of float
        Times of the survival probabilities.
    disclosure : str
        Rule by which small counts are protected.
    """

    style: NumberStyle | str = "paper"
    conf_level: float = 0.95
    alpha: float = 0.05
    median_interval: str = "spss"
    curve_interval: str = "log-log"
    ties: str = "efron"
    stepwise: str = "forward"
    stepwise_criterion: str = "score"
    entry_p: float = 0.15
    stay_p: float = 0.15
    aml_estimator: str = "one-minus-kaplan-meier"
    age_cut_years: float = 75
    len_duration_cut_months: float = 6
    len_dose_cut_mg: float = 10
    survival_horizons_months: Sequence[float] = (12, 24, 60)
    disclosure: str = "off"

    @property
    def voice(self) -> Voice:
        """Return the voice of the text."""
        return speak(self.style)

    def show(self, value: float) -> str:
        """Return a chosen number as short as it is exact."""
        return format_trimmed(value, decimals=4, style=self.style)

    def show_level(self, p_value: float) -> str:
        """Return a limit of p-values as the style prints p-values."""
        text = self.show(p_value)
        return text if get_style(self.style).p_leading_zero else text.removeprefix("0")

    def show_percent(self, fraction: float) -> str:
        """Return a chosen fraction as a percentage, as short as it is exact."""
        return f"{self.show(fraction * 100)}%"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a comparison of survival."""

    key: str
    label: str
    median: Result


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All results of a report, asked for by id; what is absent or masked is not told.

    Attributes
    ----------
    results : mapping of str to Result
        By id, in the order of presentation.
    synthetic : bool
        Whether the patients are not real.
    built_in : bool
        Whether they are those that come with the package.
    n_omitted : int
        Analyses that could not be made.
    versions : mapping of str to str
        Of the software, by name.
    terms : Terms
        What disease, treatment and events are called.
    abbreviations : mapping of str to str
        Of the data's labels.
    """

    results: Mapping[str, Result]
    synthetic: bool = False
    built_in: bool = False
    n_omitted: int = 0
    versions: Mapping[str, str] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    abbreviations: Mapping[str, str] = field(default_factory=dict)

    def find(self, key: str) -> Result | None:
        """Return a result that has a number or says that it was not reached, else None."""
        result = self.results.get(key)
        if result is None or result.status in {"not_computable", "masked"}:
            return None
        return result if result.estimate is not None or result.status == "not_reached" else None

    def find_test(self, key: str) -> Result | None:
        """Return a test that has a p-value, else None."""
        result = self.results.get(key)
        return result if result is not None and result.p_value is not None else None

    def has(self, *beginnings: str) -> bool:
        """Return whether any result that could be computed has an id that begins so."""
        return any(
            key.startswith(beginnings) and result.status != "not_computable"
            for key, result in self.results.items()
        )

    @cached_property
    def has_cox(self) -> bool:
        """Return whether any Cox model was fitted."""
        return any(
            result.method.startswith("Cox model") and result.status != "not_computable"
            for result in self.results.values()
        )

    @cached_property
    def has_logrank(self) -> bool:
        """Return whether any curves were compared."""
        return any(
            key.endswith(".logrank") and self.find_test(key) is not None for key in self.results
        )

    @property
    def known_abbreviations(self) -> Mapping[str, str]:
        """Return what the text may write out: of statistics, and of the data or the paper."""
        return list_known(self.abbreviations)

    @property
    def n_patients(self) -> int | None:
        """Return how many patients are analysed, None where nothing says it."""
        for key in ("flow.included", "os.overall.n"):
            result = self.find(key)
            if result is not None:
                return int(result.estimate or 0)
        return None

    def list_groups(self, set_id: str) -> list[Group]:
        """Return the groups of a comparison that have patients, in their order."""
        found = []
        for key, group in self._iterate_below(set_id, ending=".median"):
            median = self.find(key)
            if median is not None and median.n and "." not in group:
                found.append(Group(group, median.label, median))
        return found

    def list_counts(self, set_id: str) -> list[Result]:
        """Return the counts of a set's levels that are not zero."""
        found = [self.find(key) for key, level in self._iterate_below(set_id) if "." not in level]
        return [one for one in found if one is not None and one.kind == "count" and one.estimate]

    def list_levels(self, set_id: str) -> list[tuple[str, Result]]:
        """Return each estimated level of a model: its factor, and its hazard ratio."""
        return [
            (name.split(".")[0], result)
            for key, name in self._iterate_below(set_id)
            if name.count(".") == 1
            and (result := self.results[key]).kind == "hazard_ratio"
            and result.status == "estimated"
            and result.estimate is not None
        ]

    def list_factors(self, set_id: str) -> list[str]:
        """Return the factors of a model in their order."""
        return list(dict.fromkeys(factor for factor, _ in self.list_levels(set_id)))

    def label_factor(self, set_id: str, factor: str) -> str:
        """Return what a factor is called; its key in words where no result says it."""
        for pattern in _LABELLED_TESTS:
            found = self.results.get(pattern.format(set_id=set_id, factor=factor))
            if found is not None and found.label:
                return found.label
        return factor.replace("_", " ")

    def name_level(self, set_id: str, factor: str, result: Result, voice: Voice) -> str:
        """Return what names a level within a sentence."""
        label = self.label_factor(set_id, factor)
        return name_level(voice, {"factor_label": label, "level_label": result.label})

    def list_test_names(self, *beginnings: str) -> list[str]:
        """Return the names of the tests among results, each once."""
        names = (
            _name_test(result.method)
            for key, result in self.results.items()
            if key.startswith(beginnings) and key.endswith(".test") and result.p_value is not None
        )
        return list(dict.fromkeys(names))

    def _iterate_below(self, set_id: str, *, ending: str = "") -> Iterator[tuple[str, str]]:
        """Yield each id below a set's, with what stands between the set's id and the ending."""
        start = f"{set_id}."
        for key in self.results:
            if key.startswith(start) and key.endswith(ending):
                yield key, key[len(start) : len(key) - len(ending)]


def _name_test(method: str) -> str:
    """Return the name of a test with its article; a simulated one is said to be one."""
    if "random tables" in method:
        return "Fisher's exact test by simulation"
    name = name_test(method)
    return name if "'s " in name else f"the {name}"
