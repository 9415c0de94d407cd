"""Numbers behind a curve that is read by pointing."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from curve_page import CURVES, make_curves

from helpers.report.curve_data import dump_for_page, make_curve_data


def test_curves_carry_the_figure_s_numbers():
    data = make_curve_data(make_curves())
    assert data["unit"] == "months"
    assert data["value"] == "Survival"
    assert (data["x"], data["y"], data["snap"]) == ([0, 12], [0, 1], False)
    assert data["box"] == pytest.approx([0.2, 0.05, 0.8, 0.75])
    first, second = data["curves"]
    assert (first["label"], second["label"]) == ("First <group>", "Second")
    assert first["time"] == [0, 2, 4, 6, 10]
    assert first["estimate"] == [1, 0.75, 0.75, 0.375, 0.375]
    assert first["n_at_risk"] == [4, 4, 3, 2, 1]
    assert first["ci_lower"] == [None, 0.128, 0.128, 0.011, 0.011]


def test_a_masked_or_missing_number_is_none():
    text = CURVES.to_csv(index=False).replace("second,8.0,1,", "second,8.0,[redacted],")
    data = make_curve_data(replace(make_curves(), data_csv=text))
    assert data["curves"][1]["n_at_risk"] == [2, 2, None]


@pytest.mark.parametrize("data", ["", "a,b\n1,2\n", "group,time_months\nother,1\n"])
def test_without_numbers_for_each_curve_there_is_nothing_to_read(data):
    assert make_curve_data(replace(make_curves(), data_csv=data)) == {}
    assert make_curve_data(replace(make_curves(), curves={})) == {}


def test_long_curves_are_read_at_common_times_without_error():
    n = 4000
    frame = pd.DataFrame(
        {
            "group": "first",
            "time_months": [i / 400 for i in range(n)],
            "n_at_risk": range(n, 0, -1),
            "estimate": [round(1 - i / n, 5) for i in range(n)],
        }
    )
    text = pd.concat([frame, CURVES[CURVES["group"] == "second"]]).to_csv(index=False)
    data = make_curve_data(replace(make_curves(), data_csv=text))
    assert data["snap"]
    first, second = data["curves"]
    assert 500 < len(first["time"]) < 900
    for time, estimate, at_risk in zip(
        first["time"], first["estimate"], first["n_at_risk"], strict=True
    ):
        row = round(time * 400)
        assert estimate == pytest.approx(1 - row / n, abs=1e-5)
        assert at_risk == n - row
    for time, estimate, at_risk in zip(
        second["time"], second["estimate"], second["n_at_risk"], strict=True
    ):
        assert estimate == (1 if time < 3 else 0.5 if time < 8 else 0)
        assert at_risk == (2 if time <= 3 else 1)


def test_nothing_ends_the_script_element():
    text = dump_for_page({"label": "</script><!--<script>&\u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"label": "</script><!--<script>&\u2028"}
