from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from cohort_files import PATIENT, REQUIRED, make_patient, take, write_patients
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.cohort import build_cohort, read_cohort
from helpers.cohort.sources import convert_to_text, read_source
from helpers.errors import NotComputableError, ParameterError

OPTIONAL = sorted(set(PATIENT) - set(REQUIRED))

# printed in the paper: abstract, results and Table 1
PRINTED_COUNTS = {
    "region": {"us": 216, "europe": 176},
    "source": {"trial": 261, "registry": 131},
    "sex": {"female": 258, "male": 134},
    "raeb": {"no": 301, "yes": 91},
    "who_class": {"ra": 125, "del5q": 97, "rars": 27, "rcmd": 41, "raeb1": 91, "other": 11},
    "therapy_related": {"no": 331, "yes": 61},
    "del5q_group": {"isolated": 230, "plus1": 105, "complex": 42, "fish_only": 15},
    "complex": {"no": 350, "yes": 42},
    "second_aberration": {"no": 230, "yes": 105},
    "ipss": {"low": 161, "int1": 231},
    "rbc_td": {"no": 39, "yes": 353},
    "esa_before": {"no": 237, "yes": 155},
    "hma_before": {"no": 379, "yes": 13},
    "tp53": {"mutated": 7, "wildtype": 32},
    "len_dose_10": {"no": 96, "yes": 296},
    "len_esa_combination": {"no": 384, "yes": 8},
    "len_response": {"no": 182, "yes": 210},
    "cyto_response": {"no": 124, "yes": 83},
    "failure_type": {"no_response": 141, "loss_hi": 152, "intolerance": 56, "progression": 43},
    "progression": {"no": 349, "yes": 43},
    "first_treatment": {"bsc": 78, "chemo": 16, "hma": 91, "esa": 22, "allo": 12, "other": 13},
    "active_treatment": {"no": 78, "yes": 154},
    "hma_vs_bsc": {"bsc": 78, "hma": 91},
    "hma_progression": {"no": 73, "yes": 18},
    "hma_progression_vs_chemo": {"chemo": 16, "hma": 18},
    "esa_prior": {"no": 12, "yes": 10},
    "allo_any": {"no": 362, "yes": 30},
    "allo_timing": {"immediate": 12, "later": 18},
    "allo_vs_other": {"no": 202, "yes": 30},
}


@pytest.fixture(scope="module")
def synthetic():
    return read_cohort("synthetic")


@pytest.mark.parametrize(("factor", "counts"), PRINTED_COUNTS.items())
def test_groups_of_the_synthetic_cohort_have_the_printed_sizes(synthetic, factor, counts):
    assert synthetic.table[factor].value_counts().to_dict() == counts


def test_the_synthetic_cohort_has_the_printed_deaths_and_amls(synthetic):
    table = synthetic.table
    assert (len(table), table["os_event"].sum()) == (392, 222)
    assert (table["aml_code"] == 1).sum() == 109
    assert synthetic.synthetic
    assert synthetic.warnings == ()


def test_the_flow_leads_from_screened_to_included(synthetic):
    excluded = [step.n_excluded for step in synthetic.flow]
    assert min(excluded) > 0
    assert synthetic.n_screened - sum(excluded) == len(synthetic)


def test_columns_have_the_types_that_callers_rely_on(synthetic):
    table = synthetic.table
    variables = synthetic.dictionary.variables
    assert table.index.equals(pd.RangeIndex(392))
    for name in table.columns:
        if name in synthetic.dictionary.factors:
            assert table[name].dtype == object, name
            continue
        expected = {"date": "datetime64[ns]", "event": "bool", "event_code": "int64"}
        expected |= {"number": "float64", "integer": "float64"}
        assert table[name].dtype == expected.get(variables[name].type, "object"), name


def test_two_readings_are_equal(synthetic):
    again = read_cohort("synthetic")
    pd.testing.assert_frame_equal(again.table, synthetic.table)
    assert (again.sha256, again.flow) == (synthetic.sha256, synthetic.flow)


def test_a_cohort_is_frozen(synthetic):
    with pytest.raises(FrozenInstanceError):
        synthetic.name = "other"


def test_a_typed_table_makes_the_same_cohort(tmp_path):
    path = write_patients(tmp_path / "a.csv", make_patient("A-1"), make_patient("A-2", dead="0"))
    dates = [name for name in PATIENT if name.endswith("_date")]
    typed = convert_to_text(pd.read_csv(path, parse_dates=dates), name="typed")
    tables = [build_cohort(typed).table, read_cohort(path).table]
    pd.testing.assert_frame_equal(*(table.drop(columns="patient_id") for table in tables))


@pytest.mark.parametrize("cut", [0, -1, float("nan"), float("inf"), "75", None, True])
def test_a_cut_is_a_positive_number(cut):
    with pytest.raises(ParameterError, match="age_cut_years must be a positive number, but was"):
        read_cohort("synthetic", age_cut_years=cut)


def test_a_changed_row_changes_the_table(tmp_path, synthetic):
    frame = read_source("synthetic").frame
    keeps = {rule.column: rule.keep for rule in synthetic.dictionary.eligibility}
    wanted = pd.Series({column: "1" if keep == "yes" else "0" for column, keep in keeps.items()})
    row = frame.index[(frame[list(wanted.index)] == wanted).all(axis=1)][0]
    frame.loc[row, "dead"] = "1" if frame.loc[row, "dead"] == "0" else "0"
    path = tmp_path / "changed.csv"
    frame.to_csv(path, index=False)
    changed = read_cohort(path)
    assert changed.sha256 != synthetic.sha256
    assert abs(changed.table["os_event"].sum() - 222) == 1


@pytest.mark.parametrize("column", OPTIONAL)
def test_each_optional_column_may_be_absent(tmp_path, column):
    patient = take(make_patient(), *[name for name in PATIENT if name != column])
    cohort = read_cohort(write_patients(tmp_path / "a.csv", patient))
    assert column not in cohort.table.columns
    roots = {name: cohort.dictionary.find_roots(name) for name in cohort.table.columns}
    assert all(column not in found for found in roots.values())


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.sets(st.sampled_from(OPTIONAL)))
def test_any_subset_of_optional_columns_is_enough(tmp_path, columns):
    chosen = [name for name in PATIENT if name in REQUIRED or name in columns]
    patients = [take(make_patient(f"A-{i}", dead="01"[i % 2]), *chosen) for i in range(3)]
    cohort = read_cohort(write_patients(tmp_path / "a.csv", *patients))
    assert len(cohort) == 3
    assert cohort.table["os_event"].tolist() == [False, True, False]
    present = set(cohort.table.columns)
    for factor in cohort.dictionary.factors.values():
        assert (factor.name in present) == (set(factor.needs) <= present)


LACKS = [
    ("sex", "sex", "The data have no values of Sex (sex)."),
    (
        "aml_date",
        "aml_months",
        "Time to AML or death (aml_months) cannot be derived: the data have no values in the "
        "column aml_date (Date of AML).",
    ),
    (
        "age_years",
        "age_75",
        "Age (age_75) cannot be derived: the data have no values in the column age_years (Age).",
    ),
]


@pytest.mark.parametrize(("absent", "wanted", "message"), LACKS)
def test_what_cannot_be_computed_says_which_column_is_missing(tmp_path, absent, wanted, message):
    patient = take(make_patient(), *[name for name in PATIENT if name != absent])
    cohort = read_cohort(write_patients(tmp_path / "a.csv", patient))
    cohort.require("os_months", "os_event")
    with pytest.raises(NotComputableError) as caught:
        cohort.require("os_months", wanted)
    assert str(caught.value) == message


def test_two_missing_columns_are_both_named(tmp_path):
    cohort = read_cohort(write_patients(tmp_path / "a.csv", take(make_patient(), *REQUIRED)))
    with pytest.raises(
        NotComputableError,
        match=r"columns transplant_date \(.*\) and first_treatment \(First treatment after LEN",
    ):
        cohort.require("allo_timing")


def test_a_group_that_nobody_belongs_to_is_not_computable(tmp_path):
    path = write_patients(tmp_path / "a.csv", make_patient(del5q_group="complex"))
    cohort = read_cohort(path)
    with pytest.raises(NotComputableError, match="is not known for any patient"):
        cohort.require("second_aberration")


def test_an_empty_column_counts_as_absent(tmp_path):
    cohort = read_cohort(write_patients(tmp_path / "a.csv", make_patient(aml_date="")))
    assert "aml_months" not in cohort.table.columns
    assert cohort.warnings == ("2 columns are empty and treated as absent: aml_date, other_agent.",)


def test_no_aml_in_anybody_is_said_by_the_flag(tmp_path):
    patient = make_patient(aml_date="") | {"aml": "0"}
    cohort = read_cohort(write_patients(tmp_path / "a.csv", patient))
    assert cohort.table["aml_code"].tolist() == [2]


def test_a_hundred_thousand_patients_are_read(tmp_path):
    frame = read_source("synthetic").frame
    large = frame.iloc[np.arange(100_000) % len(frame)].copy()
    large["patient_id"] = [f"L{number}" for number in range(len(large))]
    path = tmp_path / "large.csv"
    large.to_csv(path, index=False)
    cohort = read_cohort(path)
    assert cohort.n_screened == 100_000
