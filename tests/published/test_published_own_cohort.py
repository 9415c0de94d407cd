from __future__ import annotations

import math

import pytest
from ledger_cases import make_ledger, make_ratio, make_record, read_paper

from helpers.published.overlay import find_published_points
from helpers.published.own_cohort import (
    Estimate,
    compare_own_cohort,
    differences_to_frame,
    estimate_share,
    subtract,
)
from helpers.results import Result

MEDIAN = [
    make_record("abstract", "23", 23, kind="median", result="os.all.median"),
    make_record("m", "23 months", 23, kind="median", unit="months", result="os.all.median"),
    make_record("ci", "[20-27]", [20, 27], kind="ci", field="ci", of="m", result="os.all.median"),
]


def compare_one(records, result):
    (difference,) = compare_own_cohort(make_ledger(*records), {result.id: result})
    return difference


def make_share(printed, count, n):
    return [
        make_record("n", str(count), count, result="r.n", denominator=n),
        make_record(
            "pct", f"{printed}%", printed, kind="percent", field="percent", result="r.s",
            count="n", denominator=n,
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "n", "lower", "upper"),
    # score limits, Newcombe (1998) Statistics in Medicine 17:857, table I
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)],
)
def test_limits_of_a_share_are_wilson_s(count, n, lower, upper):
    share = estimate_share(count / n, n, 0.95)
    assert share.lower / 100 == pytest.approx(lower, abs=5e-5)
    assert share.upper / 100 == pytest.approx(upper, abs=5e-5)


def test_the_difference_of_shares_is_newcombe_s():
    # 56/70 against 48/80: 0.0524 to 0.3339 by method 10 of Newcombe (1998) 17:873
    own = Result(id="r.s", kind="count", estimate=56, n=70)
    difference = compare_one(make_share(60, 48, 80), own).difference
    assert difference.value == pytest.approx(20.0)
    assert difference.lower == pytest.approx(5.24, abs=5e-3)
    assert difference.upper == pytest.approx(33.39, abs=5e-3)


def test_a_difference_of_medians_takes_both_intervals_even_if_asymmetric():
    own = Result(
        id="os.all.median", kind="median", estimate=30.0, ci_lower=26.0, ci_upper=42.0,
        conf_level=0.95,
    )  # fmt: skip
    row = compare_one(MEDIAN, own)
    assert row.entry_id == "m"  # not the abstract's, which prints no interval
    assert row.published == Estimate(23.0, 20.0, 27.0)
    assert row.difference.value == 7.0
    assert row.difference.lower == pytest.approx(7 - math.sqrt(4**2 + 4**2))
    assert row.difference.upper == pytest.approx(7 + math.sqrt(12**2 + 3**2))
    assert row.reason == ""


def test_subtracting_the_other_way_round_turns_the_interval_round():
    one, other = Estimate(30.0, 26.0, 42.0), Estimate(23.0, 20.0, 27.0)
    there, back = subtract(one, other), subtract(other, one)
    assert (back.value, back.lower, back.upper) == (-there.value, -there.upper, -there.lower)


def test_hazard_ratios_are_divided_on_the_log_scale():
    records = make_ratio(2.0, [1.0, 4.0], 0.05)
    own = Result(
        id="m.x", kind="hazard_ratio", estimate=1.0, ci_lower=0.5, ci_upper=2.0, conf_level=0.95
    )
    row = compare_one(records, own)
    assert row.is_ratio
    assert row.difference.value == pytest.approx(0.5)
    assert row.difference.lower == pytest.approx(0.5 * 2 ** -math.sqrt(2))
    assert row.difference.upper == pytest.approx(0.5 * 2 ** math.sqrt(2))


@pytest.mark.parametrize(
    ("records", "fields", "reason"),
    [
        (MEDIAN[:1], {"ci_lower": 20.0, "ci_upper": 30.0}, "the paper prints no interval"),
        (MEDIAN, {}, "the own estimate has no interval at the paper's level"),
        (
            MEDIAN,
            {"ci_lower": 20.0, "ci_upper": 30.0, "conf_level": 0.9},
            "the own estimate has no interval at the paper's level",
        ),
    ],
)
def test_a_difference_without_interval_says_why(records, fields, reason):
    row = compare_one(records, Result(id="os.all.median", kind="median", estimate=25.0, **fields))
    assert row.difference == Estimate(2.0)
    assert row.reason == reason


def test_what_the_own_cohort_lacks_is_told():
    (row,) = compare_own_cohort(make_ledger(*MEDIAN), {})
    assert (row.own, row.difference) == (None, None)
    assert row.reason == "the report has no result 'os.all.median'"
    row = compare_one(MEDIAN, Result(id="os.all.median", kind="median", status="not_reached"))
    assert (row.own, row.reason) == (None, "not reached")


def test_a_probability_is_in_per_cent():
    record = make_record("p", "24%", 24, kind="probability", field="percent")
    row = compare_one([record], Result(id="r.p", kind="probability", estimate=0.3))
    assert row.own == Estimate(30.0)
    assert row.difference.value == pytest.approx(6.0)


def test_the_frame_keeps_differences_and_ratios_apart():
    ledger = make_ledger(*MEDIAN, *make_ratio(2.0, [1.0, 4.0], 0.05)[:1])
    results = {
        "os.all.median": Result(id="os.all.median", kind="median", estimate=25.0),
        "m.x": Result(id="m.x", kind="hazard_ratio", estimate=1.0),
    }
    frame = differences_to_frame(compare_own_cohort(ledger, results)).set_index("entry")
    assert frame.loc["m", "difference"] == 2.0
    assert frame.loc["hr", "ratio"] == pytest.approx(0.5)
    assert math.isnan(frame.loc["hr", "difference"])
    assert frame.loc["m", "published_upper"] == 27


def test_published_medians_and_probabilities_become_points():
    points = find_published_points(read_paper(), "os.failure")
    assert {point.group: point.time_months for point in points} == {
        "loss_hi": 39, "intolerance": 23, "no_response": 17, "progression": 11,
    }  # fmt: skip
    overall, five_years = find_published_points(read_paper(), "os")
    assert (overall.probability, overall.lower_months, overall.upper_months) == (0.5, 20, 27)
    assert (five_years.time_months, five_years.probability) == (60, 0.24)
    assert five_years.label == "24% (Results, outcome after failure)"
