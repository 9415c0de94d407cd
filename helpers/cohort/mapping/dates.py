"""Dates as files write them."""

from __future__ import annotations

import datetime
import re

ORDERS = ("dmy", "mdy", "ymd")
EXCEL = "excel"
EXAMPLES = {
    "dmy": "30.04.2012",
    "mdy": "04/30/2012",
    "ymd": "2012-04-30",
    EXCEL: "41029",
}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
}
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?"
_DAY, _MONTH, _YEAR, _GAP = r"(?P<d>\d{1,2})", r"(?P<m>\d{1,2})", r"(?P<y>\d{4})", r"[./\- ]"
_PARTS = {
    "dmy": (_DAY, _MONTH, _YEAR),
    "mdy": (_MONTH, _DAY, _YEAR),
    "ymd": (_YEAR, _MONTH, _DAY),
}
_FORMS = {form: re.compile(_GAP.join(parts) + _TIME, re.ASCII) for form, parts in _PARTS.items()}
_DAY_NAMED_MONTH = re.compile(r"(\d{1,2})[.\-/ ]?([A-Za-z]{3})[.\-/ ]?(\d{4})", re.ASCII)
_FIRST_EXCEL_DAY = datetime.date(1899, 12, 30)
_DIRECTIVES = frozenset("dmyYbBjHMSfp%")


def read_date(text: str, form: str) -> datetime.date | None:
    """Return the date that a text in a declared form means, or None.

    Parameters
    ----------
    text : str
        Without spaces around it. A time of day is dropped.
    form : str
        ``dmy`` (also with an English month, 30-Apr-2012), ``mdy``, ``ymd``, ``excel`` (days
        from 1899-12-30) or a form of :func:`datetime.datetime.strptime`.

    Examples
    --------
    >>> read_date("04/05/2012", "mdy")
    datetime.date(2012, 4, 5)
    >>> read_date("04/05/12", "mdy") is None
    True
    """
    if form in _FORMS:
        return _read_in_order(text, form)
    if form == EXCEL:
        return _read_excel_day(text)
    try:
        return datetime.datetime.strptime(text, form).date()
    except (ValueError, OverflowError, re.error):
        return None


def _read_in_order(text: str, form: str) -> datetime.date | None:
    match = _FORMS[form].fullmatch(text)
    if match:
        parts = (int(match["y"]), int(match["m"]), int(match["d"]))
    elif form == "dmy" and (named := _DAY_NAMED_MONTH.fullmatch(text)):
        parts = (int(named[3]), _MONTHS.get(named[2].lower(), 0), int(named[1]))
    else:
        return None
    try:
        return datetime.date(*parts)
    except ValueError:
        return None


def _read_excel_day(text: str) -> datetime.date | None:
    whole = text.removesuffix(".0")
    if not (whole.isascii() and whole.isdigit()) or not 0 < len(whole) <= 6:
        return None
    # before March 1900 the program counts a day that there was not
    return _FIRST_EXCEL_DAY + datetime.timedelta(days=int(whole)) if int(whole) > 60 else None


def is_date_form(form: str) -> bool:
    """Return whether a text declares how dates are written."""
    if form in _FORMS or form == EXCEL:
        return True
    found = set(re.findall(r"%(.)", form))
    day = {"d", "m"} <= found or {"d", "b"} <= found or {"d", "B"} <= found or "j" in found
    return len(form) <= 40 and found <= _DIRECTIVES and day and bool(found & {"Y", "y"})


def describe_form(form: str) -> str:
    """Return a form in words, with an example.

    Examples
    --------
    >>> describe_form("dmy")
    'dmy, e.g. 30.04.2012'
    """
    example = EXAMPLES.get(form) or datetime.date(2012, 4, 30).strftime(form)
    return f"{form}, e.g. {example}"
