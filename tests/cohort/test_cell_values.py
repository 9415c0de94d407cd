import datetime

import numpy as np
import pandas as pd
import pytest

from helpers.cohort.dictionary import read_dictionary
from helpers.cohort.values import parse_column

TODAY = datetime.date(2020, 6, 30)


def parse(name, *cells):
    variable = read_dictionary().variables[name]
    return parse_column(np.array(cells, dtype=object), variable, today=TODAY)


def test_good_cells_become_values():
    assert parse("age_years", "71", " 72 ", "73.0", None).array[:3].tolist() == [71, 72, 73]
    assert np.isnan(parse("haemoglobin_g_dl", "9.2", None).array[1])
    assert parse("dead", "0", "1", "1.0", "", None).array.tolist() == [
        "no",
        "yes",
        "yes",
        None,
        None,
    ]
    assert parse("sex", "male", None, " female").array.tolist() == ["male", None, "female"]
    dates = parse("failure_date", "2012-02-29", "2012-02-29 00:00:00", None).array
    assert dates.dtype == "datetime64[ns]"
    assert dates.astype("datetime64[D]").astype(str).tolist() == ["2012-02-29"] * 2 + ["NaT"]


def test_an_empty_column_keeps_the_type_of_its_variable():
    assert parse("failure_date", None, None).array.dtype == "datetime64[ns]"
    assert parse("age_years", None).array.dtype == np.float64
    assert parse("sex").array.tolist() == []


BAD = [
    ("failure_date", "2012-02-30", "must be a day of the calendar", "check day and month"),
    ("failure_date", "31.12.2012", "must be a date written YYYY-MM-DD", "write year, month and"),
    ("failure_date", "03/04/12", "must be a date written YYYY-MM-DD", "write year, month and day"),
    ("failure_date", "41000", "must be a date written YYYY-MM-DD", "format the column as a date"),
    ("failure_date", "2012", "must be a date written YYYY-MM-DD", "write it like 2012-04-30"),
    ("failure_date", "2012-01-01 10:30", "must be a date written YYYY-MM-DD", "write it like"),
    ("failure_date", "unknown", "must be a date written YYYY-MM-DD", "leave the cell empty"),
    ("failure_date", "2020-07-01", "must not lie in the future", "check the year"),
    ("failure_date", "0201-01-01", "must be a date from 1900 on", "check the year"),
    ("failure_date", "٢٠١٢-٠١-٠١", "must be a date written YYYY-MM-DD", "write it like"),
    ("age_years", "71.5", "must be a whole number in years", "write it without decimals"),
    ("age_years", "171", "must be a whole number from 0 to 120 in years", "check it and its unit"),
    ("haemoglobin_g_dl", "92", "must be a number from 1 to 25 in g/dL", "check it and its unit"),
    ("haemoglobin_g_dl", "9,2", "must be a number in g/dL", "write 9.2"),
    ("haemoglobin_g_dl", "=1+1", "must be a number in g/dL", "write the number itself, not a"),
    ("haemoglobin_g_dl", "9.2 g/dl", "must be a number in g/dL", "write digits only"),
    ("haemoglobin_g_dl", "<5", "must be a number in g/dL", "write digits only"),
    ("haemoglobin_g_dl", "NaN", "must be a number in g/dL", "leave the cell empty"),
    ("haemoglobin_g_dl", "inf", "must be a number in g/dL", "write digits only"),
    ("haemoglobin_g_dl", "1_0", "must be a number in g/dL", "write digits only"),
    ("haemoglobin_g_dl", "1e999", "must be a number from 1 to 25 in g/dL", "check it"),
    ("os_months", "-1", "must be a number from 0 to 1200 in months", "check it"),
    ("dead", "yes", "must be 0 (no) or 1 (yes)", "write 1"),
    ("dead", "N", "must be 0 (no) or 1 (yes)", "write 0"),
    ("dead", "?", "must be 0 (no) or 1 (yes)", "leave the cell empty if it is not known"),
    ("dead", "3", "must be 0 (no) or 1 (yes)", "write 0 or 1, or leave the cell empty"),
    ("sex", "F", "must be one of female, male", "did you mean 'female'?"),
    ("sex", "Femal", "must be one of female, male", "did you mean 'female'?"),
    ("region", "united states", "must be one of us, europe", "did you mean 'us'?"),
    ("failure_type", "Loss of HI", "must be one of no_response, loss_hi, ", "mean 'loss_hi'?"),
    ("sex", "n/a", "must be one of female, male", "leave the cell empty if it is not known"),
    ("ipss", "zzz", "must be one of low, int1", "write one of these, or leave the cell empty"),
]


@pytest.mark.parametrize(("name", "cell", "rule", "advice"), BAD)
def test_a_bad_cell_is_missing_and_says_what_to_do(name, cell, rule, advice):
    parsed = parse(name, cell)
    problem = parsed.problems[0]
    assert problem.rule.startswith(rule)
    assert advice in problem.advice
    assert pd.isna(parsed.array[0])


def test_problems_are_found_where_they_stand():
    assert list(parse("sex", "male", "x", None, "x").problems) == [1, 3]
