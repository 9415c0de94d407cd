"""Estimates with their intervals as text."""

import pytest
from made_sets import count, median, probability, ratio, reference, summary

from helpers.formatting import (
    format_count_result,
    format_estimate_interval,
    format_hazard_ratio,
    format_interval,
    format_median,
    format_median_range,
    format_probability,
    format_ratio,
)
from helpers.results import Result


def test_intervals_in_each_style():
    values = (1.641, 1.244, 2.176)
    styles = ("paper", "nejm", "lancet", "jama", "annals", "paper-comma")
    assert [format_estimate_interval(*values, style=style) for style in styles] == [
        "1.64 [1.24–2.18]",
        "1.64 (1.24 to 2.18)",
        "1·64 (1·24–2·18)",
        "1.64 (1.24–2.18)",
        "1.64 (1.24 to 2.18)",
        "1,64 [1,24–2,18]",
    ]


def test_a_dash_never_meets_a_minus():
    assert format_estimate_interval(0.1, -0.2, 0.4, decimals=1) == "0.1 [\u22120.2 to 0.4]"


def test_what_is_not_reached_is_nr_in_tables_and_words_in_sentences():
    assert format_median(median("m", 23.5, 20.0, None, 9, 4)) == "24 [20–NR]"
    assert format_median(median("m", None, 40.2, None, 9, 4), style="nejm") == "NR (40.2 to NR)"
    assert format_median(median("m", None, None, None, 9, 0)) == "NR"
    assert format_interval("20", None, words=True) == "20 to not reached"
    assert format_interval("20", "30", words=True) == "20–30"
    assert format_estimate_interval(None, 3.0, None, decimals=0) == "NR [3–NR]"


def test_probabilities_print_as_percentages():
    found = probability("p", 60, 0.245, 0.19, 0.295)
    assert format_probability(found) == "25% [19–30]"
    assert format_probability(found, style="nejm") == "24.5% (19.0 to 29.5)"
    assert format_probability(found, interval=False, style="lancet-comma") == "24,5%"
    assert format_probability(probability("p", 60, 0.5, None, None)) == "50%"


def test_hazard_ratios_and_their_extremes():
    assert format_hazard_ratio(ratio("r", 0.64, 0.36, 1.15, 0.14)) == "0.64 [0.36–1.15]"
    assert format_hazard_ratio(reference("r")) == "1 (reference)"
    assert format_hazard_ratio(ratio("r", 12.0, 0.0004, 1234.5, 0.1)) == "12.00 [<0.01–1,235]"
    assert format_ratio(None) == "–"
    failed = Result(id="r", kind="hazard_ratio", status="not_computable", reason="separated")
    assert format_hazard_ratio(failed) == "NC"


def test_summaries_with_range_or_quartiles():
    age = summary("s", 70.0, 37.0, 95.0, 392)
    assert format_median_range(age) == "70 (37–95)"
    assert format_median_range(age, spread="quartiles") == "70 (62, 77.5)"
    assert format_median_range(age, spread="quartiles", style="paper-comma") == "70 (62; 77,5)"
    below = summary("s", -1.0, -3.5, 2.0, 9)
    assert format_median_range(below) == "\u22121 (\u22123.5 to 2)"
    bare = Result(id="s", kind="summary", estimate=3.25)
    assert format_median_range(bare) == "3.3"


def test_calendar_years_have_no_thousands_mark():
    year = summary("table1.len_start_year", 2010.0, 2004.0, 2015.0, 392, unit="")
    assert format_median_range(year) == "2010 (2004–2015)"


@pytest.mark.parametrize(("status", "expected"), [("masked", "redacted"), ("not_computable", "NC")])
def test_counts_without_a_number_say_why(status, expected):
    assert format_count_result(Result(id="c", kind="count", status=status)) == expected


def test_counts_with_and_without_their_denominator():
    found = count("c", 7, 39)
    assert format_count_result(found) == "7 (18%)"
    assert format_count_result(found, denominator=True) == "7/39 (18%)"
