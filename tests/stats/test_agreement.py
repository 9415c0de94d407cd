"""The table of agreements is under its bars, and the pages that print it are in step."""

from __future__ import annotations

import math

import numpy as np
import pytest
from agreement import list_agreements
from agreement_ledger import Ledger, list_public_data, relative_differences
from agreement_table_one import LEAST_FISHER_P
from checked_page import (
    FULL_HEAD,
    PAGE,
    SHORT_HEAD,
    format_bound,
    make_page,
    make_section,
    split_readme,
)
from reference_files import read_reference

from helpers.stats.contingency import fisher_test

BOUND, BAR = -2, -1


def test_every_difference_is_under_its_bar():
    rows = list_agreements()
    loose = {(row.estimator, row.quantity): row.bar for row in rows if row.bar != 1e-6}
    assert loose == {
        ("Fine-Gray model", "robust standard errors"): 1e-4,
        ("Multiple imputation, Monte Carlo", "coefficients, in standard errors"): 0.2,
        ("Multiple imputation, Monte Carlo", "standard errors"): 0.2,
    }
    above = [row for row in rows if not row.largest_difference <= row.bar or not row.n_numbers]
    assert above == []


def test_enough_was_compared():
    rows = list_agreements()
    public = list_public_data(rows)
    assert len(public) >= 8
    named = {"lung", "veteran", "colon", "pbc", "ovarian", "bladder2", "cgd", "heart", "mgus2"}
    assert named <= set(public)
    assert sum(row.n_numbers for row in rows) > 30_000
    quantities = " ".join(row.quantity for row in rows)
    for kind in ("estimate", "standard error", "statistic", "p", "log-likelihood", "limits"):
        assert kind in quantities


def read_table(text, head):
    """Return the rows of the table with this head, and the text without it."""
    lines = text.split("\n")
    start = lines.index("| " + " | ".join(head) + " |") + 2
    stop = start
    while stop < len(lines) and lines[stop].startswith("|"):
        stop += 1
    rows = [line.strip("| ").split(" | ") for line in lines[start:stop]]
    return rows, "\n".join(lines[:start] + lines[stop:])


def without_bound(cells):
    return [*cells[:BOUND], cells[BAR]]


@pytest.mark.parametrize("head", [FULL_HEAD, SHORT_HEAD], ids=["page", "readme"])
def test_printed_pages_are_in_step(head):
    rows = list_agreements()
    printed = PAGE.read_text(encoding="utf-8") if head == FULL_HEAD else split_readme()[1]
    made = make_page(rows) if head == FULL_HEAD else make_section(rows)
    (written, around), (now, around_now) = read_table(printed, head), read_table(made, head)
    assert around == around_now, "run `make checked`"
    assert [without_bound(row) for row in written] == [without_bound(row) for row in now]


def test_printed_differences_are_upper_bounds():
    """Also on a machine whose last digits differ: what was measured is well below."""
    written, _ = read_table(PAGE.read_text(encoding="utf-8"), FULL_HEAD)
    for row, cells in zip(list_agreements(), written, strict=True):
        assert row.largest_difference <= float(cells[BOUND]) <= float(cells[BAR])


@pytest.mark.parametrize(
    ("difference", "bound"),
    [
        (0.0, "1e-12"),
        (2e-13, "1e-12"),
        (4e-13, "1e-11"),
        (2.2e-7, "1e-6"),
        (3e-5, "1e-4"),
        (0.067, "1e-1"),
        (0.11, "0.2"),
    ],
)
def test_bounds_are_rounded_up(difference, bound):
    assert format_bound(difference) == bound


def test_relative_differences_by_hand():
    found = relative_differences([1.01, None, 0.0, 3.0, 0.2], [1.0, None, 0.0, None, 0.0])
    np.testing.assert_allclose(found, [0.01, 0.0, 0.0, np.inf, 0.2], rtol=1e-12)
    together = relative_differences([100.0, 0.001], [100.0, 0.0], together=True)
    np.testing.assert_allclose(together, [0.0, 0.01], rtol=1e-12)
    with pytest.raises(ValueError, match="2 numbers of ours meet 1 of the reference"):
        relative_differences([1.0, 2.0], [1.0])


def test_ledger_keeps_the_worst_and_counts():
    ledger = Ledger()
    key = ("curve", "survfit", "estimate")
    ledger.add(key, "colon_death", [1.0, 2.0], [1.0, 2.2])
    ledger.add(key, "colon_recurrence", [1.0], [1.0])
    ledger.add(key, "lung", [], [])
    (row,) = ledger.rows()
    assert (row.data_sets, row.n_numbers) == (("colon", "lung"), 3)
    assert row.largest_difference == pytest.approx(0.2 / 2.2)


def test_fisher_p_that_r_does_not_give_exactly():
    """The p-value that is left out of the table, as the sum over all 3 by 4 tables."""
    cases = read_reference("descriptive")["fisher"]
    (case,) = [case for case in cases if case["p_value"] <= LEAST_FISHER_P]
    table = np.array(case["table"])
    expected = sum_by_enumeration(table)
    assert fisher_test(table).p_value == pytest.approx(expected, rel=1e-9, abs=0)
    assert abs(case["p_value"] / expected - 1) > 1e-6


def sum_by_enumeration(table):
    """Return the probability of all tables no more probable than a 3 by 4 one."""
    log_factorial = np.array([math.lgamma(i + 1) for i in range(int(table.sum()) + 1)])
    table = table[table.sum(axis=1).argsort()]
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    margins = log_factorial[rows].sum() + log_factorial[columns].sum() - log_factorial[-1]
    observed = margins - log_factorial[table].sum()
    firsts = np.indices(np.minimum(columns[1:], rows[0]) + 1).reshape(3, -1).T
    total = 0.0
    for others in firsts[firsts.sum(axis=1) <= rows[0]]:
        first = np.array([rows[0] - others.sum(), *others])
        left = columns - first
        second = np.ogrid[tuple(slice(0, size + 1) for size in left[1:])]
        rest = rows[1] - sum(second)
        inside = (rest >= 0) & (rest <= left[0])
        rest = np.clip(rest, 0, left[0])
        log_product = log_factorial[rest] + log_factorial[left[0] - rest]
        for cell, size in zip(second, left[1:], strict=True):
            log_product = log_product + (log_factorial[cell] + log_factorial[size - cell])
        log_p = margins - log_factorial[first].sum() - log_product
        total += np.exp(log_p[inside & (log_p <= observed + 1e-7)]).sum()
    return total
