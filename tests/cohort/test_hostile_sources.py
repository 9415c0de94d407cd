"""Nothing in a source or a mapping may crash the reader: it gives a table, or a sentence."""

import contextlib
import csv
import io
import time

import numpy as np
import openpyxl
import pandas as pd
import pytest
from cohort_files import PATIENT, make_patient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from helpers.cohort import read_cohort, read_dictionary
from helpers.cohort.mapping import apply_mapping, parse_mapping
from helpers.cohort.sources import convert_to_text, read_source
from helpers.errors import DataError, FaultsError, LenfailError

SETTINGS = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = ["a", "a", "", "__class__", "dead", "sex", "os_months", "=1+1", "\0", "é", "a" * 300]
CELLS = [
    *("=cmd|' /C calc'!A0", "\0", '"', "'", ";", "\t", "1,5", "1.234", "1,234", "1.234,5", "NaN"),
    *("1e999", "-0", "٣", "01/02/2012", "2012-02-30", "2012-13-45T99:99", "41029", "9" * 400),
    *("\ud800", "\u202e", "\x1b[31m", "x" * 40_000, "{{7*7}}", "%s%n", "None", "True", " "),
]
TEXT = st.one_of(st.sampled_from(CELLS), st.text(max_size=8))
ENCODINGS = ["utf-8", "utf-16", "utf-16-le", "utf-32", "cp1252", "mac-roman", "cp437"]
SECTIONS = ["columns", "time_zero", "event", "recode", "missing", "units", "dates", "exact"]
WORDS = st.sampled_from(
    [
        *("sex", "dead", "os_months", "failure_date", "patient_id", "age_years", "all", "status"),
        *("first_of", "latest", "constant", "present", "marked", "until", "since", "from"),
        *("column", "alive", "factor", "dmy", "%d.%m.%Y", "%d%m%Y%H", "g/L", "days", "hma", "1"),
        *("male", "", "empty", "__class__", "*", "&a", "!!int", "{", "true", "1e999", "nan"),
    ]
)


@SETTINGS
@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=6),
    st.lists(st.lists(TEXT, max_size=7), max_size=4),
    st.tuples(
        st.sampled_from(ENCODINGS),
        st.sampled_from([",", ";", "\t", "|", "^"]),
        st.sampled_from(["", "comma", "point"]),
    ),
)
def test_any_text_file_gives_a_table_or_a_sentence(tmp_path, header, rows, form):
    encoding, delimiter, decimal = form
    lines = [delimiter.join(row) for row in [header, *rows]]
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join(lines).encode(encoding, "replace"))
    message = ""
    try:
        raw = read_source(path, options={"decimal": decimal})
    except DataError as error:
        message = str(error)
    if message:
        assert "; " in message or "must be text, but was" in message
    else:
        assert raw.frame.index.is_unique
        assert len(raw.frame) <= sum(text.count("\n") + text.count("\r") + 1 for text in lines)


@SETTINGS
@given(
    st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-16", "utf-32", "big5", "cp1252"])
)
@example(b"a,b\r\n1,\x00\r\n", "")
@example(b"\xff\xfe", "")
@example(b"\xff\xfe\x00", "utf-16")
def test_any_bytes_in_any_declared_encoding(tmp_path, content, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with contextlib.suppress(DataError):
        assert read_source(path, options={"encoding": encoding}).frame.shape[1] > 0


@SETTINGS
@given(
    st.lists(st.sampled_from([name for name in NAMES if "\0" not in name]), max_size=5),
    st.lists(
        st.lists(
            st.one_of(
                st.none(),
                st.booleans(),
                st.integers(-(10**12), 10**12),
                st.floats(allow_nan=False, allow_infinity=False),
                st.dates(),
                st.datetimes(),
                st.sampled_from(["=1+1", "=A1", "text", "#N/A", " ", "x" * 30_000]),
            ),
            max_size=6,
        ),
        max_size=4,
    ),
)
def test_any_workbook_gives_a_table_or_a_sentence(tmp_path, header, rows):
    book = openpyxl.Workbook()
    for row in [header, *rows]:
        with contextlib.suppress(ValueError):  # dates before 1900
            book.active.append(row)
    path = tmp_path / "a.xlsx"
    try:
        book.save(path)
    except ValueError:
        return
    message = ""
    try:
        raw = read_source(path)
    except DataError as error:
        message = str(error)
    assert "; " in message if message else len(raw.frame) <= len(rows)


def document(leaf):
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)
        ),
        max_leaves=8,
    )


@SETTINGS
@given(st.dictionaries(st.sampled_from(SECTIONS), document(WORDS), max_size=4))
@example({"event": {"column": "status", "dead": "present", "alive": "empty"}})
@example({"columns": {"os_months": {"until": "status"}}, "time_zero": "status"})
@example({"columns": {"sex": {"constant": "male"}}, "recode": {"sex": {"a": "male"}}})
def test_any_mapping_gives_a_table_or_faults(sections):
    frame = pd.DataFrame(
        {"status": ["1", "x", None], "sex": ["m", "", "f"], "a": ["2012-01-01", "1", "=1"]}
    )
    raw = convert_to_text(frame, name="x")
    message = ""
    try:
        mapping = parse_mapping(repr(sections).replace("True", "true"))
        mapped = apply_mapping(raw, mapping, read_dictionary())
    except FaultsError as error:
        message = str(error)
    if message:
        assert message.startswith("The mapping has faults:")
    else:
        assert len(mapped.raw.frame) == 3
        assert mapped.raw.frame.columns.is_unique


@SETTINGS
@given(st.text(max_size=200))
def test_any_text_as_mapping_is_taken_or_refused(text):
    with contextlib.suppress(FaultsError):
        assert parse_mapping(text).columns is not None


@SETTINGS
@given(
    st.dictionaries(st.sampled_from(sorted(PATIENT)), TEXT, max_size=6),
    st.sampled_from(["dmy", "mdy", "ymd", "excel", '"%d-%b-%y"']),
    st.sampled_from(["g/L", "mmol/L", "{factor: 1e300}"]),
)
def test_any_cells_pass_a_mapping_or_are_named(tmp_path, changes, form, unit):
    mapping = f"""
    time_zero: len_start_date
    columns:
      os_months: {{until: last_contact_date}}
      diagnosis_to_failure_months: {{since: diagnosis_date}}
      failure_date: len_start_date
    event: {{column: dead, dead: [1], alive: [0]}}
    dates: {{all: {form}}}
    units: {{haemoglobin_g_dl: {unit}, age_years: days}}
    missing: {{all: [NaN, '?']}}
    """
    patients = [make_patient("A-1"), make_patient("A-2") | changes]
    path, beside = tmp_path / "a.csv", tmp_path / "m.yml"
    path.write_bytes(pd.DataFrame(patients).to_csv(index=False).encode("utf-8", "surrogatepass"))
    beside.write_text(mapping)
    with contextlib.suppress(FaultsError, DataError):
        assert len(read_cohort(path, mapping=str(beside))) in (1, 2)


FIELD = st.lists(
    st.sampled_from(
        [
            *("record_id", "sex", "radio", "checkbox", "yesno", "text", "date_dmy", "calc"),
            *("1, Male | 2, Female", "|,|", "a,", ", b", "1", "", "sex___1", "é", "form_1"),
        ]
    ),
    min_size=1,
    max_size=6,
)


@SETTINGS
@given(
    st.lists(FIELD, max_size=4),
    st.lists(st.sampled_from(["record_id", "sex", "sex___1", "sex", "", "form_1_complete"])),
    st.lists(st.lists(TEXT, max_size=4), max_size=3),
)
def test_any_redcap_dictionary_and_export(tmp_path, fields, header, rows):
    columns = ["field_name", "field_type", "field_label", "select_choices_or_calculations"]
    columns += ["text_validation_type_or_show_slider_number", "form_name"]
    for name, lines in (("d.csv", [columns, *fields]), ("a.csv", [header, *rows])):
        text = io.StringIO(newline="")
        csv.writer(text).writerows(lines)
        (tmp_path / name).write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))
    message = ""
    try:
        raw = read_source("a.csv", base_dir=tmp_path, options={"dictionary": "d.csv"})
    except DataError as error:
        message = str(error)
    assert "; " in message or "must be" in message if message else raw.identifier in raw.frame


@pytest.mark.parametrize("count", [200, 3000])
def test_many_columns_are_no_matter(tmp_path, count):
    extra = {f"x{number}": "1,5" for number in range(count)}
    path = tmp_path / "a.csv"
    pd.DataFrame([make_patient() | extra]).to_csv(path, index=False, sep=";")
    assert len(read_cohort(path)) == 1


def test_an_unclosed_quotation_mark_names_its_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b'a;b\n1;2\n3;"4\n5;6\n')
    with pytest.raises(DataError, match="the row in line 3 is not"):
        read_source(path)


@pytest.mark.parametrize(
    "source", ["", "\0", "a" * 5000 + ".csv", "..", "/", "://", "x://", "sqlite:", "csv", "~.csv"]
)
def test_any_name_of_a_source_is_refused_in_a_sentence(source):
    with pytest.raises(LenfailError, match="data"):
        read_source(source, options={"query": "SELECT 1"})


def test_a_hundred_thousand_rows_are_read_and_mapped_in_seconds(tmp_path):
    frame = read_source("synthetic").frame
    large = frame.iloc[np.arange(100_000) % len(frame)].copy()
    large["patient_id"] = [f"L{number}" for number in range(len(large))]
    large = large.rename(columns={"haemoglobin_g_dl": "Hb", "dead": "status"})
    text = io.StringIO()
    large.to_csv(text, index=False)
    (tmp_path / "large.csv").write_text(text.getvalue())
    (tmp_path / "m.yml").write_text(
        "columns: {haemoglobin_g_dl: Hb}\nevent: {column: status, dead: [1], alive: [0]}\n"
        "dates: {all: ymd}\nmissing: {all: [NA]}\n"
    )
    start = time.perf_counter()
    cohort = read_cohort(tmp_path / "large.csv", mapping=str(tmp_path / "m.yml"))
    assert time.perf_counter() - start < 60  # a bound for busy machines; the bench measures
    assert cohort.n_screened == 100_000
