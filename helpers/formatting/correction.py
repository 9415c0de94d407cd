"""Whether a model's estimates are penalised, and what is said of it."""

from __future__ import annotations

from helpers.results import ResultSet

#: What a note and a sentence say of a model with Firth's correction.
WHY_PENALISED = "a level separates the patients with an event from the others"
PENALISED_TEST = "penalised likelihood-ratio test"


def is_penalised(results: ResultSet) -> bool:
    """Return whether a hazard ratio of a set was estimated with Firth's correction."""
    return any(
        result.kind == "hazard_ratio" and "Firth's correction" in result.method
        for result in results
    )
