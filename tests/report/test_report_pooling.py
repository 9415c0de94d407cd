"""Pooled reports: the hazard ratios are those of the whole, and the pages say what is pooled."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shared_centres import (
    HOSPITALS,
    list_centres,
    read_params,
    read_whole,
    select_centres,
    share_every_centre,
    share_hospital,
    write_share_file,
)

from helpers.analysis.contributions import contribute_to_model
from helpers.analysis.model_data import prepare_model
from helpers.analysis.subset import find_endpoint
from helpers.analysis.survival_results import read_outcome
from helpers.errors import FaultsError, ParameterError, StatisticsError
from helpers.report.pooling.collect import Pooled, pool_shares
from helpers.report.pooling.run import PoolRequest, write_pooled_report
from helpers.report.sharing.analyses import FULL, SCREEN, list_models, make_reference
from helpers.report.sharing.content import ShareFile
from helpers.report.sharing.joint import make_key, mask_numbers, sum_masked
from helpers.report.sharing.packing import pack_expansion, read_shape, unpack_expansion
from helpers.stats.cox import fit_cox
from helpers.stats.cox_result import CoxFit
from helpers.stats.design import build_design
from helpers.stats.survival import estimate_kaplan_meier

BAR = 0.02


def read_hospitals(*, with_key: bool = True) -> tuple[ShareFile, ...]:
    return tuple(
        ShareFile.model_validate(share_hospital(name, with_key=with_key)) for name in HOSPITALS
    )


@pytest.fixture(scope="module")
def hospitals() -> Pooled:
    return pool_shares(read_hospitals())


@pytest.fixture(scope="module")
def centres() -> Pooled:
    return pool_shares(share_every_centre())


def fit_stratified(factors: list[str], strata: Any) -> CoxFit:
    """Fit the model that the pool stands for to all patients together."""
    cohort = read_whole()
    measured = find_endpoint(cohort.terms, "os")
    data = prepare_model(
        cohort, factors, where=None, needs=[measured.time, measured.event, "centre"]
    )
    return fit_cox(
        read_outcome(data.frame, measured),
        build_design(data.frame, data.factors),
        strata=strata(data.frame["centre"]),
        ties=read_params().ties,
    )


def compare_with_whole(pooled: Pooled, strata: Any) -> dict[str, float]:
    """Return how far each pooled hazard ratio is from the whole's, as a share of it."""
    found = {}
    for name, factors in list_models(read_whole(), read_params()).items():
        try:
            whole = fit_stratified(factors, strata)
        except StatisticsError:
            continue
        results = pooled.full if name == FULL else pooled.screen
        for term, ratio in zip(whole.terms, whole.hazard_ratios, strict=True):
            result = results.find(f"{term.factor}.{term.level}.stratified")
            if result is not None and result.status == "estimated":
                key = f"{results.id}.{term.factor}.{term.level}"
                found[key] = abs(result.estimate / ratio - 1)
    return found


def test_hazard_ratios_of_fifteen_centres_are_those_of_the_whole(centres: Pooled) -> None:
    """Five centres have 14 patients or fewer and show nothing: they count all the same."""
    assert centres.joint == "whole"
    assert len(centres.centres) == 15
    assert len(centres.showing) == 10
    differences = compare_with_whole(centres, lambda centre: centre.astype(str).to_numpy())
    assert len(differences) == 21
    assert max(differences.values()) < BAR, differences


def test_what_is_not_estimated_of_fifteen_centres_says_why(centres: Pooled) -> None:
    """Region is one in each centre; 13 patients had HMA before."""
    reasons = {
        result.id.removeprefix("pooled.os.uni."): result.reason
        for result in centres.screen
        if result.id.endswith(".stratified") and result.status != "estimated"
    }
    assert set(reasons) == {"region.europe.stratified", "hma_before.yes.stratified"}
    assert reasons["region.europe.stratified"].startswith("no centre has patients of two")
    assert reasons["hma_before.yes.stratified"] == "a group is too small to be shown"


def name_hospital(centre: Any) -> np.ndarray:
    names = {one: name for name, ones in HOSPITALS.items() for one in ones}
    return centre.astype(str).map(names).to_numpy()


def test_hazard_ratios_of_three_hospitals_are_those_of_the_whole(hospitals: Pooled) -> None:
    differences = compare_with_whole(hospitals, name_hospital)
    assert len(differences) == 21
    assert max(differences.values()) < BAR, differences


def test_without_a_key_the_factors_that_all_show_are_those_of_the_whole() -> None:
    pooled = pool_shares(read_hospitals(with_key=False))
    assert pooled.joint == "none"
    by_all = {
        key: difference
        for key, difference in compare_with_whole(pooled, name_hospital).items()
        if pooled.screen.find(f"{key}.stratified").quantities["n_centres"] == len(HOSPITALS)
    }
    assert len(by_all) >= 5
    assert max(by_all.values()) < BAR, by_all
    whole = [result for result in pooled.full if "stratified" in result.id]
    assert not [result for result in whole if result.status == "estimated"]


def test_sums_are_not_read_without_every_centre() -> None:
    pooled = pool_shares(read_hospitals()[:2])
    assert pooled.joint == "incomplete"
    assert pooled.missing == ("South",)
    assert pooled.full["age_75.yes.stratified"].status == "not_computable"


def test_pooled_curve_lies_on_that_of_all_patients(hospitals: Pooled) -> None:
    overall = next(one for one in hospitals.survival if one.id == "pooled.os")
    cohort = read_whole()
    whole = estimate_kaplan_meier(
        read_outcome(cohort.table, find_endpoint(cohort.terms, "os"))
    ).to_frame("all")
    curve = overall.frames["curve"]
    for time in (3, 6, 12, 24, 36):
        ours = curve.loc[curve["time_months"] <= time, "estimate"].iloc[-1]
        theirs = whole.loc[whole["time_months"] <= time, "estimate"].iloc[-1]
        assert ours == pytest.approx(theirs, abs=0.02), time


def test_pooled_counts_are_sums_of_printed_counts(hospitals: Pooled) -> None:
    table = hospitals.characteristics[0]
    parts = [table.find(f"c{number}.sex.female") for number in (1, 2, 3)]
    assert all(part.status == "estimated" for part in parts)
    assert table["all.sex.female"].estimate == sum(part.estimate for part in parts)
    true = int((read_whole().table["sex"] == "female").sum())
    assert table["all.sex.female"].estimate == pytest.approx(true, abs=7.5)


def test_random_effects_are_of_the_printed_ratios(hospitals: Pooled) -> None:
    """With two centres by hand: t with one degree of freedom, tau2 from Q."""
    key = "raeb.yes"
    shown = [r for r in hospitals.full if r.id.startswith(f"pooled.cox.full.{key}.centre_")]
    assert len(shown) == 2
    logs = [math.log(one.estimate) for one in shown]
    errors = [
        (math.log(one.ci_upper) - math.log(one.ci_lower)) / (2 * 1.959963985) for one in shown
    ]
    weights = [1 / error**2 for error in errors]
    mean = sum(w * y for w, y in zip(weights, logs, strict=True)) / sum(weights)
    q = sum(w * (y - mean) ** 2 for w, y in zip(weights, logs, strict=True))
    spread = hospitals.full[f"{key}.heterogeneity"]
    assert q < 1
    assert (spread.estimate, spread.quantities["i2"]) == (0, 0)
    assert spread.statistic == pytest.approx(q, rel=1e-6)
    random = hospitals.full[f"{key}.random"]
    assert math.log(random.estimate) == pytest.approx(mean, rel=1e-6)
    error = math.sqrt(q / sum(weights))
    assert math.log(random.ci_upper) == pytest.approx(mean + 12.7062047 * error, rel=1e-6)


def test_published_ratios_stand_beside(hospitals: Pooled) -> None:
    lines = hospitals.full.frames["contrasts"].set_index(["factor", "level"])
    assert lines.loc[("age_75", "yes"), "published"] == 1.64


def test_contributions_add_up_under_masks() -> None:
    whole, params = read_whole(), read_params()
    factors = list(params.model_factors)
    reference = make_reference(whole, factors)
    key = make_key(list_centres())
    parts = {
        name: contribute_to_model(select_centres([name]), factors=factors, reference=reference)
        for name in list_centres()
    }
    masked = [
        mask_numbers(pack_expansion(part.expansion), key, name, "test")
        for name, part in parts.items()
    ]
    shape = read_shape(next(iter(parts.values())))
    assert {len(text) for text in masked} == {16 * shape.length}
    summed = unpack_expansion(sum_masked(masked), shape.reference)
    for name in ("score", "information", "third", "fourth"):
        expected = sum(getattr(part.expansion, name) for part in parts.values())
        assert getattr(summed, name) == pytest.approx(expected, abs=1e-2), name
    score = sum(part.expansion.score for part in parts.values())
    assert summed.score == pytest.approx(score, abs=1e-4)


def test_one_file_missing_leaves_noise() -> None:
    key = make_key(["A", "B", "C"])
    masked = [mask_numbers([0.0] * 500, key, name, "test") for name in key.centres]
    assert sum_masked(masked) == [0.0] * 500
    left = np.array(sum_masked(masked[:2]))
    assert np.abs(left).min() > 1e3
    words = "".join(f"{int(masked[0][at], 16):04b}" for at in range(len(masked[0])))
    assert words.count("1") / len(words) == pytest.approx(0.5, abs=0.02)


def test_a_key_of_two_centres_is_refused() -> None:
    with pytest.raises(ParameterError, match="3 or more different names"):
        make_key(["A", "B", "A"])


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    files = tuple(write_share_file(folder, name, share_hospital(name)) for name in HOSPITALS)
    told = write_pooled_report(
        PoolRequest(files=files, output=folder / "pooled", formats=("html", "docx"))
    )
    assert "3 centres, 3 with results of their own, joint sums of all of them" in told
    return folder / "pooled"


def test_report_has_every_part(report: Path) -> None:
    page = (report / "manuscript.html").read_text(encoding="utf-8")
    for words in (
        "Overall survival after lenalidomide failure in three centres",
        "SYNTHETIC DATA",
        "Characteristics of the patients by centre",
        "How far the centres differ",
        "What this cannot say",
        "10.1136/bmjopen-2015-010247",
        "prediction interval",
        "Published HR",
    ):
        assert words in page, words
    assert (report / "manuscript.docx").stat().st_size > 100_000
    results = json.loads((report / "results.json").read_text(encoding="utf-8"))["results"]
    stratified = results["pooled.cox.full.age_75.yes.stratified"]
    assert stratified["quantities"]["n_centres"] == 3
    assert "n" not in stratified
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    assert [one["centre"] for one in manifest["share_files"]] == list(HOSPITALS)


def test_report_prints_no_small_count(report: Path) -> None:
    n_checked = 0
    for path in (report / "figures").glob("*.csv"):
        lines = path.read_text(encoding="utf-8").splitlines()
        head = lines[0].split(",")
        if "n_at_risk" not in head:
            continue
        n_checked += 1
        column = head.index("n_at_risk")
        counts = [line.split(",")[column] for line in lines[1:]]
        known = [float(text) for text in counts if text]
        assert known
        assert not [n for n in known if 0 < n <= 7], path.name
    assert n_checked


def test_same_files_give_the_same_page(report: Path, tmp_path: Path) -> None:
    files = tuple(write_share_file(tmp_path, name, share_hospital(name)) for name in HOSPITALS)
    write_pooled_report(PoolRequest(files=files, output=tmp_path / "again", formats=("html",)))
    again = json.loads((tmp_path / "again" / "results.json").read_text(encoding="utf-8"))
    before = json.loads((report / "results.json").read_text(encoding="utf-8"))
    assert again["results"] == before["results"]


def test_nothing_is_written_where_a_file_is_wrong(tmp_path: Path) -> None:
    files = (write_share_file(tmp_path, "north", share_hospital("North")),)
    with pytest.raises(FaultsError, match="two or more"):
        write_pooled_report(PoolRequest(files=files, output=tmp_path / "pooled"))
    assert not (tmp_path / "pooled").exists()


def test_screen_and_model_are_both_pooled(hospitals: Pooled) -> None:
    assert {one.id for one in (hospitals.full, hospitals.screen)} == {
        f"pooled.{FULL}",
        f"pooled.{SCREEN}",
    }
