import re

import pytest
from cohort_files import make_patient, take, write_patients

from helpers.cohort import read_cohort
from helpers.cohort.faults import Fault, describe_faults, hash_patient_id
from helpers.cohort.plausibility import drop_rows
from helpers.cohort.sources import read_source
from helpers.errors import FaultsError


def find_faults(tmp_path, *patients):
    with pytest.raises(FaultsError) as caught:
        read_cohort(write_patients(tmp_path / "a.csv", *patients))
    return caught.value.faults


def without(patient, *columns):
    return {name: value for name, value in patient.items() if name not in columns}


ORDERS = [
    ("diagnosis_date", "2009-02-01", "len_start_date must not lie before diagnosis_date"),
    ("len_start_date", "2010-02-01", "failure_date must not lie before len_start_date"),
    ("first_treatment_date", "2009-12-31", "first_treatment_date must not lie before failure_date"),
    ("aml_date", "2009-12-31", "aml_date must not lie before failure_date"),
    ("transplant_date", "2009-12-31", "transplant_date must not lie before failure_date"),
    ("first_treatment_date", "2011-01-02", "last_contact_date must not lie before first_treatment"),
    ("aml_date", "2011-01-02", "last_contact_date must not lie before aml_date"),
    ("transplant_date", "2011-01-02", "last_contact_date must not lie before transplant_date"),
]


@pytest.mark.parametrize(("column", "date", "message"), ORDERS)
def test_dates_out_of_order_are_faults(tmp_path, column, date, message):
    faults = find_faults(tmp_path, make_patient(**{column: date}))
    assert len(faults) == 1
    assert message in faults[0]
    assert date in faults[0]


def test_a_whole_fault_reads_as_a_sentence(tmp_path):
    faults = find_faults(tmp_path, make_patient(transplant_date="2011-01-02"))
    salt = read_source(tmp_path / "a.csv").id_salt
    digest = hash_patient_id("A-1", salt=salt)[:8]
    assert faults == (
        f"row 2 (patient {digest}): last_contact_date must not lie before transplant_date, but was "
        "'2011-01-01' (transplant_date 2011-01-02); compare Date of last contact and Date of "
        "transplantation with the record",
    )


def test_diagnosis_after_failure_is_found_without_the_start(tmp_path):
    patient = make_patient(len_start_date="", diagnosis_date="2010-02-01")
    assert "failure_date must not lie before diagnosis_date" in find_faults(tmp_path, patient)[0]


def test_all_on_one_day_is_no_fault(tmp_path):
    dates = [name for name in make_patient() if name.endswith("_date")]
    patient = make_patient(**dict.fromkeys(dates, "2010-01-01"))
    cohort = read_cohort(write_patients(tmp_path / "a.csv", patient))
    assert cohort.table["os_months"].tolist() == [0]
    assert "In 1 patient last contact is the day of LEN failure; see row 2." in cohort.warnings


def test_missing_values_that_the_endpoint_needs(tmp_path):
    faults = find_faults(
        tmp_path,
        make_patient("A-1", dead=""),
        make_patient("A-2", failure_date=""),
        make_patient("A-3", last_contact_date=" "),
    )
    assert [re.match(r"row (\d)", fault)[1] for fault in faults] == ["3", "4", "2"]
    assert "dead must be known for every patient" in faults[2]
    assert "fill it in, or give os_months" in faults[0]


def test_a_time_in_months_stands_in_for_missing_dates(tmp_path):
    patients = [
        make_patient("A-1") | {"os_months": ""},
        make_patient("A-2", last_contact_date="") | {"os_months": "7.5"},
    ]
    cohort = read_cohort(write_patients(tmp_path / "a.csv", *patients))
    assert cohort.table["os_months"].tolist() == [365 / 30.4375, 7.5]


def test_a_missing_time_without_dates_is_a_fault(tmp_path):
    patients = [
        {"patient_id": "A-1", "dead": "1", "os_months": "3"},
        {"patient_id": "A-2", "dead": "0", "os_months": ""},
    ]
    (fault,) = find_faults(tmp_path, *patients)
    assert "row 3" in fault
    assert "os_months must be known for every patient, but is empty" in fault


def test_a_given_time_must_agree_with_the_dates(tmp_path):
    agreeing = make_patient() | {"os_months": "12"}
    assert len(read_cohort(write_patients(tmp_path / "a.csv", agreeing))) == 1
    (fault,) = find_faults(tmp_path, make_patient() | {"os_months": "365"})
    assert "os_months must agree with failure_date and last_contact_date, but was '365'" in fault
    assert "(12.0 months between the dates)" in fault


def test_nothing_happens_after_last_contact_in_months_either(tmp_path):
    patient = {"patient_id": "A-1", "dead": "1", "os_months": "3", "time_to_aml_months": "4"}
    (fault,) = find_faults(tmp_path, patient)
    assert (
        "time_to_aml_months must not be longer than os_months, but was '4' (os_months 3)" in fault
    )


EVENTS = [
    ({"aml": "1", "aml_date": ""}, "aml_date must be known when aml (AML) is 1, but is empty"),
    ({"aml": "0"}, "aml must be 1 when AML has a date or a time, but was '0'"),
    (
        {"first_treatment": "allo", "transplant_date": ""},
        "transplant_date must be known when first_treatment is allo, but is empty",
    ),
]


@pytest.mark.parametrize(("changes", "message"), EVENTS)
def test_an_event_has_a_date_and_a_date_its_event(tmp_path, changes, message):
    # a second patient keeps the columns from being empty as a whole
    faults = find_faults(
        tmp_path,
        make_patient("A-1") | {"aml": ""} | changes,
        make_patient("A-2") | {"aml": "1"},
    )
    assert len(faults) == 1
    assert message in faults[0]


def test_identifiers_are_unique_and_present(tmp_path):
    faults = find_faults(
        tmp_path,
        make_patient("A-1"),
        make_patient(" A-1 "),
        make_patient(""),
        make_patient("A-1", mds_who2008="0"),
    )
    assert "row 4: patient_id must identify the patient, but is empty; fill it in" in faults
    assert "patient_id must be unique, but was the same in rows 2, 3, 5" in "\n".join(faults)
    assert len(faults) == 2


def test_one_and_two_are_not_taken_for_an_event(tmp_path):
    patients = [make_patient(f"A-{i}", dead=code) for i, code in enumerate("1212")]
    (fault,) = find_faults(tmp_path, *patients)
    assert fault.startswith("dead must be coded 0 (no) and 1 (yes), but is coded 1 and 2; write 0")


def test_durations_are_not_taken_for_events(tmp_path):
    patients = [make_patient(f"A-{i}", dead=str(i + 0.5)) for i in range(20)]
    faults = find_faults(tmp_path, *patients)
    assert len(faults) == 4
    assert faults[-1] == "17 more rows with 17 other values: dead must be 0 (no) or 1 (yes)"


def test_all_faults_of_a_file_come_at_once(tmp_path):
    first = make_patient("A-1", sex="Femal", age_years="71,5", ipss="high")
    second = make_patient("A-2", failure_date="2010-02-30", dead="3")
    faults = find_faults(tmp_path, first, second)
    found = {
        (re.match(r"row (\d)", fault)[1], fault.split("): ")[1].split()[0]) for fault in faults
    }
    assert found == {
        ("2", "sex"),
        ("2", "age_years"),
        ("2", "ipss"),
        ("3", "failure_date"),
        ("3", "dead"),
    }


def test_absent_columns_are_named_with_the_nearest(tmp_path):
    patient = without(make_patient(), "dead", "failure_date") | {"deaths": "1"}
    faults = find_faults(tmp_path, patient)
    assert faults == (
        "failure_date must be a column of the data, but is absent; add it (Date of LEN failure), "
        "or give the time in months as os_months",
        "dead must be a column of the data, but is absent; rename 'deaths' if that is it",
    )


def test_a_repeated_column_is_a_fault(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("patient_id,os_months,dead,sex,sex\nA-1,3,1,male,female\n", encoding="utf-8")
    with pytest.raises(FaultsError, match="sex must be the name of one column, but is that of 2"):
        read_cohort(path)


def test_a_shifted_row_is_a_fault(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("patient_id,os_months,dead\nA-1,3\nA-2,4,0\n", encoding="utf-8")
    with pytest.raises(FaultsError, match=r"row 2: must have as many cells as the header \(3\)"):
        read_cohort(path)


def test_a_header_alone_is_a_fault(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("patient_id,os_months,dead\n", encoding="utf-8")
    with pytest.raises(FaultsError, match="there must be patients below the header"):
        read_cohort(path)


def test_unknown_columns_are_named_and_not_used(tmp_path):
    patient = make_patient() | {"haemoglobin_gdl": "9", "plate": "x", "__class__": "x"}
    del patient["haemoglobin_g_dl"]
    cohort = read_cohort(write_patients(tmp_path / "a.csv", patient))
    assert cohort.warnings[0].startswith(
        "3 columns are not in the data dictionary and not used: "
        "'haemoglobin_gdl' (did you mean 'haemoglobin_g_dl'?), 'plate', '__class__'."
    )
    assert {"haemoglobin_gdl", "__class__"}.isdisjoint(cohort.table.columns)


UNLIKELY = [
    ({"blasts_pct": "3"}, "who_class does not fit blasts_pct (RAEB-1 goes with 5 to 9% blasts)"),
    (
        {"len_response": "0", "cyto_response": "0"},
        "failure_type does not fit len_response (loss of",
    ),
    (
        {"len_response": "0", "failure_type": "intolerance"},
        "cyto_response does not fit len_response",
    ),
    ({"first_treatment": "esa"}, "hma_agent does not fit first_treatment"),
    ({"age_years": "12"}, "age_years is outside 18 to 100 years"),
    (
        {"who_class": "del5q", "del5q_group": "plus1", "blasts_pct": "2"},
        "who_class does not fit del5q_group",
    ),
]


@pytest.mark.parametrize(("changes", "message"), UNLIKELY)
def test_what_is_unlikely_is_a_warning(tmp_path, changes, message):
    cohort = read_cohort(write_patients(tmp_path / "a.csv", make_patient(**changes)))
    (warning,) = [text for text in cohort.warnings if text.startswith("In 1 patient")]
    assert warning.startswith(f"In 1 patient {message}")
    assert warning.endswith("see row 2.")


def test_many_unlikely_patients_are_counted(tmp_path):
    patients = [make_patient(f"A-{number}", blasts_len_pct="12") for number in range(7)]
    cohort = read_cohort(write_patients(tmp_path / "a.csv", *patients))
    expected = "In 7 patients blasts_len_pct is outside 0 to 9%; see rows 2, 3, 4, 5, 6 and more."
    assert drop_rows(expected) == "In 7 patients blasts_len_pct is outside 0 to 9%."
    assert expected in cohort.warnings


def test_no_message_shows_an_identifier(tmp_path):
    secret = "SECRET-77"
    patients = [
        make_patient(secret, sex=secret, age_years=secret, failure_date="2012-13-01"),
        make_patient(secret, dead=""),
    ]
    for fault in find_faults(tmp_path, *patients):
        assert secret not in fault
    cohort = read_cohort(
        write_patients(tmp_path / "b.csv", make_patient(secret, age_years="5", centre="x"))
    )
    assert secret not in "".join(cohort.warnings)
    assert not cohort.table.astype(str).isin([secret]).any(axis=None)


def test_a_fault_may_lack_patient_and_value():
    fault = describe_faults([Fault(column="sex", rule="must be x", advice="do y", row=2)])
    assert fault == ("row 2: sex must be x; do y",)


def test_equal_faults_are_told_in_one_sentence():
    faults = [
        Fault(column="sex", rule="must be x", advice="do y", value="'z'", row=row, patient="ab" * 4)
        for row in range(2, 9)
    ]
    assert describe_faults(faults) == (
        "rows 2 (patient abababab), 3 (patient abababab), 4 (patient abababab), "
        "5 (patient abababab), 6 (patient abababab) and 2 more: sex must be x, but was 'z'; do y",
    )


def test_control_characters_and_length_do_not_reach_a_message(tmp_path):
    faults = find_faults(tmp_path, make_patient(sex="\u202e\x1b[31m" + "x" * 5000))
    assert len(faults[0]) < 300
    assert "\x1b" not in faults[0]
    assert "\u202e" not in faults[0]


def test_required_columns_alone_are_enough(tmp_path):
    patient = take(make_patient(), "patient_id", "failure_date", "last_contact_date", "dead")
    table = read_cohort(write_patients(tmp_path / "a.csv", patient)).table
    assert table["os_months"].tolist() == [12 * 365 / 365.25]
