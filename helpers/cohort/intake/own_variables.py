"""Variables declared for the columns of a file that none of ours stands for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.cohort.declaration_names import find_name_faults, make_level_key, make_slug
from helpers.cohort.dictionary import Dictionary, Variable
from helpers.cohort.intake.profiles import Profile, profile_column
from helpers.cohort.intake.proposals import ProposedMapping
from helpers.cohort.intake.unused import SAME_TIME
from helpers.cohort.intake.value_evidence import weigh_values
from helpers.cohort.sources import RawTable

#: More groups than this are too many for a model of some hundred patients.
MOST_GROUPS = 6
_ANY_FLAG = Variable(name="flag", label="", type="flag")


@dataclass(frozen=True, slots=True)
class OwnVariables:
    """Variables declared for a file.

    Attributes
    ----------
    entries : mapping
        Of the parameter `variables`, by name.
    columns : mapping of str to str
        Column of the file, by name.
    """

    entries: Mapping[str, Mapping[str, Any]]
    columns: Mapping[str, str]

    @property
    def groups(self) -> list[str]:
        """Return the flags and categories that can be factors of a model."""
        return [
            name
            for name, entry in self.entries.items()
            if entry["type"] == "flag" or 2 <= len(entry.get("levels", ())) <= MOST_GROUPS
        ]


def declare_unused(
    raw: RawTable, proposed: ProposedMapping, dictionary: Dictionary
) -> OwnVariables:
    """Declare the columns of a file that no column of ours stands for.

    Parameters
    ----------
    raw : RawTable
        Text cells.
    proposed : ProposedMapping
        Of the file: its unused columns are declared, and the categories of ours that it fills
        with other codes.
    dictionary : Dictionary
        Has the names that are taken.

    Returns
    -------
    OwnVariables
        Label, type, and levels of a category. Dates, free text, and columns that repeat another
        are left out, and so are words of fewer than five patients or of more than thirty letters.
    """
    entries: dict[str, dict[str, Any]] = {}
    columns: dict[str, str] = {}
    for column, what in proposed.unused.items():
        if what.startswith(SAME_TIME):
            continue
        name = _make_name(column, {*dictionary.variables, *dictionary.factors, *entries})
        label = raw.labels.get(column) or _make_label(column)
        entry = _declare(_profile(raw, column), label) if name else {}
        if entry:
            entries[name], columns[name] = entry, column
    for name, column in _list_other_codes(proposed, dictionary):
        entry = _declare(_profile(raw, column), dictionary.variables[name].label)
        if "levels" in entry:
            entries[name], columns[name] = entry, column
    return OwnVariables(entries, columns)


def _profile(raw: RawTable, column: str) -> Profile:
    return profile_column(column, raw.frame[column].to_numpy(dtype=object))


def _list_other_codes(
    proposed: ProposedMapping, dictionary: Dictionary
) -> Iterator[tuple[str, str]]:
    """Yield categories of ours whose column holds mostly codes that are none of ours."""
    for one in proposed.proposals:
        is_category = dictionary.variables[one.target].type == "category"
        n_known = sum(1 for key in (one.values or {}).values() if key)
        if is_category and one.certainty == "guess" and len(one.undecided) > n_known:
            yield one.target, one.column


def _declare(profile: Profile, label: str) -> dict[str, Any]:
    """Return an entry of `variables`; an empty one where the column is none."""
    if profile.kind not in ("number", "codes"):
        return {}
    if weigh_values(profile, _ANY_FLAG, unit_in_name="").fit == "good":
        return {"label": label, "type": "flag"}
    if profile.kind == "number":
        return {"label": label, "type": "number"}
    grades = [code for code in profile.counts if code.isdecimal() and profile.shown_codes]
    codes = sorted({*profile.shown_codes, *grades}, key=_order)
    slugs = [make_slug(code) for code in codes]
    has_keys = all(slugs) and len({*slugs}) == len(slugs)
    keys = slugs if has_keys else [f"code_{number}" for number in range(1, len(codes) + 1)]
    levels = {make_level_key(key): code for key, code in zip(keys, codes, strict=True)}
    return {"label": label, "type": "category", "levels": levels} if len(levels) > 1 else {}


def _order(code: str) -> tuple[float, str]:
    try:
        return float(code.replace(",", ".")), code
    except ValueError:
        return np.inf, code.casefold()


def _make_name(column: str, taken: Collection[str]) -> str:
    """Return a name for a column; an empty one where it has no letters to make one of."""
    slug = make_slug(column).lstrip("0123456789_")
    name = f"{slug}_own" if slug in taken else slug
    is_usable = slug and name not in taken and not list(find_name_faults("", name))
    return name if is_usable else ""


def _make_label(column: str) -> str:
    words = " ".join(column.replace("_", " ").split())
    return words[:1].upper() + words[1:]
