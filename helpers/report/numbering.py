"""Numbers of tables and figures across the whole manuscript."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from helpers.document import Block, FigureBlock, Slot, TableBlock
from helpers.errors import BuildError
from helpers.report.text import join_words

_PREFIX: Mapping[Slot, str] = {
    "main": "",
    "supplement": "Supplementary ",
    "appendix": "Appendix ",
}


@dataclass(frozen=True, slots=True)
class Numbering:
    """Labels of tables and figures.

    Attributes
    ----------
    labels : mapping of str to str
        By block id, in order of appearance: ``Table 1``, ``Supplementary Figure 2``.
    """

    labels: Mapping[str, str] = field(default_factory=dict)

    def cite(self, refs: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return id and label of each referred block that the manuscript has.

        Parameters
        ----------
        refs : iterable of str
            Block ids; unknown ones (an omitted analysis) and repeated ones are left out.

        Returns
        -------
        tuple of (str, str)
            In the order of `refs`.
        """
        known = dict.fromkeys(ref for ref in refs if ref in self.labels)
        return tuple((ref, self.labels[ref]) for ref in known)

    def describe(self, refs: Iterable[str]) -> str:
        """Return the reference in brackets that ends a sentence, or nothing.

        Examples
        --------
        >>> Numbering({"a": "Figure 2", "b": "Table 1"}).describe(["a", "b", "z"])
        '(Figure 2 and Table 1)'
        """
        labels = [label for _, label in self.cite(refs)]
        return f"({join_words(labels)})" if labels else ""

    def find_unknown(self, refs: Iterable[str]) -> tuple[str, ...]:
        """Return the ids that no block of the manuscript has, sorted."""
        return tuple(sorted({ref for ref in refs if ref not in self.labels}))


def number_blocks(blocks: Iterable[Block]) -> Numbering:
    """Number tables and figures in their order, each slot and kind from 1.

    Parameters
    ----------
    blocks : iterable of blocks
        Of the whole manuscript in reading order; other blocks are passed over.

    Returns
    -------
    Numbering
        A label for each table and figure.

    Raises
    ------
    BuildError
        If two tables or figures have one id.
    """
    counts: dict[str, int] = {}
    labels: dict[str, str] = {}
    for block_id, series in _name_series(blocks):
        if block_id in labels:
            raise BuildError(
                f"id of a table or figure must be unique in the report, but {block_id!r} came "
                "twice; show it once, or give the second one an id of its own"
            )
        counts[series] = counts.get(series, 0) + 1
        labels[block_id] = f"{series} {counts[series]}"
    return Numbering(labels)


def _name_series(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if isinstance(block, TableBlock):
            yield block.id, f"{_PREFIX[block.slot]}Table"
        elif isinstance(block, FigureBlock):
            yield block.id, f"{_PREFIX[block.text.slot]}Figure"
