"""Which known convention turns a reproduced number into the printed one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from helpers.formatting import round_half_up
from helpers.published.comparison import Comparison, ComparisonTable
from helpers.published.entries import Entry, Ledger
from helpers.published.fields import print_as, read_values
from helpers.published.precision import (
    format_exact,
    round_half_even,
    round_twice,
    to_decimal,
    truncate,
)
from helpers.results import Result

#: Stands in a result's id between the id and the convention it was made under.
MARK = "@"

#: Known conventions in words; an alternate may carry any other name too.
CONVENTIONS: Mapping[str, str] = {
    "interval_spss": "interval of a median from its standard error, as SPSS gives it",
    "interval_log_log": "interval of a median from log-log limits",
    "interval_log": "interval of a median from log limits",
    "interval_plain": "interval of a median from plain limits",
    "interval_arcsin": "interval of a median from arc-sine limits",
    "ties_efron": "Efron's ties",
    "ties_breslow": "Breslow's ties",
    "ties_exact": "exact ties",
    "aalen_johansen": "cumulative incidence (Aalen-Johansen)",
    "one_minus_km": "1 - Kaplan-Meier, deaths censored",
    "chi_square_pearson": "chi-square test without correction",
    "chi_square_yates": "chi-square test with Yates's correction",
    "fisher_exact": "Fisher's exact test",
    "likelihood_ratio": "likelihood-ratio test in place of Wald's",
    "with_missing": "missing values in the denominator",
    "without_fish_only": "karyotypes by FISH only left out",
}

#: Ways of shortening a number other than rounding halves up, by name.
SHORTENINGS: Mapping[str, Callable[[Decimal, int], Decimal]] = {
    "cut off, not rounded": truncate,
    "halves rounded to even": round_half_even,
    "rounded twice": round_twice,
}

Alternate = Result | Callable[[], Result]


@dataclass(frozen=True, slots=True)
class ConventionMatch:
    """A convention under which the printed value comes out.

    Attributes
    ----------
    entry_id : str
        The ledger's entry.
    convention : str
        In words.
    arithmetic : str
        The number it gives, or the calculation.
    is_share : bool
        Whether the calculation is that of a share; several conventions can come to the same.
    """

    entry_id: str
    convention: str
    arithmetic: str
    is_share: bool = False

    def describe(self) -> str:
        """Return convention and arithmetic in one clause."""
        return f"{self.convention} ({self.arithmetic})"


def search_conventions(
    ledger: Ledger,
    table: ComparisonTable,
    results: Mapping[str, Result],
    *,
    alternates: Mapping[str, Mapping[str, Alternate]] | None = None,
) -> tuple[ConventionMatch, ...]:
    """Try the known conventions on every comparison that is not equal.

    Parameters
    ----------
    ledger : Ledger
        The paper's printed numbers.
    table : ComparisonTable
        Their comparison with `results`.
    results : mapping of str to Result
        All results of a report, by id; those whose id ends in ``@`` and a convention are
        alternates of the result before it.
    alternates : mapping, optional
        By id of a result, then by convention (a key of `CONVENTIONS` or free words): the
        same result under that convention, or a function that computes it and is called
        only where a number differs.

    Returns
    -------
    tuple of ConventionMatch
        Every convention that gives the printed value; an entry may have several or none.
    """
    offered = _merge_alternates(results, alternates or {})
    return tuple(
        match
        for row in table.not_equal
        for match in _search_entry(ledger, ledger[row.entry_id], row, results, offered)
    )


def add_conventions(table: ComparisonTable, found: Sequence[ConventionMatch]) -> ComparisonTable:
    """Return the table with the conventions that give each printed value."""
    by_entry: dict[str, list[str]] = defaultdict(list)
    for match in found:
        by_entry[match.entry_id].append(match.describe())
    return ComparisonTable(
        tuple(replace(row, conventions=tuple(by_entry[row.entry_id])) for row in table)
    )


def find_shortenings(entry: Entry, values: Sequence[Decimal]) -> Iterator[ConventionMatch]:
    """Yield the ways of shortening numbers that give an exact entry's digits.

    Parameters
    ----------
    entry : Entry
        With printed numbers, not bounds.
    values : sequence of Decimal
        In full, one for each printed number.
    """
    if not entry.is_exact or entry.tolerance is not None:
        return
    places = entry.decimals or 0
    for name, shorten in SHORTENINGS.items():
        shortened = [shorten(value, places) for value in values]
        if shortened == [item.number for item in entry.numbers]:
            shown = " to ".join(format_exact(value) for value in values)
            yield ConventionMatch(entry.id, name, f"{shown} gives {entry.printed}")


def find_denominators(
    ledger: Ledger, entry: Entry, count: Decimal, used: Decimal
) -> Iterator[ConventionMatch]:
    """Yield the ledger's other denominators that give an entry's percentage.

    Parameters
    ----------
    ledger : Ledger
        Names the denominators.
    entry : Entry
        A percentage.
    count, used : Decimal
        The count behind it, and the denominator already tried.
    """
    for name, terms in ledger.denominators.items():
        yield from _try_denominator(entry, count, ledger.total_of(terms), used, f"out of {name}")


def find_complements(ledger: Ledger, entry: Entry) -> Iterator[ConventionMatch]:
    """Yield the sums in which an entry is what the other printed percentages leave of 100.

    It explains a percentage only where nothing else does: where one of two was cut off, each
    is what the other leaves.
    """
    for item in ledger.sums:
        if not isinstance(item.total, Decimal) or entry.id not in item.parts:
            continue
        others = [ledger[part].number for part in item.parts if part != entry.id]
        if item.total - sum(others) == entry.number:
            taken = " - ".join(str(number) for number in others)
            yield ConventionMatch(
                entry.id,
                f"what the other percentages leave of {item.total}",
                f"{item.total} - {taken} = {entry.number}",
            )


def _merge_alternates(
    results: Mapping[str, Result], given: Mapping[str, Mapping[str, Alternate]]
) -> dict[str, dict[str, Alternate]]:
    merged: dict[str, dict[str, Alternate]] = defaultdict(dict)
    for result_id, result in results.items():
        base, mark, convention = result_id.partition(MARK)
        if mark:
            merged[base][convention] = result
    for result_id, by_convention in given.items():
        merged[result_id].update(by_convention)
    return merged


def _search_entry(
    ledger: Ledger,
    entry: Entry,
    row: Comparison,
    results: Mapping[str, Result],
    offered: Mapping[str, Mapping[str, Alternate]],
) -> list[ConventionMatch]:
    """Return the conventions that give an entry; of several with one calculation the first."""
    found = _search_arithmetic(ledger, entry, row, results.get(entry.result))
    found += _try_alternates(entry, offered.get(entry.result, {}))
    for name, result_id in entry.alternates.items():
        if result_id in results:
            found += _try_result(entry, results[result_id], name)
    first = {match.arithmetic: match for match in reversed(found)}
    kept = [match for match in found if not match.is_share or first[match.arithmetic] is match]
    return kept or list(find_complements(ledger, entry) if row.computed else ())


def _try_alternates(entry: Entry, offered: Mapping[str, Alternate]) -> Iterator[ConventionMatch]:
    for name, alternate in offered.items():
        if name.startswith("interval_") and entry.field != "ci":
            continue
        result = alternate if isinstance(alternate, Result) else alternate()
        yield from _try_result(entry, result, CONVENTIONS.get(name, name))


def _search_arithmetic(
    ledger: Ledger, entry: Entry, row: Comparison, result: Result | None
) -> list[ConventionMatch]:
    if not row.computed:
        return []
    found = [*find_shortenings(entry, [to_decimal(value) for value in row.computed])]
    if result is None or result.kind != "count" or entry.field != "percent" or not result.n:
        return found
    count, used = to_decimal(result.estimate or 0), Decimal(result.n)
    found += find_denominators(ledger, entry, count, used)
    if result.missing:
        everyone = used + result.missing
        found += _try_denominator(entry, count, everyone, used, CONVENTIONS["with_missing"])
    return found


def _try_denominator(
    entry: Entry, count: Decimal, denominator: Decimal, used: Decimal, name: str
) -> Iterator[ConventionMatch]:
    if denominator <= 0 or denominator == used or entry.decimals is None:
        return
    percent = 100 * count / denominator
    if round_half_up(percent, entry.decimals) == entry.number:
        yield ConventionMatch(entry.id, name, _show_share(count, denominator), is_share=True)


def _try_result(entry: Entry, result: Result, name: str) -> Iterator[ConventionMatch]:
    values = read_values(result, entry.field)
    if values is None:
        return
    exact = [to_decimal(value) for value in values]
    if not entry.is_met_by(exact):
        return
    if result.kind == "count" and entry.field == "percent" and result.estimate is not None:
        arithmetic = _show_share(to_decimal(result.estimate), Decimal(result.n or 0))
        yield ConventionMatch(entry.id, name, arithmetic, is_share=True)
    else:
        yield ConventionMatch(entry.id, name, f"gives {print_as(entry, exact)}")


def _show_share(count: Decimal, denominator: Decimal) -> str:
    return f"{count}/{denominator} = {format_exact(100 * count / denominator, 4)}%"
