"""Reports that several tests of the checklists look at."""

import pandas as pd
import pytest
from whole_report import FEW, load_own_cohorts, make_report


@pytest.fixture(scope="session")
def patch():
    with pytest.MonkeyPatch.context() as patching:
        yield patching


@pytest.fixture(scope="session")
def full(tmp_path_factory, patch):
    """Return the report of the built-in patients."""
    folder = tmp_path_factory.mktemp("full")
    return make_report(folder, pd.DataFrame({"a": []}), patch, data="synthetic", **FEW)


@pytest.fixture(scope="session")
def bare(tmp_path_factory, patch):
    """Return the report of patients of whom nothing is known but time and event."""
    folder = tmp_path_factory.mktemp("bare")
    return make_report(folder, load_own_cohorts().make_patients(60), patch, **FEW)
