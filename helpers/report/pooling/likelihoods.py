"""The model stratified by centre: from joint sums where they are whole, else from open parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from helpers.analysis.model_results import SLOPE
from helpers.analysis.pooled_ratios import StratifiedRatio
from helpers.disclosure.rule import Rule
from helpers.errors import StatisticsError
from helpers.report.sharing.analyses import FULL, SCREEN
from helpers.report.sharing.content import JointPart, ShareFile
from helpers.report.sharing.joint import sum_masked
from helpers.report.sharing.packing import ModelShape, unpack_expansion
from helpers.stats.one_shot_cox import (
    Expansion,
    PooledFit,
    add_expansions,
    maximise_expansion,
)

_FAR = "its estimate lies too far from the reference for one exchange; let the centres share again"
_SMALL = "a group is too small to be shown"
_CONSTANT = "no centre has patients of two of its groups"
_OPEN_LEAST = 2


@dataclass(frozen=True, slots=True)
class PooledLikelihoods:
    """Hazard ratios of the models stratified by centre.

    Attributes
    ----------
    ratios : mapping of str to mapping
        By model (:data:`FULL`, :data:`SCREEN`) and contrast.
    joint : str
        ``none``, ``whole`` or ``incomplete``.
    missing : tuple of str
        Centres of the joint key without a file.
    """

    ratios: Mapping[str, Mapping[str, StratifiedRatio]]
    joint: str = "none"
    missing: tuple[str, ...] = field(default=())


def pool_likelihoods(shares: Sequence[ShareFile]) -> PooledLikelihoods:
    """Return the stratified hazard ratios that the files give.

    Parameters
    ----------
    shares : sequence of ShareFile
        Of one definition and at most one joint key.
    """
    joint = {share.centre: share.joint for share in shares if share.joint is not None}
    open_parts = _pool_open(shares)
    if not joint:
        return PooledLikelihoods(open_parts)
    centres = next(iter(joint.values())).centres
    missing = tuple(name for name in centres if name not in joint)
    if missing:
        return PooledLikelihoods(open_parts, "incomplete", missing)
    rules = [Rule(**share.rule.model_dump()) for share in shares]
    strictest = max(rules, key=lambda rule: rule.largest_small)
    return PooledLikelihoods(_pool_joint(joint, strictest), "whole")


def _pool_joint(
    parts: Mapping[str, JointPart], rule: Rule
) -> dict[str, dict[str, StratifiedRatio]]:
    found: dict[str, dict[str, StratifiedRatio]] = {FULL: {}, SCREEN: {}}
    first = next(iter(parts.values()))
    for name, model in first.models.items():
        shape = ModelShape(tuple(model.terms), tuple(model.reference))
        masked = [part.masked.get(name, "") for part in parts.values()]
        if any(len(text) != 16 * shape.length for text in masked):
            continue
        whole = unpack_expansion(sum_masked(masked), shape.reference)
        told = _read_whole(shape.terms, whole, rule, len(parts))
        found[FULL if name == FULL else SCREEN] |= told
    return found


def _read_whole(
    terms: Sequence[str], whole: Expansion, rule: Rule, n_centres: int
) -> dict[str, StratifiedRatio]:
    """Return the hazard ratios of summed expansions; none of a group that is small in all.

    No counts are summed. At the maximum as many events are expected in a group as were seen, so
    that the information there is at most the group's number of events, and that of the others;
    where it is not above a small number, the group is taken to be small.
    """
    fit = _maximise(whole)
    information = np.zeros(len(terms)) if isinstance(fit, str) else fit.information
    enough = dict(zip(terms, information > rule.largest_small, strict=True))
    small = {term.rpartition(".")[0] for term, is_enough in enough.items() if not is_enough}
    found = {}
    for at, term in enumerate(terms):
        if isinstance(fit, str):
            found[term] = StratifiedRatio(reason=fit)
        elif term.rpartition(".")[0] in small and not term.endswith(f".{SLOPE}"):
            found[term] = StratifiedRatio(reason=_SMALL)
        else:
            found[term] = StratifiedRatio(
                log_ratio=float(fit.coefficients[at]),
                std_error=float(fit.std_errors[at]),
                n_centres=n_centres,
            )
    return found


def _pool_open(shares: Sequence[ShareFile]) -> dict[str, dict[str, StratifiedRatio]]:
    parts: dict[str, list[tuple[list[str], Expansion]]] = {}
    for share in shares:
        for name, one in share.likelihoods.items():
            expansion = unpack_expansion(one.numbers, one.reference)
            parts.setdefault(name, []).append((one.terms, expansion))
    found: dict[str, StratifiedRatio] = {}
    for known in parts.values():
        if len(known) < _OPEN_LEAST:
            continue
        fit = _maximise(add_expansions([expansion for _, expansion in known]))
        for at, term in enumerate(known[0][0]):
            found[term] = (
                StratifiedRatio(reason=fit)
                if isinstance(fit, str)
                else StratifiedRatio(
                    log_ratio=float(fit.coefficients[at]),
                    std_error=float(fit.std_errors[at]),
                    n_centres=len(known),
                )
            )
    return {SCREEN: found}


def _maximise(expansion: Expansion) -> PooledFit | str:
    """Return the maximum, or the reason why there is none to trust."""
    if not np.diag(expansion.information).all():
        return _CONSTANT
    try:
        fit = maximise_expansion(expansion)
    except StatisticsError as error:
        return str(error)
    return fit if fit.is_trusted else _FAR
