"""Running section notebooks on real kernels."""

import json
import subprocess
import sys
import textwrap
import threading

import nbformat
import pytest

from helpers.errors import BuildError
from helpers.report.execute import (
    ExecutedSection,
    SectionError,
    SectionTask,
    execute_section,
    execute_sections,
)


def make_bytes(*sources, parameters=""):
    nb = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "lenfail", "display_name": "x"}})
    for number, source in enumerate((parameters, *sources)):
        cell = nbformat.v4.new_code_cell(source, id=f"c{number}")
        if source == parameters:
            cell.metadata.tags = ["parameters"]
        nb.cells.append(cell)
    return nbformat.writes(nb).encode()


PROBE = """\
import json, os
print(json.dumps({"cut": age_cut_years, "base": os.environ["LENFAIL_BASE_DIR"],
    "threads": os.environ["OPENBLAS_NUM_THREADS"], "seed": os.environ["PYTHONHASHSEED"]}))
"""


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    return SectionTask(
        name="02_outcomes",
        notebook=make_bytes(PROBE, "object()", parameters="age_cut_years: float = 75.0"),
        parameters={"age_cut_years": 70.0, "data": "/srv/trial/patients.csv", "token": "x"},
        base_dir=tmp_path_factory.mktemp("base"),
    )


@pytest.fixture(scope="module")
def executed(task):
    counted = []
    section = execute_section(task, lambda done, total: counted.append((done, total)))
    assert counted == [(number, 4) for number in (1, 2, 3, 4)]
    return section


def test_parameters_and_environment_reach_the_kernel(executed):
    cells = executed.read()["cells"]
    seen = json.loads(cells[2]["outputs"][0]["text"])
    assert seen == {"cut": 70.0, "base": "<project>", "threads": "1", "seed": "0"}
    assert executed.name == "02_outcomes"
    assert executed.seconds > 0


def test_executed_notebook_keeps_no_path_time_or_random_id(task, executed):
    text = executed.notebook.decode()
    for hidden in ("/srv/trial", str(task.base_dir), "papermill", "iopub", "start_time"):
        assert hidden not in text
    ids = [cell["id"] for cell in executed.read()["cells"]]
    assert ids == ["c0", "injected-parameters", "c1", "c2"]
    nbformat.validate(nbformat.reads(text, as_version=4))


def test_second_run_gives_the_same_bytes(task, executed):
    assert execute_section(task).notebook == executed.notebook


@pytest.fixture(scope="module")
def failure():
    sources = ("x = 1", "raise ValueError('age_years must be\\n positive')", "y = 2")
    task = SectionTask(
        name="03_multivariate",
        notebook=make_bytes(*sources, parameters="a = 0"),
        parameters={"a": 1},
    )
    with pytest.raises(SectionError) as caught:
        execute_section(task)
    return caught.value


def test_failure_names_section_cell_and_error_in_one_sentence(failure):
    assert str(failure).startswith("section 03_multivariate could not be built: cell 3 (")
    assert str(failure).endswith("failed with ValueError: age_years must be positive")
    assert "\n" not in str(failure)
    assert (failure.section, failure.cell_number) == ("03_multivariate", 3)
    assert isinstance(failure, BuildError)


def test_failed_notebook_is_kept_up_to_the_failure(failure):
    cells = json.loads(failure.notebook)["cells"]
    assert [cell["execution_count"] is not None for cell in cells] == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert cells[3]["outputs"][0]["ename"] == "ValueError"


def test_dead_kernel_is_an_error_of_the_section():
    task = SectionTask(name="01_x", notebook=make_bytes("import os; os._exit(1)"))
    with pytest.raises(
        BuildError, match=r"section 01_x could not be run because its kernel failed"
    ):
        execute_section(task)


def test_what_is_no_notebook_is_named():
    with pytest.raises(BuildError, match=r"notebook of section 01_x must be a Jupyter notebook"):
        execute_section(SectionTask(name="01_x", notebook=b"no json"))


def test_sections_run_side_by_side_and_stop_at_the_first_failure():
    both = threading.Barrier(2, timeout=20)
    begun = []

    def run(task, on_cell):
        begun.append(task.name)
        if task.name in "ab":
            both.wait()
        on_cell(1, 1)
        if task.name == "b":
            raise SectionError("b fails", section="b", cell_number=1, notebook=b"")
        return ExecutedSection(name=task.name, notebook=b"{}", seconds=0.0)

    tasks = [SectionTask(name=name, notebook=b"") for name in "abcdef"]
    told = []
    with pytest.raises(SectionError, match="b fails"):
        list(execute_sections(tasks, run=run, on_cell=lambda *event: told.append(event)))
    assert {"a", "b"} <= set(begun)
    assert ("a", 1, 1) in told


def test_fingerprint_follows_what_a_section_depends_on():
    base = {"name": "a", "notebook": b"n", "parameters": {"x": 1, "y": 2}}
    one = SectionTask(**base).fingerprint
    assert SectionTask(**{**base, "parameters": {"y": 2, "x": 1}}).fingerprint == one
    assert SectionTask(**{**base, "base_dir": None}).fingerprint == one
    others = [
        SectionTask(**{**base, **change}).fingerprint
        for change in (
            {"name": "b"},
            {"notebook": b"m"},
            {"parameters": {"x": 1, "y": 3}},
            {"data_sha256": "d"},
            {"code_sha256": "c"},
        )
    ]
    assert len({one, *others}) == 6


def test_a_run_warns_of_nothing_and_skips_the_slow_import():
    script = textwrap.dedent(
        f"""
        import sys
        from helpers.report.execute import SectionTask, execute_section
        section = execute_section(SectionTask(name="a", notebook={make_bytes("1 + 1")!r}))
        assert "nbformat" in sys.modules
        assert "lark" not in sys.modules
        assert "rfc3987_syntax" not in sys.modules
        """
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, check=True
    )
    assert done.stderr == b""
    assert done.stdout == b""
