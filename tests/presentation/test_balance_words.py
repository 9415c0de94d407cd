"""The words of a Love plot."""

from made_sets import make_balance

from helpers.narrative.balance import caption_balance
from helpers.results import ResultSet


def test_caption_counts_what_is_out_of_balance():
    text = caption_balance(make_balance())
    assert text.id == "figure.balance_balance"
    assert "marks 0.1." in text.caption
    assert text.alt == (
        "Love plot. Differences above 0.1: 2 of 3 before and 1 of 3 after weighting."
    )
    assert "RAEB-1: 0.55 before, 0.02 after" in text.description
    assert "Female sex: not known before, not known after" in text.description


def test_caption_follows_the_style_and_an_empty_plot_has_words():
    assert "0\u00b71" in caption_balance(make_balance(), style="lancet").caption
    empty = caption_balance(ResultSet.collect("x", []), slot="supplement")
    assert empty.alt == "Love plot without variables."
    assert empty.slot == "supplement"
