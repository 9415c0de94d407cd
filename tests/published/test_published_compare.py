from __future__ import annotations

from dataclasses import replace

import pytest
from ledger_cases import make_ledger, make_ratio, make_record, read_paper

from helpers.published.compare import compare_with_published
from helpers.published.comparison import VERDICT_LABELS, VERDICT_WORDS, ComparisonTable
from helpers.published.fields import read_values
from helpers.results import Result


def compare_one(record, **fields):
    """Return the comparison of one entry with one result."""
    ledger = make_ledger(record)
    result = Result(id=record["result"], **{"kind": "median", **fields})
    return compare_with_published(ledger, {result.id: result})[record["id"]]


MEDIAN = make_record("m", "23 months", 23, kind="median", unit="months")


@pytest.mark.parametrize(
    ("estimate", "verdict", "reproduced"),
    [
        (22.5, "equal", "23 months"),
        (23.4999, "equal", "23 months"),
        (23.5, "within_rounding_edge", "24 months"),
        (22.45, "within_rounding_edge", "22 months"),
        (22.39, "differs", "22 months"),
        (24.0, "differs", "24 months"),
    ],
)
def test_a_number_is_judged_at_its_printed_precision(estimate, verdict, reproduced):
    row = compare_one(MEDIAN, estimate=estimate)
    assert (row.verdict, row.reproduced) == (verdict, reproduced)
    assert row.computed == (estimate,)


def test_the_printed_interval_is_the_next_measure():
    ledger = make_ledger(
        MEDIAN,
        make_record("ci", "[20-27]", [20, 27], kind="ci", field="ci", of="m", result="r.m"),
    )
    result = Result(id="r.m", kind="median", estimate=26.2, ci_lower=20.3, ci_upper=27.2)
    table = compare_with_published(ledger, {"r.m": result})
    assert table["m"].verdict == "within_interval"
    assert table["m"].reason == "the paper's interval is [20-27]"
    assert table["ci"].verdict == "equal"
    outside = Result(id="r.m", kind="median", estimate=27.1, ci_lower=20.3, ci_upper=28.2)
    table = compare_with_published(ledger, {"r.m": outside})
    assert (table["m"].verdict, table["ci"].verdict) == ("differs", "differs")


def test_both_limits_of_an_interval_must_agree():
    record = make_record("ci", "[1.609-3.481]", [1.609, 3.481], kind="ci", field="ci", decimals=3)
    row = compare_one(record, ci_lower=1.6095, ci_upper=3.4809)
    assert row.verdict == "within_rounding_edge"
    assert row.reproduced == "[1.610-3.481]"
    assert row.in_full == "1.6095 to 3.4809"
    assert compare_one(record, ci_lower=1.611, ci_upper=3.481).verdict == "differs"


def test_a_limit_that_is_not_reached_differs():
    record = make_record("ci", "[20-27]", [20, 27], kind="ci", field="ci")
    row = compare_one(record, ci_lower=20.0)
    assert (row.verdict, row.reproduced) == ("differs", "not reached")
    row = compare_one(MEDIAN, status="not_reached")
    assert (row.verdict, row.reproduced) == ("differs", "not reached")


@pytest.mark.parametrize(
    ("entry", "p_value", "verdict", "reproduced"),
    [
        (("p=0.03", 0.03, 2), 0.025, "equal", "p=0.03"),
        (("p=0.03", 0.03, 2), 0.02496, "within_rounding_edge", "p=0.02"),
        ((".73", 0.73, 2), 0.7203, "differs", ".72"),
        (("0.002", 0.002, 3), 0.0000161, "differs", "<0.001"),
        (("p<0.001", "<0.001", 3), 0.0009, "equal", "p<0.001"),
        (("p<0.001", "<0.001", 3), 0.001, "differs", "p=0.001"),
        (("not significant", ">=0.05", None), 0.0501, "equal", "p=0.050"),
        (("not significant", ">=0.05", None), 0.0499, "differs", "p=0.050"),
        (("p=NS", ">=0.05", None), 0.0001, "differs", "p<0.001"),
    ],
)
def test_p_values_and_bounds(entry, p_value, verdict, reproduced):
    printed, value, decimals = entry
    record = make_record("p", printed, value, kind="p_value", field="p_value", decimals=decimals)
    row = compare_one(record, kind="test", p_value=p_value)
    assert (row.verdict, row.reproduced) == (verdict, reproduced)


@pytest.mark.parametrize(
    ("estimate", "p_value", "verdict"),
    [(1.8, 0.02, "equal"), (0.6, 0.02, "differs"), (1.8, 0.07, "differs")],
)
def test_a_direction_needs_side_and_significance(estimate, p_value, verdict):
    record = make_record(
        "d", "detrimental", ["<0.05", ">1"], kind="direction", field="effect", decimals=None
    )
    row = compare_one(record, kind="hazard_ratio", estimate=estimate, p_value=p_value)
    assert row.verdict == verdict
    assert row.reproduced == f"{estimate:.2f}, p={p_value:.3f}"


@pytest.mark.parametrize(
    ("field", "result", "expected"),
    [
        ("percent", Result(id="a", kind="count", estimate=261, n=392), (100 * 261 / 392,)),
        ("percent", Result(id="a", kind="probability", estimate=0.24), (24.0,)),
        ("percent", Result(id="a", kind="count", estimate=3), None),
        ("count_of_n", Result(id="a", kind="count", estimate=7, n=39), (7.0, 39.0)),
        ("events", Result(id="a", kind="count", estimate=349, events=109), (109.0,)),
        (
            "range",
            Result(id="a", kind="summary", quantities={"minimum": 37, "maximum": 95}),
            (37.0, 95.0),
        ),
        ("maximum", Result(id="a", kind="statistic", quantities={"maximum": 74}), (74.0,)),
        ("minimum", Result(id="a", kind="statistic"), None),
        ("ci", Result(id="a", kind="median", ci_lower=1.0), None),
    ],
)
def test_fields_are_read_from_results(field, result, expected):
    values = read_values(result, field)
    assert values == (pytest.approx(expected) if expected else None)


def test_words_with_a_tolerance():
    record = make_record("f", "2/3", 66.7, kind="percent", field="percent", unit="%", tolerance=1)
    row = compare_one(record, kind="count", estimate=258, n=392)
    assert (row.verdict, row.reproduced) == ("equal", "66%")
    assert compare_one(record, kind="count", estimate=250, n=392).verdict == "differs"


def test_an_assumed_definition_is_told_and_only_then_excuses():
    record = {**MEDIAN, "assumed": "counted from failure"}
    equal, other = compare_one(record, estimate=23.0), compare_one(record, estimate=29.0)
    assert (equal.verdict, equal.reason) == ("equal", "assumed: counted from failure")
    assert (other.verdict, other.reason) == ("definition_assumed", "assumed: counted from failure")


CONTRADICTION = [
    {"key": "A1", "entries": ["all", "m"], "statement": "Bad.", "arithmetic": "1/2 = 0.5."}
]


@pytest.mark.parametrize(("n", "verdict"), [(392, "contradiction"), (391, "differs")])
def test_a_contradiction_excuses_only_where_its_other_side_is_shown(n, verdict):
    ledger = make_ledger(
        make_record("all", "392", 392),
        {**MEDIAN, "contradiction": "A1"},
        contradictions=CONTRADICTION,
    )
    results = {
        "r.all": Result(id="r.all", kind="count", estimate=n),
        "r.m": Result(id="r.m", kind="median", estimate=30.0),
    }
    row = compare_with_published(ledger, results)["m"]
    assert row.verdict == verdict
    assert row.reason == ("Bad. 1/2 = 0.5." if verdict == "contradiction" else "")


@pytest.mark.parametrize(
    ("results", "omitted", "reason"),
    [
        ({}, {}, "the report has no result 'r.m'"),
        ({}, {"r": "no survival times"}, "no survival times"),
        ({}, {"r.m.x": "other"}, "the report has no result 'r.m'"),
        (
            {"r.m": Result(id="r.m", kind="median", status="not_computable", reason="no deaths")},
            {},
            "no deaths",
        ),
        ({"r.m": Result(id="r.m", kind="median", status="masked")}, {}, "the result is masked"),
        ({"r.m": Result(id="r.m", kind="test", p_value=0.1)}, {}, "the result has no estimate"),
    ],
)
def test_what_cannot_be_compared_says_why(results, omitted, reason):
    row = compare_with_published(make_ledger(MEDIAN), results, omitted=omitted)["m"]
    assert (row.verdict, row.reason, row.reproduced) == ("not_computable", reason, "")


def test_the_tally_counts_every_verdict_and_reads_as_a_sentence():
    ledger = make_ledger(*make_ratio(1.64, [1.24, 2.18], 0.001))
    result = Result(
        id="m.x", kind="hazard_ratio", estimate=1.638, ci_lower=1.2, ci_upper=2.18, p_value=0.0006
    )
    table = compare_with_published(ledger, {"m.x": result})
    assert table.tally == {**dict.fromkeys(VERDICT_LABELS, 0), "equal": 2, "differs": 1}
    assert table.describe() == (
        "Of 3 printed numbers that a cohort can show: 2 equal at the printed precision, "
        "1 different."
    )
    assert [row.entry_id for row in table.not_equal] == ["ci"]
    with pytest.raises(KeyError, match="no comparison of 'x'"):
        table["x"]


def test_the_frame_has_what_the_appendix_and_the_file_need():
    table = compare_with_published(
        make_ledger(MEDIAN), {"r.m": Result(id="r.m", kind="median", estimate=23.1)}
    )
    (row,) = table.to_frame().to_dict("records")
    assert row == {
        "entry": "m", "place": "Table 9", "population": "all", "unit": "months",
        "printed": "23 months", "reproduced": "23 months", "reproduced_in_full": "23.1",
        "verdict": "equal", "reason": "", "conventions": "", "result": "r.m", "field": "estimate",
    }  # fmt: skip


def test_the_appendix_says_verdict_and_reasons_in_words():
    record = {**MEDIAN, "assumed": "from failure", "kind": "median"}
    row = compare_one(record, estimate=29.0)
    table = ComparisonTable((replace(row, conventions=("cut off", "plain limits")),))
    assert table.to_appendix_frame().to_dict("records") == [
        {
            "place": "Table 9", "what": "Median: all", "printed": "23 months",
            "reproduced": "29 months", "verdict": "definition assumed",
            "reason": "assumed: from failure; the printed value comes out as: cut off; "
            "plain limits",
        }
    ]  # fmt: skip
    assert list(VERDICT_WORDS) == list(VERDICT_LABELS)


def test_method_and_background_entries_are_not_compared():
    ledger = read_paper()
    table = compare_with_published(ledger, {})
    assert len(table) == 299
    assert table.tally["not_computable"] == 299
    assert "methods.alpha" not in [row.entry_id for row in table]
