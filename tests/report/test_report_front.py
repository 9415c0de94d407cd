"""The front matter is made from the collected results and stands in the page."""

import pytest

from helpers.document import TextBlock
from helpers.report.artefacts import CollectedResults
from helpers.report.blocks import Prose
from helpers.report.front import make_front_matter, read_choices, shorten_title
from helpers.report.manuscript import Manuscript, assemble_manuscript
from helpers.report.markdown import MarkdownConverter
from helpers.report.nodes import HeadingNode, ReferenceNode, SentenceNode

RECORDS = (
    {"id": "flow.included", "kind": "count", "estimate": 1000, "n": 1000},
    {"id": "os.overall.n", "kind": "count", "estimate": 1000, "n": 1000, "events": 1},
    {"id": "os.overall.median", "kind": "median", "estimate": 23.4, "ci_lower": 20.1,
     "ci_upper": 27.3, "conf_level": 0.95, "n": 1000, "events": 1, "unit": "months"},
)  # fmt: skip

LEDGER = """
format: 1
paper: {title: An example, journal: A journal, year: 2020, doi: 10.0000/example}
entries:
- {id: os.median, place: Abstract, kind: median, printed: 23 months, value: 23, decimals: 0,
   unit: months, population: all, scope: cohort, result: os.overall.median, field: estimate}
- {id: os.median.again, place: Text, kind: median, printed: 23 months, value: 23, decimals: 0,
   unit: months, population: all, scope: cohort, result: os.overall.median, field: estimate}
- {id: all.n, place: Text, kind: count, printed: '392', value: 392, decimals: 0,
   population: all, scope: cohort, result: flow.included, field: estimate}
- {id: os.5y, place: Text, kind: probability, printed: 24%, value: 24, decimals: 0, unit: '%',
   population: all, scope: cohort, result: os.overall.prob_60m, field: percent}
"""


def collect(*, omitted=(), **context):
    return CollectedResults(
        records={record["id"]: record for record in RECORDS},
        omitted=tuple(omitted),
        context={"synthetic": False, "versions": {"python": "3.12.1"}, **context},
    )


def read_part(part):
    return " ".join(item.markdown for item in part.items if isinstance(item, TextBlock))


def test_front_matter_is_complete():
    front = make_front_matter({"title": "A title", "data": "own.csv"})(collect())
    assert (front.title, front.running_head) == ("A title", "A title")
    assert [heading for heading, _ in front.abstract] == [
        "Background",
        "Methods",
        "Results",
        "Conclusions",
    ]
    assert [part.title for part in front.before] == ["Introduction", "Methods"]
    assert [part.title for part in front.after] == ["Discussion", "Conclusion"]
    assert dict(front.abstract)["Results"].markdown == (
        "The analysis included 1,000 patients. During follow-up, 1 patient died. The median OS "
        "was 23 months (95% confidence interval 20–27)."
    )
    headings = [item.markdown for item in front.before[1].items if isinstance(item, Prose)]
    names = ("Patients", "Endpoints", "Statistical analysis", "Software", "Reporting")
    assert headings == [f"# {name}" for name in names]
    assert front.references[0].startswith("List A")


def test_parameters_reach_the_text():
    given = {"number_style": "nejm", "survival_horizons_months": [6.0], "conf_level": 0.9}
    assert read_choices({**given, "seed": 1}).survival_horizons_months == [6.0]
    front = make_front_matter({**given, "authors": ["Ann Author"], "keywords": ["MDS"]})(collect())
    methods = read_part(front.before[1])
    assert "Probabilities of survival are given at 6 months." in methods
    assert "All intervals are 90% confidence intervals (CIs)." in methods
    assert "was 23.4 months (95% confidence interval, 20.1 to 27.3)" in (
        dict(front.abstract)["Results"].markdown
    )
    assert (front.authors, front.affiliations, front.keywords) == (("Ann Author",), (), ("MDS",))


def test_built_in_cohort_is_told_from_a_marked_file():
    made = make_front_matter({"data": "synthetic"})(collect(synthetic=True))
    marked = make_front_matter({"data": "trial.csv"})(collect(synthetic=True))
    assert "A generator made them" in read_part(made.before[1])
    assert "the data file marks them as simulated" in read_part(marked.before[1])


def test_omitted_analyses_are_counted():
    omitted = [{"id": "aml", "reason": "no date of AML"}]
    front = make_front_matter({})(collect(omitted=omitted))
    assert "With these data, one analysis could not be made;" in read_part(front.before[1])


def test_ledger_brings_the_published_numbers(tmp_path):
    ledger = tmp_path / "ledger.yml"
    ledger.write_text(LEDGER, encoding="utf-8")
    discussion = make_front_matter({}, ledger=ledger)(collect(synthetic=True)).after[0]
    told = next(item for item in discussion.items if getattr(item, "refs", ()))
    assert told.markdown.startswith(
        "Of 4 printed numbers of the publication \\[[3](#reference-3)\\] that a cohort"
    )
    assert "2 are equal here at the printed precision." in told.markdown
    assert "Among the main estimates, equal is median OS (23 months)." in told.markdown
    assert told.refs == ("table.comparison",)
    without = make_front_matter({})(collect()).after[0]
    assert not any(getattr(item, "refs", ()) for item in without.items)


def test_an_own_cohort_is_set_beside_the_published_one_and_not_judged(tmp_path):
    ledger = tmp_path / "ledger.yml"
    ledger.write_text(LEDGER, encoding="utf-8")
    discussion = make_front_matter({"data": "own.csv"}, ledger=ledger)(collect()).after[0]
    told = next(item for item in discussion.items if getattr(item, "refs", ())).markdown
    assert "median OS, 23 months \\[20–27\\] here and 23 months there (0)" in told
    assert "equal" not in told


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("Short title", "Short title"),
        (
            "Outcome after lenalidomide failure in lower-risk MDS with deletion 5q",
            "Outcome after lenalidomide failure in lower-risk MDS",
        ),
        (" ".join(["word"] * 20), f"{' '.join(['word'] * 12)}…"),
        ("x" * 80, f"{'x' * 59}…"),
    ],
)
def test_running_head_fits(title, head):
    assert shorten_title(title) == head
    assert len(head) <= 61


def test_page_shows_parts_in_order():
    front = make_front_matter({"data": "own.csv"})(collect())
    manuscript = Manuscript(front=front, sections=())
    markdown = MarkdownConverter()
    markdown.prepare(manuscript.list_fragments())
    page = assemble_manuscript(manuscript, numbering=manuscript.number(), markdown=markdown)
    headings = [(node.level, node.plain) for node in page.nodes if isinstance(node, HeadingNode)]
    assert headings == [
        (2, "Introduction"),
        (2, "Methods"),
        (3, "Patients"),
        (3, "Endpoints"),
        (3, "Statistical analysis"),
        (3, "Software"),
        (3, "Reporting"),
        (2, "Results"),
        (2, "Discussion"),
        (3, "Main findings"),
        (3, "Limits"),
        (2, "Conclusion"),
        (2, "References"),
    ]
    first = next(node for node in page.nodes if isinstance(node, SentenceNode))
    one, two = (f'<a href="#reference-{n}" id="cited-{n}">{n}</a>' for n in (1, 2))
    assert f"corrects anaemia best [{one}, {two}]." in first.html
    listed = next(node for node in page.nodes if isinstance(node, ReferenceNode)).entries
    assert [entry.number for entry in listed] == list(range(1, len(front.references) + 1))
    assert all(entry.is_cited for entry in listed)
