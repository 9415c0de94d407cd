"""Formulas as Word's own, made by pandoc."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from collections.abc import Iterable

from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from helpers.errors import BuildError
from helpers.report.docx_xml import Element
from helpers.report.pandoc import find_pandoc

_PANDOC_API = [1, 23, 1]
_TIMEOUT_SECONDS = 60
_FORMULA = qn("m:oMath")


def convert_formulas(formulas: Iterable[str]) -> dict[str, Element]:
    """Return the native form of each formula, all in one run of pandoc.

    Parameters
    ----------
    formulas : iterable of str
        TeX without dollar signs.

    Returns
    -------
    dict of str to Element
        Those that pandoc can read; another is shown as its source.

    Raises
    ------
    BuildError
        If pandoc cannot be run.
    """
    sources = list(dict.fromkeys(formulas))
    if not sources:
        return {}
    with zipfile.ZipFile(io.BytesIO(_run_pandoc(sources))) as archive:
        body = parse_xml(archive.read("word/document.xml")).find(qn("w:body"))
    found = [paragraph.find(f".//{_FORMULA}") for paragraph in body.iterchildren(qn("w:p"))]
    return {
        source: formula
        for source, formula in zip(sources, found, strict=False)
        if formula is not None
    }


def _run_pandoc(sources: list[str]) -> bytes:
    blocks = [
        {"t": "Para", "c": [{"t": "Math", "c": [{"t": "InlineMath"}, source]}]}
        for source in sources
    ]
    document = {"pandoc-api-version": _PANDOC_API, "meta": {}, "blocks": blocks}
    command = [find_pandoc(), "--from=json", "--to=docx", "--output=-"]
    try:
        done = subprocess.run(  # noqa: S603  fixed program and options
            command,
            input=json.dumps(document).encode("utf-8"),
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise BuildError(
            f"the formulas could not be made for Word ({type(error).__name__}); leave docx out "
            "of `formats`"
        ) from None
    return done.stdout
