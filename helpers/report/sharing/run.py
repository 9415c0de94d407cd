"""Write the share file of a report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import ParameterError
from helpers.report.sharing.source import read_report

if TYPE_CHECKING:
    from helpers.disclosure import Rule
    from helpers.params import Params

DEFAULT_RULE = "redact-7-round-5"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRequest:
    """What is asked for; see ``lenfail share --help``."""

    report: Path
    name: str = ""
    output: Path | None = None
    params_file: Path | None = None
    rule: str = ""
    threshold: int | None = None
    key_file: Path | None = None


def write_share(request: ShareRequest) -> str:
    """Write a share file and return the lines that tell its owner what is in it.

    Raises
    ------
    LenfailError
        If the report, its data or an option is wrong; nothing is written then.
    """
    from pydantic import ValidationError

    from helpers.report.sharing.content import ShareFile
    from helpers.report.sharing.joint import read_key
    from helpers.report.sharing.making import make_share

    key = None if request.key_file is None else read_key(request.key_file)
    cohort, params = read_report(request.report, params_file=request.params_file)
    name = request.name or request.report.resolve().name
    rule = _choose_rule(request, params)
    document = make_share(cohort, params, centre=name, rule=rule, key=key)
    try:
        ShareFile.model_validate(document)
    except ValidationError:
        raise ParameterError(
            f"name must be 1 to 60 letters without <, >, braces and backslashes, but was {name!r}"
        ) from None
    path = request.output or Path(f"{name.replace('/', '-')}.share.json")
    _write(path, document)
    return _tell(path, document, rule)


def _choose_rule(request: ShareRequest, params: Params) -> Rule:
    from helpers.disclosure import get_rule
    from helpers.disclosure.rule import make_rule

    if request.threshold is not None:
        return make_rule(request.threshold)
    named = request.rule or (params.disclosure if params.disclosure != "off" else DEFAULT_RULE)
    rule = get_rule(named)
    if rule is None:
        raise ParameterError(
            "rule must be one that protects small counts, but was 'off'; nothing is shared without"
        )
    return rule


def _write(path: Path, document: dict[str, Any]) -> None:
    """Write the file whole or not at all."""
    stage = path.with_name(f".{path.name}.new")
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    try:
        stage.write_text(text + "\n", encoding="utf-8")
        stage.replace(path)
    except OSError as error:
        stage.unlink(missing_ok=True)
        raise ParameterError(
            f"--output must be a file that can be written, but {path.name!r} was not "
            f"({error.strerror}); name another folder"
        ) from None


def _tell(path: Path, document: dict[str, Any], rule: Rule) -> str:
    sets = document["sets"]
    told = sum(not part.get("reason") for part in sets.values())
    joint = document["joint"]
    likelihoods = (
        f"likelihoods of {len(joint['masked'])} models, under the masks of {len(joint['centres'])} "
        "centres"
        if joint
        else f"likelihoods of {len(document['likelihoods'])} factors"
    )
    lines = [
        f"{path.name}: centre {document['centre']}, {rule.name}",
        f"{told} of {len(sets)} analyses are told; {likelihoods}",
    ]
    lines += [
        f"not told: {part.get('meta', {}).get('title') or name}: {part['reason']}"
        for name, part in sets.items()
        if part.get("reason")
    ]
    return "\n".join(lines)
