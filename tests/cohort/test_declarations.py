"""Variables, groups, steps of selection and terms that a user declares."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.cohort import build_cohort, check_factor_names, read_dictionary
from helpers.cohort.declarations import extend_dictionary
from helpers.cohort.sources import convert_to_text
from helpers.cohort.terms import Terms, make_terms
from helpers.errors import FaultsError

OTHER_FAILURES = {"failure_type": {"levels": {"refractory": "Refractory", "relapse": "Relapse"}}}


def extend(**declarations):
    return extend_dictionary(read_dictionary(), declarations)


def find_faults(**declarations):
    with pytest.raises(FaultsError) as caught:
        extend(**declarations)
    return caught.value.faults


def make_cohort(declarations, **columns):
    length = len(next(iter(columns.values())))
    cells = {
        "patient_id": [f"P{number}" for number in range(length)],
        "os_months": list(range(1, length + 1)),
        "dead": [1] * length,
        **columns,
    }
    frame = pd.DataFrame(cells).astype(str).replace("", None)
    return build_cohort(convert_to_text(frame, name="own"), declarations=declarations)


def test_nothing_declared_changes_nothing():
    assert extend() is read_dictionary()
    assert extend(variables={}, factors={}, terms={}, eligibility=None) is read_dictionary()


def test_a_declared_category_is_a_group_of_the_analysis_table():
    declared = {
        "variables": {
            "ecog": {"label": "ECOG", "type": "category", "levels": {0: "None", 1: "Some"}},
            "npm1": {"label": "NPM1 mutation", "type": "flag"},
            "ldh": {"label": "LDH", "type": "number", "unit": "U/L"},
        }
    }
    cohort = make_cohort(declared, ecog=["0", "1", ""], npm1=["1", "0", "1"], ldh=["5.5", "", "7"])
    assert cohort.table["ecog"].tolist() == ["0", "1", None]
    assert cohort.table["npm1"].tolist() == ["yes", "no", "yes"]
    assert cohort.table["ldh"].tolist()[::2] == [5.5, 7.0]
    assert cohort.dictionary.factors["ecog"].levels == {"0": "None", "1": "Some"}
    assert cohort.dictionary.factors["npm1"].known_at == "failure"
    assert "ldh" not in cohort.dictionary.factors


def test_levels_may_be_a_list_of_labels():
    dictionary = extend(
        variables={"grade": {"label": "Grade", "levels": ["Grade I", "Grade II", "Élevé"]}}
    )
    assert dictionary.levels("grade") == {
        "grade_i": "Grade I",
        "grade_ii": "Grade II",
        "eleve": "Élevé",
    }


@pytest.mark.parametrize(
    ("rule", "expected", "labels"),
    [
        (
            {"bands": {"column": "age_years", "cuts": [50, 60]}},
            ["band_1", "band_2", "band_3"],
            ["Below 50 years", "50 to 59 years", "60 years or more"],
        ),
        (
            {"at_least": {"column": "age_years", "cut": 60}},
            ["no", "no", "yes"],
            ["Below 60 years", "60 years or more"],
        ),
    ],
)
def test_cuts_belong_to_the_upper_group_and_label_themselves(rule, expected, labels):
    declared = {"factors": {"age_group": {"label": "Age", "rule": rule}}}
    cohort = make_cohort(declared, age_years=["49", "50", "60"])
    assert cohort.table["age_group"].tolist() == expected
    assert list(cohort.dictionary.levels("age_group").values()) == labels


def test_yaml_truth_values_are_no_and_yes():
    declared = {
        "factors": {
            "old": {
                "label": "Old",
                "rule": {"at_least": {"column": "age_years", "cut": 60}},
                "levels": {False: "Young", True: "Old enough"},
                "reference": True,
            }
        }
    }
    factor = extend(**declared).factors["old"]
    assert factor.levels == {"no": "Young", "yes": "Old enough"}
    assert factor.reference == "yes"


def test_other_categories_take_their_place_and_what_was_made_from_them_goes_with_a_reason():
    dictionary = extend(variables=OTHER_FAILURES)
    assert dictionary.levels("failure_type") == {"refractory": "Refractory", "relapse": "Relapse"}
    assert dictionary.factors["failure_type"].reference == "refractory"
    assert set(dictionary.removed) == {
        "progression",
        "hma_progression",
        "hma_progression_vs_chemo",
    }
    assert not set(dictionary.removed) & set(dictionary.factors)
    assert "declare progression under factors" in dictionary.removed["progression"]


def test_one_more_treatment_may_not_slip_into_the_untreated():
    levels = {**read_dictionary().levels("first_treatment"), "car_t": "CAR T cells"}
    dictionary = extend(variables={"first_treatment": {"levels": levels}})
    gone = {"active_treatment", "hma_vs_bsc", "esa_prior", "allo_timing", "allo_vs_other"}
    assert gone <= set(dictionary.removed)


def test_new_labels_for_the_same_categories_remove_nothing():
    levels = dict.fromkeys(read_dictionary().levels("failure_type"))
    levels = {key: f"Own {key}" for key in levels}
    dictionary = extend(variables={"failure_type": {"levels": levels}})
    assert not dictionary.removed
    assert dictionary.levels("failure_type")["loss_hi"] == "Own loss_hi"


def test_a_removed_group_can_be_declared_anew():
    rule = {"one_of": {"column": "failure_type", "values": ["relapse"]}}
    dictionary = extend(
        variables=OTHER_FAILURES, factors={"progression": {"label": "Relapse", "rule": rule}}
    )
    assert "progression" not in dictionary.removed
    assert dictionary.factors["progression"].label == "Relapse"


def test_all_faults_are_named_at_once_with_what_was_meant():
    faults = find_faults(
        variables={
            "__class__": {"label": "x", "type": "flag"},
            "lambda": {"label": "x", "type": "flag"},
            "os_event": {"label": "x"},
            "complex": {"label": "C", "type": "flag"},
            "ldh": {"label": "LDH", "type": "numbr", "unt": "U/L"},
            "sex": {"type": "number"},
            "stage": {"label": "Stage", "type": "category", "levels": {"i": "One", "ii": "One"}},
            "grade": {"label": "G\x07", "type": "category", "levels": {"overall": "A", "b": "B"}},
        },
        factors={
            "old": {"rule": {"one_of": {"column": "failur_type", "values": ["a"]}}},
            "worse": {
                "label": "W",
                "rule": {"one_of": {"column": "failure_type", "values": ["progresion"]}},
            },
        },
        eligibility=[
            "consentt",
            {"column": "age_years", "keep": True, "label": "A", "reason": "B"},
        ],
        terms={"diseas": "a", "failure": ""},
    )
    told = "\n".join(faults)
    for part in (
        "variables.__class__ must be a name",
        "variables.lambda must not be a word of Python",
        "variables.os_event must not be a column that is derived",
        "variables.complex must not be the name of a built-in group",
        "variables.ldh.type must be one of",
        "variables.ldh has no key 'unt'; did you mean 'unit'?",
        "variables.sex.type must stay category",
        "must have different labels",
        "control characters",
        "must not have the key 'overall'",
        "factors.old.label must be given",
        "did you mean 'failure_type'?",
        "did you mean 'progression'?",
        "did you mean 'consent'?",
        "eligibility.age_years.column must be a variable of type flag",
        "terms has no key 'diseas'; did you mean 'disease'?",
        "terms.failure must be text",
    ):
        assert part in told, part


@pytest.mark.parametrize("wrong", [3, "text", ["a"]])
def test_sections_of_another_shape_are_refused(wrong):
    assert any("variables must be" in fault for fault in find_faults(variables=wrong))


def test_selection_is_none_built_in_or_ones_own():
    assert extend(eligibility=[]).eligibility == ()
    assert [step.id for step in extend(eligibility=["consent"]).eligibility] == ["consent"]
    own = {"column": "adult", "keep": True, "label": "Adults", "reason": "Below 18 years"}
    declared = {
        "variables": {"adult": {"label": "Adult", "type": "flag"}},
        "eligibility": [own],
    }
    cohort = make_cohort(declared, adult=["1", "0", "1"])
    assert [(step.id, step.n_excluded) for step in cohort.flow] == [("adult", 1)]
    assert len(cohort) == 2


def test_terms_of_another_disease_leave_no_word_of_the_papers():
    terms = make_terms({"disease": "breast cancer", "time_zero": "surgery"})
    shown = " ".join(str(getattr(terms, name)) for name in Terms.__dataclass_fields__)
    assert not any(word in shown for word in ("LEN", "lenalidomide", "MDS", "5q", "AML"))
    assert (terms.failure, terms.time_zero_name) == ("surgery", "surgery")
    assert not terms.is_published
    assert make_terms({"background": "Our own words."}).is_published


def test_terms_rename_labels_and_their_abbreviations():
    dictionary = extend(
        terms={"index_treatment": "ATRA", "abbreviations": "ATRA = all-trans retinoic acid"}
    )
    assert dictionary.label("len_response") == "Response to ATRA"
    assert dictionary.label("os_months") == "OS from failure of ATRA"
    assert dictionary.abbreviations["ATRA"] == "all-trans retinoic acid"
    assert not {"LEN", "MDS", "AML"} & set(dictionary.abbreviations)


def test_an_abbreviation_of_another_field_is_not_explained_with_the_papers_meaning():
    dictionary = extend(
        variables={"pr": {"label": "PR status", "type": "flag"}}, terms={"disease": "breast cancer"}
    )
    assert "PR" not in dictionary.abbreviations
    assert "CR" in dictionary.abbreviations


def test_lists_of_the_parameters_may_name_what_is_declared():
    declared = {"variables": {"ldh": {"label": "LDH", "type": "number"}, **OTHER_FAILURES}}
    check_factor_names(
        {"table1_variables": ["ldh", "sex"], "aml_factors": ["progression"]}, declared
    )
    check_factor_names({"model_factors": ["ldh"]}, declared)
    with pytest.raises(FaultsError, match="'ldh' is not a factor; it is a number"):
        check_factor_names({"subgroup_factors": ["ldh"]}, declared)
    with pytest.raises(FaultsError, match="'centre' is not a number or factor"):
        check_factor_names({"table1_variables": ["centre"]}, declared)


def test_a_declared_group_may_say_when_patients_join_it():
    transplant = {
        "label": "Transplantation",
        "rule": {"present": "hsct_months"},
        "known_at": "after_failure",
        "switches_at": "hsct_months",
    }
    declared = {
        "variables": {"hsct_months": {"label": "Time to transplantation", "type": "number"}},
        "factors": {"hsct": transplant},
    }
    cohort = make_cohort(declared, hsct_months=["0.5", "", "2"])
    assert cohort.dictionary.factors["hsct"].switches_at == "hsct_months"
    assert cohort.table["hsct"].tolist() == ["yes", "no", "yes"]
    assert read_dictionary().factors["allo_vs_other"].switches_at == "transplant_months"


@pytest.mark.parametrize("column", ["nowhere", "sex", 3, "age_years"])
def test_the_time_of_joining_must_be_a_column_of_months(column):
    faults = find_faults(
        factors={
            "x": {"label": "X", "rule": {"present": "transplant_months"}, "switches_at": column}
        }
    )
    assert list(faults) == [
        "factors.x.switches_at must be a column with months from time zero, but was "
        f"{column!r}; declare it under variables as a number"
    ]
