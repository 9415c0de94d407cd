"""How a section is opened again stands beside it, without a secret or a folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from report_pages import make_sample_manuscript

from helpers.params import Params
from helpers.report.html import write_html
from helpers.report.inputs import make_tasks
from helpers.report.manuscript import assemble_manuscript
from helpers.report.markdown import MarkdownConverter
from helpers.report.nodes import HeadingNode, ReopenNode
from helpers.report.reopening import Reopening, make_reopenings
from helpers.report.typst_source import write_typst

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def reopen(**parameters: object) -> dict[str, Reopening]:
    values = Params(**parameters).model_dump()
    return make_reopenings("mine", make_tasks(values, NOTEBOOKS, None))


@pytest.fixture(scope="module")
def markdown():
    converter = MarkdownConverter()
    yield converter
    converter.close()


def make_page(markdown, **parameters: object):
    manuscript = make_sample_manuscript()
    again = reopen(**parameters)["02_outcomes"]
    names = {section.name: again for section in manuscript.sections}
    manuscript = replace(manuscript, reopenings=names)
    return assemble_manuscript(manuscript, numbering=manuscript.number(), markdown=markdown)


def test_each_section_names_its_notebook():
    made = reopen()
    assert list(made) == ["01_cohort", "02_outcomes", "03_multivariate", "04_treatments"]
    assert made["03_multivariate"] == Reopening(
        "lenfail lab reports/mine --notebook 03_multivariate", "03_multivariate.ipynb"
    )


def test_only_parameters_of_the_section_that_differ_are_told():
    comparisons = [{"by": "sex"}]
    made = reopen(age_cut_years=70, entry_p=0.05, comparisons=comparisons, page_size="letter")
    assert made["01_cohort"].parameters == (("age_cut_years", "70"),)
    assert made["02_outcomes"].parameters == (
        ("age_cut_years", "70"),
        ("comparisons", '[{"by": "sex"}]'),
    )
    assert ("entry_p", "0.05") in made["03_multivariate"].parameters
    assert "page_size" not in str(made)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("postgresql://ann:hush@host/db", "postgresql://***@host/db"),
        ("/srv/trial/patients.csv", "<path>/patients.csv"),
    ],
)
def test_no_password_and_no_folder_is_told(data, shown):
    assert ("data", shown) in reopen(data=data)["01_cohort"].parameters


def test_a_long_value_is_cut():
    names = [f"Author {number}" for number in range(100)]
    labels = {"terms": {"disease": "x" * 100, "introduction": "y" * 400}}
    ((_, text), *_) = [one for one in reopen(**labels)["01_cohort"].parameters if one[0] == "terms"]
    assert len(text) == 301
    assert text.endswith("…")
    assert "authors" not in dict(reopen(authors=names)["01_cohort"].parameters)


def test_it_stands_below_the_sections_title(markdown):
    nodes = make_page(markdown).nodes
    places = [index for index, node in enumerate(nodes) if isinstance(node, ReopenNode)]
    titles = [section.title for section in make_sample_manuscript().sections]
    assert len(places) == len(titles) > 1
    assert all(isinstance(nodes[place - 1], HeadingNode) for place in places)
    assert [nodes[place - 1].plain for place in places] == titles


def test_the_page_folds_it_and_escapes_it(markdown):
    evil = "<script>alert(1)</script>"
    page = write_html(make_page(markdown, terms={"disease": evil}))
    assert '<details class="code"><summary>Reopen this section</summary>' in page
    assert "<code>lenfail lab reports/mine --notebook 02_outcomes</code>" in page
    assert evil not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "All parameters of this section are the default." in write_html(make_page(markdown))


def test_print_is_as_it_was(markdown):
    manuscript = replace(make_sample_manuscript(), reopenings={})
    plain = assemble_manuscript(manuscript, numbering=manuscript.number(), markdown=markdown)
    assert write_typst(make_page(markdown)) == write_typst(plain)
