"""The template's example patient, and how one that was left in is found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from helpers.cohort.faults import Fault
from helpers.cohort.schema import Cells

EXAMPLE_ID = "EXAMPLE - delete this row"
EXAMPLE: Mapping[str, str] = {
    "patient_id": EXAMPLE_ID,
    "centre": "Example hospital",
    "region": "europe",
    "source": "registry",
    "mds_who2008": "1",
    "del5q_confirmed": "1",
    "len_single_agent": "1",
    "higher_risk_disease": "0",
    "len_maintenance": "0",
    "len_failure_documented": "1",
    "consent": "1",
    "diagnosis_date": "2009-03-17",
    "len_start_date": "2010-05-04",
    "failure_date": "2011-11-22",
    "first_treatment_date": "2011-12-13",
    "last_contact_date": "2013-08-30",
    "dead": "1",
    "aml": "0",
    "age_years": "72",
    "sex": "female",
    "haemoglobin_g_dl": "8.7",
    "platelets_g_l": "214",
    "who_class": "rcmd",
    "therapy_related": "0",
    "blasts_pct": "2",
    "blasts_len_pct": "2",
    "del5q_group": "isolated",
    "ipss": "low",
    "rbc_td": "1",
    "esa_before": "1",
    "hma_before": "0",
    "tp53": "wildtype",
    "comorbidity_score": "1",
    "len_dose_mg": "10",
    "len_schedule": "10mg_21_28",
    "len_esa_combination": "0",
    "len_response": "1",
    "cyto_response": "0",
    "failure_type": "loss_hi",
    "first_treatment": "hma",
    "hma_agent": "azacitidine",
    "treatment_response": "hi",
}
RULE = "must hold a patient, but is the template's example"
ADVICE = "delete the whole row"
FEWEST_CELLS = 6
_MARK = "exampledelete"


def find_template_rows(cells: Cells) -> Iterator[Fault]:
    """Yield a fault for each row that is the template's example."""
    for position in find_example_rows(cells.columns):
        yield cells.make_fault(position, "", RULE, ADVICE)


def find_example_rows(columns: Mapping[str, np.ndarray]) -> Iterator[int]:
    """Yield the positions of rows that are the template's example.

    Parameters
    ----------
    columns : mapping of str to numpy.ndarray, shape (n,)
        Text cells by name, None where empty.

    Yields
    ------
    int
        A row with the example's identifier, whatever its letters' case and the blanks around
        it; or one that has been given another identifier and nothing else.
    """
    ids = columns.get("patient_id")
    if ids is None:
        return
    marked = np.array([_is_marked(text) for text in ids], dtype=bool)
    others = {name: cells for name, cells in columns.items() if EXAMPLE.get(name, "")}
    others.pop("patient_id", None)
    if len(others) >= FEWEST_CELLS:
        same = np.arange(len(ids))
        for name, cells in others.items():
            kept = [(text or "").strip() == EXAMPLE[name] for text in cells[same]]
            same = same[np.array(kept, dtype=bool)]
        marked[same] = True
    yield from (int(position) for position in np.flatnonzero(marked))


def _is_marked(text: str | None) -> bool:
    if not text or len(text) < len(_MARK) or "x" not in text.casefold():
        return False  # spares a look at each letter of 100,000 identifiers
    words = "".join(character for character in text[:60].casefold() if character.isalpha())
    return words.startswith(_MARK)
