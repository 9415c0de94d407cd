"""The rules of printing, secondary suppression, life tables and the gate, by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import helpers
from helpers.analysis.survival import estimate_survival
from helpers.cohort import read_cohort
from helpers.disclosure import get_rule, open_gate
from helpers.disclosure.life_table import Exits, rebuild_codes
from helpers.disclosure.margins import hide_margins
from helpers.disclosure.system import CountSystem, propagate
from helpers.display import open_section
from helpers.errors import DataError, ParameterError
from helpers.params import check_params
from helpers.results import Result, ResultSet

REDACT, MIDPOINT = get_rule("redact-7-round-5"), get_rule("midpoint-6")


@pytest.mark.parametrize(
    ("count", "redacted", "midpoint"),
    [
        (0, 0, 0),
        (1, None, 3),
        (6, None, 3),
        (7, None, 9),
        (8, 10, 9),
        (12, 10, 9),
        (13, 15, 15),
        (392, 390, 393),
    ],
)
def test_count_is_printed_by_the_rule(count: int, redacted: int | None, midpoint: int) -> None:
    assert REDACT.publish(count) == redacted
    assert MIDPOINT.publish(count) == midpoint


@pytest.mark.parametrize("rule", [REDACT, MIDPOINT])
def test_bounds_are_the_counts_printed_alike(rule) -> None:
    for count in range(200):
        alike = [other for other in range(220) if rule.stand_in(other) == rule.stand_in(count)]
        assert rule.bounds(count) == (min(alike), max(alike))


def test_unknown_rule_is_refused() -> None:
    assert get_rule("off") is None
    with pytest.raises(ParameterError, match="disclosure must be one of off"):
        get_rule("round-3")


def test_total_minus_part_narrows() -> None:
    found = propagate({"t": (23, 27), "a": (13, 17), "b": (1, 7)}, [("t", ("a", "b"))])
    assert found["b"] == (6, 7)


def test_partner_of_a_small_count_is_the_smallest_other() -> None:
    system = CountSystem(REDACT)
    parts = [system.add(name, n) for name, n in (("a", 3), ("b", 43), ("c", 20), ("d", 0))]
    system.tie(system.add("all", 66, fixed=True), parts)
    assert system.suppress() == {"a", "c", "d"}
    assert system.find_exposed() == []


def test_large_counts_are_not_hidden() -> None:
    system = CountSystem(REDACT)
    system.tie(system.add("all", 60), [system.add("a", 40), system.add("b", 20)])
    assert system.suppress() == set()


def test_margins_of_merged_groups_are_tied() -> None:
    """b and c together are y of another factor; y alone would give c away."""
    fine = ["a"] * 43 + ["b"] * 20 + ["c"] * 3
    coarse = ["x"] * 43 + ["y"] * 23
    table = pd.DataFrame({"fine": fine, "coarse": coarse})
    hidden = hide_margins(table, {"fine": ["a", "b", "c"], "coarse": ["x", "y"]}, REDACT)
    assert {("fine", "c"), ("fine", "b")} <= hidden
    assert ("fine", "a") not in hidden


def make_exits(times: list[float], events: list[int], censored: list[int]) -> Exits:
    zeros = np.zeros(len(times), dtype=np.int64)
    return Exits(np.array(times), np.array(events), zeros, np.array(censored))


@pytest.mark.parametrize("rule", [REDACT, MIDPOINT])
def test_life_table_does_not_tell_when_a_patient_died(rule) -> None:
    """Two cohorts that differ in one patient's death inside a printed step give one curve."""
    times = [float(t) for t in range(1, 41)]
    one = make_exits(times, [1] * 40, [1] * 40)
    moved = [1] * 40
    moved[20], moved[21] = 0, 2
    bounds = {rule.bounds(int(n)) for n in np.cumsum([1] * 40)[20:22]}
    other = make_exits(times, moved, [1] * 40)
    first, second = (rebuild_codes(e, rule, step_months=1.0) for e in (one, other))
    assert len(bounds) == 1
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
    assert len(first[0]) == rule.stand_in(80)
    assert set(np.unique(first[0] % 1)) <= {0.0, 0.5}


def test_life_table_ends_where_few_remain() -> None:
    exits = make_exits([float(t) for t in range(1, 41)], [1] * 40, [0] * 40)
    times, codes = rebuild_codes(exits, REDACT, step_months=1.0)
    assert times[codes == 1].max() < 33
    assert (codes == 1).sum() == 30


def test_section_holds_and_returns_protected_numbers_only() -> None:
    cohort = read_cohort("synthetic")
    section = open_section("outcomes", cohort, disclosure="redact-7-round-5")
    raw = estimate_survival(cohort, set_id="os.failure", by="failure_type")
    shown = section.record(raw)
    assert raw["loss_hi.n"].estimate == 152
    assert shown["loss_hi.n"].estimate == 150
    assert section._sets["os.failure"] is shown
    assert shown.frames["curve"]["n_censored"].sum() == 0
    assert np.isnan(shown.frames["at_risk"]["n_events"]).all()
    assert shown["loss_hi.median"].estimate == 39
    at_two_years = shown["loss_hi.prob_24m"].estimate
    assert at_two_years != raw["loss_hi.prob_24m"].estimate
    assert at_two_years == pytest.approx(raw["loss_hi.prob_24m"].estimate, abs=0.03)


def test_gate_refuses_a_cohort_that_cannot_be_protected() -> None:
    cohort = read_cohort("synthetic")
    tiny = cohort.__class__(
        **{
            **{name: getattr(cohort, name) for name in cohort.__dataclass_fields__},
            "table": cohort.table.head(14),
        }
    )
    with pytest.raises(DataError, match="more than 14 under disclosure control"):
        open_gate("redact-7-round-5", tiny)
    assert open_gate("off", tiny) is None


def test_unknown_analysis_does_not_pass() -> None:
    cohort = read_cohort("synthetic")
    gate = open_gate("redact-7-round-5", cohort)
    result = Result(id="new.weight", kind="statistic", estimate=0.123456789)
    made = ResultSet.collect("new", [result], meta={"definition": {"analysis": "weigh"}})
    assert gate.protect(made).reason == "it has no form that is protected by disclosure control"
    assert not gate.protect(made).results
    raw = estimate_survival(cohort, set_id="os")
    assert raw.meta["definition"]["analysis"] == "estimate_survival"
    assert gate.protect(raw).is_computable


def test_context_is_rounded_and_tells_no_rows() -> None:
    gate = open_gate("redact-7-round-5", read_cohort("synthetic"))
    shown = gate.protect_context({"n": 392, "warnings": ["row 17: age 37"], "cohort": "x"})
    assert shown["n"] == 390
    assert "17" not in str(shown["warnings"])
    assert shown["disclosure"] == "redact-7-round-5"


def test_every_notebook_hands_on_the_rule() -> None:
    for path in sorted((Path(helpers.__file__).parent.parent / "notebooks").glob("0*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        opened = [line for c in cells for line in c["source"] if "= open_section(" in line]
        assert len(opened) == 1, path.name
        assert "**params.section_options" in opened[0]
    options = check_params({"disclosure": "midpoint-6"}).section_options
    assert options["disclosure"] == "midpoint-6"


def list_thoughts(exits, rule, at):
    """Return by code what a reader can think of the exits until a time, tried one by one.

    They know the printed size of the group, that more than a small number remains, and how each
    count is printed.
    """
    size = int(exits.events.sum() + exits.censored.sum())
    until = exits.time_months <= at
    events, lost = int(exits.events[until].sum()), int(exits.censored[until].sum())
    (_, largest), few = rule.bounds(size), rule.largest_small
    pairs = [
        (first, second)
        for first in range(rule.bounds(events)[0], rule.bounds(events)[1] + 1)
        for second in range(rule.bounds(lost)[0], rule.bounds(lost)[1] + 1)
        if first + second <= largest - few - 1
    ]
    return {events: {first for first, _ in pairs}, lost: {second for _, second in pairs}}


@pytest.mark.parametrize("rule", [REDACT, MIDPOINT], ids=["redact", "midpoint"])
def test_a_curve_ends_before_a_small_count_can_be_placed(rule):
    rng = np.random.default_rng(11)
    n_narrowed_beyond = 0
    for _ in range(60):
        size = int(rng.integers(10, 40))
        times = np.arange(1.0, size + 1)
        died = rng.random(size) < 0.3
        exits = Exits(times, died.astype(int), np.zeros(size, int), (~died).astype(int))
        drawn, _ = rebuild_codes(exits, rule, step_months=1.0)
        last = np.ceil(drawn.max()) if drawn.max() > 1 else 0  # all leave at 1 without an interval
        remaining = size - np.arange(1, size + 1)
        for at in times[remaining > rule.largest_small]:
            narrowed = [
                thoughts
                for count, thoughts in list_thoughts(exits, rule, at).items()
                if rule.is_small(count) and len(thoughts) < rule.largest_small
            ]
            if at <= last:
                assert not narrowed, (size, at)
            n_narrowed_beyond += len(narrowed)
    assert n_narrowed_beyond > 0
