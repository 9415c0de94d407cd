"""Published points over an own cohort's curve."""

from __future__ import annotations

import matplotlib.figure
import pandas as pd
import pytest

from helpers.figures.survival import draw_published
from helpers.figures.theme import pick_looks
from helpers.published.overlay import tabulate_published_points


def test_the_ledger_gives_the_printed_medians_and_intervals():
    points = tabulate_published_points("os.failure").set_index("group")
    loss = points.loc["loss_hi"]
    loss = loss.iloc[0] if isinstance(loss, pd.DataFrame) else loss
    assert loss["time_months"] == 39
    assert loss["probability"] == 0.5
    assert (loss["lower_months"], loss["upper_months"]) == (27, 51)


def test_without_a_ledger_there_is_no_point(tmp_path):
    assert tabulate_published_points("os", ledger=tmp_path / "none.yml").empty


@pytest.mark.parametrize(("group", "n_lines"), [("loss_hi", 2), ("unknown", 0)])
def test_a_median_is_a_star_on_its_interval(group, n_lines):
    axes = matplotlib.figure.Figure().add_subplot()
    points = pd.DataFrame(
        {
            "group": [group],
            "time_months": [39.0],
            "probability": [0.5],
            "lower_months": [27.0],
            "upper_months": [51.0],
        }
    )
    draw_published(axes, points, {"loss_hi": pick_looks(1)[0]})
    lines = axes.get_lines()
    assert len(lines) == n_lines
    if lines:
        assert lines[0].get_xydata().tolist() == [[27.0, 0.5], [51.0, 0.5]]
        assert lines[1].get_xydata().tolist() == [[39.0, 0.5]]
        assert lines[1].get_marker() == "*"
