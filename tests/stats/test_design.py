"""Design matrices: reference coding, and the faults of a column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.errors import StatisticsError
from helpers.stats.design import Factor, Term, build_design, design_from_columns, infer_factor

FRAME = pd.DataFrame(
    {
        "arm": ["b", "a", "c", "a"],
        "responder": [True, False, True, True],
        "age_years": [61, 70, 55, 48],
        "constant": ["x"] * 4,
        "gap": [1.0, np.nan, 2.0, np.nan],
    }
)


def test_columns_follow_the_levels_without_the_reference():
    arm = Factor("arm", ("a", "b", "c"), reference="b")
    design = build_design(FRAME, [arm, Factor("age_years"), Factor("responder", (False, True))])
    assert design.terms == (
        Term("arm=a", "arm", "a"),
        Term("arm=c", "arm", "c"),
        Term("age_years", "age_years", None),
        Term("responder=True", "responder", True),
    )
    expected = [[0, 0, 61, 1], [1, 0, 70, 0], [0, 1, 55, 1], [1, 0, 48, 1]]
    assert design.matrix.tolist() == expected
    assert design.columns_of("arm") == [0, 1]
    assert design.warnings == ()


def test_reference_and_labels_have_defaults():
    factor = Factor("arm", ("a", "b"), level_labels=("Arm A", "Arm B"))
    assert (factor.reference, factor.label, factor.contrasts) == ("a", "arm", ("b",))
    assert factor.level_labels == ("Arm A", "Arm B")
    assert Factor("age_years").is_numeric


def test_truth_values_and_codes_are_the_same_levels():
    by_code = build_design(FRAME, [Factor("responder", (0, 1))])
    assert by_code.matrix[:, 0].tolist() == [1, 0, 1, 1]


def test_a_level_without_patients_is_left_out_in_words():
    design = build_design(FRAME, [Factor("arm", ("a", "b", "c", "d"))])
    assert design.names == ("arm=b", "arm=c")
    assert design.warnings == ("no patient has level 'd' of 'arm'; it has no coefficient",)
    assert design.factors[0].levels == ("a", "b", "c")


def test_select_and_take():
    design = build_design(FRAME, [Factor("arm", ("a", "b", "c")), Factor("age_years")])
    assert design.select(["age_years"]).names == ("age_years",)
    assert design.take([3, 0]).matrix[:, -1].tolist() == [48, 61]
    with pytest.raises(StatisticsError, match=r"was \['tp53'\]"):
        design.select(["tp53"])


def test_columns_that_a_sample_has_lost():
    design = build_design(FRAME, [Factor("arm", ("a", "b", "c")), Factor("responder", (0, 1))])
    kept = design.take([2, 3, 2]).without_constant()
    assert kept.names == ("arm=c",)
    assert [factor.name for factor in kept.factors] == ["arm"]


def test_infer_factor():
    assert infer_factor(FRAME, "arm").levels == ("a", "b", "c")
    assert infer_factor(FRAME, "responder").levels == (False, True)
    assert infer_factor(FRAME, "age_years").is_numeric
    with pytest.raises(StatisticsError, match="'constant' must have two or more levels"):
        infer_factor(FRAME, "constant")


def test_design_from_columns():
    design = design_from_columns([[1, 2], [3, 5]], ["u", "v"])
    assert design.names == ("u", "v")
    with pytest.raises(StatisticsError, match="one column for each of 1 names"):
        design_from_columns([[1, 2], [3, 5]], ["u"])


@pytest.mark.parametrize(
    ("factor", "message"),
    [
        (Factor("tp53"), "column of the table, but was 'tp53'"),
        (Factor("gap"), "'gap' must be complete, but was missing in 2 of 4 rows"),
        (Factor("arm"), "'arm' must be numbers, but was of type object"),
        (Factor("arm", ("a", "b")), r"'arm' must be one of .* but was \['c'\] in 1 rows"),
        (Factor("constant", ("x", "y")), "'constant' must have two or more levels, but was only"),
        (Factor("arm", ("z", "a", "b", "c")), "reference of 'arm' must be a level with patients"),
    ],
)
def test_faults_of_a_column(factor, message):
    with pytest.raises(StatisticsError, match=message):
        build_design(FRAME, [factor])


def test_infinite_numbers_and_doubled_factors():
    frame = pd.DataFrame({"x": [1.0, np.inf]})
    with pytest.raises(StatisticsError, match="infinite in 1 rows"):
        build_design(frame, [Factor("x")])
    with pytest.raises(StatisticsError, match=r"\['x'\] came twice"):
        build_design(frame, [Factor("x"), Factor("x")])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"levels": ("a",)}, "two or more different values"),
        ({"levels": ("a", "a")}, "two or more different values"),
        ({"levels": ("a", "b"), "reference": "c"}, "reference of 'arm' must be one of"),
        ({"levels": ("a", "b"), "level_labels": ("A",)}, "one text for each of 2 levels"),
    ],
)
def test_faults_of_a_factor(arguments, message):
    with pytest.raises(StatisticsError, match=message):
        Factor("arm", **arguments)
