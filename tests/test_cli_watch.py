"""`lenfail watch` in a process of its own, with a package whose code is saved meanwhile."""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from conftest import list_children

import helpers
from helpers.report.warm import can_fork

pytestmark = pytest.mark.skipif(not can_fork(), reason="needs processes that can be forked")

PATIENCE_SECONDS = 90
#: The command, without the front matter and the ledger, for which a small section has no results.
PROGRAM = """\
import sys
import helpers.report.build
from helpers.cli import main, watch

helpers.report.build.STANDARD_FRONT = None
make_request = watch.make_request
watch.make_request = lambda options: make_request(options) | {"ledger": None, "check_data": False}
sys.exit(main())
"""


@pytest.fixture
def project(tmp_path):
    """A project of one section, and a copy of the package that a test may change."""
    package = Path(helpers.__file__).parent
    shutil.copytree(
        package, tmp_path / "code/helpers", ignore=shutil.ignore_patterns("__pycache__")
    )
    for folder in ("params", "notebooks"):
        (tmp_path / folder).mkdir()
    (tmp_path / "params/small.yml").write_text("title: Before\n")
    (tmp_path / "params/published_values.yml").touch()
    nb = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Who?", id="t"),
            nbformat.v4.new_code_cell("import helpers\nprint(helpers.__version__)", id="c"),
        ]
    )
    nbformat.write(nb, tmp_path / "notebooks/01_small.ipynb")
    return tmp_path


class Watch:
    """A running watch; its lines come one by one."""

    def __init__(self, project):
        environment = {**os.environ, "PYTHONPATH": str(project / "code")}
        words = ["watch", "params/small.yml", "--json"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *words],
            cwd=project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines = queue.Queue()
        for stream in (self.process.stdout, self.process.stderr):
            threading.Thread(target=self._listen, args=[stream], daemon=True).start()

    def _listen(self, stream):
        for line in stream:
            self.lines.put(line)
        stream.close()

    def wait_for(self, wanted):
        """Return the first line that holds a text."""
        while wanted not in (line := self.lines.get(timeout=PATIENCE_SECONDS)):
            pass
        return line

    def wait_for_build(self):
        """Return the fields of the next summary."""
        return json.loads(self.wait_for('"event": "summary"'))


@contextmanager
def watching(project):
    watch = Watch(project)
    try:
        yield watch
    finally:
        watch.process.kill()
        watch.process.wait()


def read_report(project):
    folder = project / "reports/small"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest["version"], (folder / "sections/01_small.ipynb").read_text(encoding="utf-8")


def test_saved_code_is_used_by_the_same_process_started_anew(project):
    module = project / "code/helpers/__init__.py"
    with watching(project) as watch:
        assert not watch.wait_for_build()["cached"]
        version, notebook = read_report(project)
        assert version == helpers.__version__
        assert "9.9.9" not in notebook
        module.write_text(module.read_text().replace(helpers.__version__, "9.9.9"))
        assert watch.wait_for("the code changed") == "lenfail: the code changed; starting anew\n"
        assert not watch.wait_for_build()["cached"]
        version, notebook = read_report(project)
        assert version == "9.9.9"
        assert "9.9.9" in notebook
        parents = [words for words in list_children(watch.process.pid) if "helpers" in words]
        assert len(parents) == 2, "the processes of the old code must be gone"
        (project / "params/small.yml").write_text("title: After\n")  # it watches still
        assert watch.wait_for_build()["cached"] == ["01_small"]
        assert "After" in (project / "reports/small/manuscript.html").read_text(encoding="utf-8")
        watch.process.send_signal(signal.SIGINT)
        assert "stopped watching" in watch.wait_for("stopped")
        assert watch.process.wait(PATIENCE_SECONDS) == 130
