"""Everything that a report is made of, checked before anything is computed.

`lenfail check` prints what this finds; `lenfail build` refuses to start on a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.cohort.declarations import extend_dictionary
from helpers.cohort.dictionary import Dictionary, read_dictionary
from helpers.cohort.factor_names import check_factor_names
from helpers.cohort.faults import Fault, describe_faults
from helpers.errors import FaultsError, LenfailError

if TYPE_CHECKING:
    from helpers.cohort import Cohort
    from helpers.cohort.mapping import MappedTable
    from helpers.cohort.sources import RawTable
    from helpers.cohort.understanding import Understanding
    from helpers.params import Params

CUTS = ("age_cut_years", "len_duration_cut_months", "len_dose_cut_mg")
AREAS = {"parameters": "Parameters", "mapping": "Mapping", "data": "Patients' data"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedInputs:
    """What a check of all inputs has found.

    Attributes
    ----------
    sentences : mapping of str to tuple of str
        By area (``parameters``, ``mapping``, ``data``): one sentence for each kind of fault.
    cells : tuple of Fault
        Faults of single values, rows and columns of the data, in their order.
    raw : RawTable or None
        As read from the source, before the mapping.
    mapped : RawTable or None
        In the data dictionary's form.
    translated : tuple of Understanding
        What the mapping made of the source.
    cohort : Cohort or None
        None where there is a fault.
    dictionary : Dictionary
        With what the parameters declare.
    """

    sentences: Mapping[str, tuple[str, ...]]
    cells: tuple[Fault, ...] = ()
    raw: RawTable | None = None
    mapped: RawTable | None = None
    translated: tuple[Understanding, ...] = ()
    cohort: Cohort | None = None
    dictionary: Dictionary = field(default_factory=read_dictionary)

    @property
    def is_fine(self) -> bool:
        """Return whether a report can be built."""
        return not any(self.sentences.values())

    def raise_faults(self) -> None:
        """Refuse to go on where there is a fault.

        Raises
        ------
        FaultsError
            With all sentences; its heading says how to get them as a list.
        """
        if not self.is_fine:
            found = [text for texts in self.sentences.values() for text in texts]
            noun = "fault" if len(found) == 1 else "faults"
            heading = (
                f"{len(found)} {noun} to mend before a report can be built "
                "('lenfail check' writes them as a list to work off with --fix-list):"
            )
            raise FaultsError(heading, found)


def check_inputs(params: Params, base_dir: Path) -> CheckedInputs:
    """Read, map and check all that a report is made of, without stopping at a fault.

    Parameters
    ----------
    params : Params
        Checked by themselves already.
    base_dir : pathlib.Path
        Folder that relative paths of the parameters start from.

    Returns
    -------
    CheckedInputs
        Never raises for a fault of the parameters, the mapping or the data. Where declared
        variables or the mapping are at fault, cells are not looked at: their faults would be
        of another reading than the one that is meant.
    """
    options = {**params.cohort_options, "base_dir": base_dir}
    found: dict[str, list[str]] = {area: [] for area in AREAS}
    dictionary = _declare(options["declarations"], found["parameters"])
    is_declared = not found["parameters"]
    try:
        check_factor_names(
            params.factor_lists, options["declarations"], levels=params.subset_levels
        )
    except LenfailError as error:
        known = found["parameters"]
        known += [text for text in _list_sentences(error) if text not in known]
    raw = _read(params.data, options, found["data"])
    if raw is None:
        return CheckedInputs(sentences=_freeze(found), dictionary=dictionary)
    table = _map(raw, options, dictionary, found["mapping"]) if is_declared else None
    if table is None:
        return CheckedInputs(sentences=_freeze(found), raw=raw, dictionary=dictionary)
    mapped = table.raw
    try:
        cells, cohort = _examine(mapped, dictionary, options)
    except LenfailError as error:
        cells, cohort = (), None
        found["data"] += _list_sentences(error)
    found["data"] += describe_faults(cells)
    if found["parameters"] or found["data"]:
        cohort = None
    return CheckedInputs(
        sentences=_freeze(found),
        cells=cells,
        raw=raw,
        mapped=mapped,
        translated=table.understood,
        cohort=cohort,
        dictionary=dictionary,
    )


def find_columns(column: str, mapped: RawTable) -> tuple[str, ...]:
    """Return the columns of the source that one of ours was made from."""
    origin = mapped.origins.get(column)
    return tuple(origin.columns) if origin else ()


def _declare(declarations: Mapping[str, Any], sentences: list[str]) -> Dictionary:
    try:
        return extend_dictionary(read_dictionary(), declarations)
    except LenfailError as error:
        sentences += _list_sentences(error)
        return read_dictionary()


def _read(source: str, options: Mapping[str, Any], sentences: list[str]) -> RawTable | None:
    from helpers.cohort.sources import read_source

    try:
        return read_source(source, base_dir=options["base_dir"], options=options["source_options"])
    except LenfailError as error:
        sentences += _list_sentences(error)
        return None


def _map(
    raw: RawTable, options: Mapping[str, Any], dictionary: Dictionary, sentences: list[str]
) -> MappedTable | None:
    from helpers.cohort.mapping import apply_mapping, read_mapping

    name = options["mapping"]
    try:
        mapping = read_mapping(Path(options["base_dir"]) / name, name) if name else None
        return apply_mapping(raw, mapping, dictionary)
    except LenfailError as error:
        sentences += _list_sentences(error)
        return None


def _examine(
    mapped: RawTable, dictionary: Dictionary, options: Mapping[str, Any]
) -> tuple[tuple[Fault, ...], Cohort | None]:
    from helpers.cohort.cohort import build_cohort
    from helpers.cohort.examination import examine_table

    cuts = {
        name: value
        for name, value in options.items()
        if name.endswith(("_years", "_months", "_mg"))
    }
    filled = dictionary.fill_labels(cuts)
    examined = examine_table(mapped, filled)
    if examined.faults:
        return examined.faults, None
    return (), build_cohort(mapped, **cuts, declarations=options["declarations"])


def _list_sentences(error: LenfailError) -> tuple[str, ...]:
    return error.faults if isinstance(error, FaultsError) else (str(error),)


def _freeze(found: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {area: tuple(dict.fromkeys(texts)) for area, texts in found.items()}
