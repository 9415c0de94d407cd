"""Words: plurals, lists, names of methods, escaping."""

import pytest

from helpers.formatting import (
    escape_markdown,
    find_abbreviations,
    format_counted,
    format_number_word,
    join_sentences,
    join_words,
    lower_first,
    name_interval,
    name_test,
    pluralise,
)


def test_counts_agree_with_their_noun():
    assert [format_counted(n, "patient") for n in (0, 1, 2, 1000)] == [
        "no patients",
        "1 patient",
        "2 patients",
        "1,000 patients",
    ]
    assert format_counted(1, "analysis", "analyses", words=True) == "one analysis"
    assert format_counted(12, "analysis", "analyses", words=True) == "12 analyses"
    assert pluralise(1, "was", "were") == "was"
    assert format_number_word(0) == "zero"
    assert format_number_word(10) == "10"


def test_lists_and_sentences():
    assert join_words([]) == ""
    assert join_words(["a", "b", "c"]) == "a, b and c"
    assert join_sentences(["no death.", "", " it is so. "]) == "No death. It is so."


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Best supportive care", "best supportive care"),
        ("HMA", "HMA"),
        ("RAEB-1 (WHO)", "RAEB-1 (WHO)"),
        ("del(5q) only", "del(5q) only"),
        ("Europe", "Europe"),
        ("United States", "United States"),
        ("Fisher's exact test", "Fisher's exact test"),
        ("75 years or older", "75 years or older"),
        ("", ""),
    ],
)
def test_labels_within_a_sentence(label, expected):
    assert lower_first(label) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a*b_c", "a\\*b\\_c"),
        ("<script>", "\\<script\\>"),
        ("[x](http://y)", "\\[x\\](http:\\//y)"),
        ("AT&T", "AT&amp;T"),
        ("- item", "\\- item"),
        ("1. item", "\\1. item"),
        ("a\n\nb", "a b"),
        ("$x^2$ `code` #h ~a|b", "\\$x\\^2\\$ \\`code\\` \\#h \\~a\\|b"),
    ],
)
def test_words_from_data_are_never_markup(text, expected):
    assert escape_markdown(text) == expected


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("logrank", "log-rank test"),
        ("Gray's test", "Gray's test"),
        ("Fisher exact", "Fisher's exact test"),
        ("Fisher's test, 100,000 random tables", "Fisher's test, 100,000 random tables"),
        (
            "Chi-square test with continuity correction",
            "chi-square test with continuity correction",
        ),
        ("Wilcoxon rank sum test, exact", "Wilcoxon rank-sum test"),
        ("kruskal", "Kruskal-Wallis test"),
        ("cox.zph", "test of scaled Schoenfeld residuals"),
        ("score test of proportional hazards", "test of scaled Schoenfeld residuals"),
        ("lr", "likelihood-ratio test"),
        ("Cochran Q", "Cochran Q"),
        ("", "test"),
    ],
)
def test_tests_have_names(method, expected):
    assert name_test(method) == expected


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("Kaplan-Meier, interval as SPSS prints it", "SPSS method"),
        ("Kaplan-Meier, log-log interval", "log-log method"),
        ("Kaplan-Meier, log interval", "log method"),
        ("plain", "plain method"),
        ("Kaplan-Meier", ""),
    ],
)
def test_intervals_have_names(method, expected):
    assert name_interval(method) == expected


def test_abbreviations_are_found_as_words_only():
    found = find_abbreviations(["RAEB-1, HMAs and PRIMA", "del(5q)"])
    assert found == {
        "del(5q)": "deletion of the long arm of chromosome 5",
        "HMA": "hypomethylating agent",
        "RAEB": "refractory anaemia with excess of blasts",
    }


def test_abbreviations_of_the_data_leave_no_room_for_another_disease():
    found = find_abbreviations(["PR positive, OS", "ER"], known={"ER": "oestrogen receptor"})
    assert found == {"ER": "oestrogen receptor", "OS": "overall survival"}
