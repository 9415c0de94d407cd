"""Everything that stands around the results, as text: abstract to conclusion, references."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.cohort.terms import Terms
from helpers.document import TextBlock
from helpers.formatting import escape_markdown, format_count, join_sentences
from helpers.formatting.abbreviations import expand_abbreviations
from helpers.narrative.abstract import tell_conclusions, write_abstract
from helpers.narrative.beside import PublishedComparison, write_comparison
from helpers.narrative.discussion import write_findings, write_limits
from helpers.narrative.evidence import Choices, Evidence
from helpers.narrative.methods import write_methods
from helpers.narrative.references import number_citations

_DISEASE = (
    "MDS is a group of clonal diseases of the bone marrow in which blood cells do not mature and "
    "which may turn into AML. Among patients with lower-risk disease, del(5q) marks those in whom "
    "LEN corrects anaemia best [@list2006; @fenaux2011]. Still, some do not respond to it, some "
    "cannot take it, and most of those who respond lose the response in time."
)
_QUESTION = (
    "No treatment is generally agreed on once LEN has failed, and new ones need a yardstick. "
    "Prebet and colleagues gathered such patients from trials, compassionate-use programmes and "
    "registries of several countries. They described how long these patients lived, which features "
    "went with survival, and what was given next [@prebet2017]."
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a part, under a subheading of its own if that is not empty."""

    subheading: str
    text: TextBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontText:
    """All text around the results.

    Attributes
    ----------
    abstract : tuple of (str, TextBlock)
        Heading and sentences of each part.
    before, after : tuple of (str, tuple of Paragraph)
        Title and paragraphs of each part before and after the results.
    references : tuple of str
        Markdown of what the text cites, in the order of citation.
    """

    abstract: tuple[tuple[str, TextBlock], ...]
    before: tuple[tuple[str, tuple[Paragraph, ...]], ...]
    after: tuple[tuple[str, tuple[Paragraph, ...]], ...]
    references: tuple[str, ...]


def write_front(
    evidence: Evidence, choices: Choices, published: PublishedComparison | None = None
) -> FrontText:
    """Write what stands around the results.

    Parameters
    ----------
    evidence : Evidence
        All results; what they lack is not told.
    choices : Choices
        The parameters' values.
    published : PublishedComparison, optional
        The published numbers beside the results; without it they are not discussed.

    Returns
    -------
    FrontText
        Abbreviations are written out at their first use, in the abstract and again in the
        text; citations are numbered.
    """
    abstract = write_abstract(evidence, choices)
    known = evidence.known_abbreviations
    shown = expand_abbreviations([text for _, text in abstract], keep_all=False, known=known)
    parts = _write_parts(evidence, choices, published)
    texts = expand_abbreviations([text for _, rows in parts for _, text, _ in rows], known=known)
    numbered, references = number_citations(texts)
    remaining = iter(numbered)
    made = [
        (
            title,
            tuple(
                Paragraph(subheading, TextBlock(f"{title.lower()}.{n}", next(remaining), refs))
                for n, (subheading, _, refs) in enumerate(rows, 1)
            ),
        )
        for title, rows in parts
    ]
    return FrontText(
        abstract=tuple(
            (heading, TextBlock(f"abstract.{heading.lower()}", text))
            for (heading, _), text in zip(abstract, shown, strict=True)
        ),
        before=tuple(made[:2]),
        after=tuple(made[2:]),
        references=references,
    )


_Rows = list[tuple[str, str, tuple[str, ...]]]


def _write_parts(
    evidence: Evidence, choices: Choices, published: PublishedComparison | None
) -> list[tuple[str, _Rows]]:
    """Return title and rows of each part; a row is subheading, raw text, references."""
    discussion: _Rows = [
        ("Main findings", write_findings(evidence, choices), ()),
        (
            "Beside the published analysis",
            write_comparison(evidence, choices, published),
            published.refs if published else (),
        ),
        ("Interpretation", escape_markdown(evidence.terms.interpretation), ()),
        ("Limits", write_limits(evidence, choices), ()),
    ]
    declarations = escape_markdown(evidence.terms.declarations)
    introduction = (
        *_introduce(evidence.terms),
        _tell_aim(evidence, choices, has_comparison=published is not None),
    )
    methods = [(heading, text, ()) for heading, text in write_methods(evidence, choices)]
    conclusion = join_sentences(tell_conclusions(evidence, choices))
    return [
        ("Introduction", [("", text, ()) for text in introduction]),
        ("Methods", methods),
        ("Discussion", [row for row in discussion if row[1]]),
        ("Conclusion", [("", conclusion, ())]),
        *([("Declarations", [("", declarations, ())])] if declarations else []),
    ]


def _introduce(terms: Terms) -> tuple[str, ...]:
    """Return the paragraphs on the disease and the question."""
    if terms.introduction:
        return (escape_markdown(terms.introduction),)
    if terms.is_published:
        return (_DISEASE, _QUESTION)
    disease, failure = escape_markdown(terms.disease), escape_markdown(terms.failure)
    return (
        f"How long patients with {disease} live after {failure}, and what their outcome goes with, "
        "is what this report describes. Its analyses follow those of Prebet and colleagues, who "
        "studied another disease after the failure of its treatment [@prebet2017].",
    )


def _tell_aim(evidence: Evidence, choices: Choices, *, has_comparison: bool) -> str:
    if not evidence.terms.is_published:
        kind = "synthetic patients" if evidence.synthetic else "patients"
        n = evidence.n_patients
        size = f"{format_count(n, style=choices.style)} " if n else ""
        return join_sentences([f"the analyses were made of {size}{kind if n != 1 else kind[:-1]}."])
    if evidence.built_in:
        sentences = [
            "this report makes the same analyses of synthetic patients, because the data behind "
            "the publication are not public: every step from the data to the printed number can "
            "be seen and repeated."
        ]
    else:
        kind = "synthetic patients" if evidence.synthetic else "other patients"
        sentences = [f"this report makes the same analyses of {kind}."]
    if has_comparison:
        sentences.append("the discussion sets its main numbers beside the published ones.")
    return join_sentences(sentences)
