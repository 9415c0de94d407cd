"""Decimal commas in sources that know numbers as such."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.cohort.sources import read_source
from helpers.cohort.sources.decimals import replace_texts_with_commas

openpyxl = pytest.importorskip("openpyxl")


def make_frame(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype=object)


def test_only_columns_of_comma_numbers_are_read_as_numbers():
    frame = make_frame(
        hb=["9,1", "10", "k.A.", "8,75", None],
        mixed=["9,1", "9.2", "9.3", "9.4", "9.5"],
        thousands=["1,200", "3,400", "1,000", "2,000", None],
        text=["a", "b", "1,5", "c", "d"],
    )
    made, names = replace_texts_with_commas(frame)
    assert names == ("hb",)
    assert made["hb"].tolist() == ["9.1", "10", "k.A.", "8.75", None]
    assert made.drop(columns="hb").equals(frame.drop(columns="hb"))
    assert frame["hb"][0] == "9,1"


def test_a_german_workbook_needs_no_option(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["id", "Hb"])
    for row in (["a", "9,1"], ["b", "12,4"]):
        book.active.append(row)
    book.save(tmp_path / "hb.xlsx")
    raw = read_source("hb.xlsx", base_dir=tmp_path)
    assert raw.frame["Hb"].tolist() == ["9.1", "12.4"]
    assert "decimal comma were read in 'Hb'" in raw.facts.notes[-1]
    kept = read_source("hb.xlsx", base_dir=tmp_path, options={"decimal": "."})
    assert kept.frame["Hb"].tolist() == ["9,1", "12,4"]
