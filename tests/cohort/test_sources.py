import datetime
import hashlib

import numpy as np
import pandas as pd
import pytest
from cohort_files import make_patient, take, write_patients

from helpers.cohort import read_cohort
from helpers.cohort.sources import convert_to_text, read_source
from helpers.errors import DataError


def write(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["csv", "tsv", "txt", "CSV"])
def test_cells_may_be_parted_in_four_ways(tmp_path, delimiter, ending):
    path = write_patients(tmp_path / f"a.{ending}", make_patient(), delimiter=delimiter)
    raw = read_source(path)
    assert raw.frame.loc[2, "failure_date"] == "2010-01-01"
    assert (raw.name, raw.synthetic, raw.ragged_rows) == ("a", False, {})


def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path):
    text = 'patient_id,centre\na,"two\nlines"\n\n , \nb,x\n'
    raw = read_source(write(tmp_path / "a.csv", text))
    assert raw.frame.index.tolist() == [2, 5]
    assert raw.frame["centre"].tolist() == ["two\nlines", "x"]


def test_cells_are_text_and_nothing_is_evaluated(tmp_path):
    text = "a,b,c,d,e\n=1+1,007,NA,1e5,{{ 7*7 }}\n"
    assert read_source(write(tmp_path / "a.csv", text)).frame.iloc[0].tolist() == [
        "=1+1",
        "007",
        "NA",
        "1e5",
        "{{ 7*7 }}",
    ]


def test_rows_of_uneven_length_are_reported(tmp_path):
    text = "a,b,c\n1,2,3,,\n1,2\n1,2,3,4\n1,2,3\n"
    assert read_source(write(tmp_path / "a.csv", text)).ragged_rows == {3: 2, 4: 4}


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    raw = read_source(write(tmp_path / "a.csv", "\ufeffpatient_id\na\n"))
    assert raw.frame.columns.tolist() == ["patient_id"]


def test_the_digest_is_that_of_the_file(tmp_path):
    path = write_patients(tmp_path / "a.csv", make_patient())
    assert read_source(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_relative_path_starts_from_the_given_folder(tmp_path):
    write_patients(tmp_path / "a.csv", make_patient())
    assert len(read_cohort("a.csv", base_dir=tmp_path)) == 1


def test_a_copy_of_the_synthetic_cohort_stays_synthetic(tmp_path):
    from helpers.cohort.sources.reading import _read_synthetic_bytes

    copy = write(tmp_path / "mine.csv", _read_synthetic_bytes())
    assert read_source("synthetic").synthetic
    assert read_source(copy).synthetic


def test_a_file_can_say_itself_that_it_is_synthetic(tmp_path):
    marked = write_patients(tmp_path / "a.csv", make_patient() | {"synthetic": "1"})
    plain = write_patients(tmp_path / "b.csv", make_patient() | {"synthetic": "0"})
    assert read_cohort(marked).synthetic
    assert not read_cohort(plain).synthetic


UNREADABLE = [
    ("", "must begin with a header"),
    ("\n\n", "must begin with a header"),
    (",,,\n1,2,3,4\n", "must begin with a header"),
    (b"PK\x03\x04rest", "workbook or archive"),
    ('a,b\n1,2\n3,"4\n5,6\n', "the row in line 3 is not .*quotation mark"),
    ('a,b\n"1"x,2\n', "the row in line 2 is not"),
    (f"a,b\n{'x' * 140_000},2\n", "the row in line 2 is not .*field larger"),
]


@pytest.mark.parametrize(("content", "message"), UNREADABLE)
def test_what_is_no_table_is_refused(tmp_path, content, message):
    with pytest.raises(DataError, match=message):
        read_source(write(tmp_path / "a.csv", content))


def test_an_absent_file_is_refused_with_the_nearest_name(tmp_path):
    write_patients(tmp_path / "patients.csv", make_patient())
    with pytest.raises(DataError, match=r"'patient\.csv'; did you mean 'patients\.csv'"):
        read_source("patient.csv", base_dir=tmp_path)
    with pytest.raises(DataError, match="check the path"):
        read_source("nowhere/patient.csv", base_dir=tmp_path)


def test_a_folder_is_refused(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DataError, match="a file that can be read"):
        read_source("folder.csv", base_dir=tmp_path)


@pytest.mark.parametrize("source", ["a.xyz", "a", "synthetics", "", "."])
def test_an_unknown_ending_is_refused_with_those_known(source):
    with pytest.raises(DataError, match=r"endings \.csv, \.tsv, \.txt"):
        read_source(source)


def test_a_path_with_a_zero_byte_is_refused():
    with pytest.raises(DataError, match="a file that can be read"):
        read_source("a\0.csv")


def test_a_typed_table_becomes_the_same_text_as_its_file():
    frame = pd.DataFrame(
        {
            "patient_id": ["a", "b"],
            "failure_date": pd.to_datetime(["2010-01-31", None]),
            "seen": [datetime.date(2011, 2, 1), None],
            "age_years": [70.0, np.nan],
            "haemoglobin_g_dl": [9.25, 10.0],
            "dead": [True, False],
            "count": pd.array([1, None], dtype="Int64"),
        }
    )
    raw = convert_to_text(frame, name="frame")
    assert raw.frame.loc[2].tolist() == ["a", "2010-01-31", "2011-02-01", "70", "9.25", "1", "1"]
    assert raw.frame.loc[3].tolist() == ["b", None, None, None, "10", "0", None]


def test_reading_ignores_the_order_of_columns(tmp_path):
    patient = make_patient()
    forward = write_patients(tmp_path / "a.csv", patient)
    backward = write_patients(tmp_path / "b.csv", take(patient, *reversed(patient)))
    tables = [read_cohort(path).table.drop(columns="patient_id") for path in (forward, backward)]
    pd.testing.assert_frame_equal(*tables)
