"""Make the share file of a cohort."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import helpers
from helpers.analysis.contributions import Contribution, contribute_to_model
from helpers.disclosure import Gate, Rule
from helpers.errors import NotComputableError, ParameterError
from helpers.report.sharing.analyses import (
    SCREEN,
    describe_definitions,
    list_columns,
    list_models,
    make_reference,
    make_shared_sets,
)
from helpers.report.sharing.canonical import hash_document
from helpers.report.sharing.content import FORMAT, VERSION, SetPart
from helpers.report.sharing.joint import JointKey, mask_numbers
from helpers.report.sharing.packing import pack_expansion, read_shape
from helpers.report.sharing.protected import join_parts, protect_set

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.params import Params

_DIGITS = 5


def make_share(
    cohort: Cohort, params: Params, *, centre: str, rule: Rule, key: JointKey | None = None
) -> dict[str, Any]:
    """Return the content of a centre's share file.

    Parameters
    ----------
    cohort : Cohort
        Patients of the centre.
    params : Params
        Of its report.
    centre : str
        Label.
    rule : Rule
        How counts are printed.
    key : JointKey, optional
        Of the study; with it the file takes part in sums over all its centres.

    Raises
    ------
    NotComputableError
        If the centre is too small to tell anything and has no key.
    ParameterError
        If the key is of other centres.
    """
    if key is not None and centre not in key.centres:
        raise ParameterError(
            f"name must be one of the joint key's centres, {', '.join(key.centres)}, but was "
            f"{centre!r}; share under the name that the key has"
        )
    sets = _protect_sets(cohort, params, rule, is_joint=key is not None)
    contributions = {
        name: contribute_to_model(
            cohort, factors=factors, reference=make_reference(cohort, factors), ties=params.ties
        )
        for name, factors in list_models(cohort, params).items()
    }
    definition = describe_definitions(cohort, params)
    likelihoods = {} if key else _show_likelihoods(contributions, sets.get(SCREEN), rule)
    own = {"sets": {name: _dump(part) for name, part in sets.items()}, "likelihoods": likelihoods}
    document = {
        "format": FORMAT,
        "version": VERSION,
        "lenfail": helpers.__version__,
        "centre": centre,
        "synthetic": bool(cohort.synthetic),
        "rule": {
            name: getattr(rule, name) for name in ("name", "largest_small", "base", "prints_small")
        },
        "definition": definition,
        "definition_sha256": hash_document(definition),
        **own,
        "joint": None if key is None else _make_joint(contributions, key, centre, definition),
        "fingerprint": hash_document(own),
    }
    return {**document, "checksum": hash_document(document)}


def _protect_sets(
    cohort: Cohort, params: Params, rule: Rule, *, is_joint: bool
) -> dict[str, SetPart]:
    """Return the protected sets; none of a centre so small that the gate does not open."""
    if len(cohort) <= 2 * rule.largest_small:
        if is_joint:
            return {}
        raise NotComputableError(
            f"a centre must have more than {2 * rule.largest_small} patients to share its own "
            f"results under {rule.name}, but has fewer; share with a joint key (--joint-key), "
            "which adds it to the sums over all centres without showing it"
        )
    gate = _open_gate(cohort, params, rule)
    parts: dict[str, list[SetPart]] = {}
    for one in make_shared_sets(cohort, params):
        parts.setdefault(one.id, []).append(protect_set(one, gate))
    return {name: join_parts(found) for name, found in parts.items()}


def _open_gate(cohort: Cohort, params: Params, rule: Rule) -> Gate:
    """Return the gate of what is shared.

    Of a report without disclosure control, which stays at the centre, the margins of the shared
    columns alone are planned, so that fewer are hidden. Beside a protected report, which others
    may have, the file hides what the report hides.
    """
    factors = cohort.dictionary.factors
    if params.disclosure == rule.name:
        return Gate(rule, cohort.table, {name: list(one.levels) for name, one in factors.items()})
    columns = [name for name in list_columns(params) if name in cohort.table]
    levels = {
        name: list(factors[name].levels)
        for name in columns
        if name in factors and cohort.table[name].nunique() > 1
    }
    return Gate(rule, cohort.table[columns], levels)


def _show_likelihoods(
    contributions: Mapping[str, Contribution], screen: SetPart | None, rule: Rule
) -> dict[str, Any]:
    """Return the derivatives of factors of which every group may be shown.

    A group may be shown where the gate shows its hazard ratio, and where neither its patients
    nor its events are a small number. A model of several factors never may: its information
    tells how many patients two groups have in common.
    """
    if screen is None or screen.reason:
        return {}
    shown = {record["id"] for record in screen.results if record.get("status") != "masked"}
    found = {}
    for name, part in contributions.items():
        if not name.startswith(f"{SCREEN}."):
            continue
        counts = [*part.n.tolist(), *part.events.tolist(), part.n_total, part.events_total]
        is_told = all(f"{SCREEN}.{term}.hr" in shown for term in part.terms)
        if not is_told or min(counts) <= rule.largest_small:
            continue
        found[name] = {
            "terms": list(part.terms),
            "reference": [float(value) for value in part.expansion.reference],
            "numbers": [float(f"{v:.{_DIGITS}g}") for v in pack_expansion(part.expansion)],
        }
    return found


def _make_joint(
    contributions: Mapping[str, Contribution],
    key: JointKey,
    centre: str,
    definition: Mapping[str, Any],
) -> dict[str, Any]:
    packed = {name: pack_expansion(part.expansion) for name, part in contributions.items()}
    context = hash_document(definition)
    shapes = {name: read_shape(part) for name, part in contributions.items()}
    rounded = {name: [float(f"{v:.9g}") for v in values] for name, values in packed.items()}
    return {
        "key_id": key.id,
        "centres": list(key.centres),
        "models": {
            name: {
                "terms": list(shape.terms),
                "reference": list(shape.reference),
            }
            for name, shape in shapes.items()
        },
        "masked": {
            name: mask_numbers(values, key, centre, f"{context} {name}")
            for name, values in packed.items()
        },
        "double": key.sign("double", rounded),
    }


def _dump(part: SetPart) -> dict[str, Any]:
    return part.model_dump(mode="json", exclude_defaults=True)
