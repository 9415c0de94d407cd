"""A report built from a small cohort in which everything hostile and private is planted."""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml
from small_cohort import draw_cohort

PROGRAM = "import sys; from helpers.cli import main; sys.exit(main())"
ROOT = Path(__file__).parents[2]
HOOKS = Path(__file__).parent / "hooks"
IDENTIFIER = "ZQ-PATIENT-77"
CENTRE = "Klinikum Verborgenstadt"
NOTE = "Frau Geheimnis rang at noon"
PLACE = "verborgener-ordner"
SCRIPT = "<script>document.title='hacked'</script>"
LABELS = {
    "a": f"{SCRIPT}<img src=x onerror=alert(1)>",
    "b": '=HYPERLINK("http://evil.example/","x")',
    "c": '#eval("1+1") #panic() *bold* $x$ \\alpha {{ 7*7 }} ${HOME}',
    "d": "left \u202eright\u202c \u4e2d\u6587 \U0001f600 &lt;b&gt; [link](http://evil.example/)",
    "e": "+1 " + "y" * 190,
}
TITLE = f"Outcome {SCRIPT} #panic() {{{{ 7*7 }}}} [link](http://evil.example/)"


@dataclass(frozen=True)
class Built:
    """Where the report is, what was said, which sockets were asked for."""

    folder: Path
    said: str
    code: int
    sockets: tuple[str, ...]


def plant_cohort(folder: Path) -> Path:
    """Write a cohort with identifiers, centres, dates and notes that are in no other text."""
    place = folder / PLACE
    place.mkdir()
    path = draw_cohort(place, n=110, seed=2)
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame["patient_id"] = [f"{IDENTIFIER}-{number:04d}" for number in range(len(frame))]
    frame["centre"] = CENTRE
    frame["remark"] = NOTE + " " + "x" * 10_000
    frame["hostile"] = [list(LABELS)[number % len(LABELS)] for number in range(len(frame))]
    frame.to_csv(path, index=False)
    return path


def build(folder: Path, *, rule: str, formats: list[str], break_cell: bool = False) -> Built:
    """Build the report in a process of its own, no socket but local ones allowed."""
    data = plant_cohort(folder)
    parameters = {
        "title": TITLE,
        "authors": [f"Ann {SCRIPT}", "=1+1 #panic()"],
        "data": str(data),
        "disclosure": rule,
        "formats": formats,
        "variables": {
            "hostile": {"label": f"Group {SCRIPT}", "type": "category", "levels": LABELS}
        },
        "table1_variables": ["age_years", "sex", "hostile", "failure_type"],
        "subgroup_factors": ["hostile"],
    }
    (data.parent / "planted.yml").write_text(yaml.safe_dump(parameters), encoding="utf-8")
    log = folder / "sockets.log"
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(HOOKS), str(ROOT)]),
        "LENFAIL_TEST_SOCKET_LOG": str(log),
    }
    words = [str(data.parent / "planted.yml"), "--output", str(folder / "reports"), "--force"]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "build", *words],
        cwd=make_project(folder, break_cell=break_cell),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = tuple(log.read_text().splitlines()) if log.exists() else ()
    return Built(folder / "reports" / "planted", done.stdout + done.stderr, done.returncode, lines)


def make_project(folder: Path, *, break_cell: bool) -> Path:
    """Return the project, or a copy whose second section fails with data in its hands."""
    if not break_cell:
        return ROOT
    project = folder / "project"
    shutil.copytree(ROOT / "notebooks", project / "notebooks")
    shutil.copytree(ROOT / "params", project / "params")
    (project / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    path = project / "notebooks" / "02_outcomes.ipynb"
    text = path.read_text(encoding="utf-8")
    broken = text.replace('"section.close()"', '"section.close(cohort.table.iloc[0])"')
    assert broken != text
    path.write_text(broken, encoding="utf-8")
    return project


def read_everything(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file, of archives' members and PDF streams too."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from _read(path.relative_to(folder).as_posix(), path.read_bytes())


def _read(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    yield name, name + "\n" + content.decode("utf-8", errors="replace")
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                yield from _read(f"{name}!{member}", archive.read(member))
    if content[:5] == b"%PDF-":
        yield f"{name}!text", _read_pdf(content)
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        yield f"{name}!text", _read_png(content)


def _read_pdf(content: bytes) -> str:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    pages = [page.extract_text() for page in reader.pages]
    return "\n".join([str(reader.metadata), *pages])


def _read_png(content: bytes) -> str:
    """Return the text chunks of a picture, compressed ones unpacked."""
    place, found = 8, []
    while place < len(content):
        size = int.from_bytes(content[place : place + 4])
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        if kind == b"zTXt":
            data = zlib.decompress(data.split(b"\0", 1)[1][1:])
        if kind in {b"tEXt", b"zTXt", b"iTXt", b"eXIf"}:
            found.append(data.decode("utf-8", errors="replace"))
        place += size + 12
    return "\n".join(found)


def list_secrets(folder: Path) -> list[str]:
    """Return patterns of what must stand nowhere; a short host name is found as a word."""
    names = [IDENTIFIER, CENTRE, NOTE, PLACE, str(folder), str(ROOT)]
    host = re.escape(socket.gethostname())
    return [*map(re.escape, names), rf"(?<![\w+/]){host}(?![\w+/])"]
