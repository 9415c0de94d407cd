"""The same patients in other groups: cuts moved without reading the data again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from helpers.cohort.declarations import extend_dictionary
from helpers.cohort.derive import derive_factors
from helpers.cohort.dictionary import read_dictionary

if TYPE_CHECKING:
    from helpers.cohort.cohort import Cohort


def recut_cohort(
    cohort: Cohort, cuts: Mapping[str, float], *, declarations: Mapping[str, Any] | None = None
) -> Cohort:
    """Return a cohort as :func:`helpers.cohort.read_cohort` would make it with other cuts.

    Parameters
    ----------
    cohort : Cohort
        As read.
    cuts : mapping of str to float
        All three, by parameter.
    declarations : mapping, optional
        Those with which it was read.

    Examples
    --------
    >>> from helpers.cohort import read_cohort
    >>> cuts = {"age_cut_years": 60, "len_duration_cut_months": 6, "len_dose_cut_mg": 10}
    >>> recut_cohort(read_cohort("synthetic"), cuts).dictionary.factors["age_75"].levels["yes"]
    '60 years or older'
    """
    dictionary = extend_dictionary(read_dictionary(), declarations or {}).fill_labels(cuts)
    table = derive_factors(cohort.table, dictionary, cuts=cuts)
    return replace(cohort, dictionary=dictionary, table=table)
