"""What the sections say of the publication, where the patients have what it is about."""

from __future__ import annotations

from helpers.cohort.terms import Terms
from helpers.document import NOTE_PREFIX, TextBlock

_NOTES = {
    "cohort": (
        "This section corresponds to the first part of the results of Prebet et al., *Oncotarget* "
        "2017;8:81926-81935 (doi 10.18632/oncotarget.18477), with that paper's Table 1 and its "
        "supplementary flow diagram."
    ),
    "cohort.selection": (
        "Eligible were patients with MDS by the WHO classification of 2008, a deletion 5q found by "
        "karyotype or FISH, LEN as single agent and a documented failure of it. Higher-risk "
        "disease (RAEB-2 or AML) before LEN, LEN combined with another active drug and LEN as "
        "maintenance were reasons for exclusion."
    ),
    "cohort.response": (
        "Response follows the International Working Group's criteria of 2006. The duration of LEN "
        "is the time from its first day to the day on which its failure was documented."
    ),
    "cohort.failure": (
        "Four categories are kept apart: no response, loss of haematological improvement (HI) "
        "without progression in the marrow, intolerance, and progression to RAEB-2 or AML."
    ),
    "cohort.follow_up": (
        "The median follow-up of the survivors is what the paper prints; it depends on how many "
        "have died."
    ),
    "outcomes": (
        "This section corresponds to the paper's Figures 1 and 2 and its Supplementary Figures 2 "
        "and 3, with all medians of its text."
    ),
    "outcomes.median": (
        "The paper used SPSS, which adds and subtracts 1.96 standard errors of the median."
    ),
    "outcomes.failure": "This is the comparison that gave the paper its message.",
    "outcomes.progression": (
        "The paper's 2-year figure agrees with the older convention, so both are shown and named."
    ),
    "multivariate": (
        "The paper's Table 2 and Supplementary Table 2 are the counterparts of this section."
    ),
    "multivariate.printed": (
        "The paper's Table 2 holds five factors and leaves out one that its text names. The model "
        "is fitted here with exactly these factors; they and their cuts were chosen after the "
        "paper's data were seen."
    ),
    "multivariate.progression": (
        "For progression at failure the text of the paper and its Table 2 print two hazard ratios. "
        "The text's is the one of the model above, against no response; the table's is that of "
        "progression alone against all other types of failure."
    ),
    "treatments": (
        "The paper's Figure 3 and its Supplementary Tables 1 and 3 are the counterparts of this "
        "section."
    ),
    "treatments.naive": "The naive comparison is shown because the paper makes it.",
    "treatments.adjusted": (
        "The paper names neither the patients nor the other factors of this model; those assumed "
        "here are in the table."
    ),
}


def write_note(key: str, terms: Terms, *, checked: bool = True) -> TextBlock | None:
    """Return what a section says of the publication.

    Parameters
    ----------
    key : str
        Of the place.
    terms : Terms
        Of the cohort; a note is only true of the paper's disease.
    checked : bool
        Whether the data say who was eligible.

    Returns
    -------
    TextBlock or None

    Raises
    ------
    KeyError
        If no note has this key.
    """
    text = _NOTES[key]
    is_true = terms.is_published and (checked or key != "cohort.selection")
    return TextBlock(NOTE_PREFIX + key, text) if is_true else None
