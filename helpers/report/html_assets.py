"""What an HTML page carries inside: style sheet, script, typefaces, and the policy for them."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

_SCRIPTS = ("page", "theme", "contents", "tables", "zoom", "curves", "start")
_FACES = (
    ("Source Serif 4", "normal", "source-serif-4-latin-wght-normal"),
    ("Source Serif 4", "italic", "source-serif-4-latin-wght-italic"),
    ("Source Sans 3", "normal", "source-sans-3-latin-wght-normal"),
)


@cache
def read_template(name: str) -> str:
    """Return a file of the folder of templates."""
    return (files("helpers.report") / "templates" / name).read_text(encoding="utf-8")


@cache
def make_style(*, synthetic: bool) -> str:
    """Return the style sheet with its typefaces inside."""
    parts = [*map(_write_face, _FACES), read_template("style.css")]
    if synthetic:
        parts.append(read_template("synthetic.css"))
    return "\n".join(parts)


@cache
def make_script() -> str:
    """Return the page's script: one closed scope, nothing of it is seen from outside."""
    parts = "\n".join(read_template(f"script/{name}.js") for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


def make_policy(style: str, script: str) -> str:
    """Return the content-security policy that allows just this style sheet and this script.

    Parameters
    ----------
    style, script : str
        As they stand in the page, to the byte.

    Returns
    -------
    str
        Nothing is loaded; pictures and typefaces are inside the file; no form, no frame.
    """
    rules = (
        "default-src 'none'",
        f"script-src '{_hash_source(script)}'",
        f"style-src '{_hash_source(style)}'",
        "img-src data:",
        "font-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(rules)


def _hash_source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _write_face(face: tuple[str, str, str]) -> str:
    family, style, name = face
    data = (files("helpers.report") / "templates" / "fonts" / f"{name}.woff2").read_bytes()
    source = f"url(data:font/woff2;base64,{base64.b64encode(data).decode('ascii')})"
    return (
        f'@font-face {{ font-family: "{family}"; font-style: {style}; font-weight: 200 900; '
        f'font-display: block; src: {source} format("woff2"); }}'
    )
