"""The share file's content: every field, with its domain. See ``README.md`` in this folder."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT = "lenfail-share"
VERSION = 1

_LABEL = r"^[^\x00-\x1f<>{}\\]{1,60}$"
_HASH = r"^[0-9a-f]{64}$"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class RulePart(_Part):
    """How counts are printed."""

    name: str = Field(max_length=60, description="Name of the rule")
    largest_small: int = Field(ge=1, le=1000, description="Largest count that is not told")
    base: int = Field(ge=1, le=1000, description="Distance of the printed counts")
    prints_small: bool = Field(
        description="Whether small counts are printed as one number that stands for all"
    )


class LifeTablePart(_Part):
    """Printed cumulative counts of a group, given where they change."""

    group: str = Field(max_length=200, description="Key of the group")
    step_months: float = Field(gt=0, le=1000, description="Length of the intervals, months")
    n_intervals: int = Field(ge=0, le=100_000, description="How many intervals there are")
    size: int = Field(ge=0, description="Patients of the group, as printed")
    events: list[tuple[int, int | None]] = Field(
        description="Interval at whose end the printed cumulative count changes, and to what; "
        "null stands for a small count"
    )
    competing: list[tuple[int, int | None]] = Field(description="The same for competing events")
    censored: list[tuple[int, int | None]] = Field(description="The same for losses")


class SetPart(_Part):
    """The results of one analysis after disclosure control."""

    reason: str = Field("", description="Why the analysis could not be made or shown")
    meta: dict[str, Any] = Field({}, description="Title, population, labels of the groups")
    results: list[dict[str, Any]] = Field([], description="Records as in results.json")
    rows: dict[str, list[dict[str, Any]]] = Field(
        {}, description="Lines of the analysis' tables: which factors and levels, with labels"
    )
    life_tables: list[LifeTablePart] = Field([], description="Of the groups whose curve is shown")


class LikelihoodPart(_Part):
    """A log partial likelihood around common coefficients: a centre's part of a pooled model."""

    terms: list[str] = Field(description="Factor and level of each coefficient")
    reference: list[float] = Field(
        description="Logarithms of the hazard ratios around which all centres expand"
    )
    numbers: list[float] = Field(
        description="Score, information and two further derivatives, each number once, 5 digits"
    )


class JointModelPart(_Part):
    """A model of the joint sums: what its numbers are, in the order of the masked list."""

    terms: list[str]
    reference: list[float]


class JointPart(_Part):
    """Numbers under masks that cancel in the sum over all centres of a key."""

    key_id: str = Field(pattern=r"^[0-9a-f]{16}$", description="Name of the common key")
    centres: list[str] = Field(min_length=3, description="All centres of the key")
    models: dict[str, JointModelPart] = Field(description="By the model's name")
    masked: dict[str, str] = Field(
        description="By the model's name: 16 hexadecimal digits for each number"
    )
    double: str = Field(
        pattern=_HASH, description="Keyed hash of the numbers; equal for equal data, whatever label"
    )


class ShareFile(_Part):
    """What a centre shares of its report."""

    format: Literal["lenfail-share"]
    version: Literal[1]
    lenfail: str = Field(max_length=40, description="Version of the program that wrote it")
    centre: str = Field(pattern=_LABEL, description="Label of the centre, chosen by it")
    synthetic: bool = Field(description="Whether the patients are simulated")
    rule: RulePart
    definition: dict[str, Any] = Field(
        description="How everything was defined: parameters, groups, endpoints; files are pooled "
        "only where it is the same"
    )
    definition_sha256: str = Field(pattern=_HASH)
    sets: dict[str, SetPart] = Field(description="Results by the analysis' name")
    likelihoods: dict[str, LikelihoodPart] = Field(
        description="By factor: only where each of its groups may be shown, and without a joint key"
    )
    joint: JointPart | None = Field(None, description="Where the centre holds a joint key")
    fingerprint: str = Field(
        pattern=_HASH, description="Hash of the results alone; equal for a doubled centre"
    )
    checksum: str = Field(pattern=_HASH, description="SHA-256 of everything else in this file")


def make_share_schema() -> dict[str, Any]:
    """Return the JSON Schema of a share file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **ShareFile.model_json_schema(),
        "title": "What a centre shares of its lenfail report, version 1",
    }
