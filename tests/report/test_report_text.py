"""Text from data: cleaned, escaped, named."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.document import Cell, TableBlock
from helpers.report.grid import count_columns, place_cells, write_table_csv
from helpers.report.text import (
    break_long_words,
    clean_text,
    escape_html,
    make_slug,
    neutralise_formula,
    quote_typst,
)


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("plain", "plain"),
        ("a\tb\r\nc", "a\tb\n\nc"),
        ("a\x00b\x1bc\x85", "a\ufffdb\ufffdc\ufffd"),
        ("\ud800x", "\ufffdx"),
        ("\ufffe\ufdd0\U0001ffff", "\ufffd\ufffd\ufffd"),
        ("left\u202eright\u2066x\u2069", "leftrightx"),
        ("\u05e2\u200f", "\u05e2\u200f"),
    ],
)
def test_clean_text_keeps_words_and_replaces_what_no_format_shows(given_text, expected):
    assert clean_text(given_text) == expected


@given(st.text())
def test_cleaned_text_is_valid_in_every_format(text):
    cleaned = clean_text(text)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert clean_text(cleaned) == cleaned
    escaped = escape_html(text)
    assert "<" not in escaped
    assert '"' not in escaped


@given(st.text())
def test_typst_literal_has_no_unescaped_quote(text):
    inner = quote_typst(text)[1:-1]
    unescaped = inner.replace("\\\\", "").replace('\\"', "")
    assert '"' not in unescaped
    assert "\n" not in inner


def test_long_words_may_break_and_short_ones_may_not():
    assert break_long_words("a" * 24) == "a" * 24
    assert break_long_words("x " + "a" * 45).split("\u200b") == ["x " + "a" * 20, "a" * 20, "a" * 5]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Überleben & Tod", "uberleben-tod"),
        ("<script>", "script"),
        ("\u4e2d", "part"),
        ("a.b/../c", "a-b-c"),
    ],
)
def test_slugs_are_safe_names(text, slug):
    assert make_slug(text) == slug


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\tx"])
def test_formulas_are_neutralised(text):
    assert neutralise_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-0.5", "+1", "1e-3", "-5%", "x=1", ""])
def test_numbers_and_words_stay(text):
    assert neutralise_formula(text) == text


def make_spanned_table():
    header = (
        (Cell("Factor", rowspan=2), Cell("Univariate", colspan=2)),
        (Cell("HR"), Cell("p")),
    )
    rows = (
        (Cell("Age", header=True), Cell("1.64"), Cell("=0.01+1")),
        (Cell("old", indent=1), Cell("x", colspan=2)),
    )
    return TableBlock("table.x", "X.", header, rows, "lrr")


def test_covered_positions_have_no_cell():
    placed = [(item.row, item.column) for item in place_cells(make_spanned_table().header)]
    assert placed == [(0, 0), (0, 1), (1, 1), (1, 2)]
    assert count_columns(make_spanned_table()) == 3


def test_csv_repeats_spanning_cells_and_computes_nothing():
    lines = list(csv.reader(io.StringIO(write_table_csv(make_spanned_table()))))
    assert lines == [
        ["Factor", "Univariate", "Univariate"],
        ["Factor", "HR", "p"],
        ["Age", "1.64", "'=0.01+1"],
        ["  old", "x", "x"],
    ]
