"""The text of a parameter file that says of every parameter what it does."""

from __future__ import annotations

import json
import textwrap
from typing import Any

WIDTH = 96
HEADINGS = {
    "TitleParams": "Title and authors",
    "DataParams": "Patients' data",
    "AnalysisParams": "Analysis",
    "FormatParams": "Appearance and files",
}
HEAD = """\
# Parameters of a report. Lines that begin with # are comments: to change a parameter, remove the
# "# " before its name and write another value. What is not written keeps its default, which is
# the published analysis.
#
#   lenfail check {name}     reads and checks the patients' data and says what it understood
#   lenfail build {name}     writes the report
"""


def write_template_params(active: dict[str, Any], *, name: str) -> str:
    """Return a parameter file in which a few parameters are set and all are explained.

    Parameters
    ----------
    active : dict
        Values of the parameters that are set.
    name : str
        Of the file, for its head.
    """
    from helpers.params import Params, describe_domains, describe_parameters

    domains = describe_domains()
    parts = [HEAD.format(name=name)]
    heading = ""
    for key, meaning in describe_parameters().items():
        owner = _find_heading(Params, key)
        if owner != heading:
            heading = owner
            parts.append(f"\n# {'=' * 10} {heading} {'=' * 10}\n")
        value = active.get(key, Params.model_fields[key].default)
        line = _write_value(key, value)
        is_set = key in active
        parts.append(f"\n{_comment(meaning, domains[key])}\n{line if is_set else _fold(line)}\n")
    return "".join(parts)


def _write_value(key: str, value: Any) -> str:
    if isinstance(value, dict) and value:
        entries = (
            f"  {name}: {json.dumps(one, ensure_ascii=False)}" for name, one in value.items()
        )
        return "\n".join([f"{key}:", *entries])
    return f"{key}: {json.dumps(value, ensure_ascii=False)}"


def _find_heading(model: Any, key: str) -> str:
    for base in model.__mro__:
        if key in vars(base).get("__annotations__", {}):
            return HEADINGS.get(base.__name__, "Other parameters")
    return "Other parameters"


def _comment(meaning: str, domain: str) -> str:
    text = f"{meaning}. Allowed: {domain}.".replace("`", "")
    return textwrap.fill(text, WIDTH, initial_indent="# ", subsequent_indent="# ")


def _fold(line: str) -> str:
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent="# ",
        subsequent_indent="#   ",
        break_long_words=False,
        break_on_hyphens=False,
    )
