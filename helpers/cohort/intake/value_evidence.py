"""What the values of a column say about what it may be: codes, units, coding of events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from helpers.cohort.dictionary import Variable
from helpers.cohort.intake.profiles import MOSTLY, Profile
from helpers.cohort.intake.vocabulary import read_vocabulary, simplify

Fit = Literal["good", "fair", "open", "bad"]
NEARLY_ALL = 0.95
CODINGS = ({"0", "1"}, {"0"}, {"1"})
HAEMOGLOBIN_FACTORS = {"g/dL": 1.0, "g/L": 10.0, "mmol/L": 0.6206}
HIGHEST_MMOL_L = 12.5  # 20 g/dL: more is not seen
LOWEST_G_L = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What values say of one column as one of ours.

    Attributes
    ----------
    fit : Fit
        ``good``: as they must be, or with a plain conversion; ``fair``: all but a few, which a
        check will name; ``open``: somebody has to decide; ``bad``: they cannot be it.
    reasons : tuple of str
        In words.
    values : mapping of str to str
        Our key by their code; an empty key means not known.
    unit : str
        Of the values as they are; empty where there is nothing to convert.
    undecided : tuple of str
        Their codes that are none of ours.
    """

    fit: Fit
    reasons: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    undecided: tuple[str, ...] = ()


def weigh_values(profile: Profile, variable: Variable, *, unit_in_name: str) -> Evidence:
    """Judge whether values can be those of one of our columns.

    Parameters
    ----------
    profile : Profile
        Of their column.
    variable : Variable
        Ours.
    unit_in_name : str
        Unit that the name of their column gives; empty without one.
    """
    if profile.kind == "empty":
        return Evidence(fit="open", reasons=("the column is empty",))
    weigh = _WEIGH.get(variable.type)
    if weigh is not None:
        evidence = weigh(profile, variable)
    elif variable.type in ("integer", "number"):
        evidence = _weigh_number(profile, variable, unit_in_name)
    else:
        evidence = Evidence(fit="good")
    if variable.type in ("date", "integer", "number"):
        words = {code: simplify(code) for code in profile.counts if not code.isdigit()}
        gaps = {code: "" for code, word in words.items() if word in read_vocabulary().not_known}
        evidence = replace(evidence, values=gaps)
    return evidence


def _weigh_identifier(profile: Profile, variable: Variable) -> Evidence:
    del variable
    if profile.n_distinct == profile.n_filled:
        return Evidence(fit="good", reasons=("every value is different",))
    repeated = profile.n_filled - profile.n_distinct
    noun = "row repeats" if repeated == 1 else "rows repeat"
    fit: Fit = "fair" if repeated <= (1 - NEARLY_ALL) * profile.n_filled else "open"
    return Evidence(fit=fit, reasons=(f"{repeated:,} {noun} another's value",))


def _weigh_dates(profile: Profile, variable: Variable) -> Evidence:
    del variable
    if profile.kind != "date":
        if profile.kind == "number" and _lies_within(profile.numbers, 20_000, 60_000):
            reason = "the values look like a spreadsheet's day numbers"
            return Evidence(fit="good", reasons=(reason,), unit="excel")
        return Evidence(fit="bad", reasons=("the values are no dates",))
    if profile.date_form == "mixed":
        reason = "dates are written in several ways: write all of them in one"
        return Evidence(fit="open", reasons=(reason,))
    if profile.date_form == "day-or-month":
        reason = "no date shows whether day or month stands first: write dmy or mdy"
        return Evidence(fit="open", reasons=(reason,))
    words = {"i": "year first", "y": "year first", "d": "day first", "m": "month first"}
    first = profile.date_form.lstrip("%")[0]
    return Evidence(fit="good", reasons=(f"dates with the {words[first]}",))


def _weigh_flag(profile: Profile, variable: Variable) -> Evidence:
    none = Evidence(fit="bad", reasons=("the values are no codes of yes and no",))
    if profile.kind not in ("codes", "number"):
        return none
    is_alive = variable.name == "dead" and simplify(profile.name) in read_vocabulary().alive_names
    codes = {code: simplify(code) for code in profile.counts}
    gaps = {code: "" for code, word in codes.items() if _is_gap(word, code)}
    rest = {code: word for code, word in codes.items() if code not in gaps}
    numbers = {_drop_decimals(code) for code in rest}
    if numbers in CODINGS and not is_alive:
        return Evidence(fit="good", reasons=(_count_codes(profile),), values=gaps)
    if numbers in CODINGS:
        turned = {code: "0" if _drop_decimals(code) == "1" else "1" for code in rest}
        reason = "1 seems to mean alive: turned round"
        return Evidence(fit="open", reasons=(reason,), values=turned | gaps)
    if numbers == {"1", "2"}:
        reason = "coded 1 and 2, often no and yes, sometimes yes and no: ask who made the file"
        return Evidence(fit="open", reasons=(reason, _count_codes(profile)), values=gaps)
    found = _translate_flags(rest, variable, is_alive=is_alive)
    return _judge_flags(profile, rest, found, gaps) if found else none


def _translate_flags(
    codes: Mapping[str, str], variable: Variable, *, is_alive: bool
) -> dict[str, str]:
    vocabulary = read_vocabulary()
    words_of_death = set(vocabulary.dead) - set(vocabulary.flags)
    if variable.name == "dead" and set(codes.values()) & words_of_death:
        known, yes = dict(vocabulary.flags) | dict(vocabulary.dead), "yes"
    else:
        known, yes = dict(vocabulary.flags), "no" if is_alive else "yes"
    return {
        code: "1" if known[word] == yes else "0" for code, word in codes.items() if word in known
    }


def _judge_flags(
    profile: Profile, codes: Mapping[str, str], found: dict[str, str], gaps: Mapping[str, str]
) -> Evidence:
    undecided = tuple(code for code in codes if code not in found)
    if not undecided:
        return Evidence(fit="good", reasons=(_count_codes(profile),), values=found | gaps)
    n_undecided = sum(profile.counts[code] for code in undecided)
    fit: Fit = "fair" if n_undecided <= (1 - NEARLY_ALL) * profile.n_filled else "open"
    verb = "is" if len(undecided) == 1 else "are"
    reason = f"{len(undecided)} of {len(codes)} codes {verb} not known"
    return Evidence(fit=fit, reasons=(reason,), values=found | gaps, undecided=undecided)


def _weigh_category(profile: Profile, variable: Variable) -> Evidence:
    if profile.kind in ("unique", "date") or profile.n_distinct > 3 * len(variable.levels) + 12:
        return Evidence(fit="bad", reasons=("the values are no codes of a few groups",))
    known = {simplify(label): key for key, label in variable.levels.items()}
    known |= read_vocabulary().codes.get(variable.name, {})
    known |= {simplify(key): key for key in variable.levels}
    codes = {code: simplify(code) for code in profile.counts}
    if variable.name == "sex" and {"h", "m"} & set(codes.values()) == {"h"}:
        known["h"] = "male"  # homme or hombre, where m does not stand beside it
    found = {code: known[word] for code, word in codes.items() if word in known}
    gaps = {code: "" for code, word in codes.items() if code not in found and _is_gap(word, code)}
    undecided = tuple(code for code in codes if code not in found and code not in gaps)
    recoded = {code: key for code, key in found.items() if code != key} | gaps
    n_undecided = sum(profile.counts[code] for code in undecided)
    if not undecided and not (variable.name == "sex" and {"h", "m"} <= set(codes.values())):
        return Evidence(fit="good", reasons=("every code is known",), values=recoded)
    if undecided and n_undecided <= (1 - NEARLY_ALL) * profile.n_filled:
        noun = "code is" if len(undecided) == 1 else "codes are"
        reason = f"{len(undecided)} rare {noun} not known; lenfail check will name the rows"
        return Evidence(fit="fair", reasons=(reason,), values=recoded, undecided=undecided)
    if variable.name == "sex":
        return _weigh_sex(profile, recoded)
    verb = "is" if len(undecided) == 1 else "are"
    reason = f"{len(undecided)} of {len(codes)} codes {verb} none of {', '.join(variable.levels)}"
    return Evidence(fit="open", reasons=(reason,), values=recoded, undecided=undecided)


def _weigh_sex(profile: Profile, recoded: Mapping[str, str]) -> Evidence:
    codes = {_drop_decimals(code): code for code in profile.counts}
    if set(codes) == {"1", "2"}:
        reason = "1 and 2 are male and female by the international standard (ISO 5218)"
        values = {codes["1"]: "male", codes["2"]: "female"}
        return Evidence(fit="open", reasons=(reason, _count_codes(profile)), values=values)
    if set(codes) == {"0", "1"}:
        reason = "0 and 1 say nothing of which is female"
        return Evidence(fit="open", reasons=(reason, _count_codes(profile)))
    if "h" in {simplify(code) for code in profile.counts}:
        return Evidence(fit="open", reasons=("h and m may be hombre and mujer: check m",))
    return Evidence(fit="open", reasons=("not every code is known",), values=recoded)


def _weigh_number(profile: Profile, variable: Variable, unit_in_name: str) -> Evidence:
    if profile.kind not in ("number", "codes") or len(profile.numbers) < MOSTLY * profile.n_filled:
        return Evidence(fit="bad", reasons=("the values are no numbers",))
    if variable.name == "haemoglobin_g_dl":
        return _weigh_haemoglobin(profile.numbers, unit_in_name)
    if variable.name == "platelets_g_l" and _lies_within(profile.numbers, 5_000, 5_000_000):
        reason = "the values are too high for 10^9/L, so they are counts in a microlitre"
        return Evidence(fit="good", reasons=(reason,), unit="/uL")
    if variable.name == "platelets_g_l" and unit_in_name == "/uL":
        reason = "the name says counts in a microlitre, but the values fit 10^9/L"
        return Evidence(fit="open", reasons=(reason,))
    if variable.unit == "%" and profile.n_distinct > 2 and _lies_within(profile.numbers, 0, 1):
        reason = "all values lie from 0 to 1, so they seem to be fractions instead of per cent"
        return Evidence(fit="open", reasons=(reason,), unit="fraction")
    return _weigh_limits(profile, variable)


def _weigh_limits(profile: Profile, variable: Variable) -> Evidence:
    if variable.range and not _lies_within(profile.numbers, *variable.range):
        low, high = variable.range
        reason = f"more than one value in ten is outside {low:g} to {high:g} {variable.unit}"
        return Evidence(fit="bad", reasons=(reason.rstrip(),))
    if variable.type == "integer" and not np.all(profile.numbers == np.round(profile.numbers)):
        return Evidence(fit="open", reasons=("some values have decimals: they must be whole",))
    return Evidence(fit="good")


def _weigh_haemoglobin(numbers: np.ndarray, unit_in_name: str) -> Evidence:
    if unit_in_name in HAEMOGLOBIN_FACTORS:
        reason = f"{unit_in_name} stands in the name"
        low, high = (limit * HAEMOGLOBIN_FACTORS[unit_in_name] for limit in (2, 21))
        if _lies_within(numbers, low, high):
            return Evidence(fit="good", reasons=(reason,), unit=unit_in_name)
        reason += f", but more than one value in ten is outside {low:g} to {high:g}"
        return Evidence(fit="open", reasons=(reason,), unit=unit_in_name)
    if _lies_within(numbers, LOWEST_G_L, 210):
        return Evidence(fit="good", reasons=("the values fit g/L only",), unit="g/L")
    if not _lies_within(numbers, 1, 25):
        return Evidence(fit="bad", reasons=("the values fit no unit of haemoglobin",))
    if float(np.quantile(numbers, 0.99)) > HIGHEST_MMOL_L:
        reason = "the highest values are too high for mmol/L, so they are g/dL"
        return Evidence(fit="good", reasons=(reason,), unit="g/dL")
    reason = "the values fit g/dL and, in part, mmol/L: write which unit it is"
    return Evidence(fit="open", reasons=(reason,), unit="g/dL")


def _lies_within(numbers: np.ndarray, low: float, high: float) -> bool:
    return len(numbers) > 0 and bool(np.mean((numbers >= low) & (numbers <= high)) >= MOSTLY)


def _is_gap(word: str, code: str) -> bool:
    return not word or code in ("-9", "-99", "-999") or word in read_vocabulary().not_known


def _drop_decimals(code: str) -> str:
    return code.removesuffix(".0").removesuffix(",0")


def _count_codes(profile: Profile) -> str:
    """Return the codes with their counts, as far as they may be shown."""
    shown = [f"{code} in {count:,}" for code, count in profile.shown_codes.items()]
    return f"{', '.join(shown)} patients" if shown else "too few patients to show counts"


_WEIGH: Mapping[str, Callable[[Profile, Variable], Evidence]] = {
    "id": _weigh_identifier,
    "date": _weigh_dates,
    "flag": _weigh_flag,
    "category": _weigh_category,
}
