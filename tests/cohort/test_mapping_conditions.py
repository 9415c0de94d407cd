"""Columns that a mapping takes under a condition, or leaves alone."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.cohort.dictionary import read_dictionary
from helpers.cohort.mapping import apply_mapping, parse_mapping
from helpers.cohort.sources.raw_table import convert_to_text
from helpers.errors import FaultsError


def apply(text: str, **columns) -> pd.DataFrame:
    raw = convert_to_text(pd.DataFrame(columns), name="foreign")
    return apply_mapping(raw, parse_mapping(text), read_dictionary()).raw.frame


def test_a_time_is_taken_only_where_its_event_was_seen():
    frame = apply(
        "columns: {time_to_aml_months: {column: rtime, only_if: {recur: [relapse, R]}}}",
        patient_id=["a", "b", "c", "d"],
        rtime=[12, 40, 7, 9],
        recur=["relapse", "none", "r", None],
    )
    assert frame["time_to_aml_months"].tolist() == ["12", None, "7", None]


def test_the_deciding_column_may_be_one_of_ours():
    frame = apply(
        "columns: {time_to_aml_months: {column: rtime, only_if: {aml: 1}}}\n"
        "units: {time_to_aml_months: years}",
        patient_id=["a", "b"],
        rtime=[2, 3],
        aml=[1, 0],
    )
    assert frame["time_to_aml_months"].tolist() == ["24", None]
    assert frame["aml"].tolist() == ["1", "0"]


def test_an_event_that_nobody_had_needs_no_code():
    text = "event: {column: status, dead: [], alive: [0]}"
    assert apply(text, patient_id=["a"], status=[0])["dead"].tolist() == ["0"]


def test_a_column_with_our_name_can_be_ignored():
    given = {"patient_id": ["a"], "sex": ["XX"], "note": ["x"]}
    assert "sex" in apply("format: 1", **given)
    left = apply("ignore: [sex, note]", **given)
    assert left.columns.tolist() == ["patient_id"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ignore: [sexx]", "ignore must name a column of the data, but names 'sexx'; did you mean"),
        ("ignore: {sex: 1}", "ignore must be a list of columns"),
        ("event: {column: g, dead: [], alive: []}", "event must list a value for dead or"),
        (
            "ignore: [g]\ncolumns: {sex: g}",
            "ignore must not name 'g', which columns.sex takes; delete one of both",
        ),
        (
            "columns: {time_to_aml_months: {column: g, only_if: {}}}",
            "columns.time_to_aml_months must be the name of your column, or one of",
        ),
        (
            "columns: {time_to_aml_months: {column: g, only_if: {event: 1}}}",
            "columns.time_to_aml_months must name a column of the data, but names 'event'",
        ),
    ],
)
def test_faults_of_conditions_are_named(text, message):
    with pytest.raises(FaultsError) as caught:
        apply(text, patient_id=["a"], sex=["female"], g=["male"])
    assert any(message in fault for fault in caught.value.faults)


def test_a_missing_event_is_asked_for_in_the_mapping():
    from helpers.cohort.examination import examine_table

    frame = pd.DataFrame({"id": ["a"], "os_months": [3], "status": [1]})
    mapping = parse_mapping("columns: {patient_id: id}")
    mapped = apply_mapping(convert_to_text(frame, name="own"), mapping, read_dictionary()).raw
    advice = {
        fault.column: fault.advice for fault in examine_table(mapped, read_dictionary()).faults
    }
    assert advice["dead"].endswith(
        "in the mapping how it is coded: event: {column: , dead: , alive: }"
    )
