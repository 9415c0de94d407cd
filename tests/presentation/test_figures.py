"""Figures hold the numbers; how they look is judged by eye."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from made_sets import (
    count,
    make_aml,
    make_availability,
    make_failure,
    make_flow,
    make_model,
    make_overall,
    make_tp53,
)
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import figures
from helpers.document import FigureText
from helpers.figures.axis import choose_ticks
from helpers.figures.labels import spread_levels
from helpers.figures.render import render_figure
from helpers.figures.theme import measure_contrast, pick_looks, use_theme, wrap_text
from helpers.results import ResultSet

TEXT = FigureText("figure.x", "Title.", "Caption.", "Alt text.")


def lines_of(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def words_of(ax):
    return [text.get_text() for text in ax.texts]


def test_survival_curve_goes_through_the_estimates():
    ax = figures.plot_survival(make_tp53(), min_at_risk=1)
    drawn = lines_of(ax)["Mutated"]
    assert drawn.get_drawstyle() == "steps-post"
    points = drawn.get_xydata()
    assert points[:, 0].tolist() == [0.0, 3.0, 6.0, 9.5, 20.0, 30.0, 41.0, 55.0]
    assert points[:, 1].tolist() == pytest.approx(
        [1, 6 / 7, 5 / 7, 4 / 7, 4 / 7, 4 / 7, 4 / 7, 4 / 7]
    )
    assert ax.get_xlim() == (0, 72)
    assert ax.get_ylim()[0] == 0
    assert ax.get_xlabel() == "Months since lenalidomide failure"
    assert ax.get_ylabel() == "Overall survival (%)"


def test_curve_is_pale_where_fewer_than_ten_are_at_risk():
    ax = figures.plot_survival(make_tp53())
    drawn = lines_of(ax)
    assert "Mutated" not in drawn
    assert drawn["_Mutated, few at risk"].get_color() == pick_looks(1)[0].pale
    wild = drawn["Wild type"].get_xydata()
    # 32 patients, one leaves every second month: nine are left from month 48 on
    assert wild[-1, 0] == 48.0
    assert drawn["_Wild type, few at risk"].get_xydata()[-1, 0] == 64.0


def test_censored_patients_are_plus_signs():
    ax = figures.plot_survival(make_tp53(), min_at_risk=1)
    marks = [line for line in ax.get_lines() if line.get_marker() == "+"]
    assert [len(line.get_xydata()) for line in marks] == [4, 12]


def test_numbers_at_risk_stand_under_their_ticks():
    ax = figures.plot_survival(make_tp53())
    at_risk = [text for text in ax.texts if text.get_gid() == "at_risk"]
    assert [text.get_text() for text in at_risk] == [
        "7", "4", "3", "2", "1", "0", "0",
        "32", "27", "21", "15", "9", "3", "0",
    ]  # fmt: skip
    assert [text.get_position()[0] for text in at_risk[:7]] == list(ax.get_xticks())
    assert all(text.get_ha() == "center" for text in at_risk)


def test_numbers_at_risk_come_from_the_frame_where_it_has_them():
    results = make_overall()
    given = pd.DataFrame(
        {"group": ["overall"], "time_months": [12.0], "n_at_risk": [999], "n_events": [1],
         "n_censored": [1]}
    )  # fmt: skip
    results = ResultSet(results.id, results.results, {**results.frames, "at_risk": given},
                        results.meta)  # fmt: skip
    at_risk = [t.get_text() for t in figures.plot_survival(results).texts if t.get_gid()]
    assert at_risk[:2] == ["392", "999"]


def test_extended_table_adds_censored_and_events():
    ax = figures.plot_survival(make_tp53(), risk_table="extended")
    words = words_of(ax)
    assert words.count("At risk") == words.count("Censored") == words.count("Events") == 2
    numbers = [text.get_text() for text in ax.texts if text.get_gid() == "at_risk"]
    assert numbers[7:21] == ["0", "0", "1", "2", "3", "4", "4", "0", "3", "3", "3", "3", "3", "3"]


def test_figure_prints_medians_and_the_test():
    words = words_of(figures.plot_survival(make_tp53(), style="nejm"))
    assert "Median NR (9.5 to NR)" in words
    assert "Log-rank test\nP = 0.70" in words
    single = words_of(figures.plot_survival(make_overall()))
    assert "Median 23 months\n95% CI 20–27\n222 deaths, 392 patients" in single


def test_yes_and_no_are_named_by_their_factor():
    results = make_tp53()
    meta = {**results.meta, "groups": {"mutated": "Yes", "wildtype": "No"}}
    words = words_of(figures.plot_survival(ResultSet("os.tp53", results.results, results.frames,
                                                     meta)))  # fmt: skip
    assert words.count("TP53: yes") == 2


def test_journal_widths():
    one = figures.plot_survival(make_overall()).get_figure(root=True)
    many = figures.plot_survival(make_failure()).get_figure(root=True)
    assert [round(figure.get_figwidth() * 25.4) for figure in (one, many)] == [86, 178]


@pytest.mark.parametrize(
    "ax",
    [
        pytest.param(lambda: figures.plot_survival(make_failure()), id="survival"),
        pytest.param(lambda: figures.plot_survival(make_overall()), id="single"),
        pytest.param(lambda: figures.plot_incidence(make_aml()), id="incidence"),
        pytest.param(lambda: figures.plot_forest(make_model()), id="forest"),
        pytest.param(lambda: figures.plot_flow(make_flow()), id="flow"),
        pytest.param(lambda: figures.plot_missingness(make_availability()), id="missing"),
    ],
)
def test_no_text_leaves_the_figure_and_type_is_7_to_9_points(ax):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    drawn = ax()
    figure = drawn.get_figure(root=True)
    renderer = FigureCanvasAgg(figure).get_renderer()
    with use_theme():
        figure.draw_without_rendering()
        width, height = figure.bbox.size
        for text in [*drawn.texts, drawn.xaxis.label, drawn.yaxis.label]:
            if text.get_text().strip():
                box = text.get_window_extent(renderer)
                assert box.x0 >= 0, text
                assert box.x1 <= width + 1, text
                assert box.y0 >= -1, text
                assert box.y1 <= height + 1, text
                assert 7 <= text.get_fontsize() <= 9


def test_incidence_draws_both_estimators_and_names_them():
    ax = figures.plot_incidence(make_aml())
    drawn = lines_of(ax)
    assert drawn["All patients, Aalen-Johansen"].get_xydata()[0].tolist() == [0.0, 0.0]
    assert drawn["All patients, 1 − Kaplan-Meier"].get_linestyle() != "-"
    assert "24 months: 30% [25–35]" in words_of(ax)
    assert ax.get_ylabel() == "Cumulative incidence of AML (%)"


def test_forest_plot_has_a_log_axis_references_and_arrows():
    ax = figures.plot_forest(make_model(), limits=(0.3, 5.0))
    assert ax.get_xscale() == "log"
    drawn = lines_of(ax)
    assert drawn["cox.full.age_75.yes"].get_xydata().tolist() == [[1.244, 2.0], [2.176, 2.0]]
    assert drawn["cox.full.failure_type.progression"].get_xydata()[1, 0] == 5.0
    arrows = [line.get_marker() for line in ax.get_lines() if line.get_label() == "_clipped"]
    assert arrows == [">"]
    references = [line for line in ax.get_lines() if line.get_label() == "_reference"]
    assert len(references) == 3
    words = words_of(ax)
    assert {"1.92 [1.14–33.00]", "1 (reference)", "0.14", "43", "30"} <= set(words)


def test_area_of_a_box_grows_with_events():
    ax = figures.plot_forest(make_model())
    boxes = {
        line.get_xydata()[0, 0]: line.get_markersize() ** 2
        for line in ax.get_lines()
        if line.get_label() == "_box"
    }
    # 110, 70 and 30 events: equal steps of events are equal steps of area
    assert boxes[1.04] - boxes[1.641] == pytest.approx(boxes[1.641] - boxes[1.92])
    assert boxes[1.04] > boxes[1.641] > boxes[1.92]


def test_flow_diagram_counts_each_step_and_says_illustrative():
    words = [text.replace("\u00a0", " ") for text in words_of(figures.plot_flow(make_flow()))]
    assert "Patients screened (n = 452)" in words
    assert "Excluded: RAEB-2 or AML before lenalidomide (n = 18)" in words
    assert "Lenalidomide as single agent (n = 410)" in words
    assert "Patients included (n = 392)" in words
    assert words[-1] == "Counts of screened and excluded patients are illustrative."


def test_steps_that_were_not_applied_are_not_drawn():
    results = make_flow()
    steps = results.frames["steps"].assign(is_applied=[True, False, True])
    results = ResultSet.collect("flow", list(results), frames={"steps": steps})
    assert not any("single agent" in word for word in words_of(figures.plot_flow(results)))


def test_missingness_bars():
    ax = figures.plot_missingness(make_availability())
    widths = [patch.get_width() for patch in ax.patches]
    assert widths == pytest.approx([0.0, 185 / 392, 353 / 392])
    assert "353/392 (90%)" in words_of(ax)


def test_residuals_get_a_panel_each():
    frame = pd.DataFrame(
        {
            "factor": ["age_75"] * 3 + ["len_response"] * 3,
            "label": ["Age"] * 3 + ["Response"] * 3,
            "time_months": [1.0, 2.0, 3.0] * 2,
            "residual": [0.1, -0.2, 0.4, 1.0, 0.0, -1.0],
        }
    )
    model = make_model()
    model = ResultSet(model.id, model.results, {**model.frames, "residuals": frame}, model.meta)
    ax = figures.plot_ph(model)
    assert len(ax.get_figure(root=True).axes) == 2
    assert ax.get_title(loc="left") == "Age\np = 0.42"


def test_a_given_axes_is_drawn_in():
    figure = Figure()
    ax = figure.add_subplot()
    for plot, results in (
        (figures.plot_survival, make_failure()),
        (figures.plot_incidence, make_aml()),
        (figures.plot_forest, make_model()),
        (figures.plot_flow, make_flow()),
        (figures.plot_missingness, make_availability()),
    ):
        assert plot(results, ax=ax) is ax
        ax.clear()


def test_an_empty_curve_is_an_empty_figure():
    results = ResultSet.collect("os", [count("os.overall.n", 0, 0)])
    assert isinstance(figures.plot_survival(results), Axes)
    assert isinstance(figures.plot_incidence(results), Axes)


def test_settings_are_left_as_they_were():
    before = dict(mpl.rcParams)
    render_figure(figures.plot_survival(make_tp53()), TEXT)
    assert dict(mpl.rcParams) == before


def test_rendering_gives_the_same_bytes_and_no_date():
    first = render_figure(figures.plot_survival(make_tp53()), TEXT, synthetic=True)
    second = render_figure(figures.plot_survival(make_tp53()), TEXT, synthetic=True)
    assert first.svg == second.svg
    assert first.png == second.png
    assert "<dc:date>" not in first.svg
    assert "SYNTHETIC DATA" in first.svg
    assert b"SYNTHETIC DATA" in first.png
    assert b"Software" not in first.png
    assert "<text" not in first.svg


def test_rendering_keeps_words_data_and_size():
    drawn = figures.plot_survival(make_tp53())
    block = render_figure(drawn.get_figure(root=True), TEXT, pd.DataFrame({"a": [1], "b": [0.1]}))
    assert block.text is TEXT
    assert block.data_csv == "a,b\n1,0.1\n"
    assert block.width_mm == 178.0
    assert "SYNTHETIC" not in block.svg
    assert b"pHYs" in block.png


def test_looks_differ_in_colour_dash_and_marker_and_can_be_read():
    looks = pick_looks(8)
    for part in ("colour", "dash", "marker"):
        assert len({str(getattr(look, part)) for look in looks}) == 8
    assert all(measure_contrast(look.colour) >= 4.5 for look in looks)
    assert pick_looks(9)[8] == looks[0]
    assert measure_contrast("#000000") == pytest.approx(21)
    assert measure_contrast("#ffffff") == pytest.approx(1)


def test_the_bundled_font_is_used():
    found = font_manager.findfont("DejaVu Sans", fallback_to_default=False)
    assert "mpl-data" in found


def test_ticks_grow_apart_until_they_fit():
    assert choose_ticks(87.0, 12, at_most=9) == [0, 12, 24, 36, 48, 60, 72, 84, 96]
    assert choose_ticks(97.0, 12, at_most=9) == [0, 24, 48, 72, 96, 120]
    assert choose_ticks(0.0, 12, at_most=9) == [0, 12]


def test_labels_are_set_apart_within_their_bounds():
    placed = spread_levels([5.0, 4.8, 0.0], [2.0, 2.0, 2.0], lowest=0.0, highest=10.0)
    assert placed == pytest.approx([5.0, 3.0, 1.0])
    assert spread_levels([9.9], [2.0], lowest=0.0, highest=10.0) == pytest.approx([9.0])
    crowded = spread_levels([0.0, 0.0, 0.0], [2.0, 2.0, 2.0], lowest=0.0, highest=10.0)
    assert crowded == pytest.approx([5.0, 3.0, 1.0])


def test_text_breaks_at_spaces_only():
    assert wrap_text("one two three", 12.0) == "one two\nthree"
    assert wrap_text("unbreakable", 1.0) == "unbreakable"
    assert "\n" not in wrap_text("a (n\u00a0=\u00a01)", 5.0).split("a", 1)[1].lstrip("\n")


def test_importing_figures_does_not_import_matplotlib():
    code = "import sys, helpers.figures; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'plot_nothing'"):
        _ = figures.plot_nothing


def test_another_process_draws_the_same_bytes():
    code = (
        "import hashlib; from made_sets import make_tp53; from helpers import figures;"
        "from helpers.document import FigureText;"
        "block = figures.render_figure(figures.plot_survival(make_tp53()),"
        "FigureText('figure.x', 'Title.', 'Caption.', 'Alt text.'));"
        "print(hashlib.sha256(block.svg.encode() + block.png).hexdigest())"
    )
    here = render_figure(figures.plot_survival(make_tp53()), TEXT)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent), "PYTHONHASHSEED": "7"},
    )
    assert done.stdout.strip() == hashlib.sha256(here.svg.encode() + here.png).hexdigest()
