"""The comparison of a ledger with a report, as data and as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from helpers.published.precision import format_exact

Verdict = Literal[
    "equal",
    "within_rounding_edge",
    "within_interval",
    "differs",
    "contradiction",
    "definition_assumed",
    "not_computable",
]

#: Each verdict in words.
VERDICT_WORDS: Mapping[Verdict, str] = {
    "equal": "equal",
    "within_rounding_edge": "within a rounding edge",
    "within_interval": "within the printed interval",
    "definition_assumed": "definition assumed",
    "contradiction": "contradiction of the paper",
    "differs": "differs",
    "not_computable": "not computable",
}

#: Each verdict as a tally says it after a number, in the tally's order.
VERDICT_LABELS: Mapping[Verdict, str] = {
    "equal": "equal at the printed precision",
    "within_rounding_edge": "within a rounding edge",
    "within_interval": "within the printed interval",
    "definition_assumed": "different under an assumed definition",
    "contradiction": "contradictions of the paper",
    "differs": "different",
    "not_computable": "not computable",
}

#: What an entry is, in words.
KIND_WORDS: Mapping[str, str] = {
    "count": "Number",
    "percent": "Share",
    "median": "Median",
    "mean": "Mean",
    "range": "Range",
    "ci": "Confidence interval",
    "probability": "Probability",
    "hazard_ratio": "Hazard ratio",
    "p_value": "p-value",
    "direction": "Effect",
    "threshold": "Cut-off",
}


def describe_quantity(kind: str, quantity: str, population: str) -> str:
    """Return what a printed number is, for a table.

    Examples
    --------
    >>> describe_quantity("percent", "Female", "all 392 patients")
    'Share, Female: all 392 patients'
    >>> describe_quantity("median", "", "all 392 patients")
    'Median: all 392 patients'
    """
    words = [KIND_WORDS.get(kind, kind), quantity]
    return f"{', '.join(word for word in words if word)}: {population}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One printed number and what became of it.

    Attributes
    ----------
    entry_id, place, kind, population, printed, unit : str
        Of the ledger's entry.
    result_id, field : str
        What it was compared with.
    quantity : str
        Of what it is a number, a share or a summary, in the words of the report.
    computed : tuple of float
        Reproduced, in full.
    reproduced : str
        As the paper would print them; empty where not computable.
    verdict : Verdict
        One of `VERDICT_LABELS`.
    reason : str
        Why it is not simply equal: the contradiction's arithmetic, the assumed definition,
        what was missing.
    conventions : tuple of str
        Conventions under which the printed value comes out.
    """

    entry_id: str
    place: str
    kind: str
    population: str
    printed: str
    unit: str
    result_id: str
    field: str
    quantity: str = ""
    computed: tuple[float, ...] = ()
    reproduced: str = ""
    verdict: Verdict = "not_computable"
    reason: str = ""
    conventions: tuple[str, ...] = ()

    @property
    def in_full(self) -> str:
        """Return the reproduced values unrounded, six significant digits."""
        return " to ".join(format_exact(value) for value in self.computed)

    def explain(self) -> str:
        """Return the reason, with the conventions under which the printed value comes out."""
        listed = "; ".join(self.conventions)
        found = f"the printed value comes out as: {listed}" if listed else ""
        return "; ".join(text for text in (self.reason.rstrip("."), found) if text)


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """All comparisons of one ledger with one set of results.

    Attributes
    ----------
    rows : tuple of Comparison
        In the paper's order.
    """

    rows: tuple[Comparison, ...]

    def __iter__(self) -> Iterator[Comparison]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, entry_id: str) -> Comparison:
        for row in self.rows:
            if row.entry_id == entry_id:
                return row
        raise KeyError(f"no comparison of {entry_id!r}")

    @property
    def tally(self) -> dict[Verdict, int]:
        """Return the number of entries by verdict, zeros included."""
        counts = Counter(row.verdict for row in self.rows)
        return {verdict: counts[verdict] for verdict in VERDICT_LABELS}

    @property
    def not_equal(self) -> tuple[Comparison, ...]:
        """Return the rows that need a reason."""
        return tuple(row for row in self.rows if row.verdict != "equal")

    def describe(self) -> str:
        """Return the tally in one sentence."""
        parts = [
            f"{count} {VERDICT_LABELS[verdict]}" for verdict, count in self.tally.items() if count
        ]
        listed = ", ".join(parts) or "none"
        return f"Of {len(self.rows)} printed numbers that a cohort can show: {listed}."

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each printed number, for comparison.csv."""
        columns = {
            "entry": [row.entry_id for row in self.rows],
            "place": [row.place for row in self.rows],
            "population": [row.population for row in self.rows],
            "unit": [row.unit for row in self.rows],
            "printed": [row.printed for row in self.rows],
            "reproduced": [row.reproduced for row in self.rows],
            "reproduced_in_full": [row.in_full for row in self.rows],
            "verdict": [row.verdict for row in self.rows],
            "reason": [row.reason for row in self.rows],
            "conventions": ["; ".join(row.conventions) for row in self.rows],
            "result": [row.result_id for row in self.rows],
            "field": [row.field for row in self.rows],
        }
        return pd.DataFrame(columns)

    def to_appendix_frame(self) -> pd.DataFrame:
        """Return the columns of the appendix: place, what, printed, reproduced, verdict, reason.

        A reason ends with the conventions that give the printed value.
        """
        rows = [
            {
                "place": row.place,
                "what": describe_quantity(row.kind, row.quantity, row.population),
                "printed": row.printed,
                "reproduced": row.reproduced,
                "verdict": VERDICT_WORDS[row.verdict],
                "reason": row.explain(),
            }
            for row in self.rows
        ]
        columns = ["place", "what", "printed", "reproduced", "verdict", "reason"]
        return pd.DataFrame(rows, columns=columns)
