"""What the section on treatments counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from helpers.analysis.counts import CountRow

RESPONSES = ("cr", "pr", "hi", "none")


def list_response_rows(treatments: Mapping[str, str]) -> tuple[CountRow, ...]:
    """Return the counts of responses to each first treatment.

    Parameters
    ----------
    treatments : mapping of str to str
        Labels by level key of ``first_treatment``.

    Returns
    -------
    tuple of CountRow
        For each treatment ``<t>.evaluable``, ``<t>.any``, ``<t>.cr_pr``, ``<t>.cr``.
    """
    return tuple(row for key, label in treatments.items() for row in _rows_of(key, label))


def _rows_of(key: str, label: str) -> Iterator[CountRow]:
    given = {"first_treatment": [key]}
    evaluable = {**given, "treatment_response": RESPONSES}
    yield CountRow(
        f"{key}.evaluable", f"{label}: evaluable", given, {"treatment_response": RESPONSES}
    )
    for suffix, text, counted in (
        ("any", "any response", ("cr", "pr", "hi")),
        ("cr_pr", "complete or partial response", ("cr", "pr")),
        ("cr", "complete response", ("cr",)),
    ):
        yield CountRow(
            f"{key}.{suffix}", f"{label}: {text}", evaluable, {"treatment_response": counted}
        )


RESPONSE_ROWS = list_response_rows(
    {
        "chemo": "Chemotherapy",
        "hma": "HMA",
        "esa": "ESA",
        "allo": "Allogeneic transplantation",
        "other": "Other",
    }
)

PRIOR_ESA_ROWS = (
    CountRow(
        "any_prior_esa",
        "ESA responders with prior ESA",
        {"first_treatment": ("esa",), "treatment_response": ("cr", "pr", "hi")},
        {"esa_before": ("yes",)},
    ),
)

ALLO_ROWS = (
    CountRow("any", "Allogeneic transplantation at any time", {}, {"allo_any": ("yes",)}),
    CountRow(
        "immediate",
        "Immediately after failure",
        {"allo_any": ("yes",)},
        {"allo_timing": ("immediate",)},
    ),
    CountRow(
        "later",
        "After another treatment",
        {"allo_any": ("yes",)},
        {"allo_timing": ("later",)},
    ),
)

TP53_ROWS = (
    CountRow("allo", "TP53 mutated: transplanted", {"tp53": ("mutated",)}, {"allo_any": ("yes",)}),
    CountRow(
        "hma",
        "TP53 mutated: first treated with HMA",
        {"tp53": ("mutated",)},
        {"first_treatment": ("hma",)},
    ),
    CountRow(
        "hma_responders",
        "TP53 mutated and HMA: responded",
        {"tp53": ("mutated",), "first_treatment": ("hma",)},
        {"treatment_response": ("cr", "pr", "hi")},
    ),
    CountRow(
        "hma_allo",
        "TP53 mutated and HMA: transplanted later",
        {"tp53": ("mutated",), "first_treatment": ("hma",)},
        {"allo_any": ("yes",)},
    ),
)
