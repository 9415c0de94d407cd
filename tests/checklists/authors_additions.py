"""What authors would add to the report of the built-in patients so that nothing is missing."""

from __future__ import annotations

from dataclasses import replace

from helpers.checklists.model import Facts, Place

TITLE = " in Denmark from 1999 to 2016: a retrospective registry study of linked data"
WRITTEN = {
    ("Abstract", "Background"): "We emulate a target trial of treatment.",
    ("Introduction",): (
        "Our hypothesis was that the effect of starting treatment is causal; randomised trials of "
        "it were few."
    ),
    ("Methods", "Patients"): (
        "Patients were recruited at every hospital, picked by ICD codes that were validated in "
        "another study, and followed up by visits. The register was set up to plan care; the "
        "authors had access to all of it, and it was linked to the census by identifiers. "
        "Patients were matched on age. Blood counts were measured by machines; specimens were "
        "frozen, and assays were read blind to outcome."
    ),
    ("Methods", "Endpoints"): "Groups were formed by age because others did so.",
    ("Discussion", "Limits"): (
        "The findings may not generalise. Diagnoses may be miscoded. Future trials should follow."
    ),
}
DECLARATIONS = Place(
    kind="heading",
    path=("Declarations",),
    label="Declarations",
    anchor="declarations",
    text=(
        "The study was funded by nobody in particular, after approval by the ethics committee; it "
        "was registered beforehand. The data are available. There are no competing interests."
    ),
)
LINKAGE = Place(kind="figure", id="figure.linkage", label="Figure 99", anchor="at-figure-linkage")
FURTHER = {"matched.n", "followup.by_treatment.x", "missing.by_treatment.x"}


def complete(facts: Facts) -> Facts:
    """Return facts with all that is for the authors, and treatment that begins at time zero."""
    places = [_write_into(place) for place in facts.places]
    return replace(
        facts,
        places=(*places, DECLARATIONS, LINKAGE),
        results=facts.results | FURTHER,
        parameters={**facts.parameters, "mapping": {"sex": "Sex"}, "authors": ["A"]},
    )


def _write_into(place: Place) -> Place:
    if place.path == ("Title",):
        return replace(place, text=f"{place.text}{TITLE}")
    if place.id.startswith("table.target_trial"):
        rows = tuple(
            tuple(cell.replace("begins later", "begins then") for cell in row) for row in place.rows
        )
        return replace(place, rows=rows)
    return replace(place, text=f"{place.text} {WRITTEN.get(place.path, '')}".strip())
