"""Read share files: all that is wrong with them is told together."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import FaultsError
from helpers.report.sharing.canonical import hash_document
from helpers.report.sharing.differences import describe_difference

if TYPE_CHECKING:
    from helpers.report.sharing.content import ShareFile

_HEADING = "these share files cannot be pooled:"
_LARGEST_BYTES = 50_000_000
_MOST_NAMED = 4


def read_share_files(paths: Sequence[Path]) -> tuple[ShareFile, ...]:
    """Return the share files of several centres, in the order given.

    Parameters
    ----------
    paths : sequence of Path
        Two files or more.

    Raises
    ------
    FaultsError
        If a file is none, is of another version, was changed by hand, is of a centre that is
        there already or of differently defined analyses; every fault of every file.
    """
    faults: list[str] = []
    if len(paths) < 2:
        faults.append(
            f"share files must be two or more, but was {len(paths)}; name one for each centre"
        )
    read: list[tuple[str, ShareFile]] = []
    for path in paths:
        found = _read_one(path)
        if isinstance(found, str):
            faults.append(found)
        else:
            read.append((path.name, found))
    faults += _find_doubles(read)
    faults += _find_differences(read)
    faults += _find_joint_faults(read)
    if faults:
        raise FaultsError(_HEADING, faults)
    return tuple(share for _, share in read)


def _read_one(path: Path) -> ShareFile | str:
    """Return a share file, or the sentence that says why it is none."""
    from pydantic import ValidationError

    from helpers.report.sharing.content import FORMAT, VERSION, ShareFile

    name = repr(path.name)
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ValueError
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        return f"{name} must be a file that can be read, but was not ({error.strerror})"
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return f"{name} must be a file that 'lenfail share' wrote, but is none"
    if document.get("version") != VERSION:
        return (
            f"{name} must be of version {VERSION}, but was of {document.get('version')!r:.40}; "
            "share with the lenfail that pools"
        )
    content = {key: value for key, value in document.items() if key != "checksum"}
    if not _has_hash(content, document.get("checksum")):
        return (
            f"{name} must be as 'lenfail share' wrote it, but was changed afterwards (its "
            "checksum does not fit); ask the centre for the file again"
        )
    try:
        return ShareFile.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][:3])
        return f"{name} must follow the form of a share file, but field {where:.80} does not"


def _has_hash(document: Mapping[str, Any], expected: object) -> bool:
    try:
        return hash_document(document) == expected
    except (ValueError, TypeError, RecursionError):
        return False


def _find_doubles(read: Sequence[tuple[str, ShareFile]]) -> list[str]:
    faults = []
    for at, (name, share) in enumerate(read):
        for other, before in read[:at]:
            if share.checksum == before.checksum:
                faults.append(f"{name!r} and {other!r} are the same file; name it once")
            elif share.centre == before.centre:
                faults.append(
                    f"{name!r} and {other!r} are both of centre {share.centre!r}; keep the one "
                    "that is valid"
                )
            elif _is_same_centre(share, before):
                faults.append(
                    f"{name!r} ({share.centre}) and {other!r} ({before.centre}) hold the same "
                    "patients under two names; keep one of them"
                )
    return faults


def _is_same_centre(share: ShareFile, other: ShareFile) -> bool:
    if share.sets and share.fingerprint == other.fingerprint:
        return True
    joint, others = share.joint, other.joint
    if joint is None or others is None or joint.key_id != others.key_id:
        return False
    return joint.double == others.double


def _find_differences(read: Sequence[tuple[str, ShareFile]]) -> list[str]:
    """Compare definitions with those of most files; the first ones where none has most."""
    hashes = [share.definition_sha256 for _, share in read]
    if len(set(hashes)) < 2:
        return []
    common = max(hashes, key=hashes.count)
    name, model = next(item for item in read if item[1].definition_sha256 == common)
    faults = []
    for other, share in read:
        if share.definition_sha256 == common:
            continue
        named = describe_difference(share.definition, model.definition)
        shown = "; ".join(named[:_MOST_NAMED])
        if len(named) > _MOST_NAMED:
            shown += f"; and {len(named) - _MOST_NAMED} more"
        faults.append(
            f"{other!r} must be defined as {name!r} is, but differs: {shown}; build and share "
            "with the same parameters"
        )
    return faults


def _find_joint_faults(read: Sequence[tuple[str, ShareFile]]) -> list[str]:
    keys = {share.joint.key_id for _, share in read if share.joint is not None}
    if len(keys) < 2:
        return []
    return [
        "share files must be made with one joint key, but were made with "
        f"{len(keys)} different ones; share anew with the same key"
    ]
