import numpy as np
import pytest

from helpers.cohort.endpoints import count_months, derive_endpoints

DATES = {
    "diagnosis_date": "2008-01-01",
    "len_start_date": "2009-01-01",
    "failure_date": "2010-01-01",
    "aml_date": "2010-07-01",
    "transplant_date": "2010-10-01",
    "last_contact_date": "2011-01-01",
}


def as_columns(n=1, *, dead=("yes",), **changes):
    columns = {
        name: np.array([changes.get(name, text)] * n, dtype="datetime64[ns]")
        for name, text in DATES.items()
    }
    return columns | {"dead": np.array(dead, dtype=object)}


def test_months_are_days_by_30_4375():
    start = np.array(["2010-01-01", "2010-01-01"], dtype="datetime64[ns]")
    end = np.array(["2010-01-31", "2014-01-01"], dtype="datetime64[ns]")
    assert count_months(start, end).tolist() == [30 / 30.4375, 48.0]


def test_months_are_missing_without_a_date_and_negative_backwards():
    start = np.array(["NaT", "2010-02-01"], dtype="datetime64[ns]")
    end = np.array(["2010-01-31", "2010-01-31"], dtype="datetime64[ns]")
    months = count_months(start, end)
    assert np.isnan(months[0])
    assert months[1] == -1 / 30.4375


def test_times_of_a_patient_worked_by_hand():
    made = derive_endpoints(as_columns())
    # 2008 is a leap year (366 days); 2009 and 2010 have 365
    days = {
        "os_months": 365,
        "follow_up_months": 365,
        "len_duration_months": 365,
        "diagnosis_to_len_months": 366,
        "diagnosis_to_failure_months": 731,
        "os_len_months": 730,
        "os_dx_months": 1096,
        "time_to_aml_months": 181,
        "aml_months": 181,
        "transplant_months": 273,
    }
    for name, count in days.items():
        assert made[name].tolist() == [count / 30.4375], name
    assert made["os_event"].tolist() == made["os_len_event"].tolist() == [True]
    assert made["aml_code"].tolist() == [1]


def test_death_competes_with_aml():
    columns = as_columns(3, dead=("yes", "no", "no"))
    columns["aml_date"] = np.array(["NaT", "NaT", "2010-07-01"], dtype="datetime64[ns]")
    made = derive_endpoints(columns)
    assert made["aml_code"].tolist() == [2, 0, 1]
    assert (made["aml_months"] * 30.4375).round(9).tolist() == [365, 365, 181]


def test_death_on_the_day_of_aml_counts_as_aml():
    made = derive_endpoints(as_columns(aml_date="2011-01-01"))
    assert made["aml_code"].tolist() == [1]
    assert made["aml_months"].tolist() == made["os_months"].tolist()


def test_times_given_by_the_file_are_taken_without_dates():
    columns = {
        "dead": np.array(["yes", "no"], dtype=object),
        "os_months": np.array([10.0, 20.0]),
        "len_duration_months": np.array([5.0, np.nan]),
        "diagnosis_to_failure_months": np.array([12.0, 9.0]),
        "time_to_aml_months": np.array([np.nan, 7.0]),
    }
    made = derive_endpoints(columns)
    assert made["os_months"].tolist() == [10, 20]
    assert made["os_len_months"][0] == 15
    assert np.isnan(made["os_len_months"][1])
    assert made["os_dx_months"].tolist() == [22, 29]
    assert made["diagnosis_to_len_months"][0] == 7
    assert made["aml_months"].tolist() == [10, 7]
    assert made["aml_code"].tolist() == [2, 1]


def test_a_given_time_fills_in_for_a_missing_date():
    columns = as_columns(2, dead=("yes", "yes"))
    columns["failure_date"] = np.array(["2010-01-01", "NaT"], dtype="datetime64[ns]")
    columns["os_months"] = np.array([99.0, 4.5])
    assert derive_endpoints(columns)["os_months"].tolist() == [365 / 30.4375, 4.5]


def test_unknown_aml_leaves_its_time_missing():
    columns = {
        "dead": np.array(["no", "no", "yes"], dtype=object),
        "os_months": np.array([10.0, 20.0, 30.0]),
        "aml": np.array(["no", None, "no"], dtype=object),
    }
    made = derive_endpoints(columns)
    assert np.isnan(made["aml_months"]).tolist() == [False, True, False]
    assert made["aml_code"][[0, 2]].tolist() == [0, 2]


@pytest.mark.parametrize(
    ("absent", "gone"),
    [
        ("aml_date", ["time_to_aml_months", "aml_months", "aml_code"]),
        ("len_start_date", ["len_duration_months", "os_len_months", "os_len_event"]),
        ("diagnosis_date", ["os_dx_months", "os_dx_event", "diagnosis_to_failure_months"]),
        ("transplant_date", ["transplant_months"]),
    ],
)
def test_what_needs_an_absent_date_is_absent(absent, gone):
    columns = as_columns()
    del columns[absent]
    made = derive_endpoints(columns)
    assert set(gone).isdisjoint(made)
    assert made["os_months"].tolist() == [365 / 30.4375]


def test_equal_days_give_equal_times_from_any_start():
    start = np.arange("2000-01-01", "2016-01-01", dtype="datetime64[D]").astype("datetime64[ns]")
    months = count_months(start, start + np.timedelta64(700, "D"))
    assert len(set(months.tolist())) == 1
