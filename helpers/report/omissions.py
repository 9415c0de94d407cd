"""What the manuscript leaves out of a section because the data do not hold it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from helpers.document import NOTE_PREFIX, OMITTED_PREFIX, ResultsBlock, TextBlock
from helpers.report.blocks import Code, Item, Prose, SectionContent

_HEADING = re.compile(r"\s*(#{1,6})\s+[^\n]*")
NOTHING = (
    "With these data none of the analyses of this section could be made; an appendix says why."
)


def drop_omitted(section: SectionContent) -> SectionContent:
    """Return a section without prose that introduces only what could not be computed.

    Parameters
    ----------
    section : SectionContent
        As executed: each missing analysis is told by a sentence of its own.

    Returns
    -------
    SectionContent
        Without these sentences, which the appendix repeats as one table, and without the prose
        and headings under which nothing else stands. A section of which nothing is left says
        so in one sentence.
    """
    groups = list(_split(section.items))
    kept = [_keep(group) for group in groups]
    is_alive = any(_has_content(group) for group in groups)
    if not is_alive and any(_is_omitted(item) for item in section.items):
        return replace(section, items=tuple(_reduce(groups)))
    headed = list(_drop_empty_headings(kept))
    return replace(section, items=tuple(item for group in headed for item in group))


def _split(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield each piece of prose with what stands below it."""
    group: list[Item] = []
    for item in items:
        if isinstance(item, Prose) and group:
            yield group
            group = []
        group.append(item)
    if group:
        yield group


def _is_omitted(item: Item) -> bool:
    return isinstance(item, TextBlock) and item.id.startswith(OMITTED_PREFIX)


def _is_about_results(group: Sequence[Item]) -> bool:
    """Return whether something should stand below a piece of prose."""
    kinds = {type(item) for item in group}
    has_code = Code in kinds and ResultsBlock not in kinds
    return has_code or any(_is_omitted(item) for item in group)


def _has_content(group: Sequence[Item]) -> bool:
    """Return whether a group shows a sentence, a table or a figure of results."""
    return any(
        not isinstance(item, Prose | Code | ResultsBlock)
        and not _is_omitted(item)
        and not (isinstance(item, TextBlock) and item.id.startswith(NOTE_PREFIX))
        for item in group
    )


def _keep(group: list[Item]) -> list[Item]:
    if _find_level(group) == 1 or not _is_about_results(group):
        return [item for item in group if not _is_omitted(item)]
    if _has_content(group):
        return [item for item in group if not _is_omitted(item)]
    return [*_keep_heading(group), *(item for item in group if isinstance(item, ResultsBlock))]


def _keep_heading(group: Sequence[Item]) -> Iterator[Prose]:
    match group:
        case [Prose(markdown), *_] if found := _HEADING.match(markdown):
            yield Prose(found[0].strip())


def _drop_empty_headings(groups: Sequence[list[Item]]) -> Iterator[list[Item]]:
    """Yield groups; a bare heading goes where nothing stands below it."""
    for position, group in enumerate(groups):
        level = _find_bare_level(group)
        if not level:
            yield group
            continue
        following = groups[position + 1] if position + 1 < len(groups) else []
        deeper = _find_level(following)
        if following and (deeper == 0 or deeper > level):
            yield group
        else:
            yield [item for item in group if isinstance(item, ResultsBlock)]


def _find_level(group: Sequence[Item]) -> int:
    """Return the level of the heading that a group begins with; 0 without one, 9 if empty."""
    match group:
        case [Prose(markdown), *_] if found := _HEADING.match(markdown):
            return len(found[1])
        case [Prose(), *_]:
            return 0
    return 9


def _find_bare_level(group: Sequence[Item]) -> int:
    """Return the level of a heading that stands alone, 0 for anything else; a title is kept."""
    match group:
        case [Prose(markdown), *rest] if all(isinstance(item, ResultsBlock) for item in rest):
            found = _HEADING.fullmatch(markdown)
            return len(found[1]) if found and len(found[1]) > 1 else 0
    return 0


def _reduce(groups: Sequence[list[Item]]) -> Iterator[Item]:
    """Yield the title of a section of which nothing is left, one sentence and its results."""
    yield from _keep_heading(groups[0])
    yield TextBlock("omitted", NOTHING, ("table.omitted",))
    yield from (item for group in groups for item in group if isinstance(item, ResultsBlock))
