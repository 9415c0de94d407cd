"""YAML in which every value is text, so that 1, yes and NA stay what was written."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml

from helpers.errors import FaultsError

MAX_CHARACTERS = 1_000_000
_BASE: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _TextLoader(_BASE):
    """Makes text, lists and mappings; refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                line = key.start_mark.line + 1
                raise yaml.constructor.ConstructorError(
                    problem=f"line {line} repeats {key.value!r:.60}"
                )
            seen.add(key.value if isinstance(key, yaml.ScalarNode) else "")
        return super().construct_mapping(node, deep=deep)


def load_text_yaml(text: str, heading: str) -> Any:
    """Return what a YAML text holds, every scalar as text.

    Parameters
    ----------
    text : str
        YAML without anchors and tags.
    heading : str
        Of the error.

    Raises
    ------
    FaultsError
        If it is not such YAML.
    """
    if len(text) > MAX_CHARACTERS:
        raise FaultsError(heading, [f"it must have at most {MAX_CHARACTERS:,} characters"])
    try:
        for event in yaml.parse(text, Loader=_BASE):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1
                raise FaultsError(heading, [f"line {line} must hold text, not a reference (*)"])
        return yaml.load(text, Loader=_TextLoader)  # noqa: S506 - makes text only
    except yaml.YAMLError as error:
        raise FaultsError(heading, [_describe(error)]) from None
    except (RecursionError, ValueError):
        raise FaultsError(heading, ["it must be YAML of few levels, but is none"]) from None


def _describe(error: yaml.YAMLError) -> str:
    problem = " ".join(str(getattr(error, "problem", None) or error).split())[:200]
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark else ""
    return f"it must be YAML, but {where}{problem}; check indentation and quotation marks there"
