import pytest
from cohort_files import make_patient, write_patients

from helpers.cohort import read_cohort


def derive(tmp_path, *changes, **cuts):
    patients = [make_patient(f"A-{number}", **change) for number, change in enumerate(changes)]
    return read_cohort(write_patients(tmp_path / "a.csv", *patients), **cuts).table


def as_changes(column, values):
    return [{column: value} for value in values]


NOT_TRANSPLANTED = {"transplant_date": ""}

CASES = [
    ("age_years", ["74", "75", "90", ""], "age_75", ["no", "yes", "yes", None]),
    ("len_dose_mg", ["5", "10", "2.5", ""], "len_dose_10", ["no", "yes", "no", None]),
    ("blasts_len_pct", ["4", "5", "0", ""], "blasts_excess", ["no", "yes", "no", None]),
    ("who_class", ["raeb1", "ra", "other", ""], "raeb", ["yes", "no", "no", None]),
    ("del5q_group", ["complex", "fish_only", "plus1", ""], "complex", ["yes", "no", "no", None]),
    ("del5q_group", ["complex", "isolated", ""], "adverse_karyotype", ["yes", "no", None]),
    (
        "del5q_group",
        ["isolated", "plus1", "complex", "fish_only", ""],
        "second_aberration",
        ["no", "yes", None, None, None],
    ),
    (
        "failure_type",
        ["progression", "loss_hi", "no_response", "intolerance", ""],
        "progression",
        ["yes", "no", "no", "no", None],
    ),
    (
        "treatment_response",
        ["cr", "pr", "hi", "none", ""],
        "treatment_responder",
        ["yes", "yes", "yes", "no", None],
    ),
    ("therapy_related", ["0", "1", ""], "therapy_related", ["no", "yes", None]),
    ("sex", ["female", "male", ""], "sex", ["female", "male", None]),
    ("tp53", ["mutated", "wildtype", ""], "tp53", ["mutated", "wildtype", None]),
]


@pytest.mark.parametrize(("column", "values", "factor", "keys"), CASES)
def test_a_group_follows_its_rule(tmp_path, column, values, factor, keys):
    assert derive(tmp_path, *as_changes(column, values))[factor].tolist() == keys


def test_groups_of_treatment(tmp_path):
    treatments = ["bsc", "chemo", "hma", "esa", "allo", "other", ""]
    changes = [
        {"first_treatment": treatment, "transplant_date": "2010-03-01" * (treatment == "allo")}
        for treatment in treatments
    ]
    table = derive(tmp_path, *changes)
    assert table["active_treatment"].tolist() == ["no", *["yes"] * 5, None]
    assert table["hma_vs_bsc"].tolist() == ["bsc", None, "hma", None, None, None, None]
    assert table["allo_any"].tolist() == ["no"] * 4 + ["yes", "no", "no"]
    assert table["allo_vs_other"].tolist() == ["no"] * 4 + ["yes", "no", None]
    assert table["esa_prior"].tolist() == [None] * 3 + ["yes"] + [None] * 3


def test_timing_of_transplantation(tmp_path):
    changes = [
        {"first_treatment": "allo"},
        {"first_treatment": "hma"},
        {"first_treatment": "hma", "transplant_date": ""},
        {"first_treatment": ""},
    ]
    assert derive(tmp_path, *changes)["allo_timing"].tolist() == ["immediate", "later", None, None]


def test_hma_by_progression(tmp_path):
    changes = [
        {"first_treatment": "hma", "failure_type": "progression"},
        {"first_treatment": "hma", "failure_type": "loss_hi"},
        {"first_treatment": "chemo", "failure_type": "progression"},
        {"first_treatment": "bsc", "failure_type": "progression"},
    ]
    table = derive(tmp_path, *changes)
    assert table["hma_progression"].tolist() == ["yes", "no", None, None]
    assert table["hma_progression_vs_chemo"].tolist() == ["hma", None, "chemo", None]


def test_duration_of_lenalidomide_is_cut_at_whole_months(tmp_path):
    # 182 days are 5.98 months and 183 are 6.01
    changes = as_changes("failure_date", ["2009-07-02", "2009-07-03"])
    assert derive(tmp_path, *changes)["len_6m"].tolist() == ["no", "yes"]


def test_cuts_are_parameters_and_reach_the_labels(tmp_path):
    path = write_patients(tmp_path / "a.csv", make_patient(age_years="70", len_dose_mg="5"))
    cohort = read_cohort(path, age_cut_years=70, len_dose_cut_mg=2.5, len_duration_cut_months=13)
    row = cohort.table.iloc[0]
    assert (row["age_75"], row["len_dose_10"], row["len_6m"]) == (
        "yes",
        "yes",
        "no",
    )
    assert cohort.dictionary.levels("age_75") == {
        "no": "Below 70 years",
        "yes": "70 years or older",
    }
    assert cohort.dictionary.levels("len_dose_10")["no"] == "Less than 2.5 mg"
    assert cohort.dictionary.levels("len_6m")["yes"] == "13 months or more"


def test_every_key_of_a_group_is_a_level_of_the_dictionary():
    cohort = read_cohort("synthetic")
    for name, factor in cohort.dictionary.factors.items():
        found = set(cohort.table[name].dropna())
        assert found
        assert found <= set(factor.levels), name
