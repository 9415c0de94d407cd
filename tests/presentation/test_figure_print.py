"""Figures as a journal wants them: sizes, type, grey prints, forms, many patients, masks."""

import io
import itertools
import re

import numpy as np
import pandas as pd
import pytest
from made_sets import (
    make_aml,
    make_availability,
    make_balance,
    make_big,
    make_failure,
    make_flow,
    make_model,
    make_overall,
    make_tp53,
)
from matplotlib.colors import to_rgb
from matplotlib.text import Text
from PIL import Image

from helpers import figures
from helpers.document import FigureText, block_from_json, block_to_json
from helpers.figures.compact import compact_path, compact_svg
from helpers.figures.render import render_figure
from helpers.figures.theme import pick_looks
from helpers.figures.thinning import MAX_MARKS, MAX_STEPS
from helpers.report.artefacts import write_figures
from helpers.report.curve_data import make_curve_data
from helpers.results import ResultSet

TEXT = FigureText("figure.x", "Title.", "Caption.", "Alt text.")
DRAWN = {
    "overall": (lambda: figures.plot_survival(make_overall()), 86),
    "failure": (lambda: figures.plot_survival(make_failure()), 178),
    "extended": (lambda: figures.plot_survival(make_failure(), risk_table="extended"), 178),
    "incidence": (lambda: figures.plot_incidence(make_aml()), 178),
    "forest": (lambda: figures.plot_forest(make_model()), 178),
    "flow": (lambda: figures.plot_flow(make_flow()), 178),
    "missing": (lambda: figures.plot_missingness(make_availability()), 178),
    "balance": (lambda: figures.plot_balance(make_balance()), 178),
    "big": (lambda: figures.plot_survival(make_big(2, 200_000)), 178),
}


def mask(results, below):
    """Return a set whose counts below a number are kept back."""
    curve = results.frames["curve"].copy()
    for column in ("n_at_risk", "n_events", "n_censored"):
        curve[column] = curve[column].astype(float).where(curve["n_at_risk"] >= below)
    frames = {**results.frames, "curve": curve}
    return ResultSet(results.id, results.results, frames, results.meta)


def print_grey(colour):
    """Return how bright a colour prints in grey, 0 to 1 (ITU-R BT.601)."""
    return float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114)))


@pytest.mark.parametrize("name", DRAWN)
def test_widths_are_exact_and_all_type_is_7_to_9_points(name):
    draw, width_mm = DRAWN[name]
    figure = draw().get_figure(root=True)
    block = render_figure(figure, TEXT)
    points = float(re.search(r'width="([0-9.]+)pt"', block.svg)[1])
    assert points == pytest.approx(width_mm / 25.4 * 72, abs=0.001)
    assert block.width_mm == width_mm
    pixels = Image.open(io.BytesIO(block.png)).size[0]
    assert pixels / 300 * 25.4 == pytest.approx(width_mm, abs=0.1)
    sizes = {
        text.get_fontsize()
        for text in figure.findobj(Text)
        if text.get_text().strip() and text.get_visible()
    }
    assert sizes
    assert min(sizes) >= 7
    assert max(sizes) <= 9


def test_any_two_curves_differ_in_dash_and_marker_and_neighbours_in_grey():
    looks = pick_looks(8)
    for one, other in itertools.combinations(looks, 2):
        assert str(one.dash) != str(other.dash)
        assert one.marker != other.marker
        assert one.colour != other.colour
    for one, other in itertools.pairwise(looks[:4]):
        assert abs(print_grey(one.colour) - print_grey(other.colour)) > 0.04


@pytest.mark.parametrize("name", ["failure", "incidence"])
def test_curves_of_a_figure_do_not_share_a_dash(name):
    ax = DRAWN[name][0]()
    drawn = [line for line in ax.get_lines() if str(line.get_gid()).startswith("curve.")]
    dashes = {line.get_gid(): str(line.get_linestyle()) + str(line._dash_pattern) for line in drawn}
    assert len(dashes) > 1
    assert len(set(dashes.values())) == len(dashes)


@pytest.mark.parametrize(("n_groups", "n"), [(1, 1_000_000), (4, 400_000)])
def test_a_drawing_of_very_many_patients_stays_small_and_says_how_exact_it_is(n_groups, n):
    results = make_big(n_groups, n)
    ax = figures.plot_survival(results)
    block = render_figure(ax, TEXT)
    assert len(block.svg) <= 150_000
    found = re.search(r"curves are exact to (\d\.\d\d) percentage points", block.text.caption)
    stated = float(found[1]) / 100
    assert 0 < stated < 0.004
    n_steps = 0
    for key, lines in results.frames["curve"].groupby("group"):
        drawn = next(
            line
            for line in ax.get_lines()
            if line.get_gid() == f"curve.{key}" and line.get_label() == f"Group {key[1:]}"
        )
        points = drawn.get_xydata()
        n_steps += len(points)
        times = lines.loc[lines["n_at_risk"] >= 10, "time_months"].to_numpy()
        true = lines.loc[lines["n_at_risk"] >= 10, "estimate"].to_numpy()
        shown = points[np.searchsorted(points[:, 0], times, side="right") - 1, 1]
        assert np.abs(shown - true).max() <= stated
    n_marks = sum(len(line.get_xdata()) for line in ax.get_lines() if line.get_marker() == "+")
    assert n_steps <= MAX_STEPS
    assert 0 < n_marks <= MAX_MARKS


def test_no_two_numbers_at_risk_touch():
    for results in (make_big(1, 1_000_000), make_big(4, 400_000)):
        ax = figures.plot_survival(results)
        figure = ax.get_figure(root=True)
        figure.draw_without_rendering()
        texts = [text for text in ax.texts if text.get_gid() == "at_risk"]
        rows = {}
        for text in texts:
            box = text.get_window_extent()
            rows.setdefault(round(box.y0), []).append(box)
        labels = [text for text in ax.texts if text.get_text().startswith("Group")]
        for row in rows.values():
            row.sort(key=lambda box: box.x0)
            assert all(one.x1 < other.x0 for one, other in itertools.pairwise(row))
        below = [text.get_window_extent() for text in labels]
        firsts = [min(box.x0 for box in row) for row in rows.values()]
        under = [box for box in below if box.x1 < min(firsts) + 1]
        assert len(under) == (0 if len(rows) == 1 else 4)


def test_few_patients_are_drawn_step_by_step():
    block = render_figure(figures.plot_survival(make_failure()), TEXT)
    assert block.text is TEXT


def test_masked_numbers_are_said_to_be():
    results = mask(make_tp53(), 8)
    ax = figures.plot_survival(results)
    numbers = [text.get_text() for text in ax.texts if text.get_gid() == "at_risk"]
    assert numbers == ["[r]"] * 5 + ["0", "0"] + ["32", "27", "21", "15", "9", "[r]", "0"]
    block = render_figure(ax, TEXT, figures.collect_figure_data(ax, results))
    assert block.text.caption == "Caption. [r]: count redacted."
    assert "nan" not in block.data_csv


def test_text_in_place_of_a_masked_count_is_drawn_too():
    results = make_tp53()
    curve = results.frames["curve"].astype({"n_at_risk": object})
    curve.loc[curve["group"] == "mutated", "n_at_risk"] = "[redacted]"
    frames = {**results.frames, "curve": curve}
    ax = figures.plot_survival(ResultSet(results.id, results.results, frames, results.meta))
    numbers = [text.get_text() for text in ax.texts if text.get_gid() == "at_risk"]
    assert numbers[:2] == ["[r]", "[r]"]
    assert numbers[7] == "32"


def test_data_of_a_figure_hold_the_numbers_at_risk():
    results = make_tp53()
    ax = figures.plot_survival(results)
    data = figures.collect_figure_data(ax, results)
    parts = dict(iter(data.groupby("drawn_as")))
    assert len(parts["curve"]) == len(results.frames["curve"])
    below = parts["number at risk"].query("group == 'wildtype'")
    assert below["time_months"].tolist() == list(ax.get_xticks())
    assert below["n_at_risk"].tolist() == [32, 27, 21, 15, 9, 3, 0]
    assert below["estimate"].isna().all()
    printed = data.to_csv(index=False).splitlines()
    assert printed[0].startswith("group,time_months,n_at_risk")
    assert printed[1].split(",")[2] == "7"


def test_pointing_at_a_curve_meets_its_steps_and_not_the_table_below():
    results = make_tp53()
    ax = figures.plot_survival(results)
    block = render_figure(ax, TEXT, figures.collect_figure_data(ax, results))
    for curve in make_curve_data(block)["curves"]:
        assert None not in curve["estimate"]
        assert 72 not in curve["time"]


def test_data_of_a_figure_without_such_a_table_are_its_frame():
    results = make_availability()
    drawn = figures.plot_missingness(results)
    frame = next(iter(results.frames.values()), None)
    assert figures.collect_figure_data(drawn, results) is frame
    assert figures.collect_figure_data(None, ResultSet.collect("x", [])) is None


def test_data_of_a_forest_plot_hold_what_it_draws():
    model = make_model()
    data = figures.collect_figure_data(figures.plot_forest(model), model)
    for line in data.to_dict("records"):
        found = model.find(line["result_id"])
        assert [line[name] for name in ("n", "events", "estimate")] == [
            found.n,
            found.events,
            found.estimate,
        ]
    is_estimated = ~data["is_reference"].astype(bool)
    assert data.loc[is_estimated, ["ci_lower", "ci_upper"]].notna().all(axis=None)


def test_love_plot_orders_by_the_difference_before_and_marks_a_tenth():
    ax = figures.plot_balance(make_balance())
    assert [text.get_text() for text in ax.get_yticklabels()] == [
        "Female sex", "Adverse karyotype", "Age 75 years or older", "RAEB-1",
    ]  # fmt: skip
    drawn = {line.get_label(): line for line in ax.get_lines()}
    before, after = drawn["Before weighting"], drawn["After weighting"]
    assert before.get_xdata()[1:].tolist() == [0.08, 0.42, 0.55]
    assert after.get_xdata()[1:].tolist() == [0.11, 0.03, 0.02]
    assert before.get_marker() != after.get_marker()
    guide = next(line for line in ax.get_lines() if line.get_label().startswith("_child"))
    assert list(guide.get_xdata()) == [0.1, 0.1]
    assert ax.get_xlim()[0] == 0


def test_an_empty_balance_is_an_empty_figure():
    ax = figures.plot_balance(ResultSet.collect("balance", []))
    assert ax.get_xlim()[1] >= 0.2


@pytest.fixture(scope="module")
def all_forms():
    ax = figures.plot_survival(make_failure())
    return render_figure(ax, TEXT, synthetic=True, forms=("svg", "png", "pdf", "tiff"))


def test_further_forms_are_made_only_where_asked(all_forms):
    assert set(all_forms.forms) == {"pdf", "tiff"}
    assert render_figure(figures.plot_survival(make_tp53()), TEXT).forms == {}
    assert block_from_json(block_to_json(all_forms)) == all_forms


def test_tiff_is_600_dpi_lzw_without_transparency(all_forms):
    image = Image.open(io.BytesIO(all_forms.forms["tiff"]))
    assert image.info["compression"] == "tiff_lzw"
    assert image.info["dpi"] == (600, 600)
    assert image.mode == "RGB"
    assert image.size[0] / 600 * 25.4 == pytest.approx(178, abs=0.1)
    assert "SYNTHETIC DATA" in image.tag_v2[270]


def test_pdf_holds_its_fonts_as_outlines_of_letters(all_forms):
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(all_forms.forms["pdf"]))
    page = reader.pages[0]
    assert float(page.mediabox.width) == pytest.approx(178 / 25.4 * 72, abs=0.01)
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        assert font["/Subtype"] == "/Type0"
        described = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert "/FontFile2" in described
    assert "Number at risk" in page.extract_text()
    assert "/CreationDate" not in reader.metadata
    assert reader.metadata["/Subject"] == "SYNTHETIC DATA"


def test_every_form_is_the_same_on_a_second_run(all_forms):
    ax = figures.plot_survival(make_failure())
    again = render_figure(ax, TEXT, synthetic=True, forms=("pdf", "tiff"))
    assert again == all_forms


def test_files_are_written_in_the_forms_asked_for(all_forms, tmp_path):
    write_figures(tmp_path / "a", [all_forms], forms=("svg", "tiff"))
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"x.csv", "x.svg", "x.tiff"}
    write_figures(tmp_path / "b", [all_forms])
    assert {path.suffix for path in (tmp_path / "b").iterdir()} == {".csv", ".svg", ".png"}


def test_short_paths_lead_to_the_same_places():
    rng = np.random.default_rng(3)
    points = np.round(rng.uniform(-50, 300, (200, 2)), 6)
    points[50:60, 1] = points[50, 1]
    data = " ".join(f"{'M' if i % 40 == 0 else 'L'} {x} {y}" for i, (x, y) in enumerate(points))
    x = y = 0.0
    walked = []
    for command, numbers in re.findall(r"([MlhvL])([^MlhvLz]*)", compact_path(data)):
        values = [float(number) for number in re.findall(r"-?(?:\d*\.)?\d+", numbers)]
        match command:
            case "M":
                x, y = values
            case "l":
                x, y = x + values[0], y + values[1]
            case "h":
                x += values[0]
            case "v":
                y += values[0]
        walked.append((x, y))
    assert np.abs(np.array(walked) - points).max() <= 0.0051


def test_compacting_leaves_scales_and_words_alone():
    svg = (
        '<g transform="scale(0.015625)"><text>1.23456</text><path d="M 1.23456 2 Q 1 2 3 4.5"/></g>'
    )
    assert compact_svg(svg) == svg.replace('"M 1.23456', '"M 1.23')


def test_letters_have_short_names_and_the_same_outlines():
    svg = (
        '<defs><path id="DejaVuSans-13" d="M 20 42 \nQ 15 -42 13 37 \nL 9 8 \nz\n"/>'
        '<path id="DejaVuSans-Bold-4c" d="M 1 2 L 3 4 z"/></defs>'
        '<use xlink:href="#DejaVuSans-13"/><use href="#DejaVuSans-Bold-4c"/><g id="axes_1"/>'
    )
    assert compact_svg(svg) == (
        '<defs><path id="t0-13" d="M20 42Q15 -42 13 37L9 8z"/>'
        '<path id="t1-4c" d="M1 2L3 4z"/></defs>'
        '<use xlink:href="#t0-13"/><use href="#t1-4c"/><g id="axes_1"/>'
    )


def test_fonts_of_the_drawing_are_outlines(all_forms):
    assert "<text" not in all_forms.svg
    assert "font-family" not in all_forms.svg


def test_residual_panels_have_readable_type():
    frame = pd.DataFrame(
        {"factor": ["age_75"] * 3, "label": ["Age"] * 3, "time_months": [1.0, 2.0, 3.0],
         "residual": [0.1, -0.2, 0.4], "smooth": [0.1, 0.0, 0.1]}
    )  # fmt: skip
    model = make_model()
    model = ResultSet(model.id, model.results, {**model.frames, "residuals": frame}, model.meta)
    figure = figures.plot_ph(model).get_figure(root=True)
    sizes = {text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip()}
    assert sizes <= {7.0, 8.0}


def test_pictures_are_compressed(all_forms):
    assert len(all_forms.png) < 400_000
    assert len(all_forms.forms["tiff"]) < 2_000_000
