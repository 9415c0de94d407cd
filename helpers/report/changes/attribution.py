"""What each cause of change does alone, found by rebuilding with one cause at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from helpers.errors import LenfailError
from helpers.report.changes.causes import Cause
from helpers.report.changes.comparison import LARGE, Comparison, find_style
from helpers.report.changes.numbers import NumberChange, compare_results, is_equal
from helpers.report.changes.other_code import rebuild_with_code_of
from helpers.report.changes.scenarios import (
    Place,
    Rebuilder,
    Scenario,
    find_inputs,
    is_installed,
    is_of_data,
)
from helpers.results import Result

MOST_PARAMETERS = 8
DATA = "data"
PARAMETERS = "all parameters"
CODE = "code and notebooks"
TOGETHER = "only together (interaction)"
_JOINT = (TOGETHER, PARAMETERS)
_REMAINDER = ("code", "package", "notebook")
_WORDS = {"code": "code", "package": "packages", "notebook": "notebooks"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionRow:
    """What one cause does alone.

    Attributes
    ----------
    name : str
        Of the cause.
    n_changed, n_large : int or None
        Numbers that it changes, and by more than half an interval's width; None where it could
        not be rebuilt.
    reason : str
        Why not.
    """

    name: str
    n_changed: int | None = None
    n_large: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """What each cause does alone.

    Attributes
    ----------
    base : str
        ``A`` or ``B``: the report into which the causes were put; empty where none could be.
    rows : tuple of AttributionRow
        Data, parameters, what comes of them only together, what remains.
    settled : mapping of str to str
        By result: the one cause that changes it, and changes it to what it became.
    notes : tuple of str
        How it was done, and what could not be.
    """

    base: str = ""
    rows: tuple[AttributionRow, ...] = ()
    settled: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def attribute_changes(
    comparison: Comparison, place: Place, tell: Callable[[str], None]
) -> Attribution:
    """Rebuild the results with one cause at a time.

    Causes are put into the report that was made with the code, packages and notebooks that are
    installed here. The other report's code is used where the repository has its commit and the
    report was built of it unchanged. What the other report's data and parameters together do not
    explain remains for its code, packages and notebooks. Nothing is written.

    Parameters
    ----------
    comparison : Comparison
        Of both reports.
    place : Place
        Where to rebuild.
    tell : callable
        Told in words how far it is.
    """
    active = [one for one in comparison.causes if one.sections is None or one.sections]
    if len(active) < 2:
        only = f": {active[0].key}" if active else ""
        return Attribution(notes=(f"There is no more than one cause{only}; nothing was rebuilt.",))
    rebuilder = Rebuilder(place, tell)
    sides = {"A": comparison.before, "B": comparison.after}
    letter = next((one for one, report in sides.items() if is_installed(report, rebuilder)), "")
    if not letter:
        return Attribution(
            notes=(
                "Nothing was rebuilt: neither report was made with the code, packages and "
                f"notebooks that are installed here{_name_commits(comparison)}.",
            )
        )
    try:
        return _Attributor(comparison, active, rebuilder, letter).run()
    except LenfailError as error:
        return Attribution(notes=(f"Nothing was rebuilt: {error}.",))


def _name_commits(comparison: Comparison) -> str:
    commits = [report.manifest.get("commit") for report in (comparison.before, comparison.after)]
    if not any(commits):
        return ""
    shown = " and ".join(str(commit)[:10] for commit in commits if commit)
    return f"; check out one of the commits {shown} and ask again"


class _Attributor:
    """One attribution, step by step."""

    def __init__(
        self, comparison: Comparison, causes: list[Cause], rebuilder: Rebuilder, letter: str
    ) -> None:
        self._comparison = comparison
        self._causes = causes
        self._rebuilder = rebuilder
        self._letter = letter
        both = (comparison.before, comparison.after)
        self._base, self._other = both if letter == "A" else both[::-1]
        self._notes = [
            f"Each cause was put alone into report {letter}, and the results rebuilt; a number "
            "counts where it then differs from that report."
        ]
        self._failed: dict[str, str] = {}

    def run(self) -> Attribution:
        """Return what each cause does."""
        given, reason = find_inputs(self._base, self._rebuilder.place)
        if reason:
            raise LenfailError(f"report {self._letter} cannot be rebuilt, because {reason}")
        values = {**self._base.parameters, **given}
        start = self._rebuilder.make_scenario("base", values)
        scenarios = dict(self._make_scenarios(values))
        self._rebuilder.run(start, scenarios.values())
        results = dict(self._collect(start, scenarios))
        if any(cause.kind in ("code", "notebook") for cause in self._causes):
            self._add_code(values, results)
        return Attribution(
            base=self._letter,
            rows=tuple(self._make_rows(results)),
            settled=self._settle(results),
            notes=tuple(self._notes),
        )

    def _make_scenarios(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Scenario]]:
        """Yield what is rebuilt, by name; the last one has everything that can be put in."""
        changes = dict(self._list_changes())
        names = [name for name in changes if name != DATA]
        joint = {key: value for name in names for key, value in changes[name].items()}
        for name, change in changes.items():
            if name == DATA or names.index(name) < MOST_PARAMETERS:
                yield name, self._rebuilder.make_scenario(name, {**values, **change})
        if len(names) > MOST_PARAMETERS:
            self._notes.append(f"Only the first {MOST_PARAMETERS} parameters were put in alone.")
        if len(names) > 1:
            yield PARAMETERS, self._rebuilder.make_scenario(PARAMETERS, {**values, **joint})
        everything = {**values, **joint, **changes.get(DATA, {})}
        yield TOGETHER, self._rebuilder.make_scenario(TOGETHER, everything)

    def _list_changes(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the other report's value of everything that can be put in."""
        kinds = {cause.kind for cause in self._causes}
        if "data" in kinds:
            given, reason = find_inputs(self._other, self._rebuilder.place)
            if reason:
                self._failed[DATA] = reason
            else:
                yield DATA, given
        for cause in self._causes:
            is_put_in = cause.kind == "parameter" and cause.name in self._other.parameters
            if is_put_in and not ("data" in kinds and is_of_data(cause.name)):
                yield cause.key, {cause.name: self._other.parameters[cause.name]}

    def _collect(
        self, start: Scenario, scenarios: Mapping[str, Scenario]
    ) -> Iterator[tuple[str, dict[str, Result]]]:
        for name, scenario in scenarios.items():
            failure = self._rebuilder.find_failure(scenario)
            if failure:
                self._failed[name] = failure
            else:
                yield name, self._rebuilder.collect(start, self._base, scenario)

    def _add_code(self, values: Mapping[str, Any], results: dict[str, dict[str, Result]]) -> None:
        """Rebuild with the other report's code, where it can be had."""
        self._rebuilder.tell("rebuilding with the other report's code")
        repository = self._rebuilder.place.repository
        found, reason = rebuild_with_code_of(self._other, values, repository)
        if reason:
            self._failed[CODE] = f"{reason}; it is part of what remains"
        else:
            results[CODE] = found

    def _make_rows(self, results: Mapping[str, dict[str, Result]]) -> Iterator[AttributionRow]:
        for name in dict.fromkeys([*self._failed, *results]):
            if name == TOGETHER:
                continue
            if name in self._failed:
                yield AttributionRow(name=f"{name} alone", reason=self._failed[name])
                continue
            yield _count(f"{name} alone", self._compare(self._base.results, results[name]))
        if TOGETHER not in results or self._failed.keys() - {CODE}:
            self._notes.append("What the causes do together could not be rebuilt.")
            return
        singles = [one for name, one in results.items() if name not in (*_JOINT, CODE)]
        together = self._compare(self._base.results, results[TOGETHER])
        if len(singles) > 1:
            yield _count(TOGETHER, [one for one in together if not _is_in_any(one, singles)])
        rest = [_WORDS[kind] for kind in _REMAINDER if any(c.kind == kind for c in self._causes)]
        remaining = self._compare(results[TOGETHER], self._other.results)
        if rest or remaining:
            name = f"what remains ({', '.join(rest)})" if rest else "what remains"
            yield _count(name, remaining)

    def _compare(
        self, before: Mapping[str, Result], after: Mapping[str, Result]
    ) -> list[NumberChange]:
        found = compare_results(
            before,
            after,
            tolerance=self._comparison.tolerance,
            style=find_style(self._comparison.before),
        )
        return [change for change in found if not change.is_in_words]

    def _settle(self, results: Mapping[str, dict[str, Result]]) -> dict[str, str]:
        """Return the cause of each change that one cause alone makes, and makes in full."""
        singles = {key: one for key, one in results.items() if key not in _JOINT}
        moved = {
            name: {change.id for change in self._compare(self._base.results, found)}
            for name, found in singles.items()
        }
        settled = {}
        for change in self._comparison.changes:
            target = self._other.results[change.id]
            movers = [name for name, ids in moved.items() if change.id in ids]
            if len(movers) == 1 and _is_same(singles[movers[0]].get(change.id), target):
                settled[change.id] = movers[0]
        return settled


def _count(name: str, changes: list[NumberChange]) -> AttributionRow:
    n_large = sum((change.interval_units or 0.0) > LARGE for change in changes)
    return AttributionRow(name=name, n_changed=len(changes), n_large=n_large)


def _is_in_any(change: NumberChange, results: list[dict[str, Result]]) -> bool:
    return any(_is_same(found.get(change.id), change.after) for found in results)


def _is_same(one: Result | None, other: Result) -> bool:
    return (
        one is not None
        and one.status == other.status
        and is_equal(one.estimate, other.estimate)
        and is_equal(one.p_value, other.p_value)
        and is_equal(one.ci_lower, other.ci_lower)
        and is_equal(one.ci_upper, other.ci_upper)
        and one.n == other.n
    )
