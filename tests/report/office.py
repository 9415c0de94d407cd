"""LibreOffice as a reader of what the report writes."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess

import pytest

SOFFICE = shutil.which("soffice")

needs_office = pytest.mark.skipif(
    SOFFICE is None or shutil.which("pdftotext") is None,
    reason="LibreOffice or pdftotext is not installed",
)


def render(data: bytes, folder, *, suffix: str = "docx") -> list[str]:
    """Return the text of each page that LibreOffice makes of a file."""
    path = folder / f"page.{suffix}"
    path.write_bytes(data)
    command = [
        SOFFICE,
        "--headless",
        "--norestore",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(path),
    ]
    _run(command)
    pdf = folder / "page.pdf"
    done = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def _run(command: list[str]) -> None:
    """Run a command; if it hangs, end it with every process that it has started."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        assert process.wait(timeout=120) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
