"""The re-analyses that README walks through give the numbers that it prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from helpers.analysis.models import fit_survival_model
from helpers.cohort import read_cohort
from helpers.comparisons import record_comparison
from helpers.display import Section
from helpers.narrative import describe_model
from helpers.narrative.chosen import describe_chosen
from helpers.params import Params, read_params_file

PROJECT = Path(__file__).parents[1]
HEADING = "## What if: three re-analyses"
GROUPS = "by: failure_type"
ADJUST = "adjust: [age_75, adverse_karyotype, raeb]"

#: Name of each report, what is set, and what the report then says.
RE_ANALYSES = {
    "age70": (
        "age_cut_years=70",
        ("age: 70 years or older (HR 1.29, 95% CI 0.99–1.68, p = 0.06)",),
    ),
    "from-start": (
        f"comparisons=[{{{GROUPS}, endpoint: os_len, {ADJUST}}}]",
        (
            "The median overall survival was 27 months (95% CI 24–30, SPSS method) for no response "
            "(n = 141), 60 months (95% CI 50–70) for loss of HI (n = 152), 35 months (95% CI "
            "26–45) for intolerance (n = 56) and 25 months (95% CI 19–31) for progression "
            "(n = 43).",
            "Adjusted for age, adverse karyotype (IPSS) and RAEB-1 (WHO): HR of loss of HI against "
            "no response 0.39, 95% CI 0.28–0.54, p < 0.001",
        ),
    ),
    "long": (
        f'comparisons=[{{{GROUPS}, where: {{len_6m: ["yes"]}}, {ADJUST}}}]',
        (
            "The median overall survival was 17 months (95% CI 9–26, SPSS method) for no response "
            "(n = 58), 39 months (95% CI 26–52) for loss of HI (n = 145), 12 months (95% CI 4–20) "
            "for intolerance (n = 20) and 14 months (95% CI 8–21) for progression (n = 25).",
            "Adjusted for age, adverse karyotype (IPSS) and RAEB-1 (WHO): HR of loss of HI against "
            "no response 0.65, 95% CI 0.41–1.02, p = 0.06",
        ),
    ),
}


def tell(params: Params) -> str:
    """Return what the sections say of the model and of the comparisons asked for."""
    cohort = read_cohort(params.data, **params.cohort_options)
    model = fit_survival_model(
        cohort, set_id="cox.full", factors=params.model_factors, **params.model_options
    )
    told = [describe_model(model, style=params.style, alpha=params.alpha).markdown]
    section = Section("outcomes", cohort, style=params.style, disclosure=params.disclosure)
    for number, comparison in enumerate(params.comparisons, 1):
        made = record_comparison(
            section,
            cohort,
            comparison,
            set_id=f"chosen.{number}",
            survival_options=params.survival_options,
            model_options=params.model_options,
        )
        told.append(
            describe_chosen(
                made.survival, *made.models, style=params.style, alpha=params.alpha
            ).markdown
        )
    return "\n".join(told)


@pytest.mark.parametrize("name", RE_ANALYSES)
def test_a_re_analysis_gives_its_sentences(name: str) -> None:
    words, sentences = RE_ANALYSES[name]
    told = tell(read_params_file(PROJECT / "params" / "paper.yml", overrides=[words]))
    for sentence in sentences:
        assert sentence in told


def test_readme_prints_these_and_no_others() -> None:
    """Each command of the walk is one of the table's, with its sentences behind it."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    walk = text.partition(f"{HEADING}\n")[2].partition("\n## ")[0]
    printed = {}
    for command, rest in re.findall(r"```sh\n(.*?)\n```\n(.*?)(?=```sh|\Z)", walk, re.DOTALL):
        words = shlex.split(command)
        assert words[:3] == [".venv/bin/lenfail", "build", "params/paper.yml"]
        quotes = re.findall(r"(?:^> .*\n?)+", rest, re.MULTILINE)
        joined = tuple(" ".join(quote.replace("\n> ", " ")[2:].split()) for quote in quotes)
        printed[words[words.index("--name") + 1]] = (words[words.index("--set") + 1], joined)
    assert walk
    assert printed == RE_ANALYSES
