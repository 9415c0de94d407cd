"""Reports that were built and differ in data and parameters, compared and attributed."""

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import nbformat
import pytest

from helpers.params import read_params_file
from helpers.report.build import build_report
from helpers.report.changes.attribution import CODE, attribute_changes
from helpers.report.changes.comparison import SEVERAL, compare_reports
from helpers.report.changes.other_code import rebuild_with_code_of
from helpers.report.changes.reading import read_two_reports
from helpers.report.changes.scenarios import Place
from helpers.report.inputs import find_project
from helpers.report.warm import can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs processes that can be forked")

OPENING = """\
import os
from helpers.analysis.counts import count_levels
from helpers.analysis.models import fit_survival_model
from helpers.cohort import read_cohort
from helpers.display import open_section
from helpers.params import read_params
params = read_params(globals())
"""
OPEN = "\nsection = open_section({!r}, cohort)"
WHOLE = "cohort = read_cohort(params.data, **params.cohort_options)"
PLAIN = "cohort = read_cohort(params.data, base_dir=os.environ['LENFAIL_BASE_DIR'])"
NOTEBOOKS = {
    "01_people": (
        PLAIN + OPEN.format("people"),
        "sex = section.record(count_levels(cohort, set_id='sex', variable='sex', title='Sex'))",
    ),
    "02_model": (
        WHOLE + OPEN.format("model"),
        "model = section.record(fit_survival_model(cohort, set_id='cox', factors=['age_75'], "
        "title='Model of survival', conf_level=params.conf_level))",
    ),
}
N_ROWS = 60
PARAMS = "data: {}.csv\nage_cut_years: {}\nformats: [html]\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Reports of either data and either cut-off of age, and one of narrower intervals."""
    folder = tmp_path_factory.mktemp("changes")
    (folder / "notebooks").mkdir()
    for name, cells in NOTEBOOKS.items():
        nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {name}", id="t")])
        sources = (OPENING, *cells, "section.close()")
        nb.cells += [nbformat.v4.new_code_cell(text, id=f"c{i}") for i, text in enumerate(sources)]
        nbformat.write(nb, folder / "notebooks" / f"{name}.ipynb")
    write_data(folder)
    for data in ("old", "new"):
        for cut in (75, 70):
            build(folder, data, cut)
    build(folder, "old", 70, "conf_level: 0.9\n")
    return folder


def write_data(folder):
    """Write 60 patients, and the same with 2 added, 1 removed and 3 changed."""
    source = find_project() / "helpers/cohort/data/synthetic.csv"
    with source.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    place = {name: number for number, name in enumerate(head)}
    eligible = [
        row
        for row in rows
        if row[place["higher_risk_disease"]] == "0" and row[place["len_maintenance"]] == "0"
    ]
    old, spare = eligible[:N_ROWS], eligible[N_ROWS : N_ROWS + 2]
    new = [list(row) for row in old]
    for row in new[10:13]:
        row[place["sex"]] = "female" if row[place["sex"]] == "male" else "male"
        row[place["age_years"]] = "81"
    del new[20]
    for name, found in (("old", old), ("new", [*new, *spare])):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *found])


def build(folder, data, cut, further=""):
    path = folder / "params.yml"
    path.write_text(PARAMS.format(data, cut) + further, encoding="utf-8")
    build_report(
        read_params_file(path).model_dump(),
        name=f"{data}{cut}" + ("narrow" if further else ""),
        output_dir=folder / "reports",
        notebooks_dir=folder / "notebooks",
        base_dir=folder,
    )


def compare(project, first, second):
    reports = read_two_reports(first, second, project / "reports")
    return compare_reports(*reports, folders=[project])


def attribute(project, comparison):
    place = Place(
        notebooks_dir=project / "notebooks",
        reports_dir=project / "nowhere",
        base_dir=project,
        ledger=project / "none.yml",
        folders=(project,),
    )
    return attribute_changes(comparison, place, lambda words: None)


def note_files(folder):
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_parameter_reaches_the_section_that_uses_it(project):
    found = compare(project, "old75", "old70")
    assert [cause.key for cause in found.causes] == ["parameter age_cut_years"]
    assert found.causes[0].sections == {"02_model"}
    assert found.changes
    assert {found.find_cause(change.id) for change in found.changes} == {"parameter age_cut_years"}
    assert {found.sections[change.id] for change in found.changes} == {"02_model"}


def test_the_numbers_are_those_of_the_files(project):
    found = compare(project, "old75", "old70")
    results = [
        json.loads((project / f"reports/{name}/results.json").read_text())["results"]
        for name in ("old75", "old70")
    ]
    differing = {key for key in results[0] if results[0][key] != results[1].get(key)}
    assert {change.id for change in (*found.changes, *found.rewordings)} == differing
    change = next(one for one in found.changes if one.id == "cox.age_75.yes")
    before, after = (found["cox.age_75.yes"]["estimate"] for found in results)
    assert change.main.absolute == after - before


def test_edited_data_are_counted_and_reach_every_section(project):
    found = compare(project, "old75", "new75")
    assert [cause.key for cause in found.causes] == ["data"]
    assert (found.rows.added, found.rows.removed, found.rows.changed) == (2, 1, 3)
    assert {found.sections[change.id] for change in found.changes} == {"01_people", "02_model"}


def test_one_cause_at_a_time_gives_what_reports_of_one_cause_give(project):
    found = compare(project, "old75", "new70")
    assert found.find_cause("sex.female") == "data"
    assert found.find_cause("cox.age_75.yes") == SEVERAL
    before = note_files(project)
    attribution = attribute(project, found)
    after = note_files(project)
    outlines = {project / "nowhere/.cache" / name for name in ("imports.json", "outlines.json")}
    assert {path for path in after if before.get(path) != after[path]} <= outlines
    counts = {row.name: row.n_changed for row in attribution.rows}
    by_data = compare(project, "old75", "new75")
    by_cut = compare(project, "old75", "old70")
    assert attribution.base == "A"
    assert counts["data alone"] == len(by_data.changes) > 0
    assert counts["parameter age_cut_years alone"] == len(by_cut.changes) > 0
    assert "what remains" not in counts
    target = found.after.results
    alone = [{one.id: one.after for one in side.changes} for side in (by_data, by_cut)]
    together = [
        change.id
        for change in found.changes
        if not any(
            (side.get(change.id) or found.before.results[change.id]) == target[change.id]
            for side in alone
        )
    ]
    assert counts["only together (interaction)"] == len(together) > 0
    assert attribution.settled["sex.female"] == "data"
    assert "cox.age_75.yes" not in attribution.settled


def test_parameters_are_put_in_alone_and_together(project):
    found = compare(project, "old75", "old70narrow")
    rows = {row.name: row.n_changed for row in attribute(project, found).rows}
    assert list(rows) == [
        "parameter age_cut_years alone",
        "parameter conf_level alone",
        "all parameters alone",
        "only together (interaction)",
    ]
    assert rows["all parameters alone"] == len(found.changes) > 0
    assert 0 < rows["parameter conf_level alone"] < len(found.changes)
    assert rows["only together (interaction)"] > 0


def test_a_single_cause_needs_no_rebuilding(project):
    attribution = attribute(project, compare(project, "old75", "old70"))
    assert attribution.rows == ()
    assert "no more than one cause: parameter age_cut_years" in attribution.notes[0]


def test_other_notebooks_cannot_be_rebuilt(project, tmp_path):
    found = compare(project, "old75", "new70")
    place = Place(
        notebooks_dir=find_project() / "notebooks",
        reports_dir=tmp_path,
        base_dir=project,
        ledger=project / "none.yml",
        folders=(project,),
    )
    attribution = attribute_changes(found, place, lambda words: None)
    assert attribution.rows == ()
    assert "neither report was made with the code" in attribution.notes[0]


def test_data_that_are_gone_are_left_to_what_remains(project, tmp_path):
    found = compare(project, "old75", "new70")
    (tmp_path / "old.csv").write_bytes((project / "old.csv").read_bytes())
    place = Place(
        notebooks_dir=project / "notebooks",
        reports_dir=project / "reports",
        base_dir=project,
        ledger=project / "none.yml",
        folders=(tmp_path,),
    )
    attribution = attribute_changes(found, place, lambda words: None)
    rows = {row.name: row for row in attribution.rows}
    assert rows["data alone"].n_changed is None
    assert "no longer there as it was" in rows["data alone"].reason
    assert rows["parameter age_cut_years alone"].n_changed > 0
    assert "What the causes do together could not be rebuilt." in attribution.notes


def git(folder, *words):
    named = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "-C", str(folder), *named, *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def repository(project, tmp_path_factory):
    """A repository whose committed code cuts ages three years later, and two reports of it."""
    folder = tmp_path_factory.mktemp("repository")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(find_project() / "helpers", folder / "helpers", ignore=ignored)
    shutil.copytree(project / "notebooks", folder / "notebooks")
    shutil.copytree(find_project() / "params", folder / "params")
    path = folder / "helpers/cohort/derive.py"
    text = path.read_text(encoding="utf-8")
    assert text.count("values >= float(cut)") == 1
    path.write_text(
        text.replace("values >= float(cut)", "values >= float(cut) + 3"), encoding="utf-8"
    )
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "Another code")
    for cut in (75, 70):
        build_with_code_of(folder, project, cut)
    return folder


def build_with_code_of(folder, project, cut):
    params = project / f"code{cut}.yml"
    params.write_text(PARAMS.format("old", cut), encoding="utf-8")
    code = "import sys; from helpers.cli.program import main; sys.exit(main())"
    words = ["build", params, "--output", project / "reports"]
    subprocess.run(
        [sys.executable, "-c", code, *map(str, words), "--quiet"],
        check=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )


def test_the_code_of_another_commit_is_a_cause_of_its_own(project, repository):
    found = compare(project, "old75", "code70")
    assert [cause.key for cause in found.causes] == ["parameter age_cut_years", "code"]
    assert found.causes[1].details == ("helpers.cohort.derive: changed _split_at",)
    place = Place(
        notebooks_dir=project / "notebooks",
        reports_dir=project / "nowhere",
        base_dir=project,
        ledger=project / "none.yml",
        folders=(project,),
        repository=repository,
    )
    counts = {
        row.name: row.n_changed for row in attribute_changes(found, place, lambda words: None).rows
    }
    assert counts[f"{CODE} alone"] == len(compare(project, "old75", "code75").changes) > 0
    by_cut = compare(project, "old75", "old70")
    assert counts["parameter age_cut_years alone"] == len(by_cut.changes)
    remaining = compare(project, "old70", "code70")
    assert counts["what remains (code)"] == len(remaining.changes) > 0


def test_code_that_was_not_committed_is_left_to_what_remains(project, repository):
    found = compare(project, "old75", "code70")
    manifest = {**found.after.manifest, "code_sha256": "0" * 64}
    _, reason = rebuild_with_code_of(replace(found.after, manifest=manifest), {}, repository)
    assert reason.startswith("its code had changes that are not in its commit")
    gone = {**manifest, "commit": "0" * 40}
    _, reason = rebuild_with_code_of(replace(found.after, manifest=gone), {}, repository)
    assert reason == "the repository does not have its commit 0000000000"
    none = {**manifest, "commit": ""}
    _, reason = rebuild_with_code_of(replace(found.after, manifest=none), {}, repository)
    assert reason == "its report records no commit"


def test_the_manifest_tells_functions_and_no_path(project):
    text = (project / "reports/old75/manifest.json").read_text()
    manifest = json.loads(text)
    reached = manifest["reached"]
    assert set(reached["sections"]) == set(NOTEBOOKS)
    assert "age_cut_years" in reached["sections"]["02_model"]["parameters"]
    assert "age_cut_years" not in reached["sections"]["01_people"]["parameters"]
    assert "fit_survival_model:" in reached["code"]["helpers.analysis.models"]
    assert set(manifest["input_files"]) == {"data"}
    assert str(project) not in text
    assert not [name for name in reached["code"] if name.startswith("/")]
