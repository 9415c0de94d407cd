"""A notebook's cells in this process: an IPython shell whose outputs are a kernel's.

No kernel, no sockets, no messages: what a kernel would send is put into the cell at once. The
shell is meant for a process that runs one notebook and then ends.
"""

from __future__ import annotations

import base64
import builtins
import json
import os
import platform
import struct
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

from helpers.report.captured import CellOutputs, CellStream, SharedDescriptors

#: Called with the index of a cell in the notebook and whether it ended without an error.
CellDone = Callable[[int, bool], None]
_CELL_SEED = 0xC70F6907
_MURMUR = 0x5BD1E995
_32_BITS = 0xFFFFFFFF
_SKIPPED = "skip-execution"
_MAY_FAIL = "raises-exception"


class StdinNotImplementedError(RuntimeError):
    """A cell asked its reader something; nobody is there to answer."""


class _Publisher(DisplayPublisher):
    """Puts what is displayed into the running cell."""

    outputs = AnyTrait()

    def publish(
        self,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        *,
        transient: Mapping[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        """Add a display, or change those of its id."""
        display_id = (transient or {}).get("display_id")
        shown = {"data": clean_bundle(data), "metadata": clean_bundle(metadata or {})}
        if update:
            self.outputs.update_displays(display_id, shown)
        else:
            self.outputs.add({"output_type": "display_data", **shown}, display_id)

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the cell showed so far, now or before it shows the next thing."""
        self.outputs.clear(wait=wait)


class _Hook(DisplayHook):
    """Puts the value of a cell's last line into the cell."""

    outputs = AnyTrait()

    def write_output_prompt(self) -> None:
        """Print nothing: the number stands in the output."""

    def write_format_data(
        self, format_dict: Mapping[str, Any], md_dict: Mapping[str, Any] | None = None
    ) -> None:
        """Add the value in all its forms."""
        self.outputs.add(
            {
                "output_type": "execute_result",
                "execution_count": self.prompt_count,
                "data": clean_bundle(format_dict),
                "metadata": clean_bundle(md_dict or {}),
            }
        )


class _Compiler(CachingCompiler):
    """Names each cell's file as a kernel does."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:
        """Return a path in no folder, by the code."""
        del code, number
        folder = Path(tempfile.gettempdir()) / f"ipykernel_{os.getpid()}"
        return str(folder / f"{hash_cell(raw_code)}.py")


class SectionShell(InteractiveShell):
    """Runs cells and keeps what each shows."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    compiler_class = Type(_Compiler)

    def init_display_pub(self) -> None:
        """Join the publisher to the cell's outputs."""
        self.outputs = CellOutputs()
        super().init_display_pub()
        self.display_pub.outputs = self.outputs

    def init_displayhook(self) -> None:
        """Join the display hook to the cell's outputs."""
        super().init_displayhook()
        self.displayhook.outputs = self.outputs

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.outputs.add(
            {
                "output_type": "error",
                "ename": str(etype.__name__),
                "evalue": str(evalue),
                "traceback": list(stb),
            }
        )

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: there is no window."""

    def run(self, source: str) -> tuple[list[dict[str, Any]], bool]:
        """Run one cell; return its outputs and whether it ended without an error."""
        self.outputs.begin()
        result = self.run_cell(source, store_history=True)
        return self.outputs.finish(), bool(result.success)


@contextmanager
def open_shell() -> Iterator[SectionShell]:
    """Make this process's shell, with its streams, and put back what was before."""
    former = sys.stdin, sys.stdout, sys.stderr, builtins.input
    shell = make_shell()
    with SharedDescriptors(shell.outputs):
        sys.stdout, sys.stderr = (CellStream(shell.outputs, name) for name in ("stdout", "stderr"))
        builtins.input = _refuse_input
        try:
            yield shell
        finally:
            sys.stdin, sys.stdout, sys.stderr, builtins.input = former
            SectionShell.clear_instance()


def make_shell() -> SectionShell:
    """Return a shell without history whose figures are drawn into the cell."""
    InteractiveShell.clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    shell = SectionShell.instance(config=config)
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    if "matplotlib_inline.config" in sys.modules:
        sys.modules["matplotlib_inline.config"].InlineBackend.clear_instance()
    if "matplotlib.pyplot" in sys.modules:  # chosen on pyplot's import, which is over
        shell.enable_matplotlib("inline")
    return shell


def run_cells(shell: SectionShell, nb: MutableMapping[str, Any], on_cell: CellDone) -> int | None:
    """Run a notebook's cells in place, up to the first that fails.

    Parameters
    ----------
    shell : SectionShell
        Fresh.
    nb : mapping
        A notebook as JSON, version 4, sources as one text; cells receive outputs and numbers.
    on_cell : callable
        Told of each cell that was run.

    Returns
    -------
    int or None
        Index of the cell that failed.
    """
    nb.setdefault("metadata", {})["language_info"] = describe_language()
    for index, cell in enumerate(nb["cells"]):
        tags = cell["metadata"].get("tags", ())
        if cell["cell_type"] != "code" or not cell["source"].strip() or _SKIPPED in tags:
            continue
        cell["execution_count"] = shell.execution_count
        cell["outputs"], is_well = shell.run(cell["source"])
        on_cell(index, is_well)
        if not is_well and _MAY_FAIL not in tags:
            return index
    return None


def describe_language() -> dict[str, Any]:
    """Return what a Python kernel says of its language."""
    return {
        "codemirror_mode": {"name": "ipython", "version": sys.version_info.major},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": f"ipython{sys.version_info.major}",
        "version": platform.python_version(),
    }


def clean_bundle(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """Return a MIME bundle as JSON data: bytes as base64, tuples as lists."""
    return json.loads(json.dumps(dict(bundle), default=_encode))


def hash_cell(source: str) -> int:
    """Return the number under which a kernel names a cell's file: its MurmurHash2, 32 bits.

    References
    ----------
    Appleby A (2008). MurmurHash2, in the public domain.
    """
    data = source.encode("utf-8", "replace")
    value = _CELL_SEED ^ len(data)
    whole = len(data) // 4
    for (word,) in struct.iter_unpack("<I", data[: 4 * whole]):
        mixed = word * _MURMUR & _32_BITS
        mixed = (mixed ^ mixed >> 24) * _MURMUR & _32_BITS
        value = (value * _MURMUR & _32_BITS) ^ mixed
    if rest := data[4 * whole :]:
        value = (value ^ int.from_bytes(rest, "little")) * _MURMUR & _32_BITS
    value = (value ^ value >> 13) * _MURMUR & _32_BITS
    return value ^ value >> 15


def _encode(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return str(value)


def _refuse_input(prompt: object = "") -> str:
    del prompt
    raise StdinNotImplementedError(
        "raw_input was called, but this frontend does not support input requests."
    )
