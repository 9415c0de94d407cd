"""JupyterLab as `lenfail lab` starts it, with folders of its own, for the tests that use it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PROJECT = Path(__file__).parents[2]
ADDRESS = re.compile(r"(\w+://[\w.]+:\d+/lab\S*token=\w+)")
_SETTINGS = {
    "notification": {"fetchNews": "false", "checkForUpdates": False},
    "themes": {"theme": "JupyterLab Light"},
}


@contextmanager
def start_lab(place: Path, *words: str, seconds: float = 120) -> Iterator[str]:
    """Run `lenfail lab` and yield the address that it prints."""
    environment = make_environment(place)
    command = [sys.executable, "-c", "from helpers.cli import main; raise SystemExit(main())"]
    process = subprocess.Popen(
        [*command, "lab", "--no-browser", *words],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: list[str] = []
    reader = threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True)
    reader.start()
    try:
        yield wait_for_address(lines, process, seconds)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)
        if process.poll() is None:
            process.kill()
            process.wait()
        reader.join(10)
        process.stdout.close()
    assert not list_processes(place), "kernels were left"


def wait_for_address(lines: list[str], process: subprocess.Popen, seconds: float) -> str:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = [match[1] for line in list(lines) if (match := ADDRESS.search(line))]
        if found:
            return found[0]
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError("JupyterLab printed no address:\n" + "".join(lines))


def make_environment(place: Path) -> dict[str, str]:
    """Return an environment in which the settings of who runs the tests have no part."""
    folders = {
        "JUPYTER_CONFIG_DIR": place / "config",
        "JUPYTER_RUNTIME_DIR": place / "run",
        "JUPYTERLAB_SETTINGS_DIR": place / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": place / "workspaces",
        "IPYTHONDIR": place / "ipython",
    }
    chosen = folders["JUPYTERLAB_SETTINGS_DIR"] / "@jupyterlab" / "apputils-extension"
    chosen.mkdir(parents=True)
    for name, values in _SETTINGS.items():
        (chosen / f"{name}.jupyterlab-settings").write_text(json.dumps(values))
    kept = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
    return {**kept, "PYTHONUNBUFFERED": "1", **{key: str(path) for key, path in folders.items()}}


def list_processes(place: Path) -> list[str]:
    """Return the command lines that name a folder: kernels name their connection file."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(place / "run") in words:
                found.append(words)
    return found
