"""What a build prints while it runs: bars on a terminal, lines in a log, events for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from helpers.report.progress import BuildSummary, ProgressEvent


_printing = Lock()


def print_line(line: str) -> None:
    """Print a whole line, whatever other threads print meanwhile."""
    with _printing:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


class Console(Protocol):
    """Something that is told of a build."""

    def tell(self, event: ProgressEvent) -> None:
        """Take note of an event; may be called from several threads."""

    def close(self, summary: BuildSummary) -> None:
        """Tell what was written."""


class SilentConsole(AbstractContextManager["SilentConsole"]):
    """Prints nothing."""

    def tell(self, event: ProgressEvent) -> None:
        """Pass it over."""

    def close(self, summary: BuildSummary) -> None:
        """Pass it over."""

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""


class LineConsole(SilentConsole):
    """Prints a line for each section and for whatever else a log should hold."""

    def tell(self, event: ProgressEvent) -> None:
        """Print what is worth a line."""
        line = describe_event(event)
        if line:
            print_line(line)

    def close(self, summary: BuildSummary) -> None:
        """Print what was written."""
        print_line(str(summary))


class JsonConsole(SilentConsole):
    """Prints one JSON object a line: each event, then the summary.

    An event has ``event`` (begin, cell, section, step, retry, wait), ``name``, ``done``,
    ``total``, ``seconds``, ``cached`` and ``message``. The last line has ``event`` "summary"
    and the fields of the build's summary.
    """

    def tell(self, event: ProgressEvent) -> None:
        """Print an event."""
        fields = asdict(event)
        self._print({"event": fields.pop("kind"), **fields})

    def close(self, summary: BuildSummary) -> None:
        """Print the summary."""
        fields = asdict(summary)
        self._print({"event": "summary", **fields, "folder": str(summary.folder)})

    def _print(self, fields: Mapping[str, Any]) -> None:
        print_line(json.dumps(fields, ensure_ascii=False))


class BarConsole(SilentConsole):
    """Shows a bar for each section and one for the pages, with the time left."""

    def __init__(self) -> None:
        from rich.console import Console as Terminal
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        self._terminal = Terminal(file=sys.stdout, highlight=False)
        self._bars: Progress = Progress(
            TextColumn("{task.description:<20}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=self._terminal,
            transient=True,
        )
        self._ids: dict[str, TaskID] = {}
        self._bars.start()

    def tell(self, event: ProgressEvent) -> None:
        """Move a bar, or print a line above the bars."""
        if event.kind == "begin":
            self._find(event.name, None)
        elif event.kind == "cell" or (event.kind == "step" and event.total > 1):
            self._bars.update(
                self._find(event.name, event.total), completed=event.done, total=event.total
            )
        else:
            if event.kind == "section" and event.name in self._ids:
                self._bars.remove_task(self._ids.pop(event.name))
            line = describe_event(event)
            if line:
                self._terminal.print(line, markup=False)

    def close(self, summary: BuildSummary) -> None:
        """Print what was written, below no bar."""
        self._bars.stop()
        self._terminal.print(str(summary), markup=False, soft_wrap=True)

    def __exit__(self, *_: object) -> None:
        """Leave the terminal as it was."""
        self._bars.stop()

    def _find(self, name: str, total: float | None) -> TaskID:
        if name not in self._ids:
            self._ids[name] = self._bars.add_task(name, total=total)
        return self._ids[name]


def open_console(
    *, quiet: bool = False, as_json: bool = False
) -> SilentConsole | LineConsole | JsonConsole | BarConsole:
    """Return the console for what the user asked for and where the output goes."""
    if quiet:
        return SilentConsole()
    if as_json:
        return JsonConsole()
    return BarConsole() if sys.stdout.isatty() else LineConsole()


def describe_event(event: ProgressEvent) -> str:
    """Return an event as a line, or nothing where it is not worth one."""
    if event.kind == "wait":
        return f"  waiting: report {event.name!r} is {event.message}"
    if event.kind == "retry":
        return f"  {event.name:<24} is run once more: {event.message}"
    is_told = event.kind == "section" or (event.kind == "step" and event.total == 1)
    if not is_told:
        return ""
    what = f"{event.seconds:6.1f} s"
    if event.cached:
        what = "unchanged"
    elif event.message:
        what = "failed"
    return f"  {event.name:<24} {what}"
