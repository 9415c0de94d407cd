"""Files of SPSS, SAS, Stata and Parquet."""

import datetime
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from cohort_files import make_patient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sas_files import write_sas7bcat, write_sas7bdat

from helpers.cohort import read_cohort
from helpers.cohort.sources import read_source
from helpers.errors import DataError

SETTINGS = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SEX = {1: "male", 2: "female", 9: "not asked"}
FRAME = pd.DataFrame(
    {
        "id": ["a", "b", "c"],
        "sex": [1.0, 2.0, 9.0],
        "hb": [9.2, 10.0, np.nan],
        "seen": [datetime.date(2012, 4, 30), None, datetime.date(1969, 12, 31)],
        "text": ["Müller", "", "=1+1"],
    }
)
WANTED = {
    "id": ["a", "b", "c"],
    "hb": ["9.2", "10", None],
    "seen": ["2012-04-30", None, "1969-12-31"],
    "text": ["Müller", None, "=1+1"],
}
SAS_COLUMNS = {
    "id": ["a", "b", "c"],
    "sex": [1.0, 2.0, None],
    "hb": [9.2, 10.0, None],
    "seen": [19113.0, None, -1.0],
    "text": ["Müller", "", "=1+1"],
}
SAS_FORMATS = {"sex": "SEX", "seen": "DATE"}


@pytest.mark.parametrize("compress", [False, True])
def test_an_spss_file_gives_labels_codes_dates_and_missing_values(tmp_path, compress):
    path = tmp_path / ("a.zsav" if compress else "a.sav")
    pyreadstat.write_sav(
        FRAME,
        path,
        compress=compress,
        variable_value_labels={"sex": SEX},
        missing_ranges={"sex": [9]},
    )
    raw = read_source(path)
    assert raw.frame.to_dict("list") == WANTED | {"sex": ["male", "female", None]}
    assert raw.codes == {"sex": {"male": "1", "female": "2", "not asked": "9"}}
    assert (raw.facts.kind, raw.facts.encoding) == ("SPSS file", "UTF-8")
    assert raw.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert raw.frame.index.tolist() == [2, 3, 4]


def test_a_stata_file_gives_labels_codes_and_dates(tmp_path):
    path = tmp_path / "a.dta"
    pyreadstat.write_dta(FRAME, path, variable_value_labels={"sex": {1: "male", 2: "female"}})
    raw = read_source(path)
    assert raw.frame.to_dict("list") == WANTED | {"sex": ["male", "female", "9"]}
    assert raw.codes["sex"] == {"male": "1", "female": "2"}


def test_numbers_of_single_precision_are_those_that_were_typed(tmp_path):
    frame = pd.DataFrame({"hb": np.array([9.2, 0.1, 150.0], dtype=np.float32)})
    frame.to_stata(tmp_path / "a.dta", write_index=False)
    assert read_source(tmp_path / "a.dta").frame["hb"].tolist() == ["9.2", "0.1", "150"]
    frame.to_parquet(tmp_path / "a.parquet")
    assert read_source(tmp_path / "a.parquet").frame["hb"].tolist() == ["9.2", "0.1", "150"]


def test_a_stata_file_of_another_library_is_read(tmp_path):
    frame = pd.DataFrame(
        {"id": ["a", "b"], "sex": pd.Categorical(["male", "female"]), "n": [1, 2]}
    ).assign(seen=pd.to_datetime(["2012-04-30", "2013-05-01"]))
    frame.to_stata(tmp_path / "a.dta", write_index=False, convert_dates={"seen": "td"})
    raw = read_source(tmp_path / "a.dta")
    assert raw.frame["sex"].tolist() == ["male", "female"]
    assert raw.frame["seen"].tolist() == ["2012-04-30", "2013-05-01"]


def test_a_sas_transport_file_is_read(tmp_path):
    path = tmp_path / "a.xpt"
    pyreadstat.write_xport(FRAME, path, table_name="T")
    raw = read_source(path)
    assert raw.frame.to_dict("list") == WANTED | {"sex": ["1", "2", "9"]}
    assert raw.facts.kind == "SAS transport file"


def test_labels_that_codes_share_stay_codes(tmp_path):
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        pd.DataFrame({"x": [1.0, 2.0, 3.0]}),
        path,
        variable_value_labels={"x": {1: "other", 2: "other", 3: "none"}},
    )
    assert read_source(path).frame["x"].tolist() == ["1", "2", "none"]


@pytest.mark.parametrize("ending", ["sav", "dta", "xpt", "parquet"])
def test_a_whole_cohort_comes_out_as_from_csv(tmp_path, ending):
    patients = [make_patient("A-1"), make_patient("A-2", dead="0", sex="male")]
    frame = pd.DataFrame(patients)
    for name in frame:
        if name.endswith("_date"):
            frame[name] = pd.to_datetime(frame[name]).dt.date
        elif name in ("dead", "age_years", "haemoglobin_g_dl", "len_dose_mg"):
            frame[name] = frame[name].astype(float)
    path = tmp_path / f"a.{ending}"
    if ending == "sav":
        pyreadstat.write_sav(frame, path, variable_value_labels={"dead": {0: "No", 1: "Yes"}})
    elif ending == "dta":
        pyreadstat.write_dta(frame, path)
    elif ending == "xpt":
        pyreadstat.write_xport(frame, path, file_format_version=8)
    else:
        frame.to_parquet(path)
    pd.DataFrame(patients).to_csv(tmp_path / "a.csv", index=False)
    tables = [
        read_cohort(one).table.drop(columns="patient_id") for one in (path, tmp_path / "a.csv")
    ]
    pd.testing.assert_frame_equal(*tables)


def test_parquet_columns_of_every_plain_type_become_text(tmp_path):
    table = pa.table(
        {
            "i": pa.array([1, None], pa.int64()),
            "f": pa.array([9.25, 10.0]),
            "b": pa.array([True, False]),
            "d": pa.array([datetime.date(2012, 4, 30), None]),
            "t": pa.array([datetime.datetime(2012, 4, 30), None], pa.timestamp("ns")),
            "z": pa.array([datetime.datetime(2012, 4, 30)] * 2, pa.timestamp("ms", tz="UTC")),
            "c": pa.array(["x", "y"]).dictionary_encode(),
            "n": pa.array([None, None], pa.null()),
            "m": pa.array([1, 250], pa.decimal128(10, 2)),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    raw = read_source(tmp_path / "a.parquet")
    assert raw.frame.loc[2].tolist() == [
        "1",
        "9.25",
        "1",
        "2012-04-30",
        "2012-04-30",
        "2012-04-30",
        "x",
        None,
        "1",
    ]
    assert raw.frame.loc[3].tolist() == [
        None,
        "10",
        "0",
        None,
        None,
        "2012-04-30",
        "y",
        None,
        "250",
    ]


def test_nested_parquet_columns_are_refused(tmp_path):
    pq.write_table(pa.table({"x": [[1], [2]]}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match="'x' holds lists or records"):
        read_source(tmp_path / "a.parquet")


@pytest.mark.parametrize("ending", ["sav", "zsav", "dta", "xpt", "sas7bdat", "parquet"])
@SETTINGS
@given(content=st.binary(max_size=300))
def test_any_bytes_are_refused(tmp_path, ending, content):
    path = tmp_path / f"a.{ending}"
    path.write_bytes(content)
    message = ""
    try:
        n_rows = len(read_source(path).frame)
    except DataError as error:
        message = str(error)
    assert "data must be a file that can be read as" in message if message else n_rows == 0
    assert str(tmp_path) not in message


@pytest.mark.parametrize("ending", ["sav", "dta", "xpt", "sas7bdat", "parquet"])
@SETTINGS
@given(at=st.integers(0, 100_000), damage=st.binary(min_size=1, max_size=4))
def test_damage_anywhere_gives_a_table_or_a_sentence(tmp_path, ending, at, damage):
    path = tmp_path / f"a.{ending}"
    make = {
        "sav": lambda: pyreadstat.write_sav(FRAME, path),
        "dta": lambda: pyreadstat.write_dta(FRAME, path),
        "xpt": lambda: pyreadstat.write_xport(FRAME, path),
        "parquet": lambda: FRAME.to_parquet(path),
        "sas7bdat": lambda: write_sas7bdat(path, SAS_COLUMNS, formats=SAS_FORMATS),
    }
    make[ending]()
    content = bytearray(path.read_bytes())
    start = at % len(content)
    content[start : start + len(damage)] = damage
    path.write_bytes(content)
    message = ""
    try:
        frame = read_source(path).frame
    except DataError as error:
        message = str(error)
    assert "; " in message if message else isinstance(frame, pd.DataFrame)


def test_a_catalogue_must_be_one(tmp_path):
    path = tmp_path / "a.sas7bdat"
    path.write_bytes(b"x")
    with pytest.raises(DataError, match="data_dictionary must be a SAS catalogue"):
        read_source(path, options={"dictionary": "formats.csv"})


def test_a_missing_file_is_named(tmp_path):
    Path(tmp_path / "patients.sav").touch()
    with pytest.raises(DataError, match=r"but was 'patient\.sav'; did you mean 'patients\.sav'"):
        read_source("patient.sav", base_dir=tmp_path)


def test_a_sas_data_set_gives_dates_and_text(tmp_path):
    write_sas7bdat(tmp_path / "a.sas7bdat", SAS_COLUMNS, formats=SAS_FORMATS)
    raw = read_source(tmp_path / "a.sas7bdat")
    assert raw.frame.to_dict("list") == {
        "id": ["a", "b", "c"],
        "sex": ["1", "2", None],
        "hb": ["9.2", "10", None],
        "seen": ["2012-04-30", None, "1959-12-31"],
        "text": ["Müller", None, "=1+1"],
    }
    assert raw.facts.kind == "SAS file"


def test_a_sas_data_set_takes_its_labels_from_the_catalogue(tmp_path):
    write_sas7bdat(tmp_path / "a.sas7bdat", SAS_COLUMNS, formats=SAS_FORMATS)
    write_sas7bcat(tmp_path / "formats.sas7bcat", {"SEX": {1: "male", 2: "female"}})
    raw = read_source("a.sas7bdat", base_dir=tmp_path, options={"dictionary": "formats.sas7bcat"})
    assert raw.frame["sex"].tolist() == ["male", "female", None]
    assert raw.codes == {"sex": {"male": "1", "female": "2"}}
