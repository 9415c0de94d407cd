"""REDCap exports with their data dictionary."""

import csv

import pytest

from helpers.cohort import read_cohort
from helpers.cohort.sources import read_source
from helpers.errors import DataError

COLUMNS = [
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
]
API_COLUMNS = [
    "field_name",
    "form_name",
    "section_header",
    "field_type",
    "field_label",
    "select_choices_or_calculations",
    "field_note",
    "text_validation_type_or_show_slider_number",
]
FIELDS = [
    ["record_id", "base", "", "text", "Record ID", "", "", ""],
    ["sex", "base", "", "radio", "Sex", "1, Male | 2, Female", "", ""],
    ["failure_date", "base", "", "text", "Date of failure", "", "", "date_dmy"],
    ["last_contact_date", "fu", "", "text", "Last contact", "", "", "date_mdy"],
    ["dead", "fu", "", "yesno", "Died?", "", "", ""],
    [
        "prior",
        "base",
        "",
        "checkbox",
        "<b>Prior</b> treatment",
        "esa, ESA | -1, Hypomethylating agent, any",
        "",
        "",
    ],
]
RAW = [
    [
        "record_id",
        "sex",
        "failure_date",
        "last_contact_date",
        "dead",
        "prior___esa",
        "prior____1",
        "base_complete",
    ],
    ["7", "2", "2010-01-31", "2011-02-01", "1", "0", "1", "2"],
    ["8", "1", "05.02.2010", "04/30/2012", "0", "1", "0", ""],
]
LABELLED = [
    [
        "Record ID",
        "Sex",
        "Date of failure",
        "Last contact",
        "Died?",
        "Prior treatment (choice=ESA)",
        "Prior treatment (choice=Hypomethylating agent, any)",
        "Complete?",
    ],
    ["7", "Female", "2010-01-31", "2011-02-01", "Yes", "Unchecked", "Checked", "Complete"],
    ["8", "Male", "2010-02-05", "2012-04-30", "No", "Checked", "Unchecked", ""],
]


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def read(tmp_path, rows, fields=FIELDS, header=COLUMNS):
    write(tmp_path / "dictionary.csv", [header, *fields])
    write(tmp_path / "data.csv", rows)
    return read_source("data.csv", base_dir=tmp_path, options={"dictionary": "dictionary.csv"})


@pytest.mark.parametrize("header", [COLUMNS, API_COLUMNS])
def test_a_raw_export_gets_its_labels(tmp_path, header):
    raw = read(tmp_path, RAW, header=header)
    assert raw.frame.to_dict("list") == {
        "record_id": ["7", "8"],
        "sex": ["Female", "Male"],
        "failure_date": ["2010-01-31", "2010-02-05"],
        "last_contact_date": ["2011-02-01", "2012-04-30"],
        "dead": ["Yes", "No"],
        "prior___esa": ["0", "1"],
        "prior____1": ["1", "0"],
        "base_complete": ["Complete", None],
    }
    assert raw.codes["sex"] == {"Male": "1", "Female": "2"}
    assert (raw.identifier, raw.facts.kind) == ("record_id", "REDCap export")


def test_a_labelled_export_is_recognised(tmp_path):
    raw, labelled = read(tmp_path, RAW), read(tmp_path, LABELLED)
    assert labelled.facts.kind == "REDCap export with labels"
    names = RAW[0][:-1]
    assert labelled.frame[names].to_dict("list") == raw.frame[names].to_dict("list")


@pytest.mark.parametrize("rows", [RAW, LABELLED])
def test_an_export_in_our_terms_needs_no_mapping(tmp_path, rows):
    read(tmp_path, rows)
    cohort = read_cohort(
        "data.csv", base_dir=tmp_path, source_options={"dictionary": "dictionary.csv"}
    )
    assert cohort.table["sex"].tolist() == ["female", "male"]
    assert cohort.table["os_event"].tolist() == [True, False]
    said = [one.sentence for one in cohort.understood]
    assert "In dead labels were read as codes: 'Yes' is 1, 'No' is 0." in said


def test_a_date_that_its_validation_excludes_stays_a_fault(tmp_path):
    raw = read(tmp_path, [RAW[0], ["7", "2", "04/30/2012", "30/04/2012", "1", "", "", ""]])
    assert raw.frame.loc[2, ["failure_date", "last_contact_date"]].tolist() == [
        "04/30/2012",
        "30/04/2012",
    ]


def test_repeating_instruments_are_refused_but_their_empty_columns_are_not(tmp_path):
    header = ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", "sex"]
    raw = read(tmp_path, [header, ["7", "", "", "1"]])
    assert raw.frame.columns.tolist() == ["record_id", "sex"]
    with pytest.raises(DataError, match="has repeating instruments; export"):
        read(tmp_path, [header, ["7", "", "", "1"], ["7", "visits", "1", ""]])
    labelled = ["Record ID", "Repeat Instrument", "Repeat Instance", "Sex"]
    with pytest.raises(DataError, match="has repeating instruments; export"):
        read(tmp_path, [labelled, ["7", "Visits", "1", "Male"]])


def test_several_events_are_refused(tmp_path):
    header = ["record_id", "redcap_event_name", "sex"]
    assert len(read(tmp_path, [header, ["7", "base_arm_1", "1"], ["8", "base_arm_1", "2"]]).frame)
    with pytest.raises(DataError, match="a row for each event"):
        read(tmp_path, [header, ["7", "base_arm_1", "1"], ["7", "fu_arm_1", ""]])


def test_an_export_without_its_identifier_is_refused(tmp_path):
    with pytest.raises(DataError, match="must hold the identifier 'record_id'"):
        read(tmp_path, [["sex", "dead"], ["1", "1"]])


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b'"', b"field_name,field_type,field_label\n", b"PK\x03\x04"]
)
def test_what_is_no_dictionary_is_refused(tmp_path, content):
    write(tmp_path / "data.csv", RAW)
    (tmp_path / "dictionary.csv").write_bytes(content)
    with pytest.raises(DataError, match="data_dictionary must be the data dictionary of a REDCap"):
        read_source("data.csv", base_dir=tmp_path, options={"dictionary": "dictionary.csv"})


def test_an_absent_dictionary_is_named(tmp_path):
    write(tmp_path / "data.csv", RAW)
    with pytest.raises(DataError, match=r"data_dictionary must be a file that exists"):
        read_source("data.csv", base_dir=tmp_path, options={"dictionary": "nowhere.csv"})
