"""Where a figure's curves lie."""

import pytest
from made_sets import make_aml, make_failure, make_flow, make_model, make_tp53

from helpers import figures
from helpers.figures.reading import locate_curves


def test_place_of_a_survival_figure_is_that_of_its_axes():
    results = make_failure()
    ax = figures.plot_survival(results)
    found = locate_curves(ax.figure)
    left, top, right, bottom = found["box"]
    picture = ax.figure.bbox
    assert (left * picture.width, (1 - bottom) * picture.height) == (
        pytest.approx(ax.bbox.x0, abs=0.02),
        pytest.approx(ax.bbox.y0, abs=0.02),
    )
    assert (right * picture.width, (1 - top) * picture.height) == (
        pytest.approx(ax.bbox.x1, abs=0.02),
        pytest.approx(ax.bbox.y1, abs=0.02),
    )
    assert found["x"] == list(ax.get_xlim())
    assert found["y"] == list(ax.get_ylim())
    assert found["value_label"] == "Overall survival (%)"
    groups = results.meta["groups"]
    assert {one["group"]: one["label"] for one in found["curves"]} == groups
    colours = [one["colour"] for one in found["curves"]]
    assert len(set(colours)) == len(groups)


def test_each_curve_is_named_as_in_the_figure_s_data():
    results = make_aml()
    found = locate_curves(figures.plot_incidence(results).figure)
    curve = results.frames["curve"]
    named = {(one["group"], one["estimator"]) for one in found["curves"]}
    assert named == set(zip(curve["group"], curve["estimator"], strict=True))


def test_a_curve_that_is_pale_throughout_is_found_too():
    found = locate_curves(figures.plot_survival(make_tp53(), min_at_risk=1000).figure)
    assert {one["label"] for one in found["curves"]} == set(make_tp53().meta["groups"].values())


def test_figures_without_curves_have_none():
    for ax in (figures.plot_flow(make_flow()), figures.plot_forest(make_model())):
        assert locate_curves(ax.figure) == {}
