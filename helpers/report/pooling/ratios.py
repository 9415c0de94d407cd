"""The combined hazard ratios of a pool: which contrasts there are, and who shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from helpers.analysis.model_results import SLOPE
from helpers.analysis.pooled_ratios import (
    Contrast,
    PooledRatios,
    StratifiedRatio,
    pool_hazard_ratios,
)
from helpers.published import find_published_ratios
from helpers.report.sharing.analyses import FULL, SCREEN
from helpers.results import Result, ResultSet


def pool_model(
    sets: Mapping[str, Mapping[str, ResultSet]],
    definition: Mapping[str, Any],
    stratified: Mapping[str, Mapping[str, StratifiedRatio]],
    *,
    is_full: bool,
) -> ResultSet:
    """Return the combined hazard ratios of the model, or of each factor alone.

    Parameters
    ----------
    sets : mapping of str to mapping
        Sets of results by centre and id.
    definition : mapping
        That all centres agree on.
    stratified : mapping
        Hazard ratios of the model stratified by centre, by model and contrast.
    is_full : bool
        Whether the factors enter together.
    """
    name = FULL if is_full else SCREEN
    parameters = definition["parameters"]
    factors = parameters["model_factors" if is_full else "univariate_factors"]
    contrasts = tuple(
        contrast for factor in factors for contrast in _list_contrasts(definition, factor)
    )
    centres = {
        label: _find_ratios(found[name], contrasts, is_full=is_full)
        for label, found in sets.items()
        if name in found and found[name].is_computable
    }
    is_published = is_full and not parameters.get("terms")
    given = PooledRatios(
        contrasts=contrasts,
        centres=centres,
        stratified=stratified.get(name, {}),
        published=find_published_ratios(FULL, is_published=is_published),
    )
    endpoint = definition["endpoints"]["os"]
    label = endpoint["label"][:1].lower() + endpoint["label"][1:]
    titles = (f"Multivariable model of {label}", f"Univariate models of {label}")
    return pool_hazard_ratios(
        given,
        set_id=f"pooled.{name}",
        title=titles[0] if is_full else titles[1],
        meta={"endpoint_label": endpoint["label"], "event_noun": endpoint["event_noun"]},
        conf_level=parameters["conf_level"],
    )


def _list_contrasts(definition: Mapping[str, Any], factor: str) -> Iterable[Contrast]:
    group = definition["groups"].get(factor) or {}
    label, levels = str(group.get("label", factor)), group.get("levels") or {}
    if not levels:
        yield Contrast(factor=factor, level=SLOPE, factor_label=label, label=label)
        return
    reference = group.get("reference")
    for level, name in levels.items():
        if level == reference:
            continue
        is_binary = {str(one).casefold() for one in levels.values()} == {"no", "yes"}
        words = (
            label if is_binary else f"{label}: {name} against {levels.get(reference, reference)}"
        )
        yield Contrast(factor=factor, level=level, factor_label=label, label=words)


def _find_ratios(
    results: ResultSet, contrasts: Sequence[Contrast], *, is_full: bool
) -> dict[str, Result]:
    ending = "" if is_full else ".hr"
    found = {one.key: results.find(f"{one.key}{ending}") for one in contrasts}
    return {
        key: result
        for key, result in found.items()
        if result is not None and result.status == "estimated"
    }
