"""Zip archives with the same bytes for the same content."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

_FIRST = "[Content_Types].xml"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_LEVEL = 6


def get_source_date() -> datetime:
    """Return the date of a file's content: the environment's ``SOURCE_DATE_EPOCH``, or 1970."""
    return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or 0), UTC)


def settle_zip(data: bytes, replaced: Mapping[str, bytes] | None = None) -> bytes:
    """Return an archive whose bytes depend on the content of its members alone.

    Parameters
    ----------
    data : bytes
        Of a zip archive.
    replaced : mapping of str to bytes, optional
        Other content for members by name.

    Returns
    -------
    bytes
        Members sorted, the list of content types first as Office wants it; no time, no
        owner, no comment.
    """
    replaced = replaced or {}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(buffer, "w") as settled:
        for name in sorted(given.namelist(), key=lambda name: (name != _FIRST, name)):
            member = zipfile.ZipInfo(name, _ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            content = replaced[name] if name in replaced else given.read(name)
            settled.writestr(member, content, compresslevel=_LEVEL)
    return buffer.getvalue()
