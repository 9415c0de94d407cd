"""The file of a sweep: which hazard ratio, and the analytic choices under which it is estimated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from helpers.errors import FaultsError
from helpers.params.reading import describe_fault, read_param_values


class SweepFile(BaseModel):
    """A sweep as its file describes it, not yet held against the patients' data."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    params: str = Field(min_length=1, description="Parameter file, relative to this one")
    factor: str = Field(min_length=1, description="Factor of the hazard ratio")
    level: str = Field(min_length=1, description="Level against the factor's reference")
    choices: dict[str, list[str | int | float | None]] = Field(
        min_length=1, description="Values by choice, the base first"
    )
    models: dict[str, list[str]] = Field({}, description="Factors that each model adjusts for")
    subsets: dict[str, dict[str, list[str]]] = Field(
        {}, description="Levels that each subset keeps, by factor"
    )
    published: str = Field("", description="Id of the published hazard ratio in the ledger")
    title: str = Field("", description="Of the page")


def read_sweep_file(path: str | Path) -> SweepFile:
    """Read and check the YAML file of a sweep.

    Parameters
    ----------
    path : str or pathlib.Path
        Of the file.

    Returns
    -------
    SweepFile

    Raises
    ------
    ParameterError
        If the file cannot be read, is not YAML or is not a mapping.
    FaultsError
        With one sentence for each unknown name or wrong type.
    """
    values: dict[str, Any] = read_param_values(path)
    try:
        return SweepFile(**{str(key): value for key, value in values.items()})
    except ValidationError as error:
        faults = tuple(
            dict.fromkeys(describe_fault(one, SweepFile.model_fields) for one in error.errors())
        )
        raise FaultsError(f"{Path(path).name}: {len(faults)} to mend", faults) from None
