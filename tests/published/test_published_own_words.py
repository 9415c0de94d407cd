from __future__ import annotations

from ledger_cases import make_ledger, make_ratio, make_record

from helpers.published.own_cohort import compare_own_cohort
from helpers.published.own_words import describe_differences, differences_to_appendix_frame
from helpers.results import Result

MEDIAN = [
    make_record("m", "23 months", 23, kind="median", unit="months", result="os.all.median"),
    make_record("ci", "[20-27]", [20, 27], kind="ci", field="ci", of="m", result="os.all.median"),
]
SHARE = [
    make_record("n", "48", 48, result="r.n", denominator=80),
    make_record(
        "pct", "60%", 60, kind="percent", field="percent", result="r.s", count="n",
        denominator=80,
    ),
]  # fmt: skip


def own_median(estimate, lower, upper, **keys):
    return Result(
        id="os.all.median", kind="median", estimate=estimate, ci_lower=lower, ci_upper=upper,
        conf_level=0.95, **keys,
    )  # fmt: skip


def compare(records, *results):
    return compare_own_cohort(make_ledger(*records), {result.id: result for result in results})


def read_row(records, *results, **options):
    (row,) = differences_to_appendix_frame(compare(records, *results), **options).to_dict("records")
    return row


def test_a_median_stands_beside_the_printed_one():
    assert read_row(MEDIAN, own_median(30.0, 26.0, 42.0)) == {
        "place": "Table 9",
        "what": "Median: all",
        "published": "23 months [20\u201327]",
        "own": "30 months [26\u201342]",
        # 7 - sqrt(4^2 + 4^2) = 1.34 and 7 + sqrt(12^2 + 3^2) = 19.37
        "difference": "+7 (1\u201319)",
        "reason": "",
    }


def test_a_share_says_of_what_and_differs_in_points():
    own = Result(id="r.s", kind="count", label="Female", estimate=56, n=70)
    row = read_row(SHARE, own)
    assert row["what"] == "Share, Female: all"
    assert row["own"].startswith("80% [")
    # Newcombe (1998) 17:873, method 10 of 56/70 against 48/80: 0.0524 to 0.3339
    assert row["difference"] == "+20 (5\u201333)"


def test_a_difference_that_rounds_to_nothing_has_no_sign():
    assert read_row(MEDIAN, own_median(23.4, None, None))["difference"] == "0"


def test_a_shorter_survival_has_a_minus_and_not_a_hyphen():
    assert read_row(MEDIAN, own_median(20.0, None, None))["difference"] == "\u22123"
    # limits of the difference: -1 - sqrt(4^2 + 4^2) and -1 + sqrt(4^2 + 3^2)
    row = read_row(MEDIAN, own_median(22.0, 18.0, 26.0))
    assert row["difference"] == "\u22121 (\u22127 to 4)"


def test_hazard_ratios_are_compared_as_a_quotient():
    records = make_ratio(1.5, [1.0, 2.25], 0.05)
    own = Result(
        id="m.x", kind="hazard_ratio", estimate=3.0, ci_lower=1.5, ci_upper=6.0, conf_level=0.95
    )
    row = read_row(records, own)
    assert row["own"] == "3.00 [1.50\u20136.00]"
    assert row["difference"].startswith("\u00d7 2.00 (")


def test_other_styles_have_their_own_marks():
    row = read_row(MEDIAN, own_median(30.0, 26.0, 42.0), style="nejm")
    assert row["own"] == "30 months (26 to 42)"


def test_a_number_without_a_counterpart_says_why():
    own = own_median(None, None, None, status="not_reached")
    row = read_row(MEDIAN, own)
    assert (row["own"], row["difference"], row["reason"]) == ("", "", "not reached")
    assert read_row(MEDIAN)["reason"] == "the report has no result 'os.all.median'"


def test_the_sentence_counts_what_differs():
    far, near = own_median(60.0, 55.0, 65.0), own_median(23.0, 20.0, 27.0)
    share = Result(id="r.s", kind="count", estimate=48, n=80)
    beginning = "Of 2 printed medians, means, shares, probabilities and hazard ratios, "
    assert describe_differences(compare([*MEDIAN, *SHARE], far, share)) == (
        f"{beginning}2 have a counterpart in this cohort; of 2 differences with a 95% confidence "
        "interval, 1 excludes no difference."
    )
    assert describe_differences(compare([*MEDIAN, *SHARE], near), conf_level=0.9) == (
        f"{beginning}1 have a counterpart in this cohort; of 1 differences with a 90% confidence "
        "interval, none exclude no difference."
    )


def test_rows_keep_the_paper_s_order_where_a_later_entry_has_the_interval():
    first = make_record("abstract", "23", 23, kind="median", result="os.all.median")
    other = make_record("age", "70y", 70, kind="median", unit="years", result="t.age")
    found = compare([first, other, *MEDIAN], own_median(23.0, 20.0, 27.0))
    assert [item.entry_id for item in found] == ["age", "m"]
