"""The sums that a reader knows to hold between the counts of a set of results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from helpers.disclosure.families import SetCounts, is_contrast, locate, name_group
from helpers.disclosure.margins import KNOWN, MISSING, Margin
from helpers.disclosure.patterns import is_pattern, read_patterns
from helpers.disclosure.rule import Rule
from helpers.disclosure.system import CountSystem, Key
from helpers.results import Result, ResultSet


def read_counts(
    results: ResultSet,
    rule: Rule,
    *,
    n_patients: int,
    hidden_margins: frozenset[Margin],
    levels: Mapping[str, Iterable[str]],
) -> SetCounts:
    """Return the counts of a set with all that is hidden of them.

    Parameters
    ----------
    results : ResultSet
        With true counts.
    rule : Rule
        How counts are printed.
    n_patients : int
        Of the cohort, always printed.
    hidden_margins : frozenset
        What is hidden everywhere; see :func:`helpers.disclosure.margins.hide_margins`.
    levels : mapping
        Level keys by factor.

    Returns
    -------
    SetCounts
        After secondary suppression.
    """
    found = SetCounts(CountSystem(rule))
    reader = CountReader(results, found, n_patients, hidden_margins, levels)
    reader.read_groups()
    reader.read_flow()
    if is_pattern(results):
        read_patterns(results, found, n_patients, hidden_margins)
    else:
        reader.read_counts()
    reader.read_summaries()
    reader.tie_columns()
    found.system.suppress()
    if found.system.find_exposed():
        found.system.fixed.clear()
        found.system.suppress()
    return found


@dataclass(slots=True)
class CountReader:
    """Reads a set of results into its counts, family by family."""

    results: ResultSet
    found: SetCounts
    n_patients: int
    hidden_margins: frozenset[Margin]
    levels: Mapping[str, Iterable[str]]

    def add(self, key: Key, count: int, *, about: str = "", fixed: bool = False) -> Key:
        """Add a count once; one that is about a hidden margin is hidden."""
        if key not in self.found.system.counts:
            margins = locate(about, self.results, self.levels) if about else ()
            hidden = any(margin in self.hidden_margins for margin in margins)
            self.found.system.add(key, count, fixed=fixed, hidden=hidden)
        return key

    def read_groups(self) -> None:
        """Read sizes and events of the groups of curves and models."""
        for result in self.results:
            has_size = result.kind == "count" and result.id.endswith(".n")
            if not has_size and result.kind not in {"hazard_ratio", "median"}:
                continue
            group = name_group(result, self.results.id)
            if group in self.found.groups or is_contrast(result):
                continue
            size = int(result.estimate or 0) if has_size else result.n
            if size is None:
                continue
            self._add_group(group, size, result)
            if has_size:
                self.found.estimates[result.id] = ("n", group)
        for name, groups in self.found.families.items():
            for kind in ("n", "events"):
                keys = [(kind, group) for group in groups]
                keys = [key for key in keys if key in self.found.system.counts]
                if len(keys) > 1 and len(keys) == len(groups):
                    total = sum(self.found.system.counts[key] for key in keys)
                    self.found.system.tie(self.add(("all", kind, name), total, fixed=True), keys)

    def _add_group(self, group: str, size: int, result: Result) -> None:
        key = self.add(("n", group), size, about=group)
        events = None
        if result.events is not None:
            competing = int(result.quantities.get("competing_events", 0))
            events = self.add(("events", group), result.events)
            rest = self.add(("censored", group), size - result.events - competing)
            other = self.add(("competing", group), competing)
            self.found.system.tie(key, [events, other, rest])
        self.found.groups[group] = key, events
        self.found.families.setdefault(group.rpartition(".")[0], []).append(group)

    def read_flow(self) -> None:
        """Read the steps of selection: who is left is who was there without the excluded."""
        steps = self.results.frames.get("steps")
        if steps is None or "n_excluded" not in steps:
            return
        set_id, system = self.results.id, self.found.system
        before = self.add(("flow", "screened"), int(self.results["screened"].estimate or 0))
        self.found.estimates[f"{set_id}.screened"] = before
        for line in steps.to_dict("records"):
            name = line["step"]
            out = self.add(("flow", "out", name), int(line["n_excluded"]))
            left = system.counts[before] - system.counts[out]
            is_last = left == self.n_patients
            after = self.add(("flow", "left", name), left, fixed=is_last)
            system.tie(before, [out, after])
            self.found.estimates[f"{set_id}.excluded.{name}"] = out
            self.found.estimates[f"{set_id}.remaining.{name}"] = after
            before = after
        self.found.estimates[f"{set_id}.included"] = before
        for result in self.results:
            self.found.sizes[result.id] = ("flow", "screened")

    def read_counts(self) -> None:
        """Read counts with their denominators."""
        families: dict[str, list[Result]] = {}
        for result in self.results:
            is_read = result.id in self.found.estimates or result.id.endswith(f".{MISSING}")
            if result.kind == "count" and not is_read:
                families.setdefault(result.id.rpartition(".")[0], []).append(result)
        for parent, members in families.items():
            sizes = {member.n for member in members}
            counted = sum(int(member.estimate or 0) for member in members)
            if len(members) > 1 and sizes == {counted}:
                self._read_partition(parent, members, counted)
            else:
                self._read_shares(parent, members)

    def _read_partition(self, parent: str, members: list[Result], total: int) -> None:
        whole = self.add(
            ("known", parent), total, about=f"{parent}.{KNOWN}", fixed=total == self.n_patients
        )
        for member in members:
            key = ("count", member.id)
            self.found.estimates[member.id] = self.add(
                key, int(member.estimate or 0), about=member.id
            )
            self.found.sizes[member.id] = whole
        self.found.system.tie(whole, [("count", member.id) for member in members])
        self._read_missing(parent, whole)

    def _read_missing(self, parent: str, known: Key) -> None:
        missing = self.results.find(f"{parent}.{MISSING}")
        if missing is None or missing.estimate is None or missing.n is None:
            return
        key = self.add(("count", missing.id), int(missing.estimate), about=missing.id)
        everyone = self.add(("everyone", self._find_column(parent)), missing.n, fixed=True)
        self.found.estimates[missing.id], self.found.sizes[missing.id] = key, everyone
        self.found.system.tie(everyone, [known, key])

    def _find_column(self, parent: str) -> str:
        """Return the group whose characteristics are summarised."""
        groups = self.results.meta.get("groups") or {}
        part = parent.removeprefix(f"{self.results.id}.").split(".")[0]
        return part if part in groups else ""

    def _read_shares(self, parent: str, members: list[Result]) -> None:
        for member in members:
            if member.estimate is None or member.n is None:
                continue
            self.found.estimates[member.id] = self.add(
                ("count", member.id), int(member.estimate), about=member.id
            )
        for member in members:
            if member.estimate is None or member.n is None:
                continue
            key, count = ("count", member.id), int(member.estimate)
            twin = next((r for r in members if r is not member and r.estimate == member.n), None)
            size = (
                ("count", twin.id)
                if twin
                else self.add(("of", parent, member.n), member.n, fixed=member.n == self.n_patients)
            )
            rest = self.add(("rest", member.id), member.n - count)
            self.found.system.tie(size, [key, rest])
            self.found.sizes[member.id] = size

    def read_summaries(self) -> None:
        """Read of how many patients each number is known."""
        for result in self.results:
            if result.kind != "summary" or result.n is None:
                continue
            known = self.add(("known", result.id), result.n, about=result.id)
            self.found.sizes[result.id] = known
            if self.results.find(f"{result.id}.{MISSING}") is not None:
                self._read_missing(result.id, known)
            elif result.missing is not None:
                lost = self.add(("lost", result.id), result.missing)
                total = result.n + result.missing
                whole = self.add(("asked", result.id), total, fixed=True)
                self.found.system.tie(whole, [known, lost])

    def tie_columns(self) -> None:
        """Tie the cells of one row of a cross-table to the row's total, printed elsewhere.

        The total counts all patients, so it tells of the cells only where the groups hold
        all of them, or all but a small number.
        """
        groups = list(self.results.meta.get("groups") or {})
        rows: dict[str, list[Key]] = {}
        for result_id, key in self.found.estimates.items():
            group, _, rest = result_id.removeprefix(f"{self.results.id}.").partition(".")
            if rest and group in groups and key[0] == "count":
                rows.setdefault(rest, []).append(key)
        counts = self.found.system.counts
        inside = sum(counts.get(("everyone", group), 0) for group in groups)
        is_whole = self.n_patients - inside <= self.found.system.rule.largest_small
        for name, keys in rows.items():
            if len(keys) > 1 and is_whole:
                margins = locate(f"{self.results.id}.{name}", self.results, self.levels)
                if not any(margin in self.hidden_margins for margin in margins):
                    total = self.add(("row", name), sum(counts[k] for k in keys), fixed=True)
                    self.found.system.tie(total, keys)
        columns = [("everyone", group) for group in groups if ("everyone", group) in counts]
        if len(columns) > 1:
            for key, group in zip(columns, groups, strict=False):
                by = ((self.results.meta.get("definition") or {}).get("options") or {}).get("by")
                if (by, group) in self.hidden_margins or self.found.system.rule.is_small(
                    counts[key]
                ):
                    self.found.system.hidden.add(key)
                    self.found.system.fixed.discard(key)
            total = self.add(("columns",), sum(counts[k] for k in columns), fixed=True)
            self.found.system.tie(total, columns)
