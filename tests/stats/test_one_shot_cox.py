"""The model stratified by centre from sums, against the model fitted to all patients."""

from __future__ import annotations

import numpy as np
import pytest
from reference_files import read_data

from helpers.errors import StatisticsError
from helpers.stats.cox import fit_cox
from helpers.stats.design import design_from_columns
from helpers.stats.one_shot_cox import (
    Expansion,
    add_expansions,
    expand_likelihood,
    maximise_expansion,
)
from helpers.stats.outcome import SurvivalOutcome, check_survival_outcome


def read_veteran() -> tuple[SurvivalOutcome, np.ndarray, np.ndarray]:
    frame = read_data("veteran")
    outcome = check_survival_outcome(frame["time"] / 30.0, frame["status"])
    columns = [frame["trt"] == 2, frame["karno"] / 10.0, frame["prior"] > 0]
    centre = frame["celltype"].astype(str).to_numpy()
    return outcome, np.column_stack(columns).astype(float), centre


def expand_all(reference: np.ndarray, ties: str) -> Expansion:
    outcome, matrix, centre = read_veteran()
    return add_expansions(
        expand_likelihood(
            outcome.select(centre == name), matrix[centre == name], reference, ties=ties
        )
        for name in np.unique(centre)
    )


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_sums_at_the_maximum_give_the_stratified_model_exactly(ties: str) -> None:
    outcome, matrix, centre = read_veteran()
    whole = fit_cox(
        outcome, design_from_columns(matrix, ["trt", "karno", "prior"]), strata=centre, ties=ties
    )
    found = maximise_expansion(expand_all(whole.coefficients, ties))
    assert found.coefficients == pytest.approx(whole.coefficients, abs=1e-8)
    assert found.covariance == pytest.approx(whole.covariance, rel=1e-6)


@pytest.mark.parametrize("distance", [-0.3, 0.3])
def test_sums_near_the_maximum_give_it_within_a_thousandth(distance: float) -> None:
    outcome, matrix, centre = read_veteran()
    whole = fit_cox(outcome, design_from_columns(matrix, ["trt", "karno", "prior"]), strata=centre)
    found = maximise_expansion(expand_all(whole.coefficients + distance / 3, "efron"))
    assert found.coefficients == pytest.approx(whole.coefficients, abs=1e-3)
    assert found.distance == pytest.approx(abs(distance) / 3, abs=1e-3)
    assert found.is_trusted


def test_two_patients_by_hand() -> None:
    """One event among an exposed and an unexposed: score 1 - p, information p (1 - p)."""
    outcome = check_survival_outcome([1.0, 2.0], [1, 0])
    found = expand_likelihood(outcome, [[1.0], [0.0]], [np.log(3.0)])
    p = 0.75
    assert found.score[0] == pytest.approx(1 - p)
    assert found.information[0, 0] == pytest.approx(p * (1 - p))
    assert found.third[0, 0, 0] == pytest.approx(p * (1 - p) * (1 - 2 * p), abs=1e-6)
    fourth = p * (1 - p) * (1 - 6 * p * (1 - p))
    assert found.fourth[0, 0, 0, 0] == pytest.approx(fourth, abs=1e-4)


def test_a_constant_column_adds_nothing_to_the_sums() -> None:
    outcome = check_survival_outcome([1.0, 2.0, 3.0], [1, 1, 0])
    found = expand_likelihood(outcome, np.column_stack([[1, 0, 1], [1, 1, 1]]), [0.0, 0.5])
    assert found.score[1] == pytest.approx(0, abs=1e-12)
    assert found.information[1] == pytest.approx([0, 0], abs=1e-12)
    with pytest.raises(StatisticsError, match="do not determine every coefficient"):
        maximise_expansion(found)


def test_references_must_agree() -> None:
    outcome = check_survival_outcome([1.0, 2.0], [1, 0])
    one = expand_likelihood(outcome, [[1.0], [0.0]], [0.0])
    other = expand_likelihood(outcome, [[1.0], [0.0]], [0.1])
    with pytest.raises(StatisticsError, match="same coefficients"):
        add_expansions([one, other])
    with pytest.raises(StatisticsError, match="one or more"):
        add_expansions([])


def test_matrix_must_fit_the_reference() -> None:
    outcome = check_survival_outcome([1.0, 2.0], [1, 0])
    with pytest.raises(StatisticsError, match="2 rows and 2 columns"):
        expand_likelihood(outcome, [[1.0], [0.0]], [0.0, 0.0])


def test_a_likelihood_without_maximum_is_refused() -> None:
    outcome = check_survival_outcome([1.0, 2.0, 3.0, 4.0], [1, 1, 0, 0])
    exposed = [[1.0], [1.0], [0.0], [0.0]]
    with pytest.raises(StatisticsError, match="do not determine"):
        maximise_expansion(expand_likelihood(outcome, exposed, [0.0]))
    assert not maximise_expansion(expand_likelihood(outcome, exposed, [3.0])).is_trusted


def test_information_is_at_most_the_events_of_a_group() -> None:
    """At the maximum the expected events of each group are those that were seen."""
    outcome, matrix, centre = read_veteran()
    exposed = matrix[:, [0, 2]]
    found = maximise_expansion(
        add_expansions(
            expand_likelihood(outcome.select(centre == name), exposed[centre == name], [0.0, 0.0])
            for name in np.unique(centre)
        )
    )
    events = outcome.event @ exposed
    assert (found.information < events).all()
    assert (found.information < outcome.n_events - events).all()
    assert (found.information > events / 4).all()
