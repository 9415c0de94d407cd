"""Reading of result sets: which groups, horizons and levels they hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helpers.formatting.terms import name_interval
from helpers.results import Result, ResultSet

if TYPE_CHECKING:
    import pandas as pd

_HORIZON = re.compile(r"\.prob_(\d+(?:p\d+)?)m$")


def get_groups(results: ResultSet) -> dict[str, str]:
    """Return the groups of a set and their labels, in order; one called overall if none."""
    groups = results.meta.get("groups") or {}
    return {str(key): str(label) for key, label in groups.items()} or {"overall": "All patients"}


def get_group_names(results: ResultSet) -> dict[str, str]:
    """Return the groups' labels as they stand alone: ``Response to LEN: yes``, not ``Yes``."""
    factor = str(results.meta.get("factor_label") or "")
    return {
        key: f"{factor}: {label.lower()}" if factor and label.casefold() in {"yes", "no"} else label
        for key, label in get_groups(results).items()
    }


def get_endpoint(results: ResultSet) -> str:
    """Return the endpoint's label, e.g. ``Overall survival``."""
    return str(results.meta.get("endpoint_label") or "Survival")


def get_event_noun(results: ResultSet) -> str:
    """Return the singular noun for an event: the set's own, ``death`` for survival, ``event``."""
    default = "death" if "survival" in get_endpoint(results).lower() else "event"
    return str(results.meta.get("event_noun") or default)


def get_events_label(results: ResultSet) -> str:
    """Return the head of a column of events: ``Deaths`` where events are deaths."""
    is_death = get_event_noun(results) == "death"
    return str(results.meta.get("events_label") or ("Deaths" if is_death else "Events"))


def get_title(results: ResultSet, fallback: str = "") -> str:
    """Return the title of an analysis, without a full stop."""
    titles = (results.meta.get("title"), fallback, results.meta.get("endpoint_label"), results.id)
    return str(next(title for title in titles if title)).rstrip(".")


def get_abbreviations(results: ResultSet) -> Mapping[str, str]:
    """Return the abbreviations that a set adds to the known ones."""
    return results.meta.get("abbreviations") or {}


def get_slot(results: ResultSet, slot: str | None) -> Any:
    """Return the slot asked for, else the one that the set names, else ``main``."""
    return slot or results.meta.get("slot") or "main"


def get_frame(results: ResultSet, name: str) -> pd.DataFrame:
    """Return a frame of a set, empty where there is none."""
    import pandas as pd

    frame = results.frames.get(name)
    return pd.DataFrame() if frame is None else frame


def split_rows(frame: pd.DataFrame, column: str) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows of a frame by the values of a column, in their order; none if empty."""
    if frame.empty:
        return []
    return [(str(key), rows) for key, rows in frame.groupby(column, sort=False)]


def find_horizons(results: ResultSet) -> dict[str, float]:
    """Return the horizons of a set's probabilities.

    Parameters
    ----------
    results : ResultSet
        With results ``...prob_{h}m``.

    Returns
    -------
    dict of str to float
        Time in months by the ending of the ids, ``prob_60m`` to 60.0, rising.
    """
    found: dict[str, float] = {}
    for result in results:
        match = _HORIZON.search(result.id)
        if match:
            time = result.quantities.get("time_months", float(match[1].replace("p", ".")))
            found[f"prob_{match[1]}m"] = float(time)
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def find_comparison(results: ResultSet) -> Result | None:
    """Return the test between a set's groups, if it has one with a p-value."""
    for name in ("logrank", "gray", "mantel_byar", "test", "trend"):
        result = results.find(name)
        if result is not None and result.p_value is not None:
            return result
    return None


def find_factor_test(results: ResultSet, factor: str) -> Result | None:
    """Return the test of one factor of a screen, if there is one."""
    found = (results.find(f"{factor}.{name}") for name in ("logrank", "gray", "test"))
    return next((result for result in found if result is not None), None)


def find_contrast(results: ResultSet) -> Result | None:
    """Return the hazard ratio between two groups, if there is one."""
    pattern = re.compile(rf"^{re.escape(results.id)}\.[^.]+_vs_[^.]+\.hr$")
    return next((result for result in results if pattern.match(result.id)), None)


def find_interval_method(results: ResultSet, kind: str) -> str:
    """Return in words how the intervals of the results of a kind were made, or nothing."""
    names = (name_interval(result.method) for result in results if result.kind == kind)
    return next((name for name in names if name), "")


def find_conf_level(results: ResultSet) -> float:
    """Return the confidence level of a set's intervals, 0 to 1."""
    levels = (result.conf_level for result in results if result.conf_level is not None)
    return float(next(levels, results.meta.get("conf_level") or 0.95))


def clean_level(value: Any) -> str | None:
    """Return a level's key from a frame's cell, None where the row has no level."""
    import pandas as pd

    return None if value is None or pd.isna(value) else str(value) or None


def resolve_prefix(results: ResultSet, prefix: str) -> str:
    """Return the prefix of a set's counts: none where the set's id ends with it already."""
    return "" if f".{results.id}".endswith(f".{prefix}") else prefix


def list_counts(results: ResultSet, *, prefix: str = "") -> dict[str, Result]:
    """Return the counts of a set by what follows its id and a prefix, in order."""
    prefix = resolve_prefix(results, prefix)
    start = ".".join(part for part in (results.id, prefix) if part) + "."
    return {
        result.id.removeprefix(start): result
        for result in results
        if result.kind == "count" and result.id.startswith(start)
    }


def list_missing(results: ResultSet) -> dict[str, tuple[int, int]]:
    """Return by label how many values of each variable are known and missing."""
    found: dict[str, tuple[int, int]] = {}
    counts = list_counts(results)
    has_missing_rows = any(name.endswith(".missing") for name in counts)
    for name, result in counts.items():
        if result.estimate is None or result.n is None:
            continue
        count = int(result.estimate)
        if name.endswith(".missing"):
            label = result.population or name.removesuffix(".missing")
            found[label] = (result.n - count, count)
            continue
        label = result.label or name
        if has_missing_rows:
            continue
        found[label] = (count, result.n - count)
    return found


def label_factors(results: ResultSet) -> dict[str, str]:
    """Return the labels of a model's factors."""
    terms = get_frame(results, "terms")
    if terms.empty:
        return {}
    return dict(zip(terms["factor"].astype(str), terms["factor_label"].astype(str), strict=True))


def list_steps(results: ResultSet) -> list[dict[str, Any]]:
    """Return the steps of eligibility that were applied, each as a mapping."""
    steps = get_frame(results, "steps")
    if "is_applied" in steps:
        steps = steps[steps["is_applied"].astype(bool)]
    return steps.to_dict("records")


def name_choice(results: ResultSet, key: Any) -> str:
    """Return an analytic choice, or a value of one, in the words that a set has for it."""
    words = results.meta.get("words") or {}
    return str(words.get(str(key)) or str(key).replace("_", " "))
