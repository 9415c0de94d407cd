"""The sums between missing values by group, and what is told of centres."""

from __future__ import annotations

from dataclasses import replace

from helpers.disclosure.families import SetCounts
from helpers.disclosure.margins import MISSING, Margin
from helpers.disclosure.masking import mask
from helpers.results import Result, ResultSet

_ANALYSIS = "count_missing"


def is_pattern(results: ResultSet) -> bool:
    """Return whether a set counts missing values by group."""
    return (results.meta.get("definition") or {}).get("analysis") == _ANALYSIS


def read_patterns(
    results: ResultSet, found: SetCounts, n_patients: int, hidden_margins: frozenset[Margin]
) -> None:
    """Read missing values by group: parts of a group, and of all values that are missing.

    Parameters
    ----------
    results : ResultSet
        From :func:`helpers.analysis.missing_patterns.count_missing`.
    found : SetCounts
        To which they are added.
    n_patients : int
        Of the cohort.
    hidden_margins : frozenset
        What is hidden everywhere.
    """
    by, system = results.meta["definition"]["options"]["by"], found.system
    sizes = results.meta["group_sizes"]
    for level, size in sizes.items():
        system.add(("everyone", level), size, fixed=True, hidden=(by, level) in hidden_margins)
    for line in results.frames["rows"].to_dict("records"):
        variable, parts = line["variable"], []
        is_hidden = (variable, MISSING) in hidden_margins
        for level in sizes:
            result = results[f"{variable}.{level}"]
            count = int(result.estimate or 0)
            hidden = is_hidden or (by, level) in hidden_margins
            key = system.add(("count", result.id), count, hidden=hidden)
            rest = system.add(("rest", result.id), (result.n or 0) - count)
            system.tie(("everyone", level), [key, rest])
            found.estimates[result.id], found.sizes[result.id] = key, ("everyone", level)
            parts.append(key)
        if sum(sizes.values()) == n_patients:
            counted = sum(system.counts[key] for key in parts)
            total = ("row", variable)
            system.tie(system.add(total, counted, fixed=not is_hidden, hidden=is_hidden), parts)


def protect_centres(
    result: Result, results: ResultSet, counts: SetCounts, *, n_patients: int
) -> Result:
    """Return in how many centres a value is missing, where it is missing of more than a few.

    The smallest and the largest share are those of single centres and are not shown, nor the
    number of centres where they have a small number of patients on average.
    """
    rule = counts.system.rule
    variable = result.id.removeprefix(f"{results.id}.").removesuffix(".centres")
    cells = [key for name, key in counts.estimates.items() if f".{variable}." in name]
    if any(map(counts.is_hidden, cells)) or not cells:
        return mask(result, rule)
    number = result.quantities["n_centres"]
    is_told = number * (rule.largest_small + 1) <= n_patients
    return replace(result, quantities={"n_centres": number} if is_told else {})
