"""One running pandoc that answers a line for each line it is given."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from functools import cache
from pathlib import Path

from helpers.errors import BuildError

_TIMEOUT_SECONDS = 120


class Pandoc:
    """A process of pandoc that runs a Lua script; it ends with its input.

    Parameters
    ----------
    script : Path
        Reads lines and writes a line for each.

    Raises
    ------
    BuildError
        If pandoc cannot be started.
    """

    def __init__(self, script: Path) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed with the process
        try:
            self._process = subprocess.Popen(  # noqa: S603  fixed program and script
                [find_pandoc(), "lua", str(script)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )
        except OSError as error:
            self._errors.close()
            raise BuildError(f"pandoc could not be run ({type(error).__name__})") from None

    def ask(self, line: str) -> bytes:
        """Return the answer to one line.

        Raises
        ------
        BuildError
            If pandoc ends or does not answer in time.
        """
        watchdog = threading.Timer(_TIMEOUT_SECONDS, self._process.kill)
        watchdog.daemon = True
        watchdog.start()
        try:
            self._process.stdin.write(line.encode("utf-8") + b"\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except OSError:
            answer = b""
        finally:
            watchdog.cancel()
        if not answer:
            raise BuildError(f"pandoc could not convert the prose: {self._read_error()}")
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def _read_error(self) -> str:
        self._process.wait()
        self._errors.seek(0)
        told = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return told[-1] if told else "it ended without a word"


@cache
def find_pandoc() -> str:
    """Return the pandoc of the pypandoc wheel; a system's own may be too old for Typst."""
    import pypandoc

    return pypandoc.get_pandoc_path()
