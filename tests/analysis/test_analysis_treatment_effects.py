"""Treatment comparisons on the built-in cohort: what is marked, and what the ways say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.analysis.models import fit_survival_model
from helpers.analysis.survival import estimate_survival
from helpers.analysis.switching import estimate_switch_effect
from helpers.analysis.weighting import estimate_weighted_effect
from helpers.cohort import read_cohort
from helpers.stats.cox import fit_cox
from helpers.stats.design import Factor, build_design
from helpers.stats.outcome import check_survival_outcome

COVARIATES = ["age_75", "adverse_karyotype", "raeb", "progression"]


@pytest.fixture(scope="module")
def cohort():
    return read_cohort("synthetic")


@pytest.fixture(scope="module")
def transplant(cohort):
    return estimate_switch_effect(
        cohort, set_id="tx.switch", switch="transplant_months", adjust=COVARIATES
    )


@pytest.fixture(scope="module")
def weighted(cohort):
    return estimate_weighted_effect(
        cohort,
        set_id="tx.weighted",
        treatment="hma_vs_bsc",
        covariates=COVARIATES,
        n_replicates=60,
        seed=7,
    )


class TestSwitching:
    def test_the_naive_estimate_is_that_of_ever_against_never(self, cohort, transplant):
        naive = estimate_survival(cohort, set_id="x", by="allo_any")["yes_vs_no.hr"]
        assert transplant["naive.hr"].estimate == pytest.approx(naive.estimate, rel=1e-12)

    def test_time_varying_by_splitting_rows_by_hand(self, cohort, transplant):
        table = cohort.table
        rows = []
        for time, event, at in table[["os_months", "os_event", "transplant_months"]].to_numpy():
            if np.isnan(at) or at >= time:
                rows.append((0.0, time, event, 0))
            else:
                rows += [(0.0, at, False, 0)] if at > 0 else []
                rows.append((at, time, event, 1))
        start, stop, event, exposed = map(np.array, zip(*rows, strict=True))
        outcome = check_survival_outcome(stop, event.astype(bool), entry=start)
        design = build_design(pd.DataFrame({"x": exposed}), [Factor("x")])
        fit = fit_cox(outcome, design)
        assert transplant["time_varying.hr"].estimate == pytest.approx(
            float(fit.hazard_ratios[0]), rel=1e-10
        )

    def test_without_immortal_time_transplantation_looks_worse(self, transplant):
        naive, varying = transplant["naive.hr"], transplant["time_varying.hr"]
        assert naive.estimate < varying.estimate
        assert transplant["immortal"].estimate > 0
        assert 0 < transplant["immortal"].quantities["share"] < 1

    def test_a_landmark_counts_who_is_left(self, cohort, transplant):
        table = cohort.table
        for landmark in (3, 6, 12):
            result = transplant[f"landmark_{landmark}m.hr"]
            left = table[table["os_months"] > landmark]
            assert result.n == len(left)
            assert result.events == int(left["os_event"].sum())
            joined = int((left["transplant_months"] <= landmark).sum())
            assert result.quantities["n_exposed"] == joined

    def test_curves_change_sides(self, transplant):
        at_risk = transplant.frames["at_risk"].set_index(["group", "time_months"])
        assert at_risk.loc[("after", 0.0), "n_at_risk"] == 0
        assert at_risk.loc[("before", 0.0), "n_at_risk"] == 392
        assert transplant.meta["groups"] == {"before": "Not yet", "after": "Since then"}

    def test_landmarks_beyond_follow_up_are_left_out(self, cohort):
        results = estimate_switch_effect(
            cohort, set_id="x", switch="transplant_months", landmarks_months=[6, 500]
        )
        assert "landmark_6m.hr" in results
        assert "landmark_500m.hr" not in results
        assert list(results.frames["terms"]["factor"]) == ["naive", "landmark_6m", "time_varying"]

    def test_says_why_without_dates(self, cohort):
        empty = replace(cohort, table=cohort.table.drop(columns=["transplant_months"]))
        results = estimate_switch_effect(empty, set_id="x", switch="transplant_months")
        assert not results.is_computable
        assert "transplantation" in results.reason.lower()

    def test_says_why_without_anybody(self, cohort):
        late = cohort.table.assign(transplant_months=cohort.table["os_months"])
        results = estimate_switch_effect(
            replace(cohort, table=late), set_id="x", switch="transplant_months"
        )
        assert "within follow-up" in results.reason


class TestWeighting:
    def test_adjusted_is_the_model_of_the_paper(self, cohort, weighted):
        model = fit_survival_model(
            cohort,
            set_id="m",
            factors=["hma_vs_bsc", *COVARIATES],
            where={"hma_vs_bsc": ["bsc", "hma"]},
        )
        ours, theirs = weighted["adjusted.hr"], model["hma_vs_bsc.hma"]
        assert ours.estimate == pytest.approx(theirs.estimate, rel=1e-10)
        assert ours.ci_upper == pytest.approx(theirs.ci_upper, rel=1e-10)

    def test_weights_balance_the_groups(self, weighted):
        balance = weighted.frames["balance"]
        assert len(balance) == len(COVARIATES)
        assert balance["smd_before"].abs().max() > 0.1
        assert balance["smd_iptw"].abs().max() < 0.1
        assert balance["smd_overlap"].abs().max() < 1e-8

    def test_bootstrap_limits_enclose_the_estimates(self, weighted):
        for name in ("crude", "adjusted", "iptw", "overlap"):
            result = weighted[f"{name}.hr"]
            extra = result.quantities
            assert extra["n_replicates"] == 60
            assert extra["bootstrap_lower"] < result.estimate < extra["bootstrap_upper"]

    def test_the_same_seed_gives_the_same_limits(self, cohort, weighted):
        again = estimate_weighted_effect(
            cohort,
            set_id="tx.weighted",
            treatment="hma_vs_bsc",
            covariates=COVARIATES,
            n_replicates=60,
            seed=7,
        )
        assert [one.to_record() for one in again] == [one.to_record() for one in weighted]

    def test_standardised_survival_is_between_0_and_1_and_ordered(self, weighted):
        curve = weighted.frames["curve"]
        for _, part in curve.groupby("group"):
            assert part["estimate"].is_monotonic_decreasing
            inside = part["estimate"].between(part["ci_lower"] - 1e-9, part["ci_upper"] + 1e-9)
            assert inside.mean() > 0.95
        difference = weighted["difference_12m"]
        expected = (
            weighted["hma.standardised_12m"].estimate - weighted["bsc.standardised_12m"].estimate
        )
        assert difference.estimate == pytest.approx(expected)

    def test_effective_sizes_are_below_the_counts(self, weighted):
        for level in ("bsc", "hma"):
            result = weighted[f"{level}.effective"]
            assert 0 < result.estimate < result.n

    def test_three_levels_cannot_be_compared(self, cohort):
        results = estimate_weighted_effect(
            cohort, set_id="x", treatment="failure_type", covariates=COVARIATES
        )
        assert "must have two levels" in results.reason

    def test_says_why_without_covariates(self, cohort):
        table = cohort.table.drop(columns=COVARIATES)
        results = estimate_weighted_effect(
            replace(cohort, table=table),
            set_id="x",
            treatment="hma_vs_bsc",
            covariates=COVARIATES,
        )
        assert "no covariate" in results.reason
