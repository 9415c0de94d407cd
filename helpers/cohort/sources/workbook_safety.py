"""A look into an Excel workbook before it is unpacked: how large, and without entities."""

from __future__ import annotations

import io
import re
import zipfile

from helpers.errors import DataError

MAX_UNPACKED_BYTES = 1_500_000_000
MAX_PARTS = 5_000
_CHUNK = 1 << 20
#: Also in UTF-16, which puts a zero byte beside each letter.
_DECLARATION = re.compile(
    rb"<\x00?!\x00?(D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E|E\x00?N\x00?T\x00?I\x00?T\x00?Y)"
)
_OVERLAP = 32


def check_archive(content: bytes) -> None:
    """Refuse a workbook whose parts are not safe to unpack.

    Parameters
    ----------
    content : bytes
        The whole file.

    Raises
    ------
    DataError
        If it is no archive, would unpack to more than 1.5 GB, or declares entities.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise DataError(
            "data must be an Excel workbook, but the file is none or is damaged; "
            "open it in the spreadsheet program and save it again as .xlsx"
        ) from None
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED_BYTES or len(parts) > MAX_PARTS:
        raise DataError(
            f"data must be a workbook of at most {MAX_UNPACKED_BYTES / 1e9:g} GB unpacked, but "
            f"would be {unpacked / 1e9:.1f} GB in {len(parts):,} parts; keep the sheet of the "
            "patients only, or save it as CSV UTF-8"
        )
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            _refuse_declarations(archive, part)


def _refuse_declarations(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if _DECLARATION.search(tail + chunk):
                raise DataError(
                    "data must be a workbook as spreadsheet programs write it, but a part of it "
                    "declares a document type; save it again as .xlsx"
                )
            tail = chunk[-_OVERLAP:]
