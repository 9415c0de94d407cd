"""Finding without any data what cannot be right in a set of printed numbers."""

from __future__ import annotations

from helpers.published.audit_counts import (
    find_impossible_percentages,
    find_out_of_domain,
    find_wrong_percentages,
    find_wrong_sums,
)
from helpers.published.audit_estimates import (
    find_asymmetric,
    find_outside_interval,
    find_repeats,
    find_wrong_ratios,
)
from helpers.published.entries import Ledger
from helpers.published.findings import Finding

_RULES = (
    find_out_of_domain,
    find_wrong_percentages,
    find_impossible_percentages,
    find_wrong_sums,
    find_repeats,
    find_outside_interval,
    find_wrong_ratios,
    find_asymmetric,
)


def audit_published(ledger: Ledger) -> tuple[Finding, ...]:
    """Return everything in a ledger's printed numbers that does not fit together.

    Parameters
    ----------
    ledger : Ledger
        Its links say what to hold against what: ``count`` and ``denominator`` of a
        percentage, ``of`` for intervals, ranges and p-values, ``same_as``, ``sums``.

    Returns
    -------
    tuple of Finding
        Contradictions first, then remarks, each in the paper's order.

    Notes
    -----
    Every rule allows for the rounding of each number involved; a finding means that no
    unrounded values fit. Two entries compared with one result under one definition count
    as one quantity. Ratios are taken to have Wald intervals and Wald tests; an estimate
    off the middle of an interval that the ledger calls symmetric is a remark only.
    """
    findings = [finding for rule in _RULES for finding in rule(ledger)]
    position = {entry_id: index for index, entry_id in enumerate(ledger.entries)}
    return tuple(sorted(findings, key=lambda item: (item.severity, position[item.entries[0]])))
