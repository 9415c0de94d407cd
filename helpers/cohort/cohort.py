"""One cohort: the analysis table with all that the report must know of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
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
from helpers.cohort.sources import RawTable, read_source
from helpers.cohort.terms import Terms
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
        or None. `patient_id` holds the first sixteen hexadecimal digits of its SHA-256.
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
        roots = dictionary.find_roots(column)
        lacking = [root for root in roots if root not in self.table.columns]
        if column in self.table.columns or not lacking:
            return f"{name} is not known for any patient."
        if lacking == [column]:
            return f"The data have no values of {name}."
        noun = "column" if len(lacking) == 1 else "columns"
        wanted = " and ".join(f"{root} ({dictionary.variables[root].label})" for root in lacking)
        return f"{name} cannot be derived: the data have no values in the {noun} {wanted}."


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
        ``synthetic`` for the built-in cohort, or a CSV file in the data dictionary's form.
    base_dir : Path, optional
        Folder that a relative path starts from; the working directory without one.
    age_cut_years, len_duration_cut_months, len_dose_cut_mg : float
        Patients at or above a cut form the upper group.

    Returns
    -------
    Cohort
        Eligible patients only.

    Raises
    ------
    DataError
        If the file cannot be read as a table.
    FaultsError
        If the data break rules; all faults are named.
    ParameterError
        If a cut is not a positive number.

    Examples
    --------
    >>> len(read_cohort("synthetic"))
    392
    """
    raw = read_source(source, base_dir=base_dir)
    return build_cohort(
        raw,
        age_cut_years=age_cut_years,
        len_duration_cut_months=len_duration_cut_months,
        len_dose_cut_mg=len_dose_cut_mg,
        declarations=declarations,
    )


def build_cohort(
    raw: RawTable,
    *,
    age_cut_years: float = 75,
    len_duration_cut_months: float = 6,
    len_dose_cut_mg: float = 10,
    declarations: Mapping[str, Any] | None = None,
) -> Cohort:
    """Make a cohort of a table that was read already; see :func:`read_cohort`.

    Parameters
    ----------
    raw : RawTable
        Text cells.
    age_cut_years, len_duration_cut_months, len_dose_cut_mg : float
        Patients at or above a cut form the upper group.
    declarations : mapping, optional
        Variables, groups, eligibility and terms of the user; see
        :func:`helpers.cohort.declarations.extend_dictionary`.

    Raises
    ------
    FaultsError
        If the data break rules; all faults are named.
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
    examined = examine_table(raw, dictionary)
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
    )


def _check_cuts(cuts: dict[str, float]) -> None:
    for name, value in cuts.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 < value < float("inf"):
            raise ParameterError(
                f"{name} must be a positive number, but was {value!r}; give the cut in its unit"
            )
