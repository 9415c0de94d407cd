"""The list of what the report shows is that of the notebooks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from helpers.cohort import read_dictionary
from helpers.cohort.intake.analyses import (
    find_lacking,
    find_omitted,
    find_uses,
    list_planned_analyses,
)

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
NEEDED = {need for analysis in list_planned_analyses() for need in analysis.needs}


def list_groups(path: Path) -> set[str]:
    """Return the columns by which a notebook's cells group or which they count."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return set(re.findall(r'\b(?:by|variable)="(\w+)"', code))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_notebooks_group_by_is_listed(path):
    assert not list_groups(path) - NEEDED


def test_what_is_listed_is_in_the_dictionary():
    dictionary = read_dictionary()
    assert not NEEDED - set(dictionary.variables) - set(dictionary.factors)


def test_columns_that_are_enough_omit_nothing():
    dictionary = read_dictionary()
    known = {*dictionary.variables, *dictionary.factors}
    assert find_omitted(known, dictionary) == {}
    omitted = find_omitted(known - {"tp53"}, dictionary)
    assert omitted == {"Overall survival by TP53 mutation": ("tp53",)}


def test_an_analysis_that_a_redefined_dictionary_cannot_have_is_not_missed():
    from helpers.cohort.declarations import extend_dictionary

    levels = {"refractory": "Refractory", "relapse": "Relapse"}
    declared = {"variables": {"failure_type": {"label": "Failure", "levels": levels}}}
    dictionary = extend_dictionary(read_dictionary(), declared)
    known = {*dictionary.variables, *dictionary.factors}
    assert "progression" not in dictionary.factors
    assert find_omitted(known, dictionary) == {}
    assert (
        "Overall survival after HMA by progression at failure"
        not in find_uses(dictionary)["failure_type"]
    )


def test_a_column_whose_product_is_given_is_not_lacking():
    dictionary = read_dictionary()
    known = {"os_months", "os_event", "dead", "failure_date"}
    assert find_lacking(["aml_months"], known, dictionary) == ("aml_date",)
    assert find_lacking(["os_len_months"], known, dictionary) == ("len_start_date",)
    assert find_lacking(["esa_prior"], known, dictionary) == ("esa_before", "first_treatment")
    assert find_lacking(["progression"], known, dictionary) == ("failure_type",)
    assert find_lacking(["failure_type"], known, dictionary) == ("failure_type",)


def test_another_disease_hears_of_no_analysis_of_the_publications_treatments():
    from helpers.cohort.declarations import extend_dictionary

    terms = {"disease": "myeloma", "failure": "relapse", "progression": "leukaemia"}
    dictionary = extend_dictionary(read_dictionary(), {"terms": terms})
    omitted = find_omitted({"os_months", "os_event"}, dictionary)
    assert {"failure_date", "aml_date"} <= set(omitted["Progression to leukaemia"])
    assert "Type of relapse" in omitted
    told = " ".join(omitted)
    assert not any(word in told for word in ("lenalidomide", "TP53", "HMA", "ESA", "karyotype"))
