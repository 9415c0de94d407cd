"""The notebook of choices in JupyterLab, in a real browser, by keyboard."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from lab_server import start_lab
from playwright.sync_api import Page, expect

from helpers.analysis.models import fit_survival_model
from helpers.cli import main
from helpers.cohort import read_cohort
from helpers.params import read_params_file

sys.path.append(str(Path(__file__).parents[1] / "report"))
from browser import CHROMIUM, start_browser

PROJECT = Path(__file__).parents[2]
PAPER = PROJECT / "params" / "paper.yml"
SLOW = 120_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def page(place):
    """The notebook after "Run all"; every address that was asked for is kept."""
    words = [str(PAPER), "--folder", str(place / "work"), "--notebook", "explore"]
    with start_lab(place, *words) as address, start_browser() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 1400})
        page = context.new_page()
        page.set_default_timeout(SLOW)
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(address)
        run_all(page)
        try:
            yield page
        finally:
            context.close()


def run_all(page: Page) -> None:
    """Run all cells once the kernel is there; JupyterLab may ask something first."""
    status = page.locator(".lenfail-status p").filter(has_text="HR of")
    dialog = page.locator(".jp-Dialog")
    page.get_by_text("lenfail | Idle").first.wait_for()
    said = []
    for _ in range(4):
        if dialog.count():
            said.append(dialog.first.inner_text())
            dialog.locator("button.jp-mod-accept").first.click()
        page.locator(".lm-MenuBar-item", has_text="Run").first.click()
        page.locator('li[data-command="runmenu:run-all"]').click()
        status.or_(dialog).first.wait_for()
        if status.count():
            return
    raise AssertionError(f"the notebook did not run: {said}")


def estimate(age: float):
    """Return the hazard ratio that a build with another cut prints in its model."""
    params = read_params_file(PAPER, overrides=[f"age_cut_years={age}"])
    cohort = read_cohort(params.data, **params.cohort_options)
    made = fit_survival_model(
        cohort, set_id="cox.full", factors=params.model_factors, **params.model_options
    )
    return made["age_75.yes"]


def test_the_hazard_ratio_follows_the_keyboard(page):
    before, after = estimate(75), estimate(70)
    assert f"{before.estimate:.2f}" != f"{after.estimate:.2f}"
    status = page.locator(".lenfail-status .widget-html-content")
    expect(status).to_contain_text(
        f"HR of 75 years or older against below 75 years {before.estimate:.2f}"
    )
    expect(status).to_have_attribute("role", "status", timeout=SLOW)
    status.evaluate("region => { region.dataset.same = 'yes' }")
    field = page.get_by_label("Age cut-off, years")
    field.focus()
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    expect(field).to_have_value("70")
    wanted = (
        f"HR of 70 years or older against below 70 years {after.estimate:.2f}, "
        f"95% CI {after.ci_lower:.2f}–{after.ci_upper:.2f}"
    )
    expect(status).to_contain_text(wanted, timeout=SLOW)
    assert status.get_attribute("data-same") == "yes", "a new region would not be read aloud"
    assert status.get_attribute("aria-live") == "polite"
    assert field.evaluate("field => field === document.activeElement")
    cell = f"{after.estimate:.2f} [{after.ci_lower:.2f}–{after.ci_upper:.2f}]"
    expect(page.locator(".lenfail-explore table")).to_contain_text(cell)
    picture = page.locator(".lenfail-explore figure img")
    expect(picture).to_have_attribute("alt", re.compile("70 years or older"), timeout=SLOW)


def test_every_field_has_its_label_and_is_reached_in_order(page):
    labels = [
        *("Survival since", "Groups", "Age cut-off, years", "Duration cut-off, months"),
        *("Dose cut-off, mg", "Only patients with", "Landmark, months (0: none)"),
        "Adjusted for (none or several)",
    ]
    page.get_by_label(labels[0]).focus()
    for label in labels:
        field = page.get_by_label(label, exact=True)
        assert field.evaluate("field => field === document.activeElement"), label
        assert field.evaluate("field => getComputedStyle(field).outlineStyle") == "solid"
        page.keyboard.press("Tab")


def test_a_choice_without_result_is_one_calm_sentence(page):
    landmark = page.get_by_label("Landmark, months (0: none)")
    landmark.fill("590")
    landmark.press("Enter")
    status = page.locator(".lenfail-status .widget-html-content")
    expect(status).to_contain_text(
        "could not be analysed: nobody was under observation after 590 months.", timeout=SLOW
    )
    expect(page.locator(".lenfail-explore table")).to_have_count(0)
    landmark.fill("0")
    landmark.press("Enter")
    expect(page.locator(".lenfail-explore table")).to_have_count(1, timeout=SLOW)


@pytest.mark.parametrize("width", [1280, 560])
def test_axe_finds_nothing(page, width):
    page.set_viewport_size({"width": width, "height": 1400})
    found = Axe().run(page, context=".lenfail-explore").response
    assert len(found["passes"]) > 10
    faults = [
        f"{rule['id']}: {node['html'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
    page.set_viewport_size({"width": 1280, "height": 1400})
    assert not faults


def test_the_present_choice_is_written_and_checks(page, place, capsys):
    path = place / "work" / "my-choice.yml"
    button = page.get_by_role("button", name="Write params")
    button.focus()
    page.keyboard.press("Enter")
    told = page.locator(".lenfail-explore .lenfail-live").last
    expect(told).to_contain_text("lenfail build", timeout=SLOW)
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert values["age_cut_years"] == 70
    assert values["comparisons"] == [
        {
            "by": "age_75",
            "adjust": ["adverse_karyotype", "raeb", "failure_type", "len_response"],
        }
    ]
    assert main(["check", str(path)]) == 0
    assert "392" in capsys.readouterr().out
    former = path.read_bytes()
    page.keyboard.press("Enter")
    expect(told).to_contain_text("is there already and stays as it is", timeout=SLOW)
    assert path.read_bytes() == former


def test_nothing_outside_this_machine_was_asked_for(page):
    own = urlsplit(page.url).netloc
    schemes = {"data", "blob"}
    parts = [urlsplit(address) for address in page.asked]
    outside = [one for one in parts if one.netloc != own and one.scheme not in schemes]
    assert len(page.asked) > 20
    assert not outside
