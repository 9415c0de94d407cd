"""A notebook without a kernel shows what it shows with one."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from helpers.report.execute import SectionError, SectionTask, execute_section, make_forked_runner
from helpers.report.warm import WarmParent, can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs processes that can be forked")

CELLS = (
    "x = 6 * 7\nx",
    "print('out'); import sys; print('err', file=sys.stderr); print('more')",
    "from IPython.display import display, HTML, Image, update_display, clear_output\n"
    "display({'application/x-made+json': {'a': (1, 2), 'b': None}, 'text/plain': 't'}, raw=True)\n"
    "display(HTML('<b>bold</b>'), metadata={'k': 1})",
    "display(Image(data=b'\\x89PNG\\r\\n\\x1a\\n' + bytes(40), format='png'))",
    "shown = display('one', display_id='d')\nshown.update('two')",
    "print('gone'); clear_output(); print('stays'); clear_output(wait=True); print('last')",
    "_ + 0 if isinstance(_, int) else _1, Out[2], In[2]",
    "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['<x>', None]})",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(1, 1))\nax.plot([1, 2])",
    "import warnings\nwarnings.warn('careful')\nobject()",
    "await __import__('asyncio').sleep(0, result='waited')",
    "x;",
    "hash('text')",
    "%%capture kept\nprint('kept')",
    "kept.stdout, get_ipython().__class__.__mro__[1].__name__ != ''",
    "import os; os.write(1, b'past Python\\n');",
    "!echo shell",
    "raise ValueError('as the tag allows')",
    "1 +",
    "input('who?')",
    "__name__, __doc__, sys.argv[0] != '', sys.stdout.isatty(), sys.stdout.encoding",
    "import sys; sys.exit(3)",
)
MAY_FAIL = {"raise ValueError('as the tag allows')", "1 +", "input('who?')"}


def make_notebook() -> bytes:
    nb = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "lenfail", "display_name": "x", "language": "python"}}
    )
    nb.cells.append(nbformat.v4.new_markdown_cell("# Title", id="title"))
    for number, source in enumerate(CELLS):
        cell = nbformat.v4.new_code_cell(source, id=f"c{number}")
        cell.metadata.tags = ["raises-exception"] if source in MAY_FAIL else []
        nb.cells.append(cell)
    nb.cells.append(nbformat.v4.new_code_cell("never", id="never"))
    return nbformat.writes(nb).encode()


def join_streams(outputs):
    """Return outputs with the text of each stream as one; a kernel sends it in pieces."""
    joined = []
    for output in map(keep_own_frame, outputs):
        if output["output_type"] != "stream":
            joined.append(output)
            continue
        (known,) = [one for one in joined if one.get("name") == output["name"]] or [None]
        if known is None:
            joined.append(dict(output))
        else:
            known["text"] += output["text"]
    return joined


def keep_own_frame(output):
    """Return an error without the frames of what the cell called: a kernel's code is its own."""
    if output["output_type"] != "error":
        return output
    return {**output, "traceback": [x for x in output["traceback"] if not x.startswith("File")]}


def run_failing(runner, task):
    with pytest.raises(SectionError) as caught:
        runner(task, None)
    return str(caught.value), json.loads(caught.value.notebook)


@pytest.fixture(scope="module")
def task():
    return SectionTask(name="01_all", notebook=make_notebook(), parameters={"given": [1.5, "a"]})


@pytest.fixture(scope="module")
def both(task):
    with WarmParent() as parent:
        forked = run_failing(make_forked_runner(parent), task)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST", raising=False)  # a kernel looks for it
        return forked, run_failing(execute_section, task)


def test_the_error_is_told_alike(both):
    (ours, _), (theirs, _) = both
    assert ours == theirs
    assert "cell 23 ('import sys; sys.exit(3)') failed with SystemExit: 3" in ours


def test_everything_but_the_outputs_is_alike(both):
    (_, ours), (_, theirs) = both
    assert ours["metadata"] == theirs["metadata"]
    for mine, kernels in zip(ours["cells"], theirs["cells"], strict=True):
        assert {**mine, "outputs": 0} == {**kernels, "outputs": 0}


@pytest.mark.parametrize("number", range(len(CELLS)), ids=lambda number: CELLS[number][:30])
def test_a_cell_shows_the_same(both, number):
    (_, ours), (_, theirs) = both
    mine, kernels = (
        next(cell for cell in nb["cells"] if cell["id"] == f"c{number}")["outputs"]
        for nb in (ours, theirs)
    )
    assert mine or CELLS[number] == "x;" or CELLS[number].startswith("%%")
    assert json.loads(json.dumps(join_streams(mine))) == join_streams(kernels)


def test_papermill_finds_the_engine_from_any_folder(tmp_path):
    nb = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "x", "language": "python"}}
    )
    cell = nbformat.v4.new_code_cell("cut = 75", id="p", metadata={"tags": ["parameters"]})
    nb.cells = [cell, nbformat.v4.new_markdown_cell("# T", id="t"),
                nbformat.v4.new_code_cell("import os; cut, os.getcwd()", id="x")]  # fmt: skip
    nbformat.write(nb, tmp_path / "in.ipynb")
    words = ["--engine", "lenfail", "in.ipynb", "out.ipynb", "-p", "cut", "70", "--no-progress-bar"]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "papermill", *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    shown = made.cells[-1].outputs[0].data["text/plain"]
    assert ast.literal_eval(shown) == (70, str(tmp_path))
    assert made.cells[-1].metadata.papermill.status == "completed"
    assert {path.name for path in tmp_path.iterdir()} == {"in.ipynb", "out.ipynb"}


def test_papermill_tells_of_a_failing_cell_as_with_a_kernel(tmp_path):
    nb = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "x", "language": "python"}}
    )
    nb.cells = [nbformat.v4.new_code_cell(source, id=source[:1]) for source in ("1/0", "2")]
    nbformat.write(nb, tmp_path / "in.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "papermill", "--engine", "lenfail", "in.ipynb", "out.ipynb"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "ZeroDivisionError: division by zero" in done.stderr
    made = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert made.cells[-1].execution_count is None


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_warm_parent_has_one_thread():
    with WarmParent(["numpy", "pandas", "helpers.figures.render"]) as parent:
        parent.run("helpers.report.preload:import_modules", ["scipy.stats"], in_parent=True)
        assert len(list(Path(f"/proc/{parent.pid}/task").iterdir())) == 1
