"""The Word file that a manuscript starts from: our own look, or a journal's."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import docx
from docx.document import Document
from docx.exceptions import PythonDocxError
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from lxml.etree import LxmlError

from helpers.errors import ParameterError
from helpers.report.docx_xml import Element, make_element, make_value
from helpers.report.zip_files import settle_zip

_OWN_PARTS = frozenset({RT.STYLES, RT.NUMBERING, RT.SETTINGS})
_KEPT_PARTS = _OWN_PARTS | {RT.FONT_TABLE, RT.THEME}
_KEPT_SETTINGS = frozenset(
    qn(f"w:{name}")
    for name in (
        "defaultTabStop",
        "autoHyphenation",
        "hyphenationZone",
        "characterSpacingControl",
        "compat",
        "clrSchemeMapping",
        "decimalSymbol",
        "listSeparator",
    )
)
#: Styles that look as the journal's own text does where the journal has none of that name.
_IMITATING = frozenset(
    {"body text", "abstract", "bibliography", "list bullet", "list number", "keywords"}
)
_DOUBLED = (*sorted(_IMITATING), "caption", "quote")
_DOUBLE_TWIPS = 480
_TEMPLATE_TYPE = b"wordprocessingml.template.main+xml"
_DOCUMENT_TYPE = b"wordprocessingml.document.main+xml"


@dataclass(frozen=True, slots=True)
class BaseDocument:
    """An empty document and the ids of its styles by name in lower case."""

    document: Document
    style_ids: Mapping[str, str]


def check_reference(path: Path) -> Path:
    """Return the path of a Word file that a manuscript can take its styles from.

    Raises
    ------
    ParameterError
        If there is no file, or it is not a Word document or template.
    """
    _read_reference(path)
    return path


def open_base(reference: Path | None = None, *, double_spacing: bool = False) -> BaseDocument:
    """Return an empty document with every style that a manuscript needs.

    Parameters
    ----------
    reference : Path, optional
        A Word file whose styles, paper and margins are taken; nothing else of it is:
        neither text nor heads, properties, comments, macros nor links.
    double_spacing : bool
        Whether running text has two lines' distance.

    Raises
    ------
    ParameterError
        If the reference cannot be read as a Word file.
    """
    document = _read_reference(reference) if reference else docx.Document()
    _empty_package(document, _KEPT_PARTS if reference else _OWN_PARTS)
    _empty_body(document)
    style_ids = _take_styles(document, own=reference is None)
    _take_settings(document, own=reference is None)
    if reference is None:
        _clear(document.part.numbering_part.element)
    if double_spacing:
        _double_spacing(document, style_ids)
    return BaseDocument(document, style_ids)


def _read_reference(path: Path) -> Document:
    wanted = f"reference_docx must be a Word file (.docx or .dotx), but {path.name!r}"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ParameterError(
            f"{wanted} cannot be read ({error.strerror}); check the path, which is relative to "
            "the parameter file"
        ) from None
    try:
        document = docx.Document(io.BytesIO(_open_template(data)))
        document.element.body.get_or_add_sectPr()
        document.styles.element.iter()
    except (
        zipfile.BadZipFile,
        OpcError,
        PythonDocxError,
        LxmlError,
        LookupError,
        ValueError,
        AttributeError,
        NotImplementedError,
    ):
        raise ParameterError(
            f"{wanted} is not one; save the journal's template as .docx in a word processor"
        ) from None
    return document


def _open_template(data: bytes) -> bytes:
    """Return a template as the document that a word processor would make from it."""
    name = "[Content_Types].xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types = archive.read(name)
    if _TEMPLATE_TYPE not in types:
        return data
    return settle_zip(data, {name: types.replace(_TEMPLATE_TYPE, _DOCUMENT_TYPE)})


def _empty_package(document: Document, kept: frozenset[str]) -> None:
    """Cut off every part but those kept: text beside the body, properties, links, macros."""
    package_rels = document.part.package.rels
    for key in [key for key, rel in package_rels.items() if rel.reltype != RT.OFFICE_DOCUMENT]:
        del package_rels[key]
    rels = document.part.rels
    for key in [key for key, rel in rels.items() if rel.reltype not in kept]:
        del rels[key]
    for rel in rels.values():
        below = rel.target_part.rels
        for key in [key for key, one in below.items() if one.is_external]:
            del below[key]


def _empty_body(document: Document) -> None:
    body = document.element.body
    section = body.get_or_add_sectPr()
    kept = {qn("w:pgSz"), qn("w:pgMar")}
    for child in list(section):
        if child.tag not in kept:
            section.remove(child)
    for child in list(body):
        if child is not section:
            body.remove(child)


def _clear(element: Element) -> None:
    for child in list(element):
        element.remove(child)


@cache
def _read_own_styles() -> bytes:
    return (files("helpers.report") / "templates" / "word_styles.xml").read_bytes()


def _take_styles(document: Document, *, own: bool) -> dict[str, str]:
    ours = parse_xml(_read_own_styles())
    target = document.styles.element
    if own:
        _clear(target)
        target.extend(list(ours))
    else:
        _add_missing(target, ours)
    return _map_names(target)


def _map_names(styles: Element) -> dict[str, str]:
    """Return ids by name in lower case; Word's own names, which are so written, come first."""
    found = {}
    for style in styles.iterchildren(qn("w:style")):
        name = style.find(qn("w:name"))
        if name is None:
            continue
        known, style_id = name.get(qn("w:val"), ""), style.get(qn("w:styleId"), "")
        if known.lower() not in found or known == known.lower():
            found[known.lower()] = style_id
    return found


def _add_missing(target: Element, ours: Element) -> None:
    """Add the styles that a journal's file lacks, in the journal's type."""
    known = _map_names(target)
    taken = set(known.values())
    new_ids = {}
    for name, style_id in _map_names(ours).items():
        unused = f"Report{style_id}" if style_id in taken else style_id
        new_ids[style_id] = known.get(name, unused)
    for style in ours.iterchildren(qn("w:style")):
        name = style.find(qn("w:name")).get(qn("w:val")).lower()
        if name in known:
            continue
        added = copy.deepcopy(style)
        added.attrib.pop(qn("w:default"), None)
        added.set(qn("w:styleId"), new_ids[style.get(qn("w:styleId"))])
        for tag in ("w:basedOn", "w:next"):
            for link in added.iterchildren(qn(tag)):
                link.set(qn("w:val"), new_ids[link.get(qn("w:val"))])
        _leave_out_look(added, wholly=name in _IMITATING)
        target.append(added)


def _leave_out_look(style: Element, *, wholly: bool) -> None:
    for properties in list(style.iterchildren(qn("w:rPr"), qn("w:pPr"))):
        if wholly:
            style.remove(properties)
            continue
        for font in list(properties.iterchildren(qn("w:rFonts"))):
            if font.get(qn("w:ascii")) != "Courier New":
                properties.remove(font)


def _take_settings(document: Document, *, own: bool) -> None:
    settings = document.settings.element
    kept = [] if own else [child for child in settings if child.tag in _KEPT_SETTINGS]
    _clear(settings)
    settings.append(make_element("w:zoom", {"w:percent": "100"}))
    settings.extend(kept or _make_settings())


def _make_settings() -> list[Element]:
    mode = {
        "w:name": "compatibilityMode",
        "w:uri": "http://schemas.microsoft.com/office/word",
        "w:val": "15",
    }
    return [
        make_value("w:defaultTabStop", 720),
        make_value("w:characterSpacingControl", "doNotCompress"),
        make_element("w:compat", children=[make_element("w:compatSetting", mode)]),
        make_value("w:decimalSymbol", "."),
        make_value("w:listSeparator", ","),
    ]


def _double_spacing(document: Document, style_ids: Mapping[str, str]) -> None:
    for name in _DOUBLED:
        style = document.styles.element.get_by_id(style_ids[name])
        spacing = style.get_or_add_pPr().get_or_add_spacing()
        spacing.set(qn("w:line"), str(_DOUBLE_TWIPS))
        spacing.set(qn("w:lineRule"), "auto")
