"""The patients, read and checked once before the sections run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from helpers.errors import LenfailError

#: Without it a notebook reads no cohort.
_DATA = "data"


def keep_patients(
    _: Callable[..., None], parameters: Mapping[str, Any], base_dir: Path | None
) -> str:
    """Read the cohort and keep it for whoever reads it next in this process.

    Parameters
    ----------
    parameters : mapping
        Of the report, flat.
    base_dir : Path, optional
        Against which a relative path is read.

    Returns
    -------
    str
        Hash of the data.

    Raises
    ------
    FaultsError
        If the data or the mapping cannot be read or break rules, or a list names an unknown
        factor: all faults at once, as `lenfail check` tells them.
    """
    from helpers.cohort import check_factor_names
    from helpers.cohort.kept import keep_cohort
    from helpers.params import check_params

    params = check_params(parameters)
    options = {**params.cohort_options, "base_dir": base_dir}
    try:
        check_factor_names(params.factor_lists, params.cohort_options["declarations"])
        return keep_cohort(params.data, **options).sha256
    except LenfailError:
        from helpers.report.check_inputs import check_inputs

        check_inputs(params, Path(base_dir or "")).raise_faults()
        raise
