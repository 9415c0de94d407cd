"""Excel workbooks."""

import datetime
import io
import re
import zipfile

import openpyxl
import pandas as pd
import pytest
from cohort_files import make_patient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.cohort import read_cohort
from helpers.cohort.sources import read_source, workbook_safety
from helpers.errors import DataError, FaultsError

SETTINGS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def write_book(path, rows, *, title="Patients", more=()):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for name in more:
        book.create_sheet(name).append(["x"])
    book.save(path)
    return path


def write_cohort(path, *patients):
    dates = {name for name in patients[0] if name.endswith("_date")}
    rows = [
        [
            datetime.date.fromisoformat(value) if name in dates and value else value or None
            for name, value in patient.items()
        ]
        for patient in patients
    ]
    return write_book(path, [list(patients[0]), *rows])


@pytest.mark.parametrize("ending", ["xlsx", "xlsm", "XLSX"])
def test_a_workbook_makes_the_cohort_that_its_csv_makes(tmp_path, ending):
    patients = [make_patient("A-1"), make_patient("A-2", dead="0", transplant_date="")]
    path = write_cohort(tmp_path / f"a.{ending}", *patients)
    csv = tmp_path / "a.csv"
    pd.DataFrame(patients).to_csv(csv, index=False)
    tables = [read_cohort(one).table.drop(columns="patient_id") for one in (path, csv)]
    pd.testing.assert_frame_equal(*tables)


def test_cells_are_written_as_a_csv_file_has_them(tmp_path):
    rows = [
        ["d", "t", "n", "f", "b", "text", "empty"],
        [
            datetime.date(2012, 4, 30),
            datetime.datetime(2012, 4, 30, 13, 45),
            75,
            9.25,
            True,
            " =a ",
            None,
        ],
        [],
        [None, None, 70.0, None, False, "007", None],
    ]
    raw = read_source(write_book(tmp_path / "a.xlsx", rows))
    assert raw.frame.loc[2].tolist() == [
        "2012-04-30",
        "2012-04-30 13:45:00",
        "75",
        "9.25",
        "1",
        " =a ",
        None,
    ]
    assert raw.frame.loc[4].tolist() == [None, None, "70", None, "0", "007", None]
    assert raw.frame.index.tolist() == [2, 4]
    assert (raw.facts.kind, raw.facts.sheet) == ("Excel workbook", "Patients")
    assert raw.dates_typed


def test_a_sheet_is_chosen_by_name_or_number(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    for name, value in (("2", "by name"), ("Third", "by number")):
        sheet = book.create_sheet(name)
        sheet.append(["a", "b"])
        sheet.append([value, 1])
    path = tmp_path / "a.xlsx"
    book.save(path)
    for wanted, value in (("2", "by name"), ("Third", "by number"), ("3", "by number")):
        assert read_source(path, options={"sheet": wanted}).frame.loc[2, "a"] == value
    for wanted in ("third", "0", "9", "-1", "1.0"):
        with pytest.raises(DataError, match=r"data_sheet must be one of 'Notes', '2', 'Third'"):
            read_source(path, options={"sheet": wanted})


def test_the_first_visible_sheet_is_read_and_the_choice_is_said(tmp_path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Data")
    sheet.append(["a", "b"])
    sheet.append([1, 2])
    book.save(path)
    raw = read_source(path)
    assert raw.facts.sheet == "Data"
    assert "'Data' was read (data_sheet says which)" in raw.facts.notes[0]


def test_a_formula_without_a_saved_value_is_a_fault(tmp_path):
    patient = make_patient(haemoglobin_g_dl="=4+5")
    path = write_cohort(tmp_path / "a.xlsx", patient)
    raw = read_source(path)
    assert raw.frame.loc[2, "haemoglobin_g_dl"] is None
    with pytest.raises(FaultsError, match="must hold a value, but holds a formula") as caught:
        read_cohort(path)
    assert re.fullmatch(
        r"row 2 \(patient [0-9a-f]{8}\): haemoglobin_g_dl must hold a value, but holds a formula "
        r"whose result was not saved; open the workbook .*",
        caught.value.faults[0],
    )
    assert len(caught.value.faults) == 1


def test_a_formula_that_a_required_column_holds_is_one_fault_only(tmp_path):
    path = write_cohort(tmp_path / "a.xlsx", make_patient(dead="=1"))
    with pytest.raises(FaultsError) as caught:
        read_cohort(path)
    assert len(caught.value.faults) == 1


def test_a_formula_with_its_saved_value_is_that_value(tmp_path):
    path = write_cohort(tmp_path / "a.xlsx", make_patient(haemoglobin_g_dl="=4+5"))
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                data = data.replace(b"<f>4+5</f><v></v>", b"<f>4+5</f><v>9</v>")
                data = data.replace(b"<f>4+5</f><v />", b"<f>4+5</f><v>9</v>")
                assert b"<v>9</v>" in data
            new.writestr(part, data)
    path.write_bytes(content.getvalue())
    assert read_source(path).frame.loc[2, "haemoglobin_g_dl"] == "9"
    assert len(read_cohort(path)) == 1


@pytest.mark.parametrize(("cells", "what"), [("A1:B1", "header"), ("A2:A3", "rows")])
def test_merged_cells_are_refused(tmp_path, cells, what):
    path = write_book(tmp_path / "a.xlsx", [["a", "b"], [1, 2], [3, 4]])
    book = openpyxl.load_workbook(path)
    book.active.merge_cells(cells)
    book.save(path)
    with pytest.raises(DataError, match=rf"the {what} of 'Patients' has merged cells \({cells}\)"):
        read_source(path)


def test_a_title_above_the_header_is_refused(tmp_path):
    path = write_book(tmp_path / "a.xlsx", [["Our cohort"], ["id", "age", "sex"], [1, 2, 3]])
    with pytest.raises(DataError, match="row 1 of 'Patients' holds a single text; delete"):
        read_source(path)


def test_an_empty_sheet_is_refused(tmp_path):
    with pytest.raises(DataError, match="the sheet 'Patients' is empty"):
        read_source(write_book(tmp_path / "a.xlsx", []))


def rewrite(path, name, make):
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, make(data) if part.filename == name else data)
    path.write_bytes(content.getvalue())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_entities_are_refused_before_anything_is_parsed(tmp_path, encoding, name):
    path = write_book(tmp_path / "a.xlsx", [["a", "b"], [1, 2]])
    attack = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    rewrite(path, name, lambda data: (" " * 70_000 + attack + data.decode()).encode(encoding))
    with pytest.raises(DataError, match="declares a document type"):
        read_source(path)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    path = write_book(tmp_path / "a.xlsx", [["a", "b"], [1, 2]])
    rewrite(path, "xl/worksheets/sheet1.xml", lambda data: data + b" " * 5_000_000)
    assert path.stat().st_size < 50_000
    monkeypatch.setattr(workbook_safety, "MAX_UNPACKED_BYTES", 4_000_000)
    with pytest.raises(DataError, match=r"at most 0\.004 GB unpacked"):
        read_source(path)


def test_a_size_that_lies_is_not_believed(tmp_path):
    path = write_book(tmp_path / "a.xlsx", [["a", "b"], [1, 2]])
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    at = content.rfind(size.to_bytes(4, "little"))
    content[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_source(path)


def test_a_far_cell_does_not_fill_memory(tmp_path):
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, 2])
    book.active.cell(1_048_576, 16_384, "x")
    book.save(path)
    raw = read_source(path)
    assert raw.frame.index.tolist() == [2, 1_048_576]
    assert raw.frame.shape[1] == 16_384


def test_a_directory_of_parts_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(DataError, match="a part of it is damaged"):
        read_source(path)


@SETTINGS
@given(st.binary(max_size=400))
def test_any_bytes_are_refused(tmp_path, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(DataError, match="data must be"):
        read_source(path)


@SETTINGS
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=6))
def test_damage_anywhere_gives_a_table_or_a_sentence(tmp_path, at, damage):
    path = write_book(tmp_path / "a.xlsx", [["a", "b"], [1, "x"], [2, "=1+1"]])
    content = bytearray(path.read_bytes())
    start = at % len(content)
    content[start : start + len(damage)] = damage
    path.write_bytes(content)
    message = ""
    try:
        frame = read_source(path).frame
    except DataError as error:
        message = str(error)
    assert "; " in message if message else len(frame) <= 3
