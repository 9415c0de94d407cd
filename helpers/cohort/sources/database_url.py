"""Addresses of databases: credentials come from the environment and are never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from helpers.errors import DataError

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+._-]*://")
_PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_SECRET = re.compile(r"passw|pwd|secret|token|credential|api_?key|access_?key", re.IGNORECASE)
_POSTGRES = ("postgresql", "postgres", "postgresql+pg8000")
_ADVICE = (
    "write ${NAME} instead and put it into the environment variable NAME, "
    "e.g. postgresql://${PGUSER}:${PGPASSWORD}@host/database"
)


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where a database is.

    Attributes
    ----------
    url : sqlalchemy.engine.URL
        With credentials; its own text form hides them, nothing else may print it.
    name : str
        Of the database, for people.
    secrets : tuple of str
        What must not stand in a message.
    """

    url: Any = field(repr=False)
    name: str
    secrets: tuple[str, ...] = field(repr=False)


def is_database_url(source: str) -> bool:
    """Return whether a source is the address of a database."""
    return bool(_URL.match(source))


def read_address(source: str, environment: Mapping[str, str] | None = None) -> DatabaseAddress:
    """Return the address that a SQLAlchemy URL means, its placeholders filled in.

    Parameters
    ----------
    source : str
        May hold ``${NAME}`` for values of environment variables. PostgreSQL without a user
        takes PGUSER and PGPASSWORD.
    environment : mapping of str to str, optional
        Variables; the process's own without it.

    Raises
    ------
    DataError
        If it is no such address, holds a password in clear, or if a variable is not set. No
        message repeats the address.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    environment = os.environ if environment is None else environment
    _refuse_secrets(source)
    filled, secrets = _fill(source, environment)
    try:
        url = make_url(filled)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise DataError(
            "data must be the address of a database, e.g. sqlite:///file.db or "
            "postgresql://${PGUSER}:${PGPASSWORD}@host/database, but was none; check its form"
        ) from None
    if backend in ("postgresql", "postgres"):
        url = _complete_postgres(url, environment)
    if url.password:
        secrets = (*secrets, str(url.password))
    hidden = "${" in source.split("@")[-1]
    name = "database" if hidden or not url.database else re.split(r"[\\/]", url.database)[-1]
    return DatabaseAddress(url, name, tuple(secret for secret in secrets if len(secret) > 1))


def _refuse_secrets(source: str) -> None:
    rest = source.partition("://")[2]
    address, _, query = rest.partition("?")
    user, at, _ = address.rpartition("@")
    password = user.partition(":")[2]
    is_file = source.lower().startswith(("sqlite", "duckdb"))
    if at and not is_file and password and not _PLACEHOLDER.fullmatch(password):
        raise DataError(f"data must not hold a password in clear, but does; {_ADVICE}")
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if _SECRET.search(name) and value and not _PLACEHOLDER.fullmatch(value):
            raise DataError(f"data must not hold a secret ({name}) in clear, but does; {_ADVICE}")


def _fill(source: str, environment: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    secrets: list[str] = []
    credentials_end = source.partition("?")[0].rfind("@")

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if not _NAME.fullmatch(name):
            raise DataError(
                "data must have names of environment variables between ${ and }, but has other "
                "text there; write for example ${PGPASSWORD}"
            )
        if not environment.get(name):
            raise DataError(
                f"data needs the environment variable {name}, but it is not set; set it before "
                "the command, and keep it out of files"
            )
        value = environment[name]
        in_query = "?" in source[: match.start()]
        if match.start() < credentials_end or in_query:
            secrets.append(value)
            return quote(value, safe="")
        return value

    return _PLACEHOLDER.sub(replace, source), tuple(secrets)


def _complete_postgres(url: Any, environment: Mapping[str, str]) -> Any:
    if url.drivername not in _POSTGRES:
        driver = url.drivername.partition("+")[2]
        raise DataError(
            f"data must be a PostgreSQL database reached by pg8000, but names the driver "
            f"{driver!r}; write postgresql://"
        )
    url = url.set(drivername="postgresql+pg8000")
    if not url.username:
        url = url.set(username=environment.get("PGUSER") or "postgres")
    if url.password is None and environment.get("PGPASSWORD"):
        url = url.set(password=environment["PGPASSWORD"])
    return url
