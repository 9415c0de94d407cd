"""Nothing in a file may crash the reader: it gives a cohort, or a fault in words."""

import csv
import io

import pandas as pd
import pytest
from cohort_files import PATIENT, make_patient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from helpers.cohort import read_cohort
from helpers.cohort.dictionary import parse_dictionary, read_dictionary
from helpers.cohort.examination import examine_table
from helpers.cohort.sources import convert_to_text
from helpers.errors import DataError, FaultsError

SETTINGS = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HOSTILE = [
    "=HYPERLINK(1)",
    "+1",
    "@SUM",
    "-",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "\\input{x}",
    "#set page()",
    "\u202eevil",
    "\x00",
    "\x1b[31m",
    "x" * 10_000,
    "2012-02-30",
    "03/04/2012",
    "9999-12-31",
    "0000-00-00",
    "1e309",
    "-1",
    "nan",
    "١٢",
    "\ud800",
    "__class__",
    "None",
]
CELL = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12), st.just(""))
CHANGES = st.dictionaries(st.sampled_from(sorted(PATIENT)), CELL, max_size=6)


def read_or_refuse(path):
    """Return the cohort, or the fault's text."""
    try:
        return read_cohort(path), ""
    except (DataError, FaultsError) as error:
        return None, str(error)


@SETTINGS
@given(st.lists(CHANGES, min_size=1, max_size=4))
@example([{"dead": "2"}, {"dead": "1"}])
@example([{"patient_id": ""}, {"patient_id": "A-0"}])
def test_any_cells_give_a_cohort_or_faults(tmp_path, changes):
    patients = [make_patient(f"A-{number}") | change for number, change in enumerate(changes)]
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(PATIENT))
    writer.writeheader()
    writer.writerows(patients)
    path = tmp_path / "a.csv"
    path.write_bytes(buffer.getvalue().encode("utf-8", "surrogatepass"))
    cohort, message = read_or_refuse(path)
    assert (cohort is None) == bool(message)
    assert len(message) < 40_000
    assert not any(ord(character) < 32 and character != "\n" for character in message)
    if cohort is not None:
        assert len(cohort) + sum(step.n_excluded for step in cohort.flow) == len(patients)


@SETTINGS
@given(st.binary(max_size=300))
@example(b"")
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf")
@example(b"patient_id,os_months,dead\r1,2,1\r")
@example(b'"')
@example(b",\n,")
def test_any_bytes_give_a_cohort_or_a_fault(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    _, message = read_or_refuse(path)
    assert message == "" or ";" in message


@SETTINGS
@given(
    st.lists(st.one_of(st.sampled_from([*PATIENT, "__class__", "index", "os_months"]), st.text()))
)
def test_any_header_gives_a_cohort_or_a_fault(tmp_path, names):
    header = ["patient_id", "os_months", "dead", *names]
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([header, ["A", "3", "1", *["" for _ in names]]])
    path = tmp_path / "a.csv"
    path.write_bytes(buffer.getvalue().encode("utf-8", "surrogatepass"))
    cohort, message = read_or_refuse(path)
    repeated = {"patient_id", "os_months", "dead"} & set(map(str.strip, names))
    assert (cohort is None) == bool(message)
    if not repeated and cohort is not None:
        assert cohort.table["os_event"].tolist() == [True]


@pytest.mark.parametrize("count", [0, 200])
def test_many_unknown_columns_make_one_warning(tmp_path, count):
    extra = {f"x{number}": "=1+1" for number in range(count)}
    path = tmp_path / "a.csv"
    pd.DataFrame([make_patient() | extra]).to_csv(path, index=False)
    cohort = read_cohort(path)
    assert sum("not in the data dictionary" in text for text in cohort.warnings) == (count > 0)


def test_every_column_wrong_in_every_row_stays_readable(tmp_path):
    wrong = dict.fromkeys(PATIENT, "wrong") | dict.fromkeys(
        [rule.column for rule in read_dictionary().eligibility], ""
    )
    patients = [wrong | {"patient_id": f"A-{number}"} for number in range(500)]
    raw = convert_to_text(pd.DataFrame(patients), name="wrong")
    examined = examine_table(raw, read_dictionary())
    assert len(examined.faults) > 500 * 30
    path = tmp_path / "a.csv"
    raw.frame.to_csv(path, index=False)
    with pytest.raises(FaultsError) as caught:
        read_cohort(path)
    assert len(caught.value.faults) < 60


@SETTINGS
@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(
                    ["label", "levels", "rule", "copy", "cases", "type", "range", "needs", "sex"]
                ),
                inner,
                max_size=3,
            ),
        ),
        max_leaves=10,
    ),
    st.sampled_from(["variables", "derived", "factors", "eligibility", "abbreviations"]),
)
def test_any_dictionary_is_taken_or_refused(entry, section):
    document = {
        "format": 1,
        "abbreviations": {},
        "variables": {},
        "derived": {},
        "factors": {},
        "eligibility": [],
    }
    document[section] = [entry] if section == "eligibility" else {"sex": entry}
    try:
        names = set(parse_dictionary(repr(document)).variables)
    except FaultsError:
        names = set()
    assert names <= {"sex"}
