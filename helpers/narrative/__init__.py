"""Sentences and captions made from results."""

from helpers.narrative.agreement import describe_agreement
from helpers.narrative.balance import caption_balance
from helpers.narrative.checks import caption_ph, describe_ph, describe_restricted_means
from helpers.narrative.cohort import describe_characteristics, describe_follow_up
from helpers.narrative.flow import caption_flow, describe_flow
from helpers.narrative.forest import caption_forest
from helpers.narrative.incidence import caption_incidence, describe_incidence
from helpers.narrative.missingness import (
    caption_missing_patterns,
    caption_missingness,
    describe_missing_patterns,
    describe_missingness,
)
from helpers.narrative.models import describe_competing, describe_model
from helpers.narrative.multiverse import caption_multiverse, describe_multiverse
from helpers.narrative.omitted import describe_omitted
from helpers.narrative.robustness import (
    describe_centres,
    describe_imputation,
    describe_stability,
    describe_subgroups,
)
from helpers.narrative.screen import describe_screen, describe_selection
from helpers.narrative.survival import caption_survival, describe_survival
from helpers.narrative.treatment_effects import describe_switching, describe_weighting
from helpers.narrative.treatment_figures import (
    caption_standardised,
    caption_switching,
    caption_ways,
)
from helpers.narrative.treatments import (
    describe_counts,
    describe_durations,
    describe_treatment_response,
    describe_treatments,
)
from helpers.narrative.weighted_curves import caption_weighted_curves, describe_weighted_curves

__all__ = [
    "caption_balance",
    "caption_flow",
    "caption_forest",
    "caption_incidence",
    "caption_missing_patterns",
    "caption_missingness",
    "caption_multiverse",
    "caption_ph",
    "caption_standardised",
    "caption_survival",
    "caption_switching",
    "caption_ways",
    "caption_weighted_curves",
    "describe_agreement",
    "describe_centres",
    "describe_characteristics",
    "describe_competing",
    "describe_counts",
    "describe_durations",
    "describe_flow",
    "describe_follow_up",
    "describe_imputation",
    "describe_incidence",
    "describe_missing_patterns",
    "describe_missingness",
    "describe_model",
    "describe_multiverse",
    "describe_omitted",
    "describe_ph",
    "describe_restricted_means",
    "describe_screen",
    "describe_selection",
    "describe_stability",
    "describe_subgroups",
    "describe_survival",
    "describe_switching",
    "describe_treatment_response",
    "describe_treatments",
    "describe_weighted_curves",
    "describe_weighting",
]
