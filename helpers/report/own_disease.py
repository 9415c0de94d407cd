"""Which omitted analyses a reader of another disease's report must hear of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: Analyses of the publication's own disease, treatments and categories.
PUBLISHED_ONLY = frozenset(
    (
        *("response.complex", "response.cyto_response", "len.duration", "failure.responders"),
        *("os.del5q", "os.loss_hi_nonadverse", "os_from_len.response", "os_from_dx.esa_before"),
        *("os.len6m", "os.cyto_response", "os.tp53", "cox.progression_univariate"),
        *("os.tx.active", "tx.hma_agent", "os.tx.hma_vs_bsc", "cox.supp3"),
        *("os.tx.hma_progression", "os.tx.hma_progression_vs_chemo", "tx.tp53", "tx.esa_prior"),
        *("tx.response.esa", "os.tx.esa_prior", "os.tx.allo_any", "os.tx.allo_timing"),
        "tx.other_agent",
    )
)
#: Comparisons of its treatments, whatever the analysis.
PUBLISHED_GROUPS = (".hma_vs_bsc", ".active_treatment", ".allo_vs_other")
#: Parameters that mean nothing where the index treatment is another.
PUBLISHED_PARAMETERS = ("len_duration_cut_months", "len_dose_cut_mg")


def select_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that a report of these terms prints."""
    terms = parameters.get("terms") or {}
    if not terms or _are_published(terms):
        return dict(parameters)
    return {key: one for key, one in parameters.items() if key not in PUBLISHED_PARAMETERS}


def list_relevant(
    omitted: Sequence[Mapping[str, str]], parameters: Mapping[str, Any]
) -> tuple[Mapping[str, str], ...]:
    """Return the omitted analyses that could have been expected of these data.

    Parameters
    ----------
    omitted : sequence of mapping
        With the id of each analysis.
    parameters : mapping
        Of the report; its terms say whether disease and treatment are the publication's.

    Returns
    -------
    tuple of mapping
        All where they are; otherwise without those of :data:`PUBLISHED_ONLY` and
        :data:`PUBLISHED_GROUPS`.

    Examples
    --------
    >>> omitted = [{"id": "os.tp53"}, {"id": "tx.first"}]
    >>> list_relevant(omitted, {"terms": {"disease": "myeloma"}})
    ({'id': 'tx.first'},)
    """
    terms = parameters.get("terms") or {}
    if not omitted or not terms or _are_published(terms):
        return tuple(omitted)
    return tuple(
        item
        for item in omitted
        if item["id"] not in PUBLISHED_ONLY and not item["id"].endswith(PUBLISHED_GROUPS)
    )


def _are_published(terms: Mapping[str, str]) -> bool:
    from helpers.cohort.terms import make_terms

    return make_terms(terms).is_published
