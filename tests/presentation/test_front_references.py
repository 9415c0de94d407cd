"""Citations are numbered as they come, abbreviations written out where they come first."""

import re

import pytest

from helpers.formatting.abbreviations import expand_abbreviations
from helpers.narrative.references import LITERATURE, format_reference, number_citations

KNOWN = {
    "AML": "acute myeloid leukaemia",
    "CI": "confidence interval",
    "HMA": "hypomethylating agent",
    "HR": "hazard ratio",
    "RAEB": "refractory anaemia with excess of blasts",
    "del(5q)": "deletion 5q",
    "sHR": "subdistribution hazard ratio",
}


def test_references_are_numbered_in_the_order_of_citation():
    texts, references = number_citations(
        ["Curves [@kaplan1958].", "Models [@efron1977; @cox1972], curves [@kaplan1958]."]
    )
    assert texts == [
        r"Curves \[[1](#reference-1)\].",
        r"Models \[[2](#reference-2), [3](#reference-3)\], curves \[[1](#reference-1)\].",
    ]
    assert [text[:5] for text in references] == ["Kapla", "Efron", "Cox D"]


def test_runs_of_three_are_ranges_and_numbers_are_sorted():
    texts, _ = number_citations(
        ["A [@cox1972; @gray1988; @fine1999; @peto1972]. B [@peto1972; @cox1972; @gray1988]."]
    )
    assert texts == [
        r"A \[[1](#reference-1)–[4](#reference-4)\]. "
        r"B \[[1](#reference-1), [2](#reference-2), [4](#reference-4)\]."
    ]


def test_nothing_cited_is_nothing_listed():
    assert number_citations(["No source."]) == (["No source."], ())


def test_unknown_source_is_refused():
    with pytest.raises(KeyError):
        number_citations(["A claim [@nobody1900]."])


def test_doi_is_a_link_that_survives_brackets():
    assert format_reference("schemper1996").endswith(
        "[doi:10.1016/0197-2456(96)00075-X](<https://doi.org/10.1016/0197-2456(96)00075-X>)"
    )
    assert format_reference("mantel1966").endswith("1966;50:163-170.")


@pytest.mark.parametrize("key", LITERATURE)
def test_entries_are_well_formed(key):
    text, doi = LITERATURE[key]
    assert text.endswith(".")
    assert not doi or re.fullmatch(r"10\.\d{4,5}/\S+", doi)


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (["AML. AML"], ["Acute myeloid leukaemia (AML). AML"]),
        (["(HR 2, HR 3)"], [r"(hazard ratio \[HR\] 2, HR 3)"]),
        (["HMAs and HMA"], ["Hypomethylating agents (HMAs) and HMA"]),
        (
            ["by RAEB-1", "RAEB-2"],
            ["by refractory anaemia with excess of blasts-1 (RAEB-1)", "RAEB-2"],
        ),
        (["a sHR, a HR"], ["a subdistribution hazard ratio (sHR), a hazard ratio (HR)"]),
        (["with del(5q), AML"], ["with deletion 5q (del(5q)), acute myeloid leukaemia (AML)"]),
        (["It ends. AML"], ["It ends. Acute myeloid leukaemia (AML)"]),
        (["XAML, AMLX, 3HR"], ["XAML, AMLX, 3HR"]),
    ],
)
def test_abbreviations_are_written_out_once(texts, written):
    assert expand_abbreviations(texts, known=KNOWN) == written


def test_an_abbreviation_used_once_is_not_introduced_in_an_abstract():
    assert expand_abbreviations(["AML (95% CI 1-2)", "CI"], keep_all=False, known=KNOWN) == [
        r"Acute myeloid leukaemia (95% confidence interval \[CI\] 1-2)",
        "CI",
    ]
