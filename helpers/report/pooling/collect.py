"""From share files to sets of results: what several centres say together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from helpers.analysis.pooled_characteristics import pool_characteristics
from helpers.analysis.pooled_survival import Exits, join_exits, pool_incidence, pool_survival
from helpers.disclosure.printed_life_table import read_life_table, rebuild_printed
from helpers.disclosure.rule import Rule
from helpers.report.pooling.likelihoods import pool_likelihoods
from helpers.report.pooling.ratios import pool_model
from helpers.report.sharing.analyses import SCREEN
from helpers.report.sharing.content import ShareFile
from helpers.report.sharing.protected import read_set
from helpers.results import ResultSet

_MOST_COLUMNS = 6
_DEFAULT_META = {"title": "", "groups": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """All that the share files give together.

    Attributes
    ----------
    centres : tuple of str
        Labels of all files, in their order.
    showing : tuple of str
        Those that show results of their own.
    characteristics : tuple of ResultSet
        Table 1, so many columns at a time.
    survival : tuple of ResultSet
        Overall, by group, and each centre beside the others.
    incidence : ResultSet
        Of progression.
    full, screen : ResultSet
        Combined hazard ratios of the model and of each factor alone.
    definition : mapping
        What all of them agree on.
    rules : tuple of str
        Names of the rules of disclosure control.
    synthetic : bool
        Whether any centre's patients are simulated.
    joint : str
        What became of the joint sums: ``none``, ``whole`` or ``incomplete``.
    missing : tuple of str
        Centres of the joint key without a file.
    joint_centres : frozenset of str
        Centres whose file takes part in joint sums.
    rule_names : mapping of str to str
        Rule of disclosure control by centre.
    n_told : mapping of str to int
        Analyses that a centre tells.
    """

    centres: tuple[str, ...]
    showing: tuple[str, ...]
    characteristics: tuple[ResultSet, ...]
    survival: tuple[ResultSet, ...]
    incidence: ResultSet
    full: ResultSet
    screen: ResultSet
    definition: Mapping[str, Any]
    rules: tuple[str, ...]
    synthetic: bool
    joint: str
    missing: tuple[str, ...]
    joint_centres: frozenset[str]
    rule_names: Mapping[str, str]
    n_told: Mapping[str, int]

    @property
    def sets(self) -> tuple[ResultSet, ...]:
        """Return all sets of results."""
        return (*self.characteristics, *self.survival, self.incidence, self.full, self.screen)


def pool_shares(shares: Sequence[ShareFile]) -> Pooled:
    """Return what the files give together.

    Parameters
    ----------
    shares : sequence of ShareFile
        Checked against each other by :func:`helpers.report.sharing.reading.read_share_files`.
    """
    definition = shares[0].definition
    sets = {
        share.centre: {name: read_set(name, part) for name, part in share.sets.items()}
        for share in shares
    }
    showing = tuple(label for label, found in sets.items() if found)
    likelihoods = pool_likelihoods(shares)
    return Pooled(
        centres=tuple(share.centre for share in shares),
        showing=showing,
        characteristics=tuple(_pool_table_one(sets, showing)),
        survival=tuple(_pool_curves(shares, sets, definition)),
        incidence=_pool_incidence(shares, sets, definition),
        full=pool_model(sets, definition, likelihoods.ratios, is_full=True),
        screen=pool_model(sets, definition, likelihoods.ratios, is_full=False),
        definition=definition,
        rules=tuple(dict.fromkeys(share.rule.name for share in shares)),
        synthetic=any(share.synthetic for share in shares),
        joint=likelihoods.joint,
        missing=likelihoods.missing,
        joint_centres=frozenset(share.centre for share in shares if share.joint is not None),
        rule_names={share.centre: share.rule.name for share in shares},
        n_told={
            share.centre: sum(not part.reason for part in share.sets.values()) for share in shares
        },
    )


def _pool_table_one(
    sets: Mapping[str, Mapping[str, ResultSet]], showing: Sequence[str]
) -> Iterable[ResultSet]:
    found = {
        label: sets[label]["table1"] for label in showing if sets[label]["table1"].is_computable
    }
    labels = list(found)
    title = "Characteristics of the patients by centre"
    for number, start in enumerate(range(0, max(len(labels), 1), _MOST_COLUMNS), 1):
        shown = labels[start : start + _MOST_COLUMNS]
        part = f" ({shown[0]} to {shown[-1]})" if len(labels) > _MOST_COLUMNS else ""
        set_id = "pooled.table1" if number == 1 else f"pooled.table1_{number}"
        yield pool_characteristics(found, set_id=set_id, title=title + part, shown=shown)


def _pool_curves(
    shares: Sequence[ShareFile],
    sets: Mapping[str, Mapping[str, ResultSet]],
    definition: Mapping[str, Any],
) -> Iterable[ResultSet]:
    options = {**_read_options(definition), "publish": _find_strictest(shares).publish}
    names = dict.fromkeys(
        name for share in shares for name in share.sets if name.startswith("os") and name != SCREEN
    )
    for name in names:
        meta = _find_meta(sets, name)
        labels = _join_labels(sets, name)
        groups = _join_groups(shares, name)
        yield pool_survival(groups, set_id=f"pooled.{name}", labels=labels, meta=meta, **options)
        if name == "os":
            yield _beside_each_other(shares, meta, options)


def _beside_each_other(
    shares: Sequence[ShareFile], meta: Mapping[str, Any], options: Mapping[str, Any]
) -> ResultSet:
    found = {}
    for number, share in enumerate(shares, 1):
        groups = _rebuild(share, "os")
        if groups:
            found[f"centre_{number}"] = (share.centre, next(iter(groups.values())))
    return pool_survival(
        {key: exits for key, (_, exits) in found.items()},
        set_id="pooled.os_by_centre",
        labels={key: label for key, (label, _) in found.items()},
        meta={**meta, "title": f"{meta.get('title', '')}, by centre", "factor_label": "Centre"},
        **options,
    )


def _pool_incidence(
    shares: Sequence[ShareFile],
    sets: Mapping[str, Mapping[str, ResultSet]],
    definition: Mapping[str, Any],
) -> ResultSet:
    parameters = definition["parameters"]
    return pool_incidence(
        _join_groups(shares, "aml"),
        set_id="pooled.aml",
        labels=_join_labels(sets, "aml"),
        meta=_find_meta(sets, "aml"),
        horizons_months=[parameters["aml_horizon_months"]],
        conf_level=parameters["conf_level"],
        axis_step_months=parameters["axis_step_months"],
        publish=_find_strictest(shares).publish,
    )


def _find_strictest(shares: Sequence[ShareFile]) -> Rule:
    rules = [Rule(**share.rule.model_dump()) for share in shares]
    return max(rules, key=lambda rule: rule.largest_small)


def _read_options(definition: Mapping[str, Any]) -> dict[str, Any]:
    parameters = definition["parameters"]
    return {
        "horizons_months": parameters["survival_horizons_months"],
        "conf_level": parameters["conf_level"],
        "median_interval": parameters["median_interval"],
        "curve_interval": parameters["curve_interval"],
        "axis_step_months": parameters["axis_step_months"],
    }


def _find_meta(sets: Mapping[str, Mapping[str, ResultSet]], name: str) -> dict[str, Any]:
    found = [one[name].meta for one in sets.values() if name in one and one[name].is_computable]
    kept = dict(found[0]) if found else dict(_DEFAULT_META)
    for gone in ("n", "group_sizes"):
        kept.pop(gone, None)
    return {**kept, "disclosure": True}


def _join_labels(sets: Mapping[str, Mapping[str, ResultSet]], name: str) -> dict[str, str]:
    """Return the labels of all groups that any centre has, those of the fullest centre first."""
    found = [one[name].meta.get("groups") or {} for one in sets.values() if name in one]
    joined: dict[str, str] = {}
    for groups in sorted(found, key=len, reverse=True):
        joined |= {key: str(label) for key, label in groups.items() if key not in joined}
    return joined


def _join_groups(shares: Sequence[ShareFile], name: str) -> dict[str, Exits]:
    parts: dict[str, list[Exits]] = {}
    for share in shares:
        for group, exits in _rebuild(share, name).items():
            parts.setdefault(group, []).append(exits)
    return {group: join_exits(found) for group, found in parts.items()}


def _rebuild(share: ShareFile, name: str) -> dict[str, Exits]:
    part = share.sets.get(name)
    rule = Rule(**share.rule.model_dump())
    if part is None:
        return {}
    return {
        table.group: rebuild_printed(read_life_table(table.model_dump()), rule)
        for table in part.life_tables
    }
