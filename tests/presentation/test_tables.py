"""Tables hold what the results say, cell by cell."""

import pandas as pd
import pytest
from made_sets import (
    count,
    make_aml,
    make_availability,
    make_failure,
    make_model,
    make_model_with_medians,
    make_path,
    make_screen,
    make_supp1,
    make_table1,
    make_tp53,
    make_treatments,
    median,
    record_test,
    summary,
)

from helpers import tables
from helpers.document import block_from_json, block_to_json
from helpers.results import Result, ResultSet


def texts(block):
    return [tuple(cell.text for cell in row) for row in block.rows]


def heads(block):
    return [tuple(cell.text for cell in row) for row in block.header]


def make_all():
    return [
        tables.make_characteristics_table(make_table1()),
        tables.make_characteristics_table(make_supp1()),
        tables.make_survival_table(make_failure()),
        tables.make_survival_table(make_tp53()),
        tables.make_incidence_table(make_aml()),
        tables.make_screen_table(make_screen()),
        tables.make_model_table(make_model_with_medians()),
        tables.make_ph_table(make_model()),
        tables.make_selection_table(make_path()),
        tables.make_competing_table(make_model("aml.cause_specific"), make_model("aml.fine_gray")),
        tables.make_treatment_table(make_treatments(), make_failure()),
        tables.make_response_table(make_treatments()),
        tables.make_missingness_table(make_availability()),
        tables.make_count_table(make_treatments(), prefix="first"),
        tables.make_omitted_table([make_path()]),
        tables.make_parameters_table(pd.DataFrame({"name": ["a"], "value": [1]})),
    ]


def fill_grid(rows, width):
    """Place cells as HTML does; return the number of filled positions of each row."""
    taken = set()
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            spots = {(y + dy, x + dx) for dy in range(cell.rowspan) for dx in range(cell.colspan)}
            assert not spots & taken
            taken |= spots
    return [sum((y, x) in taken for x in range(width)) for y in range(len(rows))]


@pytest.mark.parametrize("block", make_all(), ids=lambda block: block.id)
def test_every_table_is_a_full_grid_and_survives_json(block):
    width = len(block.align)
    for part in (block.header, block.rows):
        assert fill_grid(part, width) == [width] * len(part)
    assert set(block.align) <= set("lcr")
    assert all(row[0].header for row in block.rows)
    cited = {key for row in (*block.header, *block.rows) for cell in row for key in cell.notes}
    assert cited == set(block.notes)
    assert block_from_json(block_to_json(block)) == block


@pytest.mark.parametrize("block", make_all(), ids=lambda block: block.id)
def test_notes_are_cited_in_the_order_of_their_letters(block):
    cells = [cell for row in (*block.header, *block.rows) for cell in row]
    cited = list(dict.fromkeys(key for cell in cells for key in cell.notes))
    assert cited == sorted(cited)


def test_characteristics_of_all_patients():
    block = tables.make_characteristics_table(make_table1())
    assert heads(block) == [("Characteristic", "All patients (n = 392)")]
    assert texts(block) == [
        ("Age, years, median (range)", "70 (37–95)"),
        ("Male sex, n (%)", "134 (34%)"),
        ("WHO class, n (%)", ""),
        ("RA", "125 (32%)"),
        ("RAEB-1", "91 (23%)"),
        ("TP53, n (%)", ""),
        ("Mutated", "7/39 (18%)"),
        ("Missing", "353"),
    ]
    assert block.rows[3][0].indent == 1
    assert block.rows[0][1].value == 70.0


def test_characteristics_by_group_with_tests():
    block = tables.make_characteristics_table(make_supp1(), spread="quartiles", style="jama")
    assert heads(block) == [("Characteristic", "BSC (n = 78)", "HMA (n = 91)", "P value")]
    assert texts(block)[0] == (
        "Age, years, median (Q1, Q3)", "74 (62, 77.5)", "69.5 (62, 77.5)", "<.001",
    )  # fmt: skip
    assert texts(block)[1] == ("Male sex, n (%)", "30 (38)", "31 (34)", ".61")
    assert texts(block)[4] == ("RAEB-1", "20 (26)", "40 (44)", "")
    assert block.notes == {"a": "Wilcoxon rank-sum test.", "b": "Fisher's exact test."}
    assert block.slot == "supplement"


def test_a_yes_no_variable_takes_one_row():
    rows = pd.DataFrame(
        [
            ("dose", "Initial dose", "no", "Less than 10 mg", "binary", ""),
            ("dose", "Initial dose", "yes", "10 mg or more", "binary", ""),
        ],
        columns=["variable", "variable_label", "level", "level_label", "kind", "unit"],
    )
    results = ResultSet.collect(
        "t", [count("t.dose.no", 96, 392), count("t.dose.yes", 296, 392)], frames={"rows": rows}
    )
    block = tables.make_characteristics_table(results)
    assert texts(block) == [("Initial dose: 10 mg or more, n (%)", "296 (76%)")]


def test_survival_by_group():
    block = tables.make_survival_table(make_failure())
    assert heads(block) == [
        ("Type of failure", "Patients", "Deaths", "Median, months (95% CI)",
         "At 60 months (95% CI)"),
    ]  # fmt: skip
    assert texts(block)[1] == ("Intolerance", "56", "40", "24 [14–34]", "20% [10–28]")
    assert texts(block)[3][3] == "11 [6–NR]"
    assert texts(block)[-1] == ("Log-rank test", "p < 0.001")
    assert block.abbreviations["NR"] == "not reached"
    assert block.notes["a"].startswith("Interval of medians: SPSS method, estimate ±")


def test_survival_of_two_groups_ends_with_their_hazard_ratio():
    block = tables.make_survival_table(make_tp53(), style="nejm")
    assert texts(block)[0] == ("Mutated", "7", "3", "NR (9.5 to NR)", "57.1% (17.0 to 84.0)")
    assert texts(block)[-1] == (
        "HR, mutated against wild type",
        "0.80 (0.30 to 2.10), P = 0.70",
    )


def test_a_probability_beyond_follow_up_is_explained():
    gone = Result(
        id="os.g.prob_60m",
        kind="probability",
        status="not_computable",
        reason="nobody was followed for 60 months",
        quantities={"time_months": 60.0},
    )
    results = ResultSet.collect(
        "os", [median("os.g.median", 5.0, 4.0, 6.0, 9, 9), gone], meta={"groups": {"g": "G"}}
    )
    block = tables.make_survival_table(results)
    assert block.rows[0][4].text == "NC"
    assert block.notes[block.rows[0][4].notes[0]] == "Nobody was followed for 60 months."


def test_incidence_by_both_estimators():
    assert texts(tables.make_incidence_table(make_aml())) == [
        ("Cumulative incidence (Aalen-Johansen)", "349", "109", "30% [25–35]"),
        ("1 - Kaplan-Meier", "349", "109", "34% [29–40]"),
    ]


def test_screen_shows_medians_ratio_and_test():
    block = tables.make_screen_table(make_screen(), style="lancet")
    assert texts(block)[:3] == [
        ("Age 75 years or older", "", "", "", "", "0·0021"),
        ("No", "292", "152", "27·0 (22·0–32·0)", "1 (reference)", ""),
        ("Yes", "100", "70", "18·0 (14·0–22·0)", "1·55 (1·17–2·05)", ""),
    ]
    assert block.notes == {"a": "Log-rank test."}


def test_model_shows_references_medians_and_factor_tests():
    block = tables.make_model_table(make_model_with_medians())
    assert texts(block)[:5] == [
        ("Age 75 years or older", "", "", "", "", ""),
        ("No", "292", "152", "27 [22–32]", "1 (reference)", ""),
        ("Yes", "100", "70", "18 [14–22]", "1.64 [1.24–2.18]", "<0.001"),
        ("Type of failure", "", "", "", "", "0.004"),
        ("No response", "141", "84", "–", "1 (reference)", ""),
    ]
    assert block.notes["a"] == (
        "Wald test. Model: 392 patients, 222 events, likelihood-ratio p < 0.001, concordance 0.65."
    )
    without = tables.make_model_table(make_model())
    assert heads(without) == [("Factor", "Patients", "Deaths", "HR (95% CI)", "p value")]


def test_subdistribution_ratios_are_named():
    block = tables.make_model_table(make_model("aml.fine_gray"))
    assert heads(block)[0][3] == "sHR (95% CI)"


def test_two_models_stand_side_by_side():
    block = tables.make_competing_table(
        make_model("aml.cause_specific"), make_model("aml.fine_gray")
    )
    assert block.id == "table.aml_models"
    assert heads(block)[1] == ("HR (95% CI)", "p value", "sHR (95% CI)", "p value")
    assert texts(block)[2] == (
        "Yes", "100", "70", "1.64 [1.24–2.18]", "<0.001", "1.64 [1.24–2.18]", "<0.001",
    )  # fmt: skip


def test_check_and_path_of_the_model():
    assert texts(tables.make_ph_table(make_model()))[1:] == [
        ("Type of failure", "9.73", "3", "0.02"),
        ("Response to LEN", "1.07", "1", "0.30"),
        ("Global test", "9.83", "5", "0.08"),
    ]
    path = tables.make_selection_table(make_path())
    assert texts(path)[2] == ("3", "Removed", "Response to LEN", "0.31")
    empty = ResultSet.collect("cox.path", [], frames={"steps": pd.DataFrame()})
    assert texts(tables.make_selection_table(empty))[0][1] == "No factor met the rule"


def test_treatments_with_and_without_survival():
    assert texts(tables.make_treatment_table(make_treatments()))[1] == ("HMA", "91 (39%)")
    survival = ResultSet.collect(
        "os.tx.first", [median("os.tx.first.hma.median", 39.0, 28.0, 50.0, 91, 37)]
    )
    block = tables.make_treatment_table(make_treatments(), survival)
    assert texts(block)[1] == ("HMA", "91 (39%)", "37", "39 [28–50]")
    assert texts(block)[0] == ("Best supportive care", "78 (34%)", "–", "–")


def test_the_prefix_may_be_part_of_the_id():
    results = ResultSet.collect("tx.first", [count("tx.first.hma", 91, 232, "HMA")])
    block = tables.make_treatment_table(results)
    assert (block.id, texts(block)) == ("table.tx_first", [("HMA", "91 (39%)")])


def test_responses_of_the_evaluable():
    block = tables.make_response_table(make_treatments())
    assert heads(block)[0][1:] == ("Evaluable, n/N", "Any response, n (%)", "CR or PR, n (%)")
    assert texts(block) == [("HMA", "71/91", "32 (45%)", "11 (15%)"), ("ESA", "0/22", "–", "–")]


def test_missing_values_most_first():
    assert texts(tables.make_missingness_table(make_availability())) == [
        ("TP53", "39", "353/392 (90%)"),
        ("Cytogenetic response", "207", "185/392 (47%)"),
        ("Age", "392", "0/392 (0%)"),
    ]


def test_counts_with_durations_and_test():
    results = ResultSet.collect(
        "failure",
        [
            count("failure.loss_hi", 152, 392, "Loss of HI"),
            record_test("failure.test", 0.2, "chi-square"),
        ],
        meta={"factor_label": "Type"},
    )
    durations = ResultSet.collect(
        "len.duration",
        [summary("len.duration.loss_hi", 17.0, 3.7, 66.5, 152, unit="months")],
        meta={"title": "Duration of LEN"},
    )
    block = tables.make_count_table(results, durations)
    assert heads(block) == [("Type", "Patients, n/N (%)", "Duration of LEN, median (range)")]
    assert texts(block) == [
        ("Loss of HI", "152/392 (39%)", "17 (3.7–66.5)"),
        ("Chi-square test", "p = 0.20"),
    ]


def test_published_against_reproduced():
    rows = pd.DataFrame(
        [
            {"place": "Abstract", "what": "median", "printed": "23", "reproduced": "23",
             "verdict": "equal", "reason": None},
            {"place": "Table 2", "what": "HR", "printed": "1.64", "reproduced": None,
             "verdict": "not computable", "reason": "no column"},
        ]
    )  # fmt: skip
    block = tables.make_comparison_table(rows)
    assert block.title == "Published against reproduced values (2 entries)"
    assert block.slot == "appendix"
    assert texts(block) == [
        ("Abstract", "median", "23", "23", "Equal", ""),
        ("Table 2", "HR", "1.64", "–", "Not computable", "no column"),
    ]
    assert texts(tables.make_verdict_table(rows)) == [
        ("Equal", "1 (50%)"),
        ("Not computable", "1 (50%)"),
    ]


def test_omitted_analyses_and_parameters():
    omitted = ResultSet.omitted("a", "no column.", meta={"title": "OS by TP53"})
    block = tables.make_omitted_table([omitted, make_path()])
    assert texts(block) == [("OS by TP53", "No column.")]
    rows = pd.DataFrame(
        {
            "name": ["cut", "flag", "times"],
            "value": [70.0, True, [12, 24.5]],
            "default": [75.0, True, [12, 24.5]],
        }
    )
    block = tables.make_parameters_table(rows)
    assert texts(block) == [
        ("cut", "70", "75"),
        ("flag", "yes", "yes"),
        ("times", "12, 24.5", "12, 24.5"),
    ]
    assert [row[1].notes for row in block.rows] == [("a",), (), ()]
    assert block.notes == {"a": "Differs from the default."}
