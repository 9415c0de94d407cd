import numpy as np
import pytest
from cohort_files import ELIGIBILITY, make_patient, write_patients
from hypothesis import given
from hypothesis import strategies as st

from helpers.cohort import read_cohort
from helpers.cohort.dictionary import EligibilityRule, read_dictionary
from helpers.cohort.eligibility import select_eligible
from helpers.errors import FaultsError

RULES = [
    EligibilityRule(id="mds", column="mds", keep="yes", label="MDS", reason="No MDS"),
    EligibilityRule(id="risk", column="risk", keep="no", label="Lower risk", reason="High risk"),
]


def test_a_patient_is_counted_at_the_first_rule_that_excludes():
    flags = {
        "mds": np.array(["yes", "no", "no", "yes"], dtype=object),
        "risk": np.array(["no", "yes", "no", "yes"], dtype=object),
    }
    selection = select_eligible(flags, RULES, n_screened=4)
    assert selection.kept.tolist() == [True, False, False, False]
    assert [(s.id, s.n_before, s.n_excluded, s.n_remaining) for s in selection.flow] == [
        ("mds", 4, 2, 2),
        ("risk", 2, 1, 1),
    ]


def test_a_rule_without_its_column_excludes_nobody_and_says_so():
    flags = {"mds": np.array(["yes", "no"], dtype=object), "risk": np.array([None, None])}
    selection = select_eligible(flags, RULES, n_screened=2)
    assert [step.checked for step in selection.flow] == [True, False]
    assert selection.flow[1].n_excluded == 0
    assert selection.undocumented == {}


def test_a_missing_flag_matters_only_for_who_is_still_in():
    flags = {
        "mds": np.array(["no", "yes", "yes"], dtype=object),
        "risk": np.array([None, None, "no"], dtype=object),
    }
    selection = select_eligible(flags, RULES, n_screened=3)
    assert {name: found.tolist() for name, found in selection.undocumented.items()} == {"risk": [1]}


@given(st.lists(st.tuples(*[st.sampled_from(["no", "yes", None])] * 2), max_size=30))
def test_counts_of_the_flow_always_add_up(rows):
    flags = {
        "mds": np.array([row[0] for row in rows], dtype=object),
        "risk": np.array([row[1] for row in rows], dtype=object),
    }
    selection = select_eligible(flags, RULES, n_screened=len(rows))
    remaining = len(rows)
    for step in selection.flow:
        assert step.n_before == remaining
        assert step.n_remaining == step.n_before - step.n_excluded
        remaining = step.n_remaining
    assert remaining == selection.kept.sum()


def test_the_declared_steps_follow_the_paper():
    keeps = {rule.column: rule.keep for rule in read_dictionary().eligibility}
    assert keeps == {
        "mds_who2008": "yes",
        "del5q_confirmed": "yes",
        "higher_risk_disease": "no",
        "len_single_agent": "yes",
        "len_maintenance": "no",
        "len_failure_documented": "yes",
        "consent": "yes",
    }


@pytest.mark.parametrize("column", ELIGIBILITY)
def test_each_rule_excludes_the_patient_who_breaks_it(tmp_path, column):
    broken = "1" if make_patient()[column] == "0" else "0"
    path = write_patients(
        tmp_path / "two.csv", make_patient("A-1"), make_patient("A-2", **{column: broken})
    )
    cohort = read_cohort(path)
    excluded = {step.column: step.n_excluded for step in cohort.flow if step.n_excluded}
    assert (len(cohort), cohort.n_screened, excluded) == (1, 2, {column: 1})


def test_a_screening_log_needs_no_more_than_flags_of_the_excluded(tmp_path):
    excluded = dict.fromkeys(make_patient(), "") | {"patient_id": "A-2", "mds_who2008": "0"}
    excluded["sex"] = "not asked"
    path = write_patients(tmp_path / "log.csv", make_patient("A-1"), excluded)
    assert len(read_cohort(path)) == 1


def test_an_empty_flag_of_a_patient_who_is_still_in_is_a_fault(tmp_path):
    path = write_patients(tmp_path / "a.csv", make_patient("A-1"), make_patient("A-2", consent=""))
    with pytest.raises(
        FaultsError, match=r"row 3 \(patient \w{8}\): consent must be 0 or 1 for a patient"
    ):
        read_cohort(path)


def test_nobody_eligible_is_a_fault(tmp_path):
    path = write_patients(tmp_path / "none.csv", make_patient(consent="0"))
    with pytest.raises(FaultsError, match="at least one patient must be eligible"):
        read_cohort(path)


def test_unchecked_rules_are_named_in_a_warning(tmp_path):
    patient = make_patient()
    del patient["consent"]
    cohort = read_cohort(write_patients(tmp_path / "a.csv", patient))
    assert cohort.warnings[0] == (
        "Eligibility was not checked by these rules, because the data lack their columns: "
        "Consent given (consent)."
    )
