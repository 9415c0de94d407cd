"""One SELECT, and nothing else, as the query of a database."""

from __future__ import annotations

import re

from helpers.errors import ParameterError

_HIDDEN = re.compile(
    r"""
    '(?:[^']|'')*'                  # text
    | "(?:[^"]|"")*"                # a name
    | `[^`]*`
    | --[^\n]*                      # comments
    | /\*.*?\*/
    | (?P<tag>\$[A-Za-z_]*\$).*?(?P=tag)
    """,
    re.VERBOSE | re.DOTALL,
)
_CHANGES = re.compile(
    r"\b(insert|update|delete|merge|drop|alter|create|truncate|grant|revoke|attach|detach|into|"
    r"pragma|exec|execute|copy|install|vacuum)\b",
    re.IGNORECASE,
)
_ADVICE = "give a query that reads, e.g. SELECT * FROM patients"


def check_query(query: str) -> str:
    """Return a query without its closing semicolon, if it is one SELECT.

    Parameters
    ----------
    query : str
        SQL.

    Raises
    ------
    ParameterError
        If it is absent, more than one statement, or could change anything.

    Examples
    --------
    >>> check_query("SELECT ';' AS a FROM patients -- all;")
    "SELECT ';' AS a FROM patients -- all;"
    """
    if not query.strip():
        raise ParameterError(f"data_query must be given beside a database, but is empty; {_ADVICE}")
    shown = _HIDDEN.sub(lambda match: "''" if match[0][0] in "'\"`$" else " ", query).strip()
    if not re.match(r"(select|with)\b", shown, re.IGNORECASE):
        raise ParameterError(f"data_query must begin with SELECT or WITH, but does not; {_ADVICE}")
    bare = shown.rstrip("; \t\r\n")
    if ";" in bare:
        raise ParameterError(f"data_query must be one statement, but is several; {_ADVICE}")
    if found := _CHANGES.search(bare):
        raise ParameterError(
            f"data_query must only read, but has the word {found[0].upper()}; {_ADVICE}, and put "
            "a column of that name in quotation marks"
        )
    return query if shown == bare else query.rstrip().rstrip(";").rstrip()
