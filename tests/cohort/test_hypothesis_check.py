"""Nothing in a file may crash `lenfail check` or `lenfail map`: code 0 or 2, words, no file."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from cohort_files import PATIENT, make_patient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from helpers.cli import main
from helpers.cohort.mapping import parse_mapping

SETTINGS = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
IDENTIFIER = "Zq7-Müller-1937"
HOSTILE = [
    "=HYPERLINK(1)",
    "=1+1",
    "+1",
    "-",
    "@SUM(A1)",
    "#REF!",
    "12 g/dl",
    "<5",
    "7,5",
    "1.234.567",
    "31.02.2012",
    "2012-02-30",
    "03/04/2012",
    "4/30/12",
    "Apr 2012",
    "41029",
    "0000-00-00",
    "9999-12-31",
    "1e309",
    "nan",
    "\x00",
    "\x1b[31m",
    "\u202eevil",
    "\ufeff",
    "\ud800",
    "١٢",
    "__class__",
    "{{ 7*7 }}",
    "x" * 10_000,
    "\r\n",
    '"',
]
CELL = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=10), st.just(""))
NAME = st.one_of(
    st.sampled_from([*PATIENT, "__class__", "__init__", "index", "os_months", "", " ", "row"]),
    st.sampled_from(['sex "a"', "Hb: g/l # x", "{dead}", "Status\u2028", "Alter\x85", "id\ud800"]),
    st.sampled_from(["'sex'", "- dead", "&tot", "*id", "Décès\t", "!!python/name:os.system"]),
    st.text(max_size=10),
)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252", "utf-32", "mac_roman")


def run_quietly(*words: object) -> tuple[int, str, str]:
    """Return the code of a command and what it said."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(word) for word in words])
    return code, out.getvalue(), err.getvalue()


def check_file(folder: Path, name: str, *, identifiers: tuple[str, ...] = ()) -> int:
    """Run check and map on a file; return the code of check after looking at what it said."""
    params = folder / "params.yml"
    params.write_text(f"data: {json.dumps(name)}\n", encoding="utf-8")
    before = sorted(folder.iterdir())
    code, out, err = run_quietly("check", params)
    as_json = run_quietly("check", params, "--json")
    with tempfile.TemporaryDirectory() as elsewhere:
        proposed = Path(elsewhere) / "m.yml"
        mapped = run_quietly("map", folder / name, "--out", proposed)
        if mapped[0] == 0:
            parse_mapping(proposed.read_text(encoding="utf-8"))
    assert sorted(folder.iterdir()) == before
    assert code in (0, 2)
    assert mapped[0] in (0, 2)
    told = out + err + as_json[1] + as_json[2] + mapped[1] + mapped[2]
    assert "Traceback" not in told
    assert len(out) < 60_000
    assert not [letter for letter in told if ord(letter) < 32 and letter != "\n"]
    for identifier in identifiers:
        assert identifier not in told
    document = json.loads(as_json[1])
    assert document["fine"] is (code == 0) is (as_json[0] == 0)
    assert bool(document["faults"]) is (code == 2)
    assert all(fault["rule"] for fault in document["faults"])
    return code


def write_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    errors = "surrogatepass" if encoding == "utf-8" else "replace"
    path.write_bytes(buffer.getvalue().encode(encoding, errors))


@SETTINGS
@given(
    st.lists(st.dictionaries(st.sampled_from(sorted(PATIENT)), CELL, max_size=5), max_size=4),
    st.sampled_from(ENCODINGS),
)
@example([{"dead": "2"}, {"dead": "1"}], "utf-8")
@example([{"failure_date": "03/04/2012"}, {"failure_date": "2012-03-04"}], "utf-8")
@example([{"haemoglobin_g_dl": "9,2"}, {"haemoglobin_g_dl": "9.2"}], "latin-1")
@example([], "utf-8")
def test_any_cells_are_checked(tmp_path, changes, encoding):
    patients = [
        make_patient(f"{IDENTIFIER}-{number}") | change for number, change in enumerate(changes)
    ]
    rows = [list(PATIENT), *(list(patient.values()) for patient in patients)]
    write_csv(tmp_path / "a.csv", rows, encoding)
    kept = [patient["patient_id"] for patient in patients if "Zq7" in patient["patient_id"]]
    code = check_file(tmp_path, "a.csv", identifiers=tuple(kept))
    if not patients:
        assert code == 2


@SETTINGS
@given(st.lists(NAME, max_size=12), st.lists(st.lists(CELL, max_size=14), max_size=4))
@example([f"x{number}" for number in range(200)], [["=1"] * 200])
@example(["__class__", "patient_id", "os_months", "dead"], [["a", "b", "3", "1"]])
@example(["patient_id", "patient_id", "dead"], [["a", "a", "1"], ["a", "a", "1"]])
@example(["patient_id"], [])
def test_any_header_is_checked(tmp_path, names, rows):
    write_csv(tmp_path / "a.csv", [names, *rows])
    check_file(tmp_path, "a.csv")


@SETTINGS
@given(st.binary(max_size=200), st.sampled_from([".csv", ".tsv", ".xlsx", ".sav", ".dta", ".pq"]))
@example(b"", ".csv")
@example(b"\x00" * 50, ".csv")
@example(b"\xff\xfe\x00", ".csv")
@example(b"patient_id\x00,dead\n\x00,1\n", ".csv")
@example(b"PK\x03\x04", ".xlsx")
@example(b"PAR1", ".pq")
def test_any_bytes_are_checked(tmp_path, content, ending):
    for old in tmp_path.iterdir():
        old.unlink()
    (tmp_path / f"a{ending}").write_bytes(content)
    check_file(tmp_path, f"a{ending}")


@SETTINGS
@given(st.dictionaries(st.sampled_from(sorted(PATIENT)), CELL, max_size=6))
@example({"dead": "=1+1", "haemoglobin_g_dl": "=A1"})
def test_any_workbook_is_checked(tmp_path, change):
    from openpyxl import Workbook
    from openpyxl.utils.exceptions import IllegalCharacterError

    book = Workbook()
    book.active.append(list(PATIENT))
    patient = make_patient(IDENTIFIER) | change
    try:
        book.active.append(list(patient.values()))
        book.save(tmp_path / "a.xlsx")
    except (IllegalCharacterError, UnicodeEncodeError):
        return
    kept = (IDENTIFIER,) if patient["patient_id"] == IDENTIFIER else ()
    check_file(tmp_path, "a.xlsx", identifiers=kept)


def test_a_cell_of_a_megabyte_is_checked(tmp_path):
    rows = [list(PATIENT), list((make_patient("A-1") | {"sex": "x" * 1_000_000}).values())]
    write_csv(tmp_path / "a.csv", rows)
    assert check_file(tmp_path, "a.csv") == 2


def test_a_folder_is_no_file_of_patients(tmp_path):
    (tmp_path / "a.csv").mkdir()
    assert check_file(tmp_path, "a.csv") == 2


@pytest.mark.parametrize("method", ["read_bytes", "open"])
def test_a_file_without_permission_is_told(tmp_path, monkeypatch, method):
    (tmp_path / "a.csv").write_text("patient_id\n")
    original = getattr(Path, method)

    def refuse(path: Path, *words: object, **options: object) -> object:
        if path.name == "a.csv":
            raise PermissionError(13, "Permission denied", str(path))
        return original(path, *words, **options)

    monkeypatch.setattr(Path, method, refuse)
    assert check_file(tmp_path, "a.csv") == 2


@pytest.mark.parametrize(
    "name", ["", "/", "..", "a\x00.csv", "x" * 5000 + ".csv", "sqlite://", "?"]
)
def test_any_name_of_a_file_is_checked(tmp_path, name):
    assert check_file(tmp_path, name) == 2


@SETTINGS
@given(st.one_of(st.binary(max_size=120), st.text(max_size=120).map(str.encode)))
@example(b"data: [1, 2]\nalpha: 3\n")
@example(b"data: &a [*a]\n")
@example(b"{" * 50)
@example(b"eligibility: 3\nvariables: {dead: {type: date}}\nfactors: {x: 1}\nterms: []\n")
def test_any_parameter_file_is_checked(tmp_path, content):
    path = tmp_path / "params.yml"
    path.write_bytes(content)
    code, out, err = run_quietly("check", path)
    assert code in (0, 2)
    assert "Traceback" not in out + err
    assert sorted(tmp_path.iterdir()) == [path]


MAPPING_TEXT = st.recursive(
    st.one_of(st.none(), st.sampled_from([*PATIENT, "all", "1", "g/L", "days", "dmy"]), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    "columns",
                    "event",
                    "recode",
                    "missing",
                    "units",
                    "dates",
                    "time_zero",
                    "exact",
                    "sex",
                    "dead",
                    "column",
                    "alive",
                    "first_of",
                    "until",
                    "factor",
                    "os_months",
                ]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)


@SETTINGS
@given(st.one_of(MAPPING_TEXT.map(json.dumps), st.text(max_size=80)))
@example('{"columns": {"sex": "sex", "dead": {"present": "aml_date"}}}')
@example('{"event": {"column": "dead", "dead": ["1"], "alive": ["1"]}}')
@example('{"units": {"haemoglobin_g_dl": {"factor": "1e308"}}}')
@example('{"dates": {"all": "%Y%Y"}}')
@example('{"columns": {"age_years": {"until": "x"}}, "time_zero": "y"}')
def test_any_mapping_is_checked(tmp_path, text):
    write_csv(tmp_path / "a.csv", [list(PATIENT), list(make_patient(IDENTIFIER).values())])
    (tmp_path / "m.yml").write_bytes(text.encode("utf-8", "surrogatepass"))
    params = tmp_path / "params.yml"
    params.write_text("data: a.csv\nmapping: m.yml\n", encoding="utf-8")
    code, out, err = run_quietly("check", params)
    assert code in (0, 2)
    assert err == ""
    assert "Traceback" not in out
    assert IDENTIFIER not in out
