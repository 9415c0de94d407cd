"""The parameters as a table for README."""

from __future__ import annotations

from typing import Any

from helpers.params.model import Params

_DOMAINS = {"string": "text", "object": "mapping", "boolean": "`true`, `false`"}


def write_parameter_table() -> str:
    """Return all parameters with default, domain and meaning as a Markdown table."""
    schema = Params.model_json_schema()["properties"]
    lines = ["| parameter | default | domain | meaning |", "|---|---|---|---|"]
    for name, field in Params.model_fields.items():
        cells = (
            f"`{name}`",
            _print_default(field.default),
            _print_domain(schema[name]),
            field.description,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def describe_parameters() -> dict[str, str]:
    """Return what each parameter does, by name."""
    return {name: str(field.description) for name, field in Params.model_fields.items()}


def describe_domains() -> dict[str, str]:
    """Return which values each parameter takes, by name."""
    schema = Params.model_json_schema()["properties"]
    return {name: _print_domain(schema[name]) for name in Params.model_fields}


def _print_default(value: Any) -> str:
    if isinstance(value, list | dict) and not value:
        return "none"
    if isinstance(value, list):
        return ", ".join(_print_default(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _print_domain(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"] if value != "")
    if "anyOf" in schema:
        return " or ".join(_print_domain(one) for one in schema["anyOf"])
    if schema["type"] == "array":
        return "list of " + _print_domain(schema["items"])
    if schema["type"] in _DOMAINS:
        return _DOMAINS[schema["type"]]
    lower = (
        f"at least {schema['minimum']:g}"
        if "minimum" in schema
        else f"above {schema['exclusiveMinimum']:g}"
    )
    upper = (
        f"at most {schema['maximum']:g}"
        if "maximum" in schema
        else f"below {schema['exclusiveMaximum']:g}"
    )
    whole = "whole number " if schema["type"] == "integer" else ""
    return f"{whole}{lower}, {upper}"
