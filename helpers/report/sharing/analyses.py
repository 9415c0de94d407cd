"""The analyses that are shared: the report's own, made again by the same functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from helpers.analysis.characteristics import summarise_characteristics
from helpers.analysis.contributions import find_reference, list_terms
from helpers.analysis.durations import summarise_follow_up
from helpers.analysis.incidence import estimate_incidence
from helpers.analysis.models import fit_survival_model
from helpers.analysis.screen import screen_factors
from helpers.analysis.subset import ENDPOINTS, find_endpoint, get_factor
from helpers.analysis.survival import estimate_subgroups, estimate_survival
from helpers.analysis.variables import select_free_of_progression
from helpers.errors import NotComputableError
from helpers.published import find_published_ratios
from helpers.results import ResultSet

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.params import Params

#: Model whose factors enter together, and the one of which each enters alone.
FULL, SCREEN = "cox.full", "os.uni"
_FAILURE, _GENETICS = "failure_type", "del5q_group"
#: Parameters that make an analysis what it is; not where data lie nor how a page looks.
DEFINING = (
    "age_cut_years",
    "len_duration_cut_months",
    "len_dose_cut_mg",
    "survival_horizons_months",
    "aml_horizon_months",
    "conf_level",
    "median_interval",
    "curve_interval",
    "ties",
    "axis_step_months",
    "univariate_factors",
    "model_factors",
    "subgroup_factors",
    "table1_variables",
    "eligibility",
    "terms",
)


def make_shared_sets(cohort: Cohort, params: Params) -> tuple[ResultSet, ...]:
    """Return the sets of results that a centre shares, before disclosure control.

    Each factor of the screen is a set of its own: one that cannot be protected takes none of the
    others with it.

    Parameters
    ----------
    cohort : Cohort
        Patients of the centre.
    params : Params
        Of its report.
    """
    options = params.survival_options
    return (
        summarise_characteristics(
            cohort,
            set_id="table1",
            variables=params.table1_variables,
            title="Characteristics of the patients",
        ),
        summarise_follow_up(cohort, conf_level=params.conf_level),
        estimate_survival(
            cohort, set_id="os", title=cohort.terms.fill("{endpoint} after {failure}"), **options
        ),
        *(
            estimate_survival(cohort, set_id=name, by=by, title=cohort.terms.fill(title), **options)
            for name, by, title in (
                ("os.failure", _FAILURE, "{endpoint} by type of failure"),
                ("os.del5q", _GENETICS, "{endpoint} by cytogenetic group"),
            )
        ),
        *estimate_subgroups(cohort, factors=params.subgroup_factors, **options),
        estimate_incidence(
            cohort,
            set_id="aml",
            where=select_free_of_progression(cohort),
            title="Incidence of {progression} after {failure}",
            **params.incidence_options,
        ),
        *(
            screen_factors(cohort, set_id=SCREEN, factors=[name], **params.model_options)
            for name in params.univariate_factors
        ),
        fit_survival_model(
            cohort,
            set_id=FULL,
            factors=params.model_factors,
            title="Multivariable model of {endpoint}",
            **params.model_options,
        ),
    )


def list_models(cohort: Cohort, params: Params) -> dict[str, list[str]]:
    """Return the factors of each pooled model: every factor alone, and all of the model."""
    names = dict.fromkeys([*params.univariate_factors, *params.model_factors])
    found = {f"{SCREEN}.{name}": [name] for name in names if _is_declared(cohort, name)}
    full = [name for name in params.model_factors if _is_declared(cohort, name)]
    return {**found, FULL: full} if full else found


def make_reference(cohort: Cohort, factors: list[str]) -> list[float]:
    """Return where all centres expand: the publication's hazard ratios, 1 where it has none."""
    known = _find_published(is_published=cohort.terms.is_published)
    return find_reference(list_terms(cohort, factors), known)


@cache
def _find_published(*, is_published: bool) -> Mapping[str, float]:
    return find_published_ratios(FULL, is_published=is_published)


def describe_definitions(cohort: Cohort, params: Params) -> dict[str, Any]:
    """Return how everything that is shared was defined, as plain data."""
    values = params.model_dump(mode="json")
    used = _list_used(params)
    endpoints = {name: asdict(find_endpoint(cohort.terms, name)) for name in ENDPOINTS}
    return {
        "parameters": {name: values[name] for name in DEFINING if name in values},
        "groups": {name: _describe_group(cohort, name) for name in used},
        "endpoints": {name: endpoints[name] for name in ("os", "aml")},
        "reference": {
            name: make_reference(cohort, factors)
            for name, factors in list_models(cohort, params).items()
        },
    }


def list_columns(params: Params) -> list[str]:
    """Return the columns of the analysis table of which anything is shared."""
    outcome = [column for name in ("os", "aml") for column in ENDPOINTS[name]]
    return list(dict.fromkeys([*_list_used(params), "progression", *outcome]))


def _list_used(params: Params) -> list[str]:
    names = [
        *params.univariate_factors,
        *params.model_factors,
        *params.subgroup_factors,
        *params.table1_variables,
        _FAILURE,
        _GENETICS,
    ]
    return list(dict.fromkeys(names))


def _describe_group(cohort: Cohort, name: str) -> dict[str, Any]:
    if name in cohort.dictionary.removed:
        return {"removed": True}
    try:
        entry = cohort.dictionary.find(name)
    except KeyError:
        return {"unknown": True}
    fields = ("label", "type", "unit", "per", "levels", "reference", "known_at", "rule", "needs")
    return {field: _to_plain(getattr(entry, field)) for field in fields if hasattr(entry, field)}


def _to_plain(value: Any) -> Any:
    if hasattr(value, "items"):
        return {str(key): _to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_to_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _is_declared(cohort: Cohort, name: str) -> bool:
    try:
        get_factor(cohort, name)
    except NotComputableError:
        return False
    return True
