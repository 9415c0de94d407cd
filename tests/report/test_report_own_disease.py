"""Omitted analyses of another disease's report."""

from __future__ import annotations

from helpers.report.appendices import make_omitted_appendix
from helpers.report.own_disease import list_relevant, select_parameters

OMITTED = [
    {"id": "os.tp53", "title": "TP53", "reason": "nobody was tested"},
    {"id": "switch.hma_vs_bsc", "title": "HMA", "reason": "no such treatment"},
    {"id": "tx.first", "title": "First treatment", "reason": "no column first_treatment"},
]


def test_the_publications_own_analyses_are_counted_only():
    relevant = list_relevant(OMITTED, {"terms": {"disease": "myeloma"}})
    assert [item["id"] for item in relevant] == ["tx.first"]
    part = make_omitted_appendix(relevant, n_others=2)
    table, prose = part.items
    assert [row[0].text for row in table.rows] == ["First treatment"]
    assert prose.markdown.startswith("2 analyses of the publication's own disease and treatments")


def test_the_published_disease_hears_of_all():
    assert list_relevant(OMITTED, {}) == tuple(OMITTED)
    assert list_relevant(OMITTED, {"terms": {"background": "Own words."}}) == tuple(OMITTED)


def test_nothing_left_out_needs_no_appendix():
    assert make_omitted_appendix(()) is None


def test_parameters_of_the_published_treatment_are_printed_for_it_only():
    given = {"len_dose_cut_mg": 10, "alpha": 0.05, "terms": {}}
    assert select_parameters(given) == given
    own = {**given, "terms": {"index_treatment": "R-CHOP"}}
    assert set(select_parameters(own)) == {"alpha", "terms"}
