"""The manuscript of a pooled report."""

from __future__ import annotations

from helpers.document import TextBlock
from helpers.formatting import format_number_word
from helpers.formatting.abbreviations import expand_abbreviations, list_known
from helpers.narrative.pooling import describe_pool, describe_pooled_ratios
from helpers.narrative.pooling_front import (
    Paragraphs,
    number_paragraphs,
    write_abstract,
    write_limits,
    write_methods,
)
from helpers.report.blocks import Item, Prose
from helpers.report.first_use import introduce_abbreviations
from helpers.report.front import shorten_title
from helpers.report.manuscript import FrontMatter, Manuscript, Part
from helpers.report.pooling.collect import Pooled
from helpers.report.pooling.sections import Look, make_facts, make_sections


def make_manuscript(pooled: Pooled, *, title: str = "", style: str = "paper") -> Manuscript:
    """Return the manuscript of a pool.

    Parameters
    ----------
    pooled : Pooled
        What the share files give together.
    title : str
        Made from endpoint and number of centres without one.
    style : str
        Number style.
    """
    look = Look(style=style, synthetic=pooled.synthetic)
    facts = make_facts(pooled)
    endpoint = pooled.definition["endpoints"]["os"]
    since = str(endpoint["time_label"]).removeprefix("Months since ")
    count = format_number_word(len(pooled.centres), style=style)
    title = title or f"{endpoint['label']} after {since} in {count} centres"
    told = (
        describe_pool(facts, style=style).markdown,
        describe_pooled_ratios(pooled.full, style=style).markdown,
    )
    (methods, limits), references = number_paragraphs(write_methods(facts), write_limits(facts))
    known = list_known({})
    abstract = write_abstract(facts, told)
    shown = expand_abbreviations([text for _, text in abstract], keep_all=False, known=known)
    front = FrontMatter(
        title=title,
        running_head=shorten_title(title),
        abstract=tuple(
            (heading, TextBlock(f"abstract.{heading.lower()}", text))
            for (heading, _), text in zip(abstract, shown, strict=True)
        ),
        before=(Part(title="Methods", items=_make_items("methods", methods)),),
        after=(Part(title="What this cannot say", items=_make_items("limits", limits)),),
        references=references,
    )
    manuscript = Manuscript(front=front, sections=make_sections(pooled, look))
    return introduce_abbreviations(manuscript, known)


def _make_items(name: str, paragraphs: Paragraphs) -> tuple[Item, ...]:
    items: list[Item] = []
    for number, (heading, text) in enumerate(paragraphs, 1):
        items += [Prose(f"# {heading}"), TextBlock(f"{name}.{number}", text)]
    return tuple(items)
