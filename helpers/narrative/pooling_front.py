"""What stands around the results of a pooled report: abstract, methods, limits."""

from __future__ import annotations

from helpers.formatting import format_number_word, join_words
from helpers.narrative.pooling import PoolFacts
from helpers.narrative.references import number_citations

Paragraphs = tuple[tuple[str, str], ...]

_SHARING = (
    "Each centre ran the same analyses on its own patients and wrote a share file: counts and "
    "life tables after disclosure control ({rules}), hazard ratios of groups that are large "
    "enough, and nothing of any patient. Files are pooled only where endpoint, time zero, "
    "cut-offs, groups and factors were defined alike; a file that was changed, came twice or was "
    "made of the same patients under another name is refused."
)
_RANDOM = (
    "Log hazard ratios of the centres that show them were combined by random effects. The variance "
    "between centres (tau²) is Paule and Mandel's [@paule1982], the interval of the mean Hartung "
    "and Knapp's, from the t distribution with one degree of freedom less than there are centres "
    "[@hartung2001]. Heterogeneity is told by Cochran's Q [@cochran1954], by I² [@higgins2002] and "
    "by the interval in which the hazard ratio of a further centre is expected: mean ± t × √(tau² "
    "+ SE²), with the same degrees of freedom, for three centres or more [@inthout2016]. Standard "
    "errors are those of the printed intervals, which have three digits."
)
_STRATIFIED = (
    "Random effects need a hazard ratio of each centre, and small centres have none. A Cox model "
    "stratified by centre does not: its partial likelihood is the sum of the centres' own. Each "
    "centre gives the derivatives of its log partial likelihood, up to the fourth, at hazard "
    "ratios that all of them agree on ({reference}); the maximum of the summed Taylor polynomial "
    "is the stratified estimate [@cox1972; @duan2020]. An estimate further than 1 from that point, "
    "on the logarithmic scale, is not shown."
)
_JOINT = (
    "The derivatives of a small group would give its size away. They are therefore added up under "
    "masks: for each pair of centres one adds a random number that the other takes off, so that "
    "only the sum over all centres can be read [@bonawitz2017]. Such a sum holds at least three "
    "centres. A factor is not shown where the information on one of its groups, which at the "
    "estimate is at most its number of events, is a small number in all centres together."
)
_OPEN = (
    "A centre gives them for one factor at a time, and only where the patients and the events of "
    "each group are more than a small number. The model of several factors cannot be made this "
    "way: its derivatives tell how many patients two groups have in common."
)
_CURVES = (
    "Pooled curves are Kaplan-Meier estimates [@kaplan1958], and pooled incidences "
    "Aalen-Johansen's [@aalen1978], of all patients who have the printed counts of the centres' "
    "life tables. A centre's table ends while more than a small number is at risk; its patients "
    "count as lost to follow-up from there on. Groups are compared within centres only."
)
_FEW = (
    "With two centres the interval of Hartung and Knapp has one degree of freedom and is too wide "
    "to exclude anything; with three or four it is still very wide, and where the centres happen "
    "to agree it may be narrower than theirs deserve [@rover2015]. With so few, the estimate of "
    "the variance between centres is hardly more than a guess."
)
_SMALL = (
    "Centres that are too small to show a hazard ratio are missing from the random effects, and "
    "log hazard ratios of the smallest that do show one are pulled away from 1. Where the two "
    "estimates disagree, the stratified one rests on more patients; it assumes, however, that a "
    "factor has one and the same hazard ratio in all centres."
)
_ROUNDED = (
    "All counts are rounded and small ones hidden, so that sums are approximate, medians are whole "
    "months at most as exact as the life tables, and pooled characteristics of centres with hidden "
    "counts are incomplete. Of a centre with 15 patients a life table prints hardly more than two "
    "counts: where most centres are so small, pooled curves may be several percentage points off, "
    "and they rest on the centres alone that show a curve. Whether a patient was treated at two "
    "centres cannot be seen. Centres that chose not to share may differ from those that did."
)


def write_abstract(facts: PoolFacts, sentences: tuple[str, str]) -> Paragraphs:
    """Return heading and text of the abstract's parts; `sentences` tell centres and results."""
    methods = (
        "Centres shared protected aggregates. Hazard ratios were combined by random effects "
        "(Paule and Mandel, Hartung and Knapp) and by a Cox model stratified by centre, curves "
        "from life tables."
    )
    n = len(facts.centres)
    conclusion = (
        "Few centres say little of how far they differ; the intervals tell it."
        if n < 5
        else "The prediction intervals tell what a further centre may find."
    )
    return (
        ("Methods", methods),
        ("Results", " ".join(sentences)),
        ("Conclusions", conclusion),
    )


def write_methods(facts: PoolFacts) -> Paragraphs:
    """Return subheading and raw text of the methods."""
    reference = (
        "the published ones, and 1 where none was published" if facts.is_published else "all 1"
    )
    return (
        ("What was shared", _SHARING.format(rules=join_words(facts.rules))),
        ("Random effects", _RANDOM),
        ("Stratified by centre", _STRATIFIED.format(reference=reference)),
        ("Protection of small groups", _OPEN if facts.joint == "none" else _JOINT),
        ("Curves", _CURVES),
    )


def write_limits(facts: PoolFacts) -> Paragraphs:
    """Return subheading and raw text of what the pool cannot say."""
    word = format_number_word(len(facts.showing))
    shown = f"Here {word} centres show results of their own."
    return (
        ("Few centres", f"{shown} {_FEW}"),
        ("Small centres", _SMALL),
        ("Rounded counts", _ROUNDED),
    )


def number_paragraphs(*parts: Paragraphs) -> tuple[tuple[Paragraphs, ...], tuple[str, ...]]:
    """Return the parts with numbered citations, and the references."""
    texts = [text for part in parts for _, text in part]
    numbered, references = number_citations(texts)
    remaining = iter(numbered)
    made = tuple(tuple((head, next(remaining)) for head, _ in part) for part in parts)
    return made, references
