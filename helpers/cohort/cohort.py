"""One cohort: the analysis table with all that the report must know of it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.cohort.declarations import extend_dictionary
from helpers.cohort.derive import derive_factors
from helpers.cohort.dictionary import Dictionary, read_dictionary
from helpers.cohort.eligibility import FlowStep
from helpers.cohort.endpoints import derive_endpoints
from helpers.cohort.examination import examine_table
from helpers.cohort.faults import describe_faults
from helpers.cohort.kept import reuse_kept
from helpers.cohort.mapping import ColumnMapping, apply_mapping, read_mapping
from helpers.cohort.plausibility import drop_rows
from helpers.cohort.sources import RawTable, read_source
from helpers.cohort.terms import Terms
from helpers.cohort.understanding import Understanding, describe_groups, describe_source
from helpers.errors import FaultsError, NotComputableError, ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Patients who entered the study, ready for analysis.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a patient, index 0 to n - 1. Columns of the file (numbers float64, dates
        datetime64, flags ``no`` or ``yes``, categories as their keys), endpoints (times in
        months, ``*_event`` bool, ``aml_code``) and factors (level keys). Missing is NaN, NaT
        or None. `patient_id` holds its salted hash, sixteen hexadecimal digits.
    flow : tuple of FlowStep
        Steps of the selection in their order.
    n_screened : int
        Patients in the file.
    dictionary : Dictionary
        What each column is; labels of cuts are filled in.
    name : str
        Of the source.
    synthetic : bool
        Whether patients are not real.
    sha256 : str
        Of the file.
    warnings : tuple of str
        What a reader of the data should look at.
    built_in : bool
        Whether it is the synthetic cohort that comes with the package.
    understood_source : tuple of Understanding
        What was understood of the source and of the mapping.
    """

    table: pd.DataFrame
    flow: tuple[FlowStep, ...]
    n_screened: int
    dictionary: Dictionary
    name: str
    synthetic: bool
    sha256: str
    warnings: tuple[str, ...]
    built_in: bool = False
    understood_source: tuple[Understanding, ...] = ()

    def __len__(self) -> int:
        return len(self.table)

    def has(self, *columns: str) -> bool:
        """Return whether every column exists and holds a value."""
        return all(
            column in self.table.columns and self.table[column].notna().any() for column in columns
        )

    @property
    def terms(self) -> Terms:
        """Return what disease, treatment and events are called."""
        return self.dictionary.terms

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return the warnings without the rows of the file, as a report may print them."""
        return tuple(drop_rows(warning) for warning in self.warnings)

    @property
    def understood(self) -> tuple[Understanding, ...]:
        """Return what was understood: source, mapping, event coding, groups with counts."""
        return (*self.understood_source, *describe_groups(self.table, self.dictionary))

    def require(self, *columns: str) -> None:
        """Refuse an analysis that the data cannot support.

        Parameters
        ----------
        *columns : str
            Columns of the analysis table that it needs.

        Raises
        ------
        NotComputableError
            If one is absent or empty; the sentence names the columns of the file to add.
        """
        for column in columns:
            if not self.has(column):
                raise NotComputableError(self._describe_lack(column))

    def _describe_lack(self, column: str) -> str:
        dictionary = self.dictionary
        name = f"{dictionary.label(column)} ({column})"
        lacking = list(dict.fromkeys(self.find_lacking(column)))
        if column in self.table.columns or not lacking:
            return f"{name} is not known for any patient."
        if lacking == [column] and not self.dictionary.find(column).needs[1:]:
            return f"The data have no values of {name}."
        noun = "column" if len(lacking) == 1 else "columns"
        named = [f"{root} ({self._explain_column(root)})" for root in lacking]
        wanted = " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
        return f"{name} cannot be derived: the data have no values in the {noun} {wanted}."

    def _explain_column(self, name: str) -> str:
        """Return a column's label, and the dates that may be given in its stead."""
        variable = self.dictionary.variables[name]
        if not variable.derived:
            return variable.label
        return f"{variable.label}; or the dates {' and '.join(variable.needs)}"

    def find_lacking(self, column: str) -> Iterator[str]:
        """Yield the columns of the file that a column is made from and that hold no value.

        A time that the file may give itself stands for the dates that it would be made from,
        where the data have none of them.
        """
        if column in self.table.columns:
            return
        entry = self.dictionary.find(column)
        needs = [need for need in entry.needs if need != column]
        dates = [root for need in needs for root in self.dictionary.find_roots(need)]
        is_given = getattr(entry, "may_be_given", False)
        if column in entry.needs or not needs:
            yield column
        if is_given and not any(date in self.table.columns for date in dates):
            yield column
            return
        for need in needs:
            yield from self.find_lacking(need)


@reuse_kept
def read_cohort(
    source: str | os.PathLike[str],
    *,
    base_dir: Path | None = None,
    age_cut_years: float = 75,
    len_duration_cut_months: float = 6,
    len_dose_cut_mg: float = 10,
    source_options: Mapping[str, str] | None = None,
    mapping: str = "",
    declarations: Mapping[str, Any] | None = None,
) -> Cohort:
    """Read, check, select and derive: from a file to the analysis table.

    Parameters
    ----------
    source : str or path
        ``synthetic`` for the built-in cohort, a file, or the URL of a database; see
        :func:`helpers.cohort.sources.read_source`.
    base_dir : Path, optional
        Folder that relative paths start from; the working directory without one.
    age_cut_years, len_duration_cut_months, len_dose_cut_mg : float
        Patients at or above a cut form the upper group.
    source_options : mapping of str to str, optional
        How the source is read.
    mapping : str
        Path of a YAML file that says how its columns become those of the data dictionary; in
        their form already if empty. See :mod:`helpers.cohort.mapping.document`.
    declarations : mapping, optional
        Variables, groups, eligibility and terms of the user; see
        :func:`helpers.cohort.declarations.extend_dictionary`.

    Returns
    -------
    Cohort
        Eligible patients only.

    Raises
    ------
    DataError
        If the source cannot be read as a table.
    FaultsError
        If the mapping or the data break rules; all faults are named.
    ParameterError
        If a cut is not a positive number, or an option is not one.

    Examples
    --------
    >>> len(read_cohort("synthetic"))
    392
    """
    declared = read_mapping(Path(base_dir or "") / mapping, mapping) if mapping else None
    raw = read_source(source, base_dir=base_dir, options=source_options)
    return build_cohort(
        raw,
        age_cut_years=age_cut_years,
        len_duration_cut_months=len_duration_cut_months,
        len_dose_cut_mg=len_dose_cut_mg,
        mapping=declared,
        declarations=declarations,
    )


def build_cohort(
    raw: RawTable,
    *,
    age_cut_years: float = 75,
    len_duration_cut_months: float = 6,
    len_dose_cut_mg: float = 10,
    mapping: ColumnMapping | None = None,
    declarations: Mapping[str, Any] | None = None,
) -> Cohort:
    """Make a cohort of a table that was read already; see :func:`read_cohort`.

    Parameters
    ----------
    raw : RawTable
        Text cells.
    age_cut_years, len_duration_cut_months, len_dose_cut_mg : float
        Patients at or above a cut form the upper group.
    mapping : ColumnMapping, optional
        How the table's columns become those of the data dictionary.
    declarations : mapping, optional
        Variables, groups, eligibility and terms of the user; see
        :func:`helpers.cohort.declarations.extend_dictionary`.

    Raises
    ------
    FaultsError
        If the mapping or the data break rules; all faults are named.
    ParameterError
        If a cut is not a positive number.
    """
    cuts = {
        "age_cut_years": age_cut_years,
        "len_duration_cut_months": len_duration_cut_months,
        "len_dose_cut_mg": len_dose_cut_mg,
    }
    _check_cuts(cuts)
    dictionary = extend_dictionary(read_dictionary(), declarations or {}).fill_labels(cuts)
    mapped = apply_mapping(raw, mapping, dictionary)
    examined = examine_table(mapped.raw, dictionary)
    if examined.faults:
        raise FaultsError(
            f"The data ({raw.name}) break rules of the data dictionary:",
            describe_faults(examined.faults),
        )
    columns = examined.columns
    table = pd.DataFrame(columns | derive_endpoints(columns))
    n_screened = len(raw.frame)
    return Cohort(
        table=derive_factors(table, dictionary, cuts=cuts),
        flow=examined.flow,
        n_screened=n_screened,
        dictionary=dictionary,
        name=raw.name,
        synthetic=raw.synthetic or bool(np.any(columns.get("synthetic", "no") == "yes")),
        sha256=raw.sha256,
        built_in=raw.synthetic,
        warnings=examined.warnings,
        understood_source=(*describe_source(raw), *mapped.understood),
    )


def _check_cuts(cuts: dict[str, float]) -> None:
    for name, value in cuts.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 < value < float("inf"):
            raise ParameterError(
                f"{name} must be a positive number, but was {value!r}; give the cut in its unit"
            )
