"""Smaller drawings: coordinates as exact as print, strokes and marks in short."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Parts of a point; a hundredth is 0.0035 mm.
_PARTS = 100
_PATH = re.compile(r'(<path (?:id="m\w+" )?d=")([^"]+)')
_PLACE = re.compile(r'(?<= [xy]=")-?\d+\.\d{3,}(?=")')
_MARKS = re.compile(r"<g((?: [^>]*)?)>\s*((?:<use [^>]*/>\s*){2,})</g>")
#: Of a letter: its font's name and its code.
_LETTER = re.compile(r'(id="|href="#)([A-Za-z]+(?:-[A-Za-z]+)*)-([0-9a-f]+)(?=")')
_OUTLINE = re.compile(r'(<path id="[A-Za-z]+(?:-[A-Za-z]+)*-[0-9a-f]+" d=")([^"]+)')
_COMMAND = re.compile(r"\s*([A-Za-z])\s*")
_STYLE = re.compile(r' style="([^"]*)"')
_NUMBER = re.compile(r"-?\d+\.\d{3,}")


def compact_svg(svg: str) -> str:
    """Return a drawing of matplotlib's with coordinates rounded to a hundredth of a point.

    Parameters
    ----------
    svg : str
        As matplotlib writes it.

    Returns
    -------
    str
        The same picture; scales and texts are left as they are, marks of one style are told it
        once, and letters have short names.
    """
    svg = _PATH.sub(lambda match: match[1] + compact_path(match[2]), svg)
    svg = _PLACE.sub(lambda match: _print_number(float(match.group())), svg)
    svg = _MARKS.sub(_share_style, svg)
    svg = _OUTLINE.sub(lambda match: match[1] + _COMMAND.sub(r"\1", match[2]), svg)
    fonts = list(dict.fromkeys(match[2] for match in _LETTER.finditer(svg)))
    return _LETTER.sub(lambda match: f"{match[1]}t{fonts.index(match[2])}-{match[3]}", svg)


def compact_path(data: str) -> str:
    """Return a path's data in short.

    Lines are written from point to point: each point is rounded by itself, so that errors do
    not add up.

    Examples
    --------
    >>> compact_path("M 0.123456 1 L 0.123456 2 L 5.5 2")
    'M.12 1v1h5.38'
    """
    parts = data.split()
    if not {"M", "L", "z"}.issuperset(part for part in parts if part.isalpha()):
        return _NUMBER.sub(lambda match: _print_number(float(match.group())), data)
    return "".join(_shorten(parts))


def _shorten(parts: list[str]) -> Iterator[str]:
    x = y = place = 0
    while place < len(parts):
        command = parts[place]
        if command == "z":
            yield "z"
            place += 1
            continue
        new_x, new_y = (round(float(text) * _PARTS) for text in parts[place + 1 : place + 3])
        if command == "M":
            yield f"M{_print(new_x)} {_print(new_y)}"
        elif new_y == y:
            yield f"h{_print(new_x - x)}"
        elif new_x == x:
            yield f"v{_print(new_y - y)}"
        else:
            yield f"l{_print(new_x - x)} {_print(new_y - y)}"
        x, y = new_x, new_y
        place += 3


def _share_style(match: re.Match[str]) -> str:
    attributes, marks = match.groups()
    styles = _STYLE.findall(marks)
    if "style=" in attributes or len(styles) != marks.count("<use ") or len(set(styles)) > 1:
        return match.group()
    return f'<g{attributes} style="{styles[0]}">{_STYLE.sub("", marks)}</g>'


def _print_number(value: float) -> str:
    return _print(round(value * _PARTS))


def _print(hundredths: int) -> str:
    """Return hundredths as a number without needless digits: 50 as ``.5``."""
    sign, size = "-" if hundredths < 0 else "", abs(hundredths)
    whole, part = divmod(size, _PARTS)
    digits = f".{part:02d}".rstrip("0") if part else ""
    return f"{sign}{whole or ''}{digits}" if size else "0"
