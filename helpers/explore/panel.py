"""The panel of the notebook: controls, and below them the answer to the present choice."""

from __future__ import annotations

import base64
import gc
import html
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets
from IPython.display import Javascript, display

from helpers.errors import LenfailError
from helpers.explore.answer import Answer, Explorer
from helpers.explore.controls import Controls
from helpers.explore.saving import save_choice
from helpers.tables.preview import table_to_html

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.explore.choices import Choice
    from helpers.params import Params

_FILE = "my-choice.yml"
_BANNER = "SYNTHETIC DATA. No patient of the published study is in this notebook."
_GRID = ipywidgets.Layout(
    display="grid", grid_template_columns="repeat(auto-fit, minmax(min(15rem, 100%), 1fr))"
)


class Panel:
    """Controls and their answer, kept in step.

    Parameters
    ----------
    params : Params
        Of the report.
    cohort : Cohort
        As read with them.
    folder : Path
        To which parameter files are written.
    """

    def __init__(self, params: Params, cohort: Cohort, *, folder: Path) -> None:
        self._params, self._folder = params, folder
        self._explorer = Explorer(params, cohort)
        self._is_busy = False
        self.controls = Controls(params, cohort)
        self.status = _make_region("lenfail-live", "lenfail-status")
        self.table, self.figure = _make_region(), _make_region()
        self.name = ipywidgets.Text(description="File name", value=_FILE)
        self.overwrite = ipywidgets.Checkbox(
            description="Replace a file of that name", value=False, indent=False
        )
        self.write = ipywidgets.Button(description="Write params", icon="")
        self.saved = _make_region("lenfail-live")
        self.answer: Answer | None = None
        self.controls.on_change(self._follow)
        self.write.on_click(self._save)
        self._show()
        gc.freeze()  # what is loaded by now need not be looked through while a choice is answered

    @property
    def widget(self) -> ipywidgets.VBox:
        """Return the panel as a widget."""
        banner = [ipywidgets.HTML(f"<strong>{_BANNER}</strong>")]
        fields = ipywidgets.Box(self.controls.widgets, layout=_GRID)
        save = ipywidgets.Box([self.name, self.overwrite, self.write], layout=_GRID)
        style = (files("helpers.explore") / "look.css").read_text(encoding="utf-8")
        box = ipywidgets.VBox(
            [
                ipywidgets.HTML(f"<style>{style}</style>"),
                *(banner if self._explorer.cohort.synthetic else []),
                fields.add_class("lenfail-fields"),
                *(self.status, self.table, self.figure),
                ipywidgets.HTML(
                    '<p class="lenfail-title">Keep this choice as a parameter file</p>'
                ),
                save.add_class("lenfail-save"),
                self.saved,
            ]
        )
        return box.add_class("lenfail-explore")

    def _follow(self, _: Any) -> None:
        """Answer a changed choice; changes that this makes itself are not changes."""
        if self._is_busy:
            return
        self._is_busy = True
        try:
            self._show()
            self.controls.relabel(self._explorer.cut(self.controls.read()))
        finally:
            self._is_busy = False
        self.saved.value = ""

    def _show(self) -> None:
        """Tell the result, and draw it once it is told."""
        try:
            self.answer = self._explorer.estimate(self.controls.read())
            self._tell(self.answer.sentence, table=_write_table(self.answer))
            self.answer = self._explorer.draw(self.answer)
        except LenfailError as error:
            self.answer = None
            self._tell(str(error), table="")
        self.figure.value = "" if self.answer is None else _write_figure(self.answer)

    def _tell(self, sentence: str, *, table: str) -> None:
        (self.status.remove_class if table else self.status.add_class)("is-empty")
        self.status.value = f"<p>{html.escape(sentence)}</p>"
        self.table.value = table

    def _save(self, _: Any) -> None:
        choice: Choice = self.controls.read()
        title = "" if self.answer is None else str(self.answer.made.survival.meta.get("title", ""))
        try:
            command = save_choice(
                choice,
                self._params,
                self.name.value,
                folder=self._folder,
                title=title,
                overwrite=self.overwrite.value,
            )
        except LenfailError as error:
            told = str(error)
            self.saved.value = f"<p>{html.escape(told[:1].upper() + told[1:])}.</p>"
            return
        self.overwrite.value = False
        self.saved.value = (
            f"<p>Written: {html.escape(self.name.value.strip())}. In the project's folder, this "
            f"builds its report: <code>{html.escape(command)}</code></p>"
        )


def open_explorer(params: Params, cohort: Cohort) -> ipywidgets.VBox:
    """Return the panel of choices, for the last line of a cell.

    Parameters
    ----------
    params : Params
        Of the report.
    cohort : Cohort
        As read with them; it is not read again.

    Returns
    -------
    ipywidgets.VBox
        Parameter files are written beside the notebook.
    """
    display(Javascript((files("helpers.explore") / "live.js").read_text(encoding="utf-8")))
    return Panel(params, cohort, folder=Path.cwd()).widget


def _make_region(*classes: str) -> ipywidgets.HTML:
    region = ipywidgets.HTML("")
    for name in classes:
        region.add_class(name)
    return region


def _scroll(content: str, label: str) -> str:
    """Return what may be wider than the page, in a part that the keyboard can scroll."""
    return (
        f'<div class="lenfail-scroll" tabindex="0" role="region" aria-label="{label}">'
        f"{content}</div>"
    )


def _write_table(answer: Answer) -> str:
    if answer.table is None:
        return ""
    table, end, notes = table_to_html(answer.table).partition("</table>")
    return _scroll(table + end, "Table of the result") + notes


def _write_figure(answer: Answer) -> str:
    """Return the figure with its words; drawings are pictures, so that nothing in them runs."""
    if answer.text is None:
        return ""
    words = answer.text
    data = base64.b64encode(answer.svg.encode("utf-8")).decode("ascii")
    alt = html.escape(words.alt, quote=True)
    picture = f'<img alt="{alt}" src="data:image/svg+xml;base64,{data}">'
    caption = f"<strong>{html.escape(words.title)}</strong> {html.escape(words.caption)}"
    return (
        f"<figure>{_scroll(picture, 'Figure of the result')}"
        f"<figcaption>{caption}</figcaption></figure>"
        f"<details><summary>The figure in words</summary><p>{html.escape(words.description)}</p>"
        "</details>"
    )
