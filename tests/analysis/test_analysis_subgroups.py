"""Subgroups and centres: counts that add up, models refitted by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpers.analysis.centres import compare_centres
from helpers.analysis.models import fit_survival_model
from helpers.analysis.subgroups import compare_subgroups
from helpers.cohort import read_cohort

FACTORS = ["age_75", "adverse_karyotype", "raeb", "failure_type", "len_response"]


@pytest.fixture(scope="module")
def cohort():
    return read_cohort("synthetic")


@pytest.fixture(scope="module")
def subgroups(cohort):
    by = ["age_75", "sex", "failure_type"]
    return compare_subgroups(cohort, set_id="sub", group="hma_vs_bsc", subgroups=by)


@pytest.fixture(scope="module")
def centres(cohort):
    return compare_centres(cohort, set_id="centres", factors=FACTORS)


class TestSubgroups:
    @pytest.mark.parametrize("factor", ["age_75", "sex", "failure_type"])
    def test_levels_add_up_to_all(self, subgroups, factor):
        rows = [one for one in subgroups if one.id.startswith(f"sub.{factor}.")]
        levels = [one for one in rows if one.kind == "hazard_ratio"]
        assert sum(one.n for one in levels) == subgroups["overall.hr"].n
        assert sum(one.events for one in levels) == subgroups["overall.hr"].events

    def test_each_level_is_a_model_of_its_patients(self, cohort, subgroups):
        model = fit_survival_model(
            cohort, set_id="m", factors=["hma_vs_bsc"], where={"sex": ["male"]}
        )
        theirs = model["hma_vs_bsc.hma"]
        assert subgroups["sex.male.hr"].estimate == pytest.approx(theirs.estimate, rel=1e-10)
        assert subgroups["sex.male.hr"].p_value is None

    def test_interaction_has_a_degree_less_than_levels(self, subgroups):
        assert subgroups["sex.interaction"].df == 1
        assert subgroups["failure_type.interaction"].df == 3
        assert "likelihood ratio" in subgroups["sex.interaction"].method

    def test_factors_that_split_nothing_are_left_out(self, cohort):
        table = cohort.table.assign(sex="female")
        results = compare_subgroups(
            replace(cohort, table=table), set_id="x", group="hma_vs_bsc", subgroups=["sex", "raeb"]
        )
        assert "sex.interaction" not in results
        assert "raeb.interaction" in results
        assert any("one level" in text for text in results.meta["left_out"])

    def test_a_group_of_four_levels_is_no_contrast(self, cohort):
        results = compare_subgroups(cohort, set_id="x", group="failure_type", subgroups=["sex"])
        assert "two levels" in results.reason


class TestCentres:
    def test_ignored_is_the_model_itself(self, cohort, centres):
        model = fit_survival_model(cohort, set_id="m", factors=FACTORS)
        for name in ("age_75.yes", "failure_type.progression"):
            assert centres[f"{name}.ignored"].estimate == pytest.approx(
                model[name].estimate, rel=1e-10
            )

    def test_clusters_change_the_interval_only(self, centres):
        ignored, clustered = centres["age_75.yes.ignored"], centres["age_75.yes.clustered"]
        assert clustered.estimate == pytest.approx(ignored.estimate, rel=1e-12)
        assert clustered.ci_lower != pytest.approx(ignored.ci_lower, rel=1e-4)

    def test_strata_change_the_estimate(self, centres):
        ignored, stratified = centres["age_75.yes.ignored"], centres["age_75.yes.stratified"]
        assert stratified.estimate != pytest.approx(ignored.estimate, rel=1e-3)

    def test_range_is_that_of_models_without_a_centre(self, cohort, centres):
        ratios = []
        for centre in cohort.table["centre"].unique():
            table = cohort.table[cohort.table["centre"] != centre]
            model = fit_survival_model(replace(cohort, table=table), set_id="m", factors=FACTORS)
            ratios.append(model["age_75.yes"].estimate)
        extra = centres["age_75.yes.left_out"].quantities
        assert extra["lowest"] == pytest.approx(min(ratios), rel=1e-9)
        assert extra["highest"] == pytest.approx(max(ratios), rel=1e-9)
        assert extra["n_centres"] == len(ratios)

    def test_no_centre_is_named(self, cohort, centres):
        words = " ".join(f"{one.id} {one.label} {one.method}" for one in centres)
        words += centres.frames["terms"].to_csv()
        for centre in cohort.table["centre"].unique():
            assert str(centre) not in words

    def test_one_centre_is_no_comparison(self, cohort):
        results = compare_centres(
            replace(cohort, table=cohort.table.assign(centre="one")), set_id="x", factors=FACTORS
        )
        assert "one centre" in results.reason
