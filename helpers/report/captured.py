"""What a running cell shows, in order: displays, streams, and what is written past Python."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from types import TracebackType
from typing import Any, TextIO


class CellOutputs:
    """The outputs of the running cell, as a notebook keeps them."""

    def __init__(self) -> None:
        self._outputs: list[dict[str, Any]] = []
        self._by_id: dict[str, list[dict[str, Any]]] = {}
        self._clear_next = False
        self.descriptors: SharedDescriptors | None = None

    def begin(self) -> None:
        """Start a cell."""
        self._outputs, self._clear_next = [], False

    def finish(self) -> list[dict[str, Any]]:
        """Return the cell's outputs."""
        if self.descriptors is not None:
            self.descriptors.drain()
        return self._outputs

    def add(self, output: dict[str, Any], display_id: str | None = None) -> None:
        """Append an output; one with an id can be changed later."""
        if self._clear_next:
            self.clear()
        self._outputs.append(output)
        if display_id is not None:
            self._by_id.setdefault(display_id, []).append(output)

    def update_displays(self, display_id: str | None, shown: dict[str, Any]) -> None:
        """Change every display of an id, in this cell and those before it."""
        for output in self._by_id.get(display_id or "", ()):
            output.update(shown)

    def write(self, name: str, text: str) -> None:
        """Append text of a stream to the stream's last output, if that is the cell's last."""
        if not text:
            return
        if self._clear_next:
            self.clear()
        last = self._outputs[-1] if self._outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += text
        else:
            self._outputs.append({"output_type": "stream", "name": name, "text": text})

    def clear(self, *, wait: bool = False) -> None:
        """Forget all outputs, or do so before the next one."""
        self._clear_next = wait
        if not wait:
            del self._outputs[:]


class CellStream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of a cell."""

    encoding = "UTF-8"
    errors = "strict"

    def __init__(self, outputs: CellOutputs, name: str) -> None:
        super().__init__()
        self._outputs = outputs
        self.name = name

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return False: nobody types here."""
        return False

    def fileno(self) -> int:
        """Return the descriptor that libraries write to."""
        return 1 if self.name == "stdout" else 2

    def write(self, text: str) -> int:
        """Add text to the running cell."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._outputs.write(self.name, text)
        return len(text)


class SharedDescriptors:
    """Keeps what is written to descriptors 1 and 2 past Python, for the cell that wrote it."""

    def __init__(self, outputs: CellOutputs) -> None:
        self._outputs = outputs
        self._files: dict[str, Any] = {}
        self._kept: dict[int, int] = {}

    def __enter__(self) -> SharedDescriptors:
        streams: dict[str, TextIO] = {"stdout": sys.__stdout__, "stderr": sys.__stderr__}
        for number, (name, stream) in enumerate(streams.items(), 1):
            if stream is not None:
                stream.flush()
            self._files[name] = tempfile.TemporaryFile(buffering=0)
            self._kept[number] = os.dup(number)
            os.dup2(self._files[name].fileno(), number)
        self._outputs.descriptors = self
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._outputs.descriptors = None
        for number, kept in self._kept.items():
            os.dup2(kept, number)
            os.close(kept)
        for file in self._files.values():
            file.close()

    def drain(self) -> None:
        """Give the running cell what was written, and forget it."""
        for name, file in self._files.items():
            if not os.fstat(file.fileno()).st_size:
                continue
            file.seek(0)
            self._outputs.write(name, file.read().decode("utf-8", "replace"))
            file.seek(0)
            file.truncate()
