"""Each process of a build imports only what it uses."""

import subprocess
import sys

import pytest

HEAVY = "numpy pandas scipy matplotlib seaborn lifelines IPython papermill nbformat nbconvert typst"


@pytest.mark.parametrize(
    ("modules", "allowed"),
    [
        ("helpers.report.build, helpers.params, helpers.cli.build, helpers.cli.console", set()),
        ("helpers.report.layout, helpers.report.pdf", {"typst"}),
        ("helpers.report.section_job", {"IPython"}),
        ("helpers.report.watching", set()),
    ],
)
def test_what_is_imported(modules, allowed):
    code = (
        f"import sys, {modules}; print([name for name in {HEAVY.split()} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(eval(done.stdout)) == allowed
