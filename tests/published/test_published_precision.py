from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.formatting import round_half_up
from helpers.published.precision import (
    Span,
    format_exact,
    format_p_value,
    parse_printed_number,
    print_like,
    round_half_even,
    rounding_span,
    to_decimal,
    truncate,
)


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        ("0.5", 0, "1"),
        ("2.5", 0, "3"),
        ("2.675", 2, "2.68"),  # the binary float lies below and rounds to 2.67
        ("1.005", 2, "1.01"),
        ("0.02496", 2, "0.02"),
        ("0.0249999", 2, "0.02"),
        ("9.995", 2, "10.00"),
    ],
)
def test_halves_are_rounded_up_on_the_decimal_text(value, decimals, expected):
    assert str(round_half_up(to_decimal(float(value)), decimals)) == expected


def test_noise_of_binary_arithmetic_does_not_decide_a_half():
    noisy = 0.1 * 3 - 0.275  # 0.025 but for its last bits
    assert noisy != 0.025
    assert round_half_up(to_decimal(noisy), 2) == Decimal("0.03")


def test_halves_to_even_and_cutting_off_differ_from_rounding():
    assert round_half_even(Decimal("24.5"), 0) == 24
    assert truncate(Decimal("66.999"), 0) == 66
    assert truncate(Decimal("39.54"), 1) == Decimal("39.5")


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_the_span_of_a_number_is_what_rounds_to_it(digits, decimals):
    number = Decimal(digits).scaleb(-decimals)
    span = rounding_span(number, decimals)
    grain = Decimal(1).scaleb(-decimals - 3)
    assert span.upper - span.lower == Decimal(1).scaleb(-decimals)
    assert round_half_up(span.upper - grain, decimals) == number
    assert round_half_up(span.upper, decimals) != number
    if digits:
        assert round_half_up(span.lower, decimals) == number
        assert round_half_up(span.lower - grain, decimals) != number


def test_neighbouring_spans_do_not_meet_but_overlapping_ones_do():
    one_place, two_places = rounding_span(Decimal("1.9"), 1), rounding_span(Decimal("1.94"), 2)
    assert one_place.meets(two_places)
    assert two_places.meets(one_place)
    assert not rounding_span(Decimal(23), 0).meets(rounding_span(Decimal(24), 0))


def test_distance_is_counted_from_the_nearer_edge():
    span = Span(Decimal("1.6085"), Decimal("1.6095"))
    assert span.distance(Decimal("1.6096")) == Decimal("0.0001")
    assert span.distance(Decimal("1.6080")) == Decimal("0.0005")
    assert span.distance(Decimal("1.609")) == 0


@pytest.mark.parametrize(
    ("value", "number", "operator"),
    [(23, "23", "="), (0.34, "0.34", "="), ("<0.001", "0.001", "<"), (">= 0.05", "0.05", ">=")],
)
def test_numbers_and_bounds_are_read(value, number, operator):
    parsed = parse_printed_number(value)
    assert (parsed.number, parsed.operator) == (Decimal(number), operator)


@pytest.mark.parametrize("value", ["ns", None, True, "0.05", [1]])
def test_what_is_neither_number_nor_bound_is_refused(value):
    assert parse_printed_number(value) is None


@pytest.mark.parametrize(
    ("bound", "value", "expected"),
    [("<0.05", "0.05", False), ("<=0.05", "0.05", True), (">1", "1", False), (">=1", "1", True)],
)
def test_a_bound_holds_on_its_side_only(bound, value, expected):
    assert parse_printed_number(bound).holds(Decimal(value)) is expected


@pytest.mark.parametrize(
    ("printed", "values", "decimals", "expected"),
    [
        ("[20-27]", ["20.6", "26.4"], 0, "[21-26]"),
        ("(37-95)", ["38", "94"], 0, "(38-94)"),
        (".64", ["0.6521"], 2, ".65"),
        ("7/39", ["8", "40"], 0, "8/40"),
        ("p=0.012", ["0.01349"], 3, "p=0.013"),
        ("9.2g/dl", ["9.25"], 1, "9.3g/dl"),
        ("2/3", ["65.8"], 0, "66"),
        ("Ninety percent", ["90.05"], 0, "90"),
        ("[0.64-1.70]", ["0.6349", "1.706"], 2, "[0.63-1.71]"),
    ],
)
def test_values_are_printed_in_the_dress_of_the_text(printed, values, decimals, expected):
    assert print_like(printed, [Decimal(value) for value in values], decimals) == expected


def test_a_p_value_is_never_printed_as_zero():
    assert format_p_value(Decimal("0.0004"), 3) == "<0.001"
    assert format_p_value(Decimal("0.0005"), 3) == "=0.001"
    assert format_p_value(Decimal("0.004"), 2) == "<0.01"
    assert format_p_value(Decimal("0.0754"), None) == "=0.075"


def test_full_numbers_keep_six_digits_and_no_exponent():
    assert format_exact(1.6e-5) == "0.000016"
    assert format_exact(1234567.0) == "1234570"
    assert format_exact(100.0) == "100"
