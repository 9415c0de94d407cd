"""What a batch or a sweep prints while it runs: one bar, lines in a log, or events."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any, Protocol

from helpers.cli.console import print_line


class CountedEvent(Protocol):
    """Something done of many; a dataclass."""

    kind: str
    name: str
    status: str
    done: int
    total: int
    seconds: float
    attempts: int
    message: str


class SilentCount(AbstractContextManager["SilentCount"]):
    """Prints nothing."""

    def tell(self, event: CountedEvent) -> None:
        """Pass it over."""

    def close(self, words: str, fields: Mapping[str, Any]) -> None:
        """Pass it over."""

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""


class LineCount(SilentCount):
    """Prints a line for whatever is done."""

    def tell(self, event: CountedEvent) -> None:
        """Print it."""
        line = describe_counted(event)
        if line:
            print_line(line)

    def close(self, words: str, fields: Mapping[str, Any]) -> None:
        """Print what was written."""
        print_line(words)


class JsonCount(SilentCount):
    """Prints one JSON object a line: each event, then the summary."""

    def tell(self, event: CountedEvent) -> None:
        """Print it."""
        fields = asdict(event)  # type: ignore[call-overload]
        self._print({"event": fields.pop("kind"), **fields})

    def close(self, words: str, fields: Mapping[str, Any]) -> None:
        """Print the summary."""
        self._print({"event": "summary", **fields})

    def _print(self, fields: Mapping[str, Any]) -> None:
        print_line(json.dumps(fields, ensure_ascii=False))


class BarCount(SilentCount):
    """Shows one bar with the time left, and a line for whatever failed or was begun again.

    Parameters
    ----------
    what : str
        That is counted, e.g. ``reports``.
    """

    def __init__(self, what: str) -> None:
        from rich.console import Console as Terminal
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        self._terminal = Terminal(file=sys.stdout, highlight=False)
        self._bars = Progress(
            TextColumn("{task.description:<20}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=self._terminal,
            transient=True,
        )
        self._id = self._bars.add_task(what, total=None)
        self._bars.start()

    def tell(self, event: CountedEvent) -> None:
        """Move the bar."""
        self._bars.update(self._id, completed=event.done, total=event.total)
        if event.message or event.attempts > 1:
            self._terminal.print(describe_counted(event), markup=False)

    def close(self, words: str, fields: Mapping[str, Any]) -> None:
        """Print what was written, below no bar."""
        self._bars.stop()
        self._terminal.print(words, markup=False, soft_wrap=True)

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""
        self._bars.stop()


def open_counting_console(
    what: str, *, quiet: bool = False, as_json: bool = False
) -> SilentCount | LineCount | JsonCount | BarCount:
    """Return the console for what the user asked for and where the output goes."""
    if quiet:
        return SilentCount()
    if as_json:
        return JsonCount()
    return BarCount(what) if sys.stdout.isatty() else LineCount()


def describe_counted(event: CountedEvent) -> str:
    """Return an event as a line, or nothing where it is not worth one."""
    if not event.name:
        return ""
    width = len(f"{event.total:,}")
    words = f"{event.seconds:6.1f} s" if event.status == "built" else event.status
    if event.attempts > 1:
        words += f", attempt {event.attempts}"
    line = f"  {event.done:>{width},}/{event.total:,} {event.name:<24} {words}"
    return f"{line}: {event.message}" if event.message else line
