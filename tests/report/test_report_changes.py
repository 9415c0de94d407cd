"""Two reports held against each other: sizes worked by hand, causes, and rows of patients."""

import hashlib
import math
from dataclasses import replace

import pandas as pd
import pytest
from sample_report import HOSTILE
from written_reports import COUNT, MEDIAN, RATIO, REACHED, SECTIONS, write_report

from helpers.cli.diff_text import format_comparison
from helpers.report.changes.causes import find_causes
from helpers.report.changes.comparison import SEVERAL, UNEXPLAINED, compare_reports
from helpers.report.changes.numbers import compare_results
from helpers.report.changes.page import write_comparison_page
from helpers.report.changes.reading import read_two_reports
from helpers.report.changes.rows import RowCounts, compare_tables, protect_counts
from helpers.report.changes.words import describe_comparison, show_change
from helpers.report.code_outline import outline_module, read_outline
from helpers.report.reached import find_commit
from helpers.results import Result


def compare_one(before, after, **options):
    found = compare_results({before.id: before}, {after.id: after}, **options)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("before", "after", "absolute", "relative", "units"),
    [
        (MEDIAN, replace(MEDIAN, estimate=25.0), 5.0, 0.25, 5 / 20),
        (RATIO, replace(RATIO, estimate=4.0), 2.0, 1.0, math.log(2) / math.log(4)),
        (RATIO, replace(RATIO, estimate=1.0), -1.0, -0.5, 0.5),
        (replace(MEDIAN, ci_upper=None), replace(MEDIAN, estimate=25.0), 5.0, 0.25, 0.25),
        (COUNT, replace(COUNT, estimate=44), 4, 0.1, None),
        (replace(COUNT, estimate=0), COUNT, 40, None, None),
    ],
)
def test_the_size_of_a_change_worked_by_hand(before, after, absolute, relative, units):
    change = compare_one(before, after)
    estimate = next(one for one in change.fields if one.name == "estimate")
    assert estimate.absolute == pytest.approx(absolute)
    assert estimate.relative == (None if relative is None else pytest.approx(relative))
    assert change.interval_units == (None if units is None else pytest.approx(units))


def test_only_a_limit_that_moves_counts_in_widths_too():
    change = compare_one(MEDIAN, replace(MEDIAN, ci_upper=35.0))
    assert [one.name for one in change.fields] == ["ci_upper"]
    assert change.interval_units == pytest.approx(0.25)


def test_what_matters_most_comes_first():
    open_end = Result(id="z", kind="median", status="not_reached")
    before = [COUNT, replace(COUNT, id="other", estimate=10), MEDIAN, RATIO, open_end]
    after = [
        replace(COUNT, estimate=41),
        replace(COUNT, id="other", estimate=20),
        replace(MEDIAN, estimate=21.0),
        replace(RATIO, estimate=3.0),
        replace(open_end, status="estimated", estimate=40.0),
    ]
    found = compare_results({one.id: one for one in before}, {one.id: one for one in after})
    assert [change.id for change in found] == ["z", RATIO.id, MEDIAN.id, "other", COUNT.id]
    assert found[0].has_appeared
    assert (found[0].printed_before, found[0].printed_after) == ("NR", "40")


def test_a_change_below_the_printed_precision_is_not_visible():
    assert not compare_one(MEDIAN, replace(MEDIAN, estimate=20.3)).is_visible
    assert compare_one(MEDIAN, replace(MEDIAN, estimate=20.5)).is_visible
    assert compare_one(MEDIAN, replace(MEDIAN, estimate=20.3), style="nejm").is_visible
    assert not compare_one(RATIO, replace(RATIO, std_error=0.3)).is_visible
    assert compare_one(RATIO, replace(RATIO, events=21)).is_visible


def test_a_p_value_that_crosses_the_level():
    assert compare_one(RATIO, replace(RATIO, p_value=0.06)).crosses_alpha
    assert not compare_one(RATIO, replace(RATIO, p_value=0.06), alpha=0.1).crosses_alpha
    assert not compare_one(RATIO, replace(RATIO, p_value=0.041)).crosses_alpha


def test_within_the_tolerance_numbers_are_equal():
    moved = replace(RATIO, estimate=2.001, p_value=0.0399999)
    assert compare_one(RATIO, moved) is not None
    assert compare_one(RATIO, moved, tolerance=0.001) is None
    assert compare_one(RATIO, moved, tolerance=0.0001).main.name == "estimate"
    noise = Result(id="x", kind="statistic", estimate=1e-16)
    assert compare_one(noise, replace(noise, estimate=3e-15), tolerance=1e-9) is None
    gone = replace(RATIO, ci_upper=None)
    assert compare_one(RATIO, gone, tolerance=0.5).main.after is None


def test_words_that_differ_are_no_number():
    change = compare_one(RATIO, replace(RATIO, label="Older", method="exact"))
    assert change.is_in_words
    assert {one.name for one in change.fields} == {"label", "method"}


@pytest.fixture
def compare(tmp_path):
    def run(first=SECTIONS, second=SECTIONS, *, a=None, b=None, **options):
        write_report(tmp_path / "one", first, **(a or {}))
        write_report(tmp_path / "two", second, **(b or {}))
        reports = read_two_reports("one", "two", tmp_path)
        return compare_reports(*reports, folders=[tmp_path], **options)

    return run


MOVED = {"01_people": (COUNT, MEDIAN), "02_model": (replace(RATIO, estimate=3.0),)}
BOTH_MOVED = {**MOVED, "01_people": (replace(COUNT, estimate=41), MEDIAN)}


def test_reports_of_the_same_numbers_are_the_same(compare):
    found = compare()
    assert found.is_same
    assert found.causes == ()
    assert describe_comparison(found) == ("None of 3 numbers changed.",)


def test_the_headline_says_how_many_and_why(compare):
    found = compare(second=MOVED, b={"parameters": {"age_cut_years": 65.0}})
    assert describe_comparison(found)[0] == (
        "1 of 3 numbers changed; because of: parameter age_cut_years 75 \u2192 65."
    )
    far = {**MOVED, "02_model": (replace(RATIO, estimate=4.01),)}
    found = replace(
        found, changes=compare_results({RATIO.id: RATIO}, {RATIO.id: far["02_model"][0]})
    )
    assert (
        "1 of 3 numbers changed, 1 by more than half an interval's width"
        in (describe_comparison(found)[0])
    )


def test_a_cause_that_alone_reaches_a_section_is_its_cause(compare):
    found = compare(second=BOTH_MOVED, b={"parameters": {"age_cut_years": 65.0}})
    assert found.find_cause(RATIO.id) == "parameter age_cut_years"
    assert found.find_cause(COUNT.id) == UNEXPLAINED
    assert {key: len(group) for key, group in found.group_by_cause().items()} == {
        "parameter age_cut_years": 1,
        UNEXPLAINED: 1,
    }


def test_two_causes_that_reach_a_section_are_several(compare):
    versions = {**REACHED["versions"], "numpy": "2.5.0"}
    found = compare(
        second=BOTH_MOVED,
        b={
            "parameters": {"age_cut_years": 65.0, "title": "Other"},
            "reached": {**REACHED, "versions": versions},
        },
    )
    assert [cause.key for cause in found.causes] == [
        "parameter age_cut_years",
        "parameter title",
        "package numpy",
    ]
    assert found.causes[1].sections == frozenset()
    assert found.find_cause(RATIO.id) == SEVERAL
    assert found.find_cause(COUNT.id) == "package numpy"


def test_functions_that_were_touched_are_named(compare):
    code = {
        **REACHED["code"],
        "helpers.stats.cox": "1 fit:0009 *:0003 new:0005",
        "helpers.stats.data.csv": "0 0abc",
    }
    reached = {**REACHED, "code": code}
    found = compare(second=MOVED, b={"reached": reached, "code_sha256": "ef" * 32})
    (cause,) = found.causes
    assert cause.details == (
        "helpers.stats.cox: changed fit; new new; gone Score.add",
        "helpers.stats.data.csv: new",
    )
    assert cause.sections == {"01_people", "02_model"}
    assert "hash cdcdcdcd" in cause.before
    assert "hash efefefef" in cause.after


def test_code_that_no_number_is_made_with_is_no_cause(compare):
    assert compare(b={"code_sha256": "ef" * 32}).causes == ()


def test_without_a_record_of_code_its_hash_must_do(compare):
    found = compare(second=MOVED, a={"reached": {}}, b={"code_sha256": "ef" * 32})
    assert [(cause.key, cause.sections) for cause in found.causes] == [("code", None)]
    assert "did not record what each section reaches" in found.notes[0]


def test_one_record_of_what_sections_use_is_enough(compare):
    found = compare(
        a={"reached": {}, "packages": {"numpy": "1", "old": "1"}},
        b={"parameters": {"age_cut_years": 65.0}, "packages": {"numpy": "2", "new": "1"}},
    )
    assert [(cause.key, cause.sections) for cause in found.causes] == [
        ("parameter age_cut_years", {"02_model"}),
        ("package numpy", None),
    ]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (MEDIAN, replace(MEDIAN, estimate=25.0), "+5 (+25%)"),
        (MEDIAN, replace(MEDIAN, estimate=19.9), "\u22120.1 (\u22120.5%)"),
        (MEDIAN, replace(MEDIAN, estimate=20.00001), "less than +0.0001"),
        (MEDIAN, replace(MEDIAN, ci_lower=12.5), "lower limit +2.5 (+25%)"),
        (MEDIAN, replace(MEDIAN, estimate=None, status="not_reached"), "gone"),
        (COUNT, replace(COUNT, estimate=41), "+1 (+3%)"),
        (replace(COUNT, estimate=1), replace(COUNT, estimate=30), "+29"),
        (
            Result(id="p", kind="probability", estimate=0.5),
            Result(id="p", kind="probability", estimate=0.475),
            "\u22122.5 points",
        ),
    ],
)
def test_a_change_in_words(before, after, words):
    assert show_change(compare_one(before, after), "paper") == words


def test_cells_that_differ_are_counted_and_parameters_are_not(compare):
    found = compare(a={"cells": {"x": "1"}}, b={"cells": {"first": "import scipy", "y": "2"}})
    assert [cause.key for cause in found.causes] == ["notebook 01_people", "notebook 02_model"]
    assert found.causes[0].details == (
        "1 cell of code changed",
        "1 cell of code removed",
        "1 cell of code added",
    )


def test_verdicts_that_changed_are_named(compare):
    found = compare(
        a={"verdicts": {"os": "equal", "hr": "differs", "n": "equal"}},
        b={"verdicts": {"os": "differs", "hr": "equal", "n": "equal"}},
    )
    named = [(one.entry, one.verdict, other.verdict) for one, other in found.verdicts]
    assert named == [("os", "equal", "differs"), ("hr", "differs", "equal")]
    assert "1 no longer equal it and 1 equal it now" in describe_comparison(found)[-1]
    assert not found.is_same


def test_numbers_of_one_report_only(compare):
    found = compare(
        second={
            "01_people": (COUNT,),
            "02_model": (RATIO,),
            "03_new": (replace(MEDIAN, id="new.median"),),
        }
    )
    assert (found.only_before, found.only_after) == (("os.median",), ("new.median",))


PEOPLE = pd.DataFrame(
    {
        "patient_id": [f"P{number}" for number in range(60)],
        "age": [str(40 + number % 30) for number in range(60)],
    }
)


def change_people():
    """Add 2, remove 1, change 3."""
    changed = PEOPLE.drop(index=7)
    changed.loc[[1, 2, 3], "age"] = "99"
    added = pd.DataFrame({"patient_id": ["N1", "N2"], "age": ["50", None]})
    return pd.concat([changed, added], ignore_index=True)


def test_rows_are_counted_by_their_identifier():
    found = compare_tables(PEOPLE, change_people())
    assert (found.added, found.removed, found.changed) == (2, 1, 3)
    assert found.describe() == "rows: 2 added, 1 removed, 3 changed"
    renamed = {"patient_id": "id"}
    found = compare_tables(PEOPLE.rename(columns=renamed), change_people().rename(columns=renamed))
    assert (found.added, found.removed, found.changed) == (2, 1, 3)


def test_rows_in_another_order_are_the_same():
    found = compare_tables(PEOPLE, PEOPLE.iloc[::-1])
    assert (found.added, found.removed, found.changed) == (0, 0, 0)
    assert "written or ordered differently" in found.describe()


def test_without_an_identifier_a_changed_row_is_removed_and_added():
    found = compare_tables(PEOPLE[["age"]], change_people()[["age"]])
    assert (found.added, found.removed, found.changed) == (5, 4, None)
    assert not found.has_identifier


def test_columns_of_one_table_are_counted_and_not_compared():
    wider = PEOPLE.assign(sex="female", dose="10")
    found = compare_tables(PEOPLE, wider.drop(columns="age"))
    assert (found.columns_added, found.columns_removed) == (2, 1)
    assert (found.added, found.removed, found.changed) == (0, 0, 0)


def test_counts_of_rows_are_protected_by_both_rules():
    counts = RowCounts(added=2, removed=0, changed=13)
    found = protect_counts(counts, {"off", "redact-7-round-5"})
    assert (found.added, found.removed, found.changed) == (None, 0, 15)
    assert found.describe() == (
        "rows: few (not shown) added, 0 removed, 15 changed; counts are protected "
        "(redact-7-round-5)"
    )
    assert protect_counts(counts, {"midpoint-6"}).changed == 15
    assert protect_counts(counts, {"midpoint-6"}).added == 3
    assert protect_counts(counts, {"off"}) == counts


def write_people(path, frame):
    frame.to_csv(path, index=False)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make_data_sides(tmp_path, **parameters):
    hashes = [
        write_people(tmp_path / "old.csv", PEOPLE),
        write_people(tmp_path / "patients.csv", change_people()),
    ]
    names = ("old.csv", "patients.csv")
    return [
        {
            "parameters": {"data": name, **parameters},
            "data_sha256": digest,
            "input_files": {"data": digest},
        }
        for name, digest in zip(names, hashes, strict=True)
    ]


def test_data_that_are_still_there_are_counted(compare, tmp_path):
    first, second = make_data_sides(tmp_path)
    found = compare(second=MOVED, a=first, b=second)
    assert [cause.key for cause in found.causes] == ["data"]
    assert found.causes[0].details == ("rows: 2 added, 1 removed, 3 changed",)
    assert found.find_cause(RATIO.id) == "data"
    text = format_comparison(found) + write_comparison_page(found)
    assert not [name for name in (*PEOPLE["patient_id"], "N1", "N2") if name in text.split()]


def test_counts_of_rows_follow_the_disclosure_control_of_the_reports(compare, tmp_path):
    first, second = make_data_sides(tmp_path, disclosure="redact-7-round-5")
    found = compare(second=MOVED, a=first, b=second)
    assert (found.rows.added, found.rows.removed, found.rows.changed) == (None, None, None)
    assert found.rows.rule == "redact-7-round-5"
    assert "can tell more of a few patients than either alone" in found.notes[0]


def test_data_that_are_gone_cannot_be_counted(compare, tmp_path):
    first, second = make_data_sides(tmp_path)
    (tmp_path / "old.csv").write_text("patient_id\nedited\n")
    found = compare(second=MOVED, a=first, b=second)
    assert "the data file of A is no longer there as it was" in found.causes[0].details[0]
    copy = tmp_path / "elsewhere"
    copy.mkdir()
    write_people(copy / "kept.csv", PEOPLE)
    reports = (found.before, found.after)
    again = compare_reports(*reports, folders=[tmp_path], files=[copy / "kept.csv"])
    assert again.rows.changed == 3


def test_one_report_without_protection_is_told(compare):
    found = compare(b={"parameters": {"disclosure": "midpoint-6"}})
    assert "Report A is not under disclosure control" in found.notes[0]


def test_hostile_words_stay_words(compare):
    parameters = {"note": list(HOSTILE.values()), "title": HOSTILE["script"]}
    label = replace(RATIO, label=HOSTILE["script"], method=HOSTILE["control"], estimate=3.0)
    found = compare(
        second={**SECTIONS, "02_model": (label,)},
        a={"parameters": {"note": []}},
        b={"parameters": parameters, "name": HOSTILE["script"]},
    )
    text, page = format_comparison(found), write_comparison_page(found)
    assert "\x1b" not in text
    assert "\x00" not in text
    assert "\u202e" not in text
    assert "<script>document" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


def test_a_touched_function_alone_has_another_hash():
    source = b"import os\n\nX = 1\n\n@mark\ndef f():\n    return 1\n\nclass C:\n    y = 2\n\n"
    source += b"    def g(self):\n        def inner():\n            return 3\n"
    before = read_outline(outline_module(source))
    assert set(before) == {"f", "C.g", "*"}
    for old, new, touched in (
        (b"return 1", b"return 2", "f"),
        (b"@mark", b"@other", "f"),
        (b"return 3", b"return 4", "C.g"),
        (b"y = 2", b"y = 3", "*"),
    ):
        after = read_outline(outline_module(source.replace(old, new)))
        assert {name for name in before if before[name] != after[name]} == {touched}
    assert read_outline(outline_module(b"def broken(:"))["*"]


def test_the_commit_is_read_without_git(tmp_path):
    git = tmp_path / ".git"
    (git / "refs/heads").mkdir(parents=True)
    commit = "0123456789abcdef" * 2 + "01234567"
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    assert find_commit(tmp_path) == ""
    (git / "packed-refs").write_text(f"# pack-refs\n{commit} refs/heads/main\n")
    assert find_commit(tmp_path) == commit
    (git / "refs/heads/main").write_text(commit[::-1] + "\n")
    assert find_commit(tmp_path) == commit[::-1]
    (git / "HEAD").write_text(commit)
    assert find_commit(tmp_path) == commit
    tree = tmp_path / "tree"
    (git / "worktrees/tree").mkdir(parents=True)
    (git / "worktrees/tree/HEAD").write_text("ref: refs/heads/main")
    (git / "worktrees/tree/commondir").write_text("../..\n")
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {git}/worktrees/tree\n")
    assert find_commit(tree) == commit[::-1]
    assert find_commit(tmp_path / "none") == ""


def test_reading_leaves_the_values_of_parameters_out(tmp_path):
    write_report(tmp_path / "one")
    write_report(tmp_path / "two")
    report, _ = read_two_reports("one", "two", tmp_path)
    assert report.sections["01_people"].title == "01_people?"
    assert report.sections["01_people"].result_ids == {COUNT.id, MEDIAN.id}
    assert "secret" not in "".join(report.sections["01_people"].cells.values())
    assert find_causes(report, report) == ()


def test_an_altered_file_of_results_is_told(compare):
    found = compare(a={"files": {"results.json": "0" * 64}})
    assert found.notes == ("Report A: its results.json is not the one that it was built with.",)
