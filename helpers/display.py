"""What a notebook shows: sentences, tables and figures, for its reader and for the report.

Each output carries two forms: what JupyterLab shows, and the block from which the report
is assembled. All results of a section go through :meth:`Section.record`, the one gate
before anything is shown.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from IPython import get_ipython
from IPython.display import display

from helpers.cohort.redefinition import is_as_published
from helpers.disclosure import open_gate
from helpers.document import (
    MIME_TYPE,
    OMITTED_PREFIX,
    Block,
    FigureBlock,
    ResultsBlock,
    Slot,
    TableBlock,
    TextBlock,
    block_to_json,
)
from helpers.formatting import escape_markdown, get_style
from helpers.narrative.notes import write_note
from helpers.narrative.omitted import describe_omitted
from helpers.published.overlay import tabulate_published_points
from helpers.published.table_one import tabulate_published_characteristics
from helpers.representations import represent_block, represent_results
from helpers.results import Result, ResultSet

if TYPE_CHECKING:
    from helpers.cohort import Cohort

_Make = Callable[..., Any]
#: A figure of a page's width fills that of a notebook.
_PIXELS_PER_MM = 4.6
_PACKAGES = ("lenfail", "lifelines", "matplotlib", "numpy", "pandas", "scipy", "seaborn")


class Section:
    """One section of the report while its notebook runs.

    Parameters
    ----------
    name : str
        ``cohort``, ``outcomes``, ``multivariate`` or ``treatments``.
    cohort : Cohort
        Whose results are shown.
    style : str
        Number style of every table, figure and sentence.
    disclosure : str
        Rule by which small counts are protected; see :mod:`helpers.disclosure`.
    figure_formats : collection of str
        Further forms of each figure beside SVG and PNG: ``pdf``, ``tiff``.
    """

    def __init__(
        self,
        name: str,
        cohort: Cohort,
        *,
        style: str = "paper",
        disclosure: str = "off",
        figure_formats: Collection[str] = (),
    ) -> None:
        self.name = name
        self.style = style
        self.disclosure = disclosure
        self.figure_formats = tuple(figure_formats)
        self._cohort = cohort
        self._gate = open_gate(disclosure, cohort)
        self._sets: dict[str, ResultSet] = {}
        self._told: set[str] = set()

    def record(self, results: ResultSet) -> ResultSet:
        """Keep the results of an analysis for the report, and return them.

        Under disclosure control what is kept and returned is the protected set; nothing of
        the section holds the true one.

        Raises
        ------
        ValueError
            If an analysis of that id, or a result of one of its ids, was recorded before.
        """
        taken = {key for kept in self._sets.values() for key in kept.results}
        twice = taken.intersection(results.results)
        if results.id in self._sets or twice:
            raise ValueError(
                f"id of an analysis must be new to its section, but {results.id!r} or one of "
                f"{sorted(twice)[:3]} was recorded before; restart the notebook"
            )
        if self._gate is not None:
            results = self._gate.protect(results)
        meta = {"abbreviations": dict(self._cohort.dictionary.abbreviations), **results.meta}
        frames = dict(results.frames)
        is_other = not self._cohort.built_in and self._cohort.terms.is_published
        if is_other and "curve" in frames:
            frames["published"] = tabulate_published_points(results.id)
        if is_other and results.id == "table1":
            frames["published"] = tabulate_published_characteristics(
                results.id, is_same=partial(is_as_published, self._cohort.dictionary)
            )
        self._sets[results.id] = replace(results, meta=meta, frames=frames)
        return self._sets[results.id]

    def record_all(self, sets: Iterable[ResultSet]) -> tuple[ResultSet, ...]:
        """Keep the results of several analyses, and return them."""
        return tuple(self.record(results) for results in sets)

    def note(self, key: str) -> None:
        """Show what the section says of the publication, where the patients are of its kind."""
        checked = any(step.checked for step in self._cohort.flow)
        block = write_note(key, self._cohort.terms, checked=checked)
        if block is not None:
            _emit(block)

    def text_each(self, describe: _Make, sets: Iterable[ResultSet], **options: Any) -> None:
        """Show the sentence of each set, the name of its factor in front."""
        for results in sets:
            if self._can_show(results):
                block = describe(results, style=self.style, **options)
                name = escape_markdown(str(results.meta.get("factor_label") or results.id))
                _emit(replace(block, markdown=f"*{name}.* {block.markdown}"))

    def table_each(self, make: _Make, sets: Iterable[ResultSet], **options: Any) -> None:
        """Show the table of each set."""
        for results in sets:
            self.table(make, results, **options)

    def figure_each(
        self, plot: _Make, caption: _Make, sets: Iterable[ResultSet], **options: Any
    ) -> None:
        """Show the figure of each set."""
        for results in sets:
            self.figure(plot, caption, results, **options)

    def text(self, describe: Callable[..., TextBlock], *results: ResultSet, **options: Any) -> None:
        """Show the sentence that `describe` makes of the results."""
        if self._can_show(*results):
            _emit(describe(*results, style=self.style, **options))

    def table(self, make: Callable[..., TableBlock], *results: ResultSet, **options: Any) -> None:
        """Show the table that `make` makes of the results."""
        if self._can_show(*results):
            block = make(*results, style=self.style, **options)
            if block.rows:
                _emit(block)

    def figure(
        self,
        plot: Callable[..., Any],
        caption: Callable[..., Any],
        *results: ResultSet,
        slot: Slot | None = None,
        **options: Any,
    ) -> None:
        """Show the figure that `plot` draws of the results, with the words of `caption`."""
        from helpers.figures import collect_figure_data, render_figure

        is_empty = any(kept.meta.get("is_drawn") is False for kept in results)
        if is_empty or not self._can_show(*results):
            return
        axes = plot(*results, style=self.style, **options)
        text = caption(*results, style=self.style, slot=slot)
        if any(len(kept.frames.get("published", ())) for kept in results):
            note = "Open stars: published medians and probabilities."
            text = replace(text, caption=f"{text.caption} {note}")
        synthetic = self._cohort.synthetic
        data = collect_figure_data(axes, *results)
        forms = self.figure_formats
        block = render_figure(axes, text, data, synthetic=synthetic, forms=forms)
        curves = {**block.curves, "decimal_mark": get_style(self.style).decimal_mark}
        _emit(replace(block, curves=curves))

    def close(self) -> None:
        """Hand all results of the section to the report; the last cell of a notebook."""
        records = [result.to_record() for kept in self._sets.values() for result in kept]
        omitted = [
            {
                "id": kept.id,
                "title": str(kept.meta.get("title", kept.id)),
                "reason": kept.reason,
                "columns": ", ".join(self._find_columns(kept.reason)),
            }
            for kept in self._sets.values()
            if not kept.is_computable
        ]
        context = self._context()
        if self._gate is not None:
            context = self._gate.protect_context(context)
        _emit(ResultsBlock(self.name, tuple(records), tuple(omitted), context))

    def _find_columns(self, reason: str) -> list[str]:
        """Return the columns of a file that a reason names and that the data do not hold."""
        known, table = self._cohort.dictionary.file_columns, self._cohort.table.columns
        names = re.findall(r"(?<=\()\w+(?=\))|\w+(?= \()|\w+_\w+", reason)
        return [name for name in dict.fromkeys(names) if name in known and name not in table]

    def _context(self) -> Mapping[str, Any]:
        return {
            "cohort": self._cohort.name,
            "synthetic": self._cohort.synthetic,
            "built_in": self._cohort.built_in,
            "abbreviations": dict(self._cohort.dictionary.abbreviations),
            "n": len(self._cohort.table),
            "data_sha256": self._cohort.sha256,
            "warnings": list(self._cohort.remarks),
            "definitions": {
                kept.id: kept.meta["definition"]
                for kept in self._sets.values()
                if kept.meta.get("definition")
            },
            "versions": {
                "python": platform.python_version(),
                **{package: version(package) for package in _PACKAGES},
            },
        }

    def _can_show(self, *results: ResultSet) -> bool:
        missing = [kept for kept in results if not kept.is_computable]
        for kept in missing:
            if kept.id not in self._told:
                self._told.add(kept.id)
                _emit(replace(describe_omitted(kept), id=f"{OMITTED_PREFIX}{kept.id}"))
        return not missing


def open_section(
    name: str,
    cohort: Cohort,
    *,
    style: str = "paper",
    disclosure: str = "off",
    figure_formats: Collection[str] = (),
) -> Section:
    """Begin a section: what the notebook shows from here on belongs to it.

    Parameters
    ----------
    name : str
        Of the section.
    cohort : Cohort
        Whose results are shown; a synthetic one is announced.
    style : str
        Number style of every table, figure and sentence.
    disclosure : str
        ``off``, or the rule by which small counts are protected.
    figure_formats : collection of str
        Forms of each figure; SVG and PNG are made in any case.

    Returns
    -------
    Section

    Raises
    ------
    DataError
        If the cohort is too small to be protected.
    """
    if cohort.synthetic:
        banner = "SYNTHETIC DATA. No patient of the published study is in this report."
        display({"text/html": f"<strong>{banner}</strong>", "text/plain": banner}, raw=True)
    return Section(name, cohort, style=style, disclosure=disclosure, figure_formats=figure_formats)


def _emit(block: Block) -> None:
    data = {**represent_block(block), MIME_TYPE: block_to_json(block)}
    display(data, metadata=_size(block), raw=True)


def _size(block: Block) -> dict[str, Any]:
    if not isinstance(block, FigureBlock):
        return {}
    return {"image/png": {"width": round(block.width_mm * _PIXELS_PER_MM)}}


def _register(shell: Any) -> None:
    """Let the last line of a cell show results, tables and figures as the report does."""
    formatter = shell.display_formatter.mimebundle_formatter
    for kind in (TextBlock, TableBlock, FigureBlock):
        formatter.for_type(kind, lambda block, **_: (represent_block(block), _size(block)))
    for kind in (Result, ResultSet):
        formatter.for_type(kind, lambda results, **_: represent_results(results))


if (_shell := get_ipython()) is not None:
    _register(_shell)
