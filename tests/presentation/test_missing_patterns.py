"""Missing values by group and centre: figure, words and data of a made set."""

from __future__ import annotations

import pandas as pd

from helpers import figures, narrative
from helpers.results import Result, ResultSet

GROUPS = {"a": "Early", "b": "Late"}
COUNTS = {("tp53", "a"): (30, 40), ("tp53", "b"): (10, 20), ("ecog", "a"): (4, 40),
          ("ecog", "b"): (12, 20)}  # fmt: skip
LABELS = {"tp53": "TP53 mutation", "ecog": "Performance status"}


def make_patterns(*, masked=()):
    results = [
        Result(
            id=f"gaps.{name}.{key}",
            kind="count",
            label=LABELS[name],
            estimate=None if (name, key) in masked else float(count),
            n=n,
            status="masked" if (name, key) in masked else "estimated",
        )
        for (name, key), (count, n) in COUNTS.items()
    ]
    results.append(
        Result(
            id="gaps.tp53.centres",
            kind="statistic",
            label=LABELS["tp53"],
            estimate=3.0,
            quantities={"n_centres": 3.0, "lowest": 0.25, "highest": 0.95},
        )
    )
    names = ["variable", "label", "group", "result_id"]
    shares = [(name, LABELS[name], GROUPS[key], f"gaps.{name}.{key}") for name, key in COUNTS]
    return ResultSet.collect(
        "gaps",
        results,
        frames={
            "rows": pd.DataFrame(list(LABELS.items()), columns=["variable", "label"]),
            "shares": pd.DataFrame(shares, columns=names),
        },
        meta={
            "title": "Missing values by onset and by centre",
            "groups": GROUPS,
            "factor_label": "Onset",
        },
    )


def read_marks(ax):
    """Return the shares that each legend entry marks, by row label."""
    rows = [label.get_text() for label in ax.get_yticklabels()]
    return {
        line.get_label(): {
            rows[round(y)]: x for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
        }
        for line in ax.lines
        if line.get_linestyle() == "None"
    }


def test_each_mark_stands_at_its_share():
    ax = figures.plot_missing_patterns(make_patterns())
    assert read_marks(ax) == {
        "Early": {"TP53 mutation": 0.75, "Performance status": 0.1},
        "Late": {"TP53 mutation": 0.5, "Performance status": 0.6},
    }
    (bar,) = [line for line in ax.lines if line.get_label() == "Range of the centres"]
    assert list(bar.get_xdata()) == [0.25, 0.95]
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["Range of the centres", "Early", "Late"]


def test_a_masked_share_is_neither_drawn_nor_told():
    made = make_patterns(masked=[("ecog", "a")])
    assert "Performance status" not in read_marks(figures.plot_missing_patterns(made))["Early"]
    text = narrative.caption_missing_patterns(made)
    assert "Early 10%" not in text.description
    assert "TP53" in narrative.describe_missing_patterns(made).markdown


def test_words_name_the_largest_gap_and_no_centre():
    made = make_patterns()
    told = narrative.describe_missing_patterns(made).markdown
    assert "by onset the share of missing values differed most for performance status" in told
    assert "10% for early and 60% for late" in told
    assert "from 25% to 95%" in told
    text = narrative.caption_missing_patterns(made)
    assert "no centre is named" in text.caption
    assert text.alt.startswith("Dot plot of missing values by onset and by centre.")
    assert "TP53 mutation: Early 75%, Late 50%" in text.description


def test_data_of_the_figure_are_counts_and_patients():
    made = make_patterns()
    data = figures.collect_figure_data(figures.plot_missing_patterns(made), made)
    line = data.set_index("result_id").loc["gaps.ecog.b"]
    assert (line["estimate"], line["n"]) == (12, 20)


def test_complete_data_say_so():
    empty = ResultSet.collect(
        "gaps", [], frames={"rows": pd.DataFrame(columns=["variable", "label"])}
    )
    told = narrative.describe_missing_patterns(empty).markdown
    assert told == "Every variable was known of all patients or of none."


def test_small_groups_have_whole_per_cent_in_every_style():
    for style in ("paper", "lancet", "jama"):
        text = narrative.caption_missing_patterns(make_patterns(), style=style)
        assert "Early 75%, Late 50%" in text.description
