"""Weighted comparisons: numbers as covariates, crossing curves, what null results could show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as statsmodels

from helpers import narrative, tables
from helpers.analysis.models import fit_survival_model
from helpers.analysis.subgroups import compare_subgroups
from helpers.analysis.survival import estimate_survival
from helpers.analysis.switching import estimate_switch_effect
from helpers.analysis.weighted_survival import estimate_weighted_curves
from helpers.analysis.weighting import estimate_weighted_effect
from helpers.cohort import read_cohort
from helpers.figures import plot_balance
from helpers.params import read_params

COVARIATES = ["age_years", "haemoglobin_g_dl", "raeb"]


@pytest.fixture(scope="module")
def cohort():
    return read_cohort("synthetic")


@pytest.fixture(scope="module")
def compared(cohort):
    """The patients with either treatment and all covariates."""
    return cohort.table.dropna(subset=["hma_vs_bsc", *COVARIATES])


@pytest.fixture(scope="module")
def weighted(cohort):
    return estimate_weighted_effect(
        cohort, set_id="w", treatment="hma_vs_bsc", covariates=COVARIATES, n_replicates=30, seed=1
    )


@pytest.fixture(scope="module")
def crossing(cohort):
    """HMA: half die within a half-year, the others live on; BSC: all die in the third year."""
    table = cohort.table.copy()
    treated = table["hma_vs_bsc"] == "hma"
    order = np.arange(len(table))
    table["os_months"] = np.where(
        treated, np.where(order % 2, 1 + order / 100, 80 + order / 100), 24 + order / 40
    )
    table["os_event"] = np.where(treated & (order % 2 == 0), 0, 1)
    return replace(cohort, table=table)


class TestNumbers:
    def test_parameters_take_numbers(self):
        params = read_params({"treatment_factors": ["age_years", "raeb"]})
        assert params.treatment_factors == ["age_years", "raeb"]

    @pytest.mark.parametrize("name", ["age_years", "haemoglobin_g_dl"])
    def test_means_and_difference_by_hand(self, compared, weighted, name):
        labels = {"age_years": "Age, years", "haemoglobin_g_dl": "Haemoglobin, g/dL"}
        balance = weighted.frames["balance"].set_index("label")
        line = balance.loc[labels[name]]
        treated, other = (
            compared.loc[compared["hma_vs_bsc"] == key, name] for key in ("hma", "bsc")
        )
        assert line["treatment_before"] == pytest.approx(treated.mean())
        assert line["comparator_before"] == pytest.approx(other.mean())
        spread = np.sqrt((treated.var() + other.var()) / 2)
        assert line["smd_before"] == pytest.approx((treated.mean() - other.mean()) / spread)
        assert line["smd_overlap"] == pytest.approx(0, abs=1e-9)
        after = line["treatment_after"] - line["comparator_after"]
        assert line["smd_after"] == pytest.approx(after / spread)
        assert bool(line["is_number"])

    def test_the_unit_of_a_step_changes_no_score(self, cohort, weighted):
        """A hazard ratio is told per step, but weights do not depend on it."""
        variables = dict(cohort.dictionary.variables)
        variables["age_years"] = replace(variables["age_years"], per=10.0)
        other = replace(cohort, dictionary=replace(cohort.dictionary, variables=variables))
        again = estimate_weighted_effect(
            other, set_id="w", treatment="hma_vs_bsc", covariates=COVARIATES, n_replicates=0
        )
        assert again["iptw.hr"].estimate == pytest.approx(weighted["iptw.hr"].estimate, rel=1e-9)
        ours, theirs = (one.frames["balance"] for one in (again, weighted))
        assert ours["comparator_after"].tolist() == pytest.approx(
            theirs["comparator_after"].tolist()
        )

    def test_table_and_love_plot_hold_them(self, weighted):
        table = tables.make_balance_table(weighted)
        rows = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
        line = weighted.frames["balance"].set_index("label").loc["Age, years"]
        assert rows["Age, years"][:2] == [
            f"{line['comparator_before']:.1f}",
            f"{line['treatment_before']:.1f}",
        ]
        assert rows["RAEB-1 (WHO)"][0].endswith("%")
        names = [label.get_text() for label in plot_balance(weighted).get_yticklabels()]
        assert {"Age, years", "Haemoglobin, g/dL", "RAEB-1 (WHO)"} == set(names)

    def test_time_varying_effect_is_adjusted_for_numbers(self, cohort):
        made = estimate_switch_effect(
            cohort, set_id="s", group="hma_vs_bsc", adjust=["age_years", "raeb"]
        )
        assert made.meta["adjusted_for"] == ["Age", "RAEB-1 (WHO)"]
        alone = estimate_switch_effect(cohort, set_id="s", group="hma_vs_bsc", adjust=["raeb"])
        assert made["adjusted.hr"].estimate != pytest.approx(
            alone["adjusted.hr"].estimate, rel=1e-3
        )

    def test_subgroups_pass_numbers_over_with_a_reason(self, cohort):
        made = compare_subgroups(
            cohort, set_id="g", group="hma_vs_bsc", subgroups=["age_years", "raeb"]
        )
        assert made.meta["left_out"] == ["Age is a number."]
        assert "raeb.interaction" in {key.removeprefix("g.") for key in made.results}


class TestOverlap:
    def test_quartiles_of_the_scores_are_told_by_treatment(self, compared, weighted):
        design = np.column_stack(
            [
                np.ones(len(compared)),
                compared["age_years"],
                compared["haemoglobin_g_dl"],
                compared["raeb"] == "yes",
            ]
        ).astype(float)
        treated = (compared["hma_vs_bsc"] == "hma").to_numpy()
        model = statsmodels.Logit(treated.astype(float), design).fit(disp=0)
        scores = model.predict(design)
        found = weighted["hma.effective"].quantities
        low, median, high = np.quantile(scores[treated], [0.25, 0.5, 0.75])
        assert found["score_median"] == pytest.approx(median, rel=1e-6)
        assert (found["score_q1"], found["score_q3"]) == pytest.approx((low, high), rel=1e-6)
        text = narrative.describe_weighting(weighted).markdown
        assert f"{median:.2f} (quartiles {low:.2f} and {high:.2f}) for HMA" in text
        assert "(effective sizes)" in text
        n_changed = int(weighted["propensity"].quantities["n_truncated"])
        assert n_changed > 0
        assert f"quantiles of 1% and 99% were set to these ({n_changed} patients)" in text


class TestCrossingCurves:
    def test_weighted_restricted_means_come_first(self, crossing):
        made = estimate_weighted_curves(
            crossing, set_id="k", treatment="hma_vs_bsc", covariates=["age_75", "raeb"],
            n_replicates=40, seed=3,
        )  # fmt: skip
        assert made["ph"].p_value < 0.001
        difference = made["rmst_difference"]
        assert difference.ci_lower < difference.estimate < difference.ci_upper
        text = narrative.describe_weighted_curves(made).markdown
        first = text.split(". ")[0]
        assert "were not proportional" in first
        assert "the restricted mean comes first" in first
        assert "averages over the follow-up" in text

    def test_survival_by_group_says_so_too(self, crossing):
        made = estimate_survival(crossing, set_id="s", by="hma_vs_bsc")
        text = narrative.describe_survival(made).markdown
        means, ratio = (
            text.index("restricted mean comes first"),
            text.index("HR of HMA against BSC"),
        )
        assert means < ratio
        assert made["ph"].p_value < 0.001

    def test_proportional_hazards_leave_the_ratio_first(self, cohort):
        made = estimate_weighted_curves(
            cohort, set_id="k", treatment="hma_vs_bsc", covariates=["age_75", "raeb"],
            n_replicates=20, seed=3,
        )  # fmt: skip
        text = narrative.describe_weighted_curves(made).markdown
        assert "comes first" not in text
        assert "nothing spoke against proportional hazards" in text.lower()
        assert made["hma.surv_24m"].estimate > made["bsc.surv_24m"].estimate
        curve = made.frames["curve"]
        assert set(curve["group"]) == {"bsc", "hma"}
        assert curve.groupby("group")["estimate"].apply(lambda s: s.is_monotonic_decreasing).all()

    def test_without_a_bootstrap_there_is_no_interval(self, cohort):
        made = estimate_weighted_curves(
            cohort, set_id="k", treatment="hma_vs_bsc", covariates=["raeb"], n_replicates=0
        )
        assert made["rmst_difference"].ci_lower is None
        text = narrative.describe_weighted_curves(made).markdown
        assert "CI" not in text
        caption = narrative.caption_weighted_curves(made).caption
        assert "without limits: bootstrap samples are drawn of at most 20,000 patients" in caption


class TestWhatCouldHaveBeenSeen:
    def test_e_values_stand_beside_every_adjusted_effect(self, weighted):
        table = tables.make_weighting_table(weighted)
        heads = [cell.text for cell in table.header[0]]
        shown = {row[0].text: row[heads.index("E-value (limit)")].text for row in table.rows}
        assert shown.pop("Unadjusted") == ""
        assert all("(" in text for text in shown.values())
        ratio = weighted["overlap.hr"]
        risk = (1 - 0.5 ** np.sqrt(ratio.estimate)) / (1 - 0.5 ** np.sqrt(1 / ratio.estimate))
        by_hand = 1 / risk + np.sqrt(1 / risk * (1 / risk - 1))
        assert ratio.quantities["e_value"] == pytest.approx(by_hand)

    def test_a_null_result_says_what_it_could_have_found(self, cohort):
        made = estimate_switch_effect(cohort, set_id="s", group="allo_vs_other", adjust=["raeb"])
        varying = made["time_varying.hr"]
        assert varying.p_value > 0.05
        expected = np.exp((1.959963985 + 0.841621234) * varying.std_error)
        assert varying.quantities["detectable_hr"] == pytest.approx(expected, rel=1e-8)
        text = narrative.describe_switching(made).markdown
        assert f"beyond {expected:.2f} or {1 / expected:.2f} would have been found" in text
        assert "E-value" in text
        heads = [cell.text for cell in tables.make_switch_table(made).header[0]]
        assert heads[-2:] == ["Detectable HR", "E-value (limit)"]

    def test_a_model_tells_it_of_each_level_without_an_effect(self, cohort):
        made = fit_survival_model(cohort, set_id="m", factors=["age_75", "len_response", "sex"])
        unclear = [
            one
            for one in made
            if one.kind == "hazard_ratio" and one.p_value is not None and one.p_value >= 0.05
        ]
        clear = [one for one in made if one.p_value is not None and one.p_value < 0.05]
        assert unclear
        assert clear
        assert all("detectable_hr" in one.quantities for one in unclear)
        assert not any("detectable_hr" in one.quantities for one in clear)
        text = narrative.describe_model(made).markdown
        told = [f"{one.quantities['detectable_hr']:.2f} or" for one in unclear]
        assert all(part in text for part in told)
