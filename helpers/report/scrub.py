"""Take out of an executed notebook what must not be in it: paths, secrets, times."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_MEMORY_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
#: Who and with which password, up to the last @: a password may hold one, and slashes.
_CREDENTIALS = re.compile(
    r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)(?:[^\s/@:'\"]*:[^\s'\"]*@|[^\s/@'\"]+@)", re.I
)
_SECRET_OPTION = re.compile(
    r"(?P<name>\b\w*(?:password|passwd|pwd|secret|token|api_?key|odbc_connect)=)[^&\s;'\"]+", re.I
)
_SECRET_NAME = re.compile(r"(password|passwd|secret|token|api_?key|credential)", re.I)
_SECRET_OPTIONS = (
    *("password", "passwd", "pwd", "secret", "token", "api_key", "apikey"),
    "odbc_connect",
)
_HOMES = ("/home", "/Users", "/root")
_HOME = re.compile(r"(?<![\w.:/])/(?:home|Users|root)/?[^\s'\"<>:,;)\\]*")
#: Folders that a kernel makes for itself; their names are random.
_TEMPORARY = re.compile(
    r"(?:/[^\s'\"<>/]{1,255}){0,20}/(?:ipykernel_\d+/\d+\.py|lenfail-[a-z0-9_]{8}\b)"
)
#: Shorter ones would be found inside harmless words.
_SHORTEST_PRIVATE = 4
_INJECTED = "injected-parameters"
_CELL_METADATA = frozenset({"tags", "jupyter"})
_OUTPUT_NAMES = ("data", "ename", "evalue", "metadata", "name", "output_type", "text", "traceback")
#: Base64, in which nothing is text.
_PICTURES = frozenset({"png", "image/png", "image/jpeg"})
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def scrub_notebook(
    notebook: Mapping[str, Any],
    *,
    parameters: Mapping[str, Any] | None = None,
    private_texts: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return an executed notebook that is the same on every run and tells nothing of the host.

    Execution times, papermill's record (which holds all parameters and paths in clear),
    random cell ids and memory addresses go; absolute paths become their replacement;
    credentials in addresses become ``***``.

    Parameters
    ----------
    notebook : mapping
        A notebook as JSON, version 4.
    parameters : mapping, optional
        As given to the run; the cell that papermill puts in shows them scrubbed.
    private_texts : mapping of str to str
        What to write instead of each path or secret.

    Returns
    -------
    dict
        A new notebook.
    """
    replacements = sorted((private_texts or {}).items(), key=lambda pair: -len(pair[0]))
    cells = [
        _scrub_cell(cell, number, replacements) for number, cell in enumerate(notebook["cells"], 1)
    ]
    for cell in cells:
        if cell["id"] == _INJECTED:
            cell["source"] = write_parameter_cell(parameters or {})
    metadata = {
        key: value
        for key, value in notebook.get("metadata", {}).items()
        if key in {"kernelspec", "language_info", "title"}
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def dump_notebook(notebook: Mapping[str, Any]) -> bytes:
    """Return a notebook as bytes, keys sorted."""
    text = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False)
    return (text + "\n").encode("utf-8", errors="replace")


def scrub_text(text: str, replacements: Sequence[tuple[str, str]] = ()) -> str:
    """Return text without credentials, memory addresses and private paths.

    Examples
    --------
    >>> scrub_text("postgresql://ann:hush@db/x, <A at 0x7f0011223344>")
    'postgresql://***@db/x, <A at 0x0>'
    """
    if "ipykernel_" in text or "/lenfail-" in text:
        text = _TEMPORARY.sub("<temporary>", text)
    for path, shown in replacements:
        text = text.replace(path, shown)
    if "://" in text:
        if "@" in text:
            text = _CREDENTIALS.sub(r"\g<scheme>***@", text)
        if "=" in text and _names_secret(text):
            text = _SECRET_OPTION.sub(r"\g<name>***", text)
    if "at 0x" in text:
        text = _MEMORY_ADDRESS.sub("at 0x0", text)
    if any(folder in text for folder in _HOMES):
        text = _HOME.sub("<path>", text)
    return text


def _names_secret(text: str) -> bool:
    """Return whether an option's name can occur: far faster than to look for its value."""
    lower = text.casefold()
    return any(name in lower for name in _SECRET_OPTIONS)


def scrub_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters as the manifest may print them.

    Values of names that speak of a secret become ``***``; an absolute path keeps its last
    part.

    Examples
    --------
    >>> scrub_parameters({"data": "/srv/trial/patients.csv", "db_password": "hush", "n": 3})
    {'data': '<path>/patients.csv', 'db_password': '***', 'n': 3}
    """
    return {name: _scrub_parameter(name, value) for name, value in parameters.items()}


def find_private_texts(parameters: Mapping[str, Any], folders: Mapping[str, str]) -> dict[str, str]:
    """Return what to write instead of each path and secret in the parameters and each folder."""
    texts = dict(folders)
    for name, value in parameters.items():
        shown = _scrub_parameter(name, value)
        if isinstance(value, str) and shown != value:
            texts[value] = shown
    return {text: shown for text, shown in texts.items() if len(text) >= _SHORTEST_PRIVATE}


def write_parameter_cell(parameters: Mapping[str, Any]) -> str:
    """Return the cell that sets the parameters, as a report shows it."""
    lines = (f"{name} = {value!r}" for name, value in scrub_parameters(parameters).items())
    return "\n".join(["# Parameters", *lines])


def _scrub_parameter(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(str(name)) and value:
        return "***"
    if isinstance(value, Mapping):
        return scrub_parameters(value)
    if isinstance(value, list | tuple):
        return [_scrub_parameter(name, item) for item in value]
    if not isinstance(value, str):
        return value
    if Path(value).is_absolute():
        return f"<path>/{Path(value).name}"
    return scrub_text(value)


def _scrub_cell(
    cell: Mapping[str, Any], number: int, replacements: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    metadata = {key: cell["metadata"][key] for key in _CELL_METADATA & cell["metadata"].keys()}
    clean: dict[str, Any] = {
        "cell_type": cell["cell_type"],
        "id": _name_cell(cell, number),
        "metadata": metadata,
        "source": scrub_text(_join(cell["source"]), replacements),
    }
    if "attachments" in cell:
        clean["attachments"] = cell["attachments"]
    if cell["cell_type"] == "code":
        clean["execution_count"] = cell.get("execution_count")
        clean["outputs"] = [_scrub_output(output, replacements) for output in cell["outputs"]]
    return clean


def _name_cell(cell: Mapping[str, Any], number: int) -> str:
    """Keep the author's cell ids; papermill's own cell has a random one."""
    if _INJECTED in cell["metadata"].get("tags", ()):
        return _INJECTED
    return cell.get("id") or f"cell-{number}"


def _scrub_output(
    output: Mapping[str, Any], replacements: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    clean = {key: output[key] for key in _OUTPUT_NAMES if key in output}
    if output["output_type"] == "execute_result":
        clean["execution_count"] = output.get("execution_count")
    if "data" in clean:
        clean["data"] = _scrub(clean["data"], replacements)
    for key in ("text", "evalue", "traceback"):
        if key in clean:
            clean[key] = _scrub(clean[key], replacements)
    return clean


def _scrub(value: Any, replacements: Sequence[tuple[str, str]]) -> Any:
    """Scrub every text in JSON data; base64 and drawings have nothing that matches."""
    if isinstance(value, str):
        plain = _ANSI.sub("", value) if "\x1b" in value else value
        return scrub_text(plain, replacements)
    if isinstance(value, list):
        return [_scrub(item, replacements) for item in value]
    if isinstance(value, Mapping):
        return {
            key: item if key in _PICTURES else _scrub(item, replacements)
            for key, item in value.items()
        }
    return value


def _join(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
