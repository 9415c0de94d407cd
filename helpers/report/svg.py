"""Drawings fit to stand inside a page: only shapes, no styles, no scripts, no addresses."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from xml.etree import ElementTree as ET

from helpers.report.shared_shapes import SharedShapes
from helpers.report.text import clean_text

_SHAPES = re.compile(
    "g|defs|path|rect|circle|ellipse|line|polyline|polygon|use|text|tspan|clipPath|image"
    "|linearGradient|radialGradient|stop|pattern|marker|mask|symbol"
)
_ROUNDED = re.compile("d|[xy][12]?|c[xy]|r[xy]?|width|height|points")
_ATTRIBUTES = re.compile(
    f"{_ROUNDED.pattern}|d[xy]|transform|viewBox|preserveAspectRatio"
    "|clip-(path|rule)|fill(-opacity|-rule)?|opacity|offset|stop-(color|opacity)"
    "|stroke(-(width|opacity|linecap|linejoin|miterlimit|dasharray|dashoffset))?"
    "|font-(family|size|style|weight)|text-anchor|dominant-baseline|letter-spacing"
    "|gradient(Units|Transform)|(clipPath|pattern)Units"
    "|mask|marker(Width|Height|-(start|mid|end))|ref[XY]|orient"
)
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_LOCAL_URL = re.compile(r"url\(#([^)]+)\)")
_XLINK = "{http://www.w3.org/1999/xlink}href"


class SvgError(ValueError):
    """A drawing that cannot be shown inside a page."""


def inline_svg(
    svg: str,
    *,
    prefix: str,
    label: str,
    described_by: str = "",
    shapes: SharedShapes | None = None,
) -> str:
    """Return a drawing as an ``svg`` element for an HTML page.

    Parameters
    ----------
    svg : str
        An SVG document, e.g. as matplotlib writes it.
    prefix : str
        Put before each id, so that two drawings on a page do not share any.
    label : str
        Alternative text.
    described_by : str
        Id of the element with the long description.
    shapes : SharedShapes, optional
        Takes the letters and marks, which the page must then hold beside the drawing.

    Returns
    -------
    str
        Shapes and presentation attributes only: inline styles become attributes, unknown
        elements and attributes are left out, coordinates keep two decimals.

    Raises
    ------
    SvgError
        If the text is not SVG.
    """
    view_box, inner = _clean(svg, prefix, shapes)
    described = f' aria-describedby="{escape(described_by)}"' if described_by else ""
    return (
        f'<svg viewBox="{escape(view_box)}" role="img" aria-label="{escape(clean_text(label))}"'
        f'{described} stroke-linejoin="round" focusable="false">{inner}</svg>'
    )


def clean_svg(svg: str) -> str:
    """Return a drawing as a document of its own, cleaned as by :func:`inline_svg`.

    Raises
    ------
    SvgError
        If the text is not SVG.
    """
    view_box, inner = _clean(svg, "")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{escape(view_box)}" '
        f'stroke-linejoin="round">{inner}</svg>'
    )


def wrap_png(png: bytes) -> str:
    """Return a PNG picture as an SVG document of its size in pixels."""
    width, height = (int.from_bytes(png[start : start + 4], "big") for start in (16, 20))
    data = base64.b64encode(png).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width or 1} {height or 1}">'
        f'<image width="{width or 1}" height="{height or 1}" href="data:image/png;base64,{data}"/>'
        "</svg>"
    )


@dataclass(frozen=True, slots=True)
class _Ids:
    """What the ids of a drawing become in a page."""

    prefix: str
    used: frozenset[str]
    shared: dict[str, str] = field(default_factory=dict)

    def rename(self, name: str) -> str:
        return self.shared.get(name) or self.prefix + name


def _clean(svg: str, prefix: str, shapes: SharedShapes | None = None) -> tuple[str, str]:
    """Return the view box and the cleaned content of a drawing."""
    root = parse_svg(svg)
    ids = _Ids(prefix, frozenset(_find_references(root)))
    if shapes is not None:
        ids.shared.update(_share_paths(root, ids, shapes))
    inner = "".join(_write_element(child, ids) for child in root)
    return root.get("viewBox") or _make_view_box(root), inner


def _share_paths(root: ET.Element, ids: _Ids, shapes: SharedShapes) -> Iterator[tuple[str, str]]:
    """Give away the paths that are defined to be used; yield their ids and new ids."""
    for definitions in root.iter():
        if _local_name(definitions) != "defs":
            continue
        for element in definitions:
            name = element.get("id")
            if _local_name(element) == "path" and name in ids.used and not len(element):
                attributes = _write_attributes(_clean_attributes(element, ids), without="id")
                if "url(" not in attributes:
                    yield name, shapes.share(attributes)


def parse_svg(svg: str) -> ET.Element:
    """Return the root of an SVG document.

    Raises
    ------
    SvgError
        If it is not one, or declares entities.
    """
    if "<!ENTITY" in svg:
        raise SvgError("a drawing must not declare entities")
    try:
        root = ET.fromstring(svg)  # noqa: S314  entities are refused above
    except (ET.ParseError, ValueError) as error:
        raise SvgError(f"a drawing must be SVG, but cannot be parsed ({error})") from None
    if _local_name(root) != "svg":
        raise SvgError(f"a drawing must be SVG, but was <{_local_name(root)}>")
    return root


def _find_references(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        for name, value in element.attrib.items():
            if name in {_XLINK, "href"} and value.startswith("#"):
                yield value[1:]
            yield from _LOCAL_URL.findall(value)


def _write_element(element: ET.Element, ids: _Ids) -> str:
    name = _local_name(element)
    if not _SHAPES.fullmatch(name) or element.get("id") in ids.shared:
        return ""
    attributes = _clean_attributes(element, ids)
    if name == "image" and not attributes.get("href", "").startswith("data:image/"):
        return ""
    inner = "".join(_write_element(child, ids) for child in element)
    if name in {"text", "tspan"}:
        inner = escape(element.text or "", quote=False) + _write_tails(element, ids)
    if name in {"g", "defs"} and not inner:
        return ""
    if name == "g" and not attributes:
        return inner
    opening = _write_attributes(attributes)
    return f"<{name}{opening}>{inner}</{name}>" if inner else f"<{name}{opening}/>"


def _write_attributes(attributes: Mapping[str, str], *, without: str = "") -> str:
    return "".join(
        f' {key}="{escape(value)}"' for key, value in attributes.items() if key != without
    )


def _write_tails(element: ET.Element, ids: _Ids) -> str:
    return "".join(
        _write_element(child, ids) + escape(child.tail or "", quote=False) for child in element
    )


def _clean_attributes(element: ET.Element, ids: _Ids) -> dict[str, str]:
    clean: dict[str, str] = {}
    for name, value in (*element.attrib.items(), *_split_style(element.get("style", ""))):
        if name in {_XLINK, "href"}:
            href = _clean_reference(value, ids)
            if href:
                clean["href"] = href
        elif name == "id":
            if value in ids.used:
                clean["id"] = ids.rename(value)
        elif _ATTRIBUTES.fullmatch(name):
            cleaned = _clean_value(name, value, ids)
            if cleaned is not None:
                clean[name] = cleaned
    return clean


def _clean_reference(value: str, ids: _Ids) -> str:
    if value.startswith("#"):
        return f"#{ids.rename(value[1:])}"
    return value if value.startswith(("data:image/png;base64,", "data:image/jpeg;base64,")) else ""


def _clean_value(name: str, value: str, ids: _Ids) -> str | None:
    """Return an attribute's value; None where it points out of the page."""
    if "url(" in _LOCAL_URL.sub("", value):
        return None
    value = _LOCAL_URL.sub(lambda match: f"url(#{ids.rename(match[1])})", value)
    value = " ".join(value.split())
    if _ROUNDED.fullmatch(name):
        value = _LONG_NUMBER.sub(_round_number, value)
    return value


def _round_number(match: re.Match[str]) -> str:
    return f"{float(match.group()):.2f}".rstrip("0").rstrip(".")


def _split_style(style: str) -> Iterator[tuple[str, str]]:
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            yield name.strip(), value.strip()


def _make_view_box(root: ET.Element) -> str:
    width, height = (re.sub(r"[^0-9.]", "", root.get(key, "")) for key in ("width", "height"))
    return f"0 0 {width or 100} {height or 100}"


def _local_name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
