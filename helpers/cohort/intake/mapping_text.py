"""A proposed mapping as YAML that a person reads, decides on and corrects."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from helpers.cohort.dictionary import Dictionary
from helpers.cohort.intake.proposals import Proposal, ProposedMapping

WIDTH = 96
DECIDED = ("certain", "likely")
PROPOSED_HEAD = """\
# A mapping proposed from names and values. Each line says how sure it is:
#   certain    name and values agree
#   likely     they agree, with the assumption that is named: read it
#   to decide  somebody has to: remove the "# " before the line if it is right, else correct it
# Left: our column. Right: yours. What is not here is left out of the report.
"""
EMPTY_HEAD = """\
# How your columns, codes, units and dates translate. Not needed where a file has our names already.
# Remove the "# " before a line and write your own words in place of the examples; then write in
# params.yml:   mapping: "mapping.yml"
# 'lenfail map yourfile.xlsx --out proposed.yml' fills this in as far as it can.
"""
SECTION_NOTES = {
    "columns": "Our column: yours.",
    "event": "Which of your values mean dead, which alive or censored.",
    "recode": "Our column: your codes, each with ours; an empty one means not known.",
    "missing": "Codes that mean not known, in any column (all) or in one of ours.",
    "units": "Unit of your values where it is another than ours; times become months.",
    "dates": "How dates are written: dmy (30.04.2012), mdy, ymd, excel, or a form like %d.%m.%y.",
}
EXAMPLES = {
    "event": ("event: {column: status, dead: [2], alive: [1]}",),
    "recode": (
        "recode:",
        "  sex: {m: male, w: female}",
        "  failure_type: {primary: no_response, relapse: loss_hi, toxicity: intolerance}",
    ),
    "missing": ("missing:", "  all: [n/a, unknown, '999']"),
    "units": ("units:", "  haemoglobin_g_dl: g/L", "  os_months: days"),
    "dates": ("dates:", "  all: dmy"),
}


def write_mapping(proposed: ProposedMapping, dictionary: Dictionary) -> str:
    """Return a proposed mapping as YAML, doubtful lines commented out.

    Parameters
    ----------
    proposed : ProposedMapping
        Of a file.
    dictionary : Dictionary
        Has the labels of our columns.
    """
    found = [one for one in proposed.proposals if one.certainty != "none"]
    parts = [PROPOSED_HEAD, "\nformat: 1\n", f"\n{_note('columns')}columns:\n"]
    parts += [_write_column(one, dictionary) for one in found]
    parts += _write_death_date(proposed)
    absent = ", ".join(one.target for one in proposed.proposals if one.certainty == "none")
    if absent:
        parts.append(_comment(f"not found: {absent}"))
    parts += _write_event(found)
    parts += _write_section("recode", found, _write_recode)
    parts += _write_section("missing", found, _write_missing)
    parts += _write_section("units", found, _write_unit)
    parts += _write_section("dates", found, _write_date)
    if proposed.unused:
        unused = "; ".join(f"{quote(name)} {what}" for name, what in proposed.unused.items())
        parts.append("\n" + _comment(f"Columns of the file that are not used: {unused}", indent=""))
    return "".join(parts)


def write_empty_mapping(dictionary: Dictionary) -> str:
    """Return a mapping to fill in, every line explained and commented out."""
    parts = [EMPTY_HEAD, "\nformat: 1\n", f"\n{_note('columns')}columns:\n"]
    for name, variable in dictionary.file_columns.items():
        if name == "synthetic":
            continue
        required = " (required)" if variable.required else ""
        parts.append(f"  # {name}:   # {variable.label}{required}\n")
    for section, lines in EXAMPLES.items():
        parts.append(f"\n{_note(section)}" + "".join(f"# {line}\n" for line in lines))
    return "".join(parts)


def quote(text: str) -> str:
    r"""Return text as a quoted YAML scalar on one line.

    Examples
    --------
    >>> print(quote("Geschlecht"), quote('a "b"'))
    "Geschlecht" "a \"b\""
    """
    plain = text.encode("utf-8", "replace").decode("utf-8")
    return '"' + "".join(map(_escape, plain)) + '"'


def _escape(letter: str) -> str:
    if letter in '\\"':
        return "\\" + letter
    if letter.isprintable():
        return letter
    return f"\\U{ord(letter):08x}"


def _note(section: str) -> str:
    return f"# {SECTION_NOTES[section]}\n"


def _comment(text: str, indent: str = "  ") -> str:
    lead = f"{indent}# "
    return textwrap.fill(text, WIDTH, initial_indent=lead, subsequent_indent=lead + "  ") + "\n"


def _write_column(proposal: Proposal, dictionary: Dictionary) -> str:
    word = proposal.certainty if proposal.certainty in DECIDED else "to decide"
    label = dictionary.variables[proposal.target].label
    comment = _comment(f"{word}, {label}: {proposal.reason}")
    sign = "" if proposal.certainty in DECIDED else "# "
    if sign and proposal.column == proposal.target:
        comment += _comment("it has our name, so it is used all the same: recode it, or rename it")
    if proposal.target == "dead" and _is_recoded(proposal):
        return comment + _comment("see the section event below")
    return f"{comment}  {sign}{proposal.target}: {quote(proposal.column)}\n"


def _write_death_date(proposed: ProposedMapping) -> Iterator[str]:
    """Yield how a date of death can stand for the last contact and for the event."""
    if not proposed.death_date:
        return
    by_target = {one.target: one for one in proposed.proposals}
    death, last = quote(proposed.death_date), by_target.get("last_contact_date")
    yield _comment(
        f"to decide: {death} holds dates of death. Where the last contact of the dead is not that "
        "date, take this instead of the line above for last_contact_date:"
    )
    both = f"{death}, {quote(last.column)}" if last and last.column else f"{death}, your column"
    yield f"  # last_contact_date: {{first_of: [{both}]}}\n"
    if "dead" in by_target and by_target["dead"].certainty not in DECIDED:
        yield _comment("and where its presence alone says who died, this below columns:")
        yield f"# event: {{column: {death}, dead: [present], alive: [empty]}}\n"


def _is_recoded(proposal: Proposal) -> bool:
    codes = set((proposal.values or {}).values())
    return bool(codes - {""}) or "1 and 2" in proposal.reason


def _write_event(found: Iterable[Proposal]) -> Iterator[str]:
    for one in found:
        if one.target != "dead" or not _is_recoded(one):
            continue
        values = dict(one.values or {})
        if "1 and 2" in one.reason:
            values |= {"2": "1", "1": "0"}
        sign = "" if one.certainty in DECIDED else "# "
        dead = ", ".join(quote(code) for code, key in values.items() if key == "1")
        alive = ", ".join(quote(code) for code, key in values.items() if key == "0")
        yield (
            f"\n{_note('event')}{sign}event: "
            f"{{column: {quote(one.column)}, dead: [{dead}], alive: [{alive}]}}\n"
        )


def _write_section(section: str, found: Iterable[Proposal], write: object) -> Iterator[str]:
    lines = [line for one in found for line in write(one)]
    if lines:
        yield f"\n{_note(section)}{section}:\n" + "".join(f"  {line}\n" for line in lines)


def _write_recode(proposal: Proposal) -> Iterator[str]:
    values = {code: key for code, key in (proposal.values or {}).items() if key}
    if proposal.target == "dead" or not (values or proposal.undecided or proposal.n_hidden):
        return
    sign = "" if proposal.certainty in DECIDED and values else "# "
    yield f"{sign}{proposal.target}:"
    ours = {code: code for code in (proposal.codes or {}) if code not in (proposal.values or {})}
    for code, key in (values | _drop(ours, proposal.undecided) if values else {}).items():
        yield f"{sign}  {quote(code)}: {quote(key)}"
    for code in proposal.undecided:
        yield f"#   {quote(code)}:   # which of ours?"
    if proposal.n_hidden:
        yield f"#   and {proposal.n_hidden:,} more of your codes, each of fewer than five patients"
    if proposal.undecided:
        yield "#   or keep your own codes: declare them as levels of this variable in params.yml"


def _drop(values: Mapping[str, str], codes: Iterable[str]) -> dict[str, str]:
    return {code: key for code, key in values.items() if code not in codes}


def _write_missing(proposal: Proposal) -> Iterator[str]:
    codes = [code for code, key in (proposal.values or {}).items() if not key]
    if codes:
        sign = "" if proposal.certainty in DECIDED else "# "
        yield f"{sign}{proposal.target}: [{', '.join(map(quote, codes))}]"


def _write_unit(proposal: Proposal) -> Iterator[str]:
    is_ours = proposal.unit in ("", "g/dL", "months")
    if not is_ours or (proposal.unit and proposal.certainty not in DECIDED):
        sign = "" if proposal.certainty in DECIDED else "# "
        yield f"{sign}{proposal.target}: {quote(proposal.unit)}"


def _write_date(proposal: Proposal) -> Iterator[str]:
    form = proposal.date_form
    if form == "day-or-month":
        yield f"# {proposal.target}: dmy   # or mdy"
    elif form not in ("", "iso", "mixed"):
        sign = "" if proposal.certainty in DECIDED else "# "
        yield f"{sign}{proposal.target}: {quote(form)}"
