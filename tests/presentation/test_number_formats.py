"""Numbers as text, in each style."""

from decimal import Decimal

import pytest

from helpers.errors import ParameterError
from helpers.formatting import (
    PRESETS,
    NumberStyle,
    format_count,
    format_count_of_n,
    format_count_percent,
    format_number,
    format_p,
    format_percent,
    format_trimmed,
    get_style,
    round_half_up,
)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (1.005, 2, "1.01"),
        (2.675, 2, "2.68"),
        (1.0049999, 2, "1.00"),
        (-2.5, 0, "-3"),
        (-0.004, 2, "0.00"),
        (1e-7, 3, "0.000"),
        (Decimal("0.125"), 2, "0.13"),
    ],
)
def test_halves_go_up_on_the_decimal_text(value, decimals, expected):
    assert str(round_half_up(value, decimals)) == expected


def test_numbers_keep_their_decimals_and_get_marks():
    assert format_number(1234567.891, decimals=1) == "1,234,567.9"
    assert format_number(-0.05, decimals=1) == "\u22120.1"
    assert format_number(None) == "–"
    assert format_number(999.5, decimals=0) == "1,000"
    assert format_number(1234.5, decimals=1, style="nejm-comma") == "1\u202f234,5"
    assert format_number(9999.5, decimals=1, style="lancet") == "9999·5"
    assert format_count(10_000, style="lancet") == "10\u2009000"


def test_trailing_zeros_are_trimmed_only_where_asked():
    assert format_trimmed(9.5) == "9.5"
    assert format_trimmed(70.0) == "70"
    assert format_trimmed(9.96) == "10"
    assert format_trimmed(0.25, decimals=2, style="paper-comma") == "0,25"
    assert format_trimmed(None) == "–"


# p-value: paper, NEJM, Lancet, JAMA, Annals
P_VALUES = [
    (0.00002, "<0.001", "<0.001", "<0·0001", "<.001", "<0.001"),
    (0.0, "<0.001", "<0.001", "<0·0001", "<.001", "<0.001"),
    (0.00034, "<0.001", "<0.001", "0·0003", "<.001", "<0.001"),
    (0.0009999, "<0.001", "<0.001", "0·0010", "<.001", "<0.001"),
    (0.001, "0.001", "0.001", "0·0010", ".001", "0.001"),
    (0.0023, "0.002", "0.002", "0·0023", ".002", "0.002"),
    (0.0095, "0.010", "0.010", "0·0095", ".01", "0.010"),
    (0.01, "0.010", "0.010", "0·010", ".01", "0.010"),
    (0.0104, "0.01", "0.01", "0·010", ".01", "0.010"),
    (0.034, "0.03", "0.03", "0·034", ".03", "0.034"),
    (0.049, "0.049", "0.05", "0·049", ".049", "0.049"),
    (0.0496, "0.0496", "0.05", "0·050", ".0496", "0.050"),
    (0.0996, "0.10", "0.10", "0·10", ".10", "0.100"),
    (0.1999, "0.20", "0.20", "0·20", ".20", "0.200"),
    (0.2003, "0.20", "0.20", "0·20", ".20", "0.20"),
    (0.865, "0.87", "0.87", "0·87", ".87", "0.87"),
    (0.9949, "0.99", "0.99", "0·99", ".99", "0.99"),
    (0.996, ">0.99", ">0.99", ">0·99", ">.99", ">0.99"),
    (1.0, ">0.99", ">0.99", ">0·99", ">.99", ">0.99"),
]


@pytest.mark.parametrize("row", P_VALUES, ids=lambda row: str(row[0]))
def test_p_values_follow_each_journal(row):
    p_value, *expected = row
    styles = ("paper", "nejm", "lancet", "jama", "annals")
    assert [format_p(p_value, style=style) for style in styles] == expected


def test_p_values_with_their_letter():
    styles = ("paper", "nejm", "lancet", "jama", "annals", "paper-comma")
    assert [format_p(0.0312, letter=True, style=style) for style in styles] == [
        "p = 0.03",
        "P = 0.03",
        "p=0·031",
        "P = .03",
        "P = 0.031",
        "p = 0,03",
    ]
    assert format_p(1e-9, letter=True) == "p < 0.001"
    assert format_p(None) == "–"


@pytest.mark.parametrize("p_value", [-0.01, 1.01, float("nan")])
def test_no_p_value_outside_0_to_1(p_value):
    with pytest.raises(ValueError, match="p_value must be within 0 to 1"):
        format_p(p_value)


def test_percentages_round_the_quotient_and_not_its_float():
    # 57 of 200 are 28.5 per cent exactly; as a float 0.285 * 100 lies below
    assert format_count_percent(57, 200) == "57 (29%)"
    assert format_percent(0.285) == "29%"
    assert format_count_percent(134, 392) == "134 (34%)"
    assert format_count_percent(134, 392, style="nejm") == "134 (34.2%)"
    assert format_count_percent(134, 392, style="jama") == "134 (34.2)"
    assert format_count_percent(30, 78, style="nejm") == "30 (38%)"
    assert format_count_percent(0, 0) == "0"
    assert format_count_percent(None, 10) == "–"


def test_denominators_stand_beside_the_count():
    assert format_count_of_n(32, 71) == "32/71 (45%)"
    assert format_count_of_n(1234, 5000, style="nejm-comma") == "1\u202f234/5\u202f000 (24,7%)"
    assert format_count_of_n(0, 0) == "0/0"


def test_styles_are_found_by_name_and_unknown_ones_named():
    assert get_style("jama").name == "jama"
    own = NumberStyle(name="own", months_decimals=2)
    assert get_style(own) is own
    assert set(PRESETS) == {"paper", "nejm", "lancet", "jama", "annals"}
    with pytest.raises(ParameterError, match=r"style must be one of paper, .* was 'bmj'"):
        get_style("bmj")


@pytest.mark.parametrize(
    ("style", "of_150", "of_200", "patients"),
    [
        ("paper", "50 (33%)", "50 (25%)", "1,234"),
        ("nejm", "50 (33%)", "50 (25.0%)", "1,234"),
        ("annals", "50 (33%)", "50 (25.0%)", "1,234"),
        ("jama", "50 (33.3)", "50 (25.0)", "1234"),
        ("lancet", "50 (33·3%)", "50 (25·0%)", "1234"),
    ],
)
def test_decimals_of_a_percentage_follow_the_journal(style, of_150, of_200, patients):
    """Annals: none below 200 patients; AMA: marks of thousands from five digits on."""
    assert format_count_percent(50, 150, style=style) == of_150
    assert format_count_percent(50, 200, style=style) == of_200
    assert format_count(1234, style=style) == patients
