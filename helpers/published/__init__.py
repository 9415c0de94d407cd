"""The published numbers: ledger, comparison and audit."""

from helpers.published.audit import audit_published
from helpers.published.compare import compare_with_published
from helpers.published.comparison import VERDICT_WORDS, Comparison, ComparisonTable
from helpers.published.conventions import ConventionMatch, add_conventions, search_conventions
from helpers.published.entries import Contradiction, Entry, Ledger
from helpers.published.findings import (
    Finding,
    describe_findings,
    find_known_keys,
    findings_to_frame,
)
from helpers.published.ledger import check_ledger, read_ledger
from helpers.published.overlay import (
    PublishedPoint,
    find_published_points,
    find_published_ratios,
    tabulate_published_points,
)
from helpers.published.own_cohort import Difference, compare_own_cohort, differences_to_frame
from helpers.published.own_words import describe_differences, differences_to_appendix_frame

__all__ = [
    "VERDICT_WORDS",
    "Comparison",
    "ComparisonTable",
    "Contradiction",
    "ConventionMatch",
    "Difference",
    "Entry",
    "Finding",
    "Ledger",
    "PublishedPoint",
    "add_conventions",
    "audit_published",
    "check_ledger",
    "compare_own_cohort",
    "compare_with_published",
    "describe_differences",
    "describe_findings",
    "differences_to_appendix_frame",
    "differences_to_frame",
    "find_known_keys",
    "find_published_points",
    "find_published_ratios",
    "findings_to_frame",
    "read_ledger",
    "search_conventions",
    "tabulate_published_points",
]
