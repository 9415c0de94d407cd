"""The methods of comparisons of treatments and of robustness, of what was computed."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.narrative.evidence import Choices, Evidence


def tell_comparisons(evidence: Evidence, choices: Choices) -> Iterator[str]:
    """Yield the sentences on immortal time and confounding.

    Parameters
    ----------
    evidence : Evidence
        All results; what is not among them is not described.
    choices : Choices
        The parameters' values.
    """
    if evidence.has("switch."):
        yield (
            "groups that patients join later were also compared at landmarks [@anderson1983], and "
            "with the group as a covariate that changes in time, with the test of Mantel and Byar "
            "[@mantelbyar1974] and the curves of Simon and Makuch [@simon1984]."
        )
    if evidence.has("weighted."):
        resampled = any("bootstrap_lower" in one.quantities for one in evidence.results.values())
        yield (
            "two treatments were compared by propensity scores, with stabilised inverse "
            "probability weights [@robins2000] and overlap weights [@li2018], robust "
            f"{'and bootstrap ' if resampled else ''}intervals, weighted Kaplan-Meier curves "
            "[@xie2005], standardised curves, and E-values [@vanderweele2017]; the target trial is "
            "reported as the TARGET statement asks [@cashin2025]."
        )
    if any(key.endswith(".detectable_hr") for key in evidence.results):
        yield (
            "beside comparisons without a clear difference stands the hazard ratio that would have "
            "been found with a power of 80%, by Schoenfeld's formula [@schoenfeld1981]."
        )
    if any(key.endswith(".rmst_difference") for key in evidence.results):
        p = choices.voice.style.p_letter
        yield (
            f"where the test of proportional hazards has {p} below "
            f"{choices.show_level(choices.alpha)}, the difference of restricted means [@uno2014] "
            "is given first."
        )


def tell_robustness(evidence: Evidence) -> Iterator[str]:
    """Yield the sentences on stability, imputation, subgroups, centres and other choices."""
    if evidence.has("stability."):
        yield (
            "screening and selection were repeated in bootstrap samples, which gives how often "
            "each factor is selected and Harrell's C and calibration corrected for optimism "
            "[@harrell1996]."
        )
    if evidence.has("imputed."):
        yield (
            "missing values were also imputed by chained equations that hold the event and the "
            "Nelson-Aalen estimate, and pooled by Rubin's rules [@white2009]."
        )
    further = [
        words
        for start, words in (
            ("subgroups.", "in subgroups, with tests of interaction"),
            ("centres.", "with centres as strata, as clusters and left out one by one"),
            ("multiverse.", "under every combination of some analytic choices [@simonsohn2020]"),
        )
        if evidence.has(start)
    ]
    if further:
        yield f"estimates were looked at {'; '.join(further)}."
