"""The sections of a pooled report: sentences, tables and figures of its results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from helpers.analysis.pooled_forest import select_forest
from helpers.document import FigureBlock, ResultsBlock, TextBlock
from helpers.figures import (
    collect_figure_data,
    plot_forest,
    plot_incidence,
    plot_survival,
    render_figure,
)
from helpers.formatting import NO_VALUE, escape_markdown, format_count
from helpers.formatting.lookup import get_frame
from helpers.narrative import (
    caption_incidence,
    caption_survival,
    describe_incidence,
    describe_survival,
)
from helpers.narrative.pooling import (
    PoolFacts,
    caption_pooled_forest,
    describe_centre_curves,
    describe_heterogeneity,
    describe_pool,
    describe_pooled_ratios,
)
from helpers.report.blocks import Item, Prose, SectionContent, refer_to_what_follows
from helpers.report.pooling.collect import Pooled
from helpers.results import ResultSet
from helpers.tables import make_incidence_table, make_survival_table
from helpers.tables.pooling import (
    make_heterogeneity_table,
    make_pooled_characteristics_table,
    make_pooled_ratio_table,
    make_share_table,
)

#: More curves than these are not told apart in one figure; the table has them.
_MOST_CURVES = 6
_MAIN_CURVES = frozenset({"pooled.os", "pooled.os_by_centre", "pooled.os.failure"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How numbers and figures look.

    Attributes
    ----------
    style : str
        Number style.
    synthetic : bool
        Whether files say that the patients are simulated.
    """

    style: str = "paper"
    synthetic: bool = False


def make_facts(pooled: Pooled) -> PoolFacts:
    """Return what the sentences need beside the results."""
    n = pooled.characteristics[0].meta.get("group_sizes", {}).get("all")
    return PoolFacts(
        centres=pooled.centres,
        showing=pooled.showing,
        n_patients=n,
        joint=pooled.joint,
        missing=pooled.missing,
        rules=pooled.rules,
        is_published=not pooled.definition["parameters"].get("terms"),
    )


def make_sections(pooled: Pooled, look: Look) -> tuple[SectionContent, ...]:
    """Return the sections of the results, in order."""
    made = (
        ("01_centres", "Centres and patients", _iterate_centres(pooled, look)),
        ("02_survival", "Survival", _iterate_survival(pooled, look)),
        ("03_hazards", "Hazard ratios", _iterate_ratios(pooled, look)),
        ("04_differences", "How far the centres differ", _iterate_spread(pooled, look)),
    )
    sections = tuple(
        SectionContent(
            name=name, title=title, items=refer_to_what_follows([Prose(f"# {title}"), *items])
        )
        for name, title, items in made
    )
    first = sections[0]
    whole = SectionContent(
        name=first.name, title=first.title, items=(*first.items, _make_results(pooled))
    )
    return (whole, *sections[1:])


def _iterate_centres(pooled: Pooled, look: Look) -> Iterator[Item]:
    yield describe_pool(make_facts(pooled), style=look.style)
    yield make_share_table(_list_shares(pooled, look.style))
    for number, results in enumerate(pooled.characteristics):
        if results.is_computable:
            slot = "main" if number == 0 else "supplement"
            yield make_pooled_characteristics_table(results, style=look.style, slot=slot)


def _list_shares(pooled: Pooled, style: str) -> list[list[str]]:
    sizes: dict[str, Any] = {}
    for results in pooled.characteristics:
        groups = results.meta.get("groups") or {}
        counted = results.meta.get("group_sizes") or {}
        sizes |= {label: counted.get(key) for key, label in groups.items()}
    rows = []
    for label in pooled.centres:
        size = sizes.get(label)
        rows.append(
            [
                label,
                NO_VALUE if size is None else format_count(size, style=style),
                pooled.rule_names[label],
                f"{pooled.n_told[label]} analyses" if pooled.n_told[label] else "none",
                "yes" if label in pooled.joint_centres else "no",
            ]
        )
    return rows


def _iterate_survival(pooled: Pooled, look: Look) -> Iterator[Item]:
    for results in pooled.survival:
        slot = "main" if results.id in _MAIN_CURVES else "supplement"
        if not results.is_computable:
            continue
        is_by_centre = results.id == "pooled.os_by_centre"
        describe = describe_centre_curves if is_by_centre else describe_survival
        yield _name(describe(results, style=look.style), results)
        if len(results.meta["groups"]) > 1:
            is_further = is_by_centre and len(results.meta["groups"]) <= _MOST_CURVES
            where = "supplement" if is_further else slot
            yield make_survival_table(results, style=look.style, slot=where)
        if len(results.meta["groups"]) <= _MOST_CURVES:
            yield _draw(plot_survival, caption_survival, results, look, slot=slot)
    if pooled.incidence.is_computable:
        results = pooled.incidence
        yield _name(describe_incidence(results, style=look.style), results)
        yield make_incidence_table(results, style=look.style, slot="supplement")
        yield _draw(plot_incidence, caption_incidence, results, look, slot="supplement")


def _name(block: TextBlock, results: ResultSet) -> TextBlock:
    title = escape_markdown(str(results.meta.get("title") or results.id))
    return TextBlock(block.id, f"*{title}.* {block.markdown}", block.refs)


def _iterate_ratios(pooled: Pooled, look: Look) -> Iterator[Item]:
    for results, slot in ((pooled.full, "main"), (pooled.screen, "supplement")):
        table = make_pooled_ratio_table(results, style=look.style, slot=slot)
        figures = list(_draw_forests(results, look, slot=slot))
        refs = (table.id, *(figure.id for figure in figures if slot == "main"))
        told = describe_pooled_ratios(results, style=look.style, refs=refs)
        yield _name(told, results)
        yield table
        yield from figures


def _draw_forests(results: ResultSet, look: Look, *, slot: str) -> Iterator[FigureBlock]:
    factors = get_frame(results, "contrasts")[["factor", "factor_label"]].drop_duplicates()
    kind = "model" if results.id.endswith("full") else "alone"
    for factor, label in factors.itertuples(index=False):
        forest = select_forest(results, factor, title=f"{label}: centres and pooled ({kind})")
        if forest.is_computable:
            yield _draw(plot_forest, caption_pooled_forest, forest, look, slot=slot)


def _iterate_spread(pooled: Pooled, look: Look) -> Iterator[Item]:
    sets = (pooled.full, pooled.screen)
    yield describe_heterogeneity(sets, style=look.style)
    table = make_heterogeneity_table(sets, style=look.style)
    if table is not None:
        yield table


def _draw(
    plot: Callable[..., Any],
    caption: Callable[..., Any],
    results: ResultSet,
    look: Look,
    *,
    slot: str,
) -> FigureBlock:
    axes = plot(results, style=look.style)
    return render_figure(
        axes,
        caption(results, style=look.style, slot=slot),
        collect_figure_data(axes, results),
        synthetic=look.synthetic,
    )


def _make_results(pooled: Pooled) -> ResultsBlock:
    records: dict[str, Mapping[str, Any]] = {}
    for results in pooled.sets:
        records |= {result.id: result.to_record() for result in results}
    omitted = [
        {"id": one.id, "title": str(one.meta.get("title", one.id)), "reason": one.reason}
        for one in pooled.sets
        if not one.is_computable
    ]
    context = {
        "cohort": f"{len(pooled.centres)} share files",
        "synthetic": pooled.synthetic,
        "centres": list(pooled.centres),
        "joint": pooled.joint,
        "disclosure": ", ".join(pooled.rules),
    }
    return ResultsBlock("pooled", tuple(map(dict, records.values())), tuple(omitted), context)
