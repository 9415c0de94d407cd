"""Parameters of the patients' data: where they are and what their columns mean."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class DataParams(BaseModel):
    """Source, mapping, declared variables and disclosure control."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    data: str = Field(
        "synthetic",
        min_length=1,
        description="`synthetic` for the built-in cohort, the path of a file (relative to the "
        "parameter file), or the SQLAlchemy URL of a database",
    )
    data_sheet: str = Field("", description="Sheet of a workbook; the first without a name")
    data_query: str = Field("", description="Query of a database, one SELECT")
    data_encoding: str = Field("", description="Encoding of a text file; found out without one")
    data_delimiter: str = Field(
        "", max_length=1, description="Delimiter of a text file; found out without one"
    )
    data_decimal: Literal["", ".", ","] = Field(
        "", description="Decimal mark in the data; found out without one"
    )
    data_dictionary: str = Field("", description="REDCap's data dictionary of the data, a CSV file")
    mapping: str = Field(
        "",
        description="YAML file that maps the data's columns, codes, units and dates to the "
        "dictionary's (relative to the parameter file)",
    )
    variables: dict[str, dict[str, Any]] = Field(
        {}, description="Variables that the data dictionary lacks or that differ from it"
    )
    factors: dict[str, dict[str, Any]] = Field(
        {}, description="Groups that the data dictionary lacks or that differ from it"
    )
    eligibility: list[str | dict[str, Any]] = Field(
        [
            "mds",
            "del5q",
            "higher_risk",
            "single_agent",
            "maintenance",
            "failure_documented",
            "consent",
        ],
        description="Steps of the selection: the dictionary's by name, others declared",
    )
    terms: dict[str, str] = Field(
        {}, description="Words of another disease or treatment, by the term they replace"
    )
    disclosure: Literal["off", "redact-7-round-5", "midpoint-6"] = Field(
        "off", description="Protection of small counts in everything that is written"
    )
