"""Databases: one query, in a transaction that can only read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from helpers.cohort.sources.database_url import DatabaseAddress, read_address
from helpers.cohort.sources.query import check_query
from helpers.cohort.sources.raw_table import (
    RawTable,
    SourceFacts,
    check_size,
    column_to_text,
    dump_text_frame,
    make_salt,
    make_text_frame,
)
from helpers.errors import DataError

ROWS_PER_FETCH = 10_000
TIMEOUT_SECONDS = 120
_KINDS = {"sqlite": "SQLite database", "duckdb": "DuckDB database", "postgresql": "PostgreSQL"}
#: Classes of SQLSTATE whose message speaks of names and rights, never of patients' values.
_HARMLESS_STATES = ("08", "28", "3D", "3F", "42", "25", "53", "57")
_HARMLESS_STARTS = (
    "no such table",
    "no such column",
    "near ",
    "file is not a database",
    "unable to open",
    "attempt to write a readonly",
    "Catalog Error",
    "Binder Error",
    "Parser Error",
    "IO Error",
    "Permission Error",
)


def read_database(source: str, base_dir: Path, options: Mapping[str, str]) -> RawTable:
    """Read what a query returns.

    Parameters
    ----------
    source : str
        A SQLAlchemy URL; credentials as ``${NAME}`` of environment variables.
    base_dir : Path
        Folder that a relative path of SQLite or DuckDB starts from.
    options : mapping of str to str
        ``query``: one SELECT.

    Returns
    -------
    RawTable
        Rows in the order of their text, so that nothing depends on the order in which the
        database gives them; its SHA-256 is that of these rows.

    Raises
    ------
    DataError
        If the database cannot be reached or the query fails; without credentials.
    ParameterError
        If the query is not one SELECT.
    """
    query = check_query(options.get("query", ""))
    address = read_address(source)
    kind = _KINDS.get(address.url.get_backend_name(), f"{address.url.get_backend_name()} database")
    try:
        names, rows = _fetch(address, base_dir, query)
    except DataError:
        raise
    except Exception as error:
        raise _describe_failure(error, address, kind) from None
    columns = [
        column_to_text(pd.Series([row[at] for row in rows], dtype=object))
        for at in range(len(names))
    ]
    frame = _sort_rows(make_text_frame(names, columns, len(rows)))
    content = dump_text_frame(frame)
    return RawTable(
        frame=frame,
        name=address.name.rpartition(".")[0] or address.name,
        sha256=hashlib.sha256(content).hexdigest(),
        synthetic=False,
        ragged_rows={},
        facts=SourceFacts(
            kind=kind, notes=("Rows are numbered from 2 in the order of their text.",)
        ),
        dates_typed=True,
        id_salt=make_salt(content),
    )


def _fetch(address: DatabaseAddress, base_dir: Path, query: str) -> tuple[list[str], list[Any]]:
    from sqlalchemy import text

    engine = _make_engine(address, base_dir)
    try:
        if engine.dialect.name == "postgresql":
            engine = engine.execution_options(postgresql_readonly=True)
        with engine.connect() as connection:
            result = connection.execute(text(query.replace(":", r"\:")))
            names = [str(name) for name in result.keys()]  # noqa: SIM118 - not a mapping
            rows: list[Any] = []
            while block := result.fetchmany(ROWS_PER_FETCH):
                rows += block
                check_size(len(rows), len(names))
            connection.rollback()
            return names, rows
    finally:
        engine.dispose()


def _make_engine(address: DatabaseAddress, base_dir: Path) -> Any:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    url = address.url
    options: dict[str, Any] = {"poolclass": NullPool}
    match url.get_backend_name():
        case "sqlite":
            path = _find_file(url, base_dir)
            options["creator"] = lambda: _open_sqlite(path)
            return create_engine("sqlite://", **options)
        case "duckdb":
            path = _find_file(url, base_dir)
            settings = {"enable_external_access": "false", "lock_configuration": "true"}
            options["connect_args"] = {"read_only": True, "config": settings}
            return create_engine(url.set(database=str(path), query={}), **options)
        case "postgresql":
            url, arguments = _split_postgres_options(url)
            options["connect_args"] = {"timeout": TIMEOUT_SECONDS, **arguments}
            return create_engine(url, **options)
    return create_engine(url, **options)


def _find_file(url: Any, base_dir: Path) -> Path:
    from helpers.cohort.sources.files import check_file

    if not url.database or url.database == ":memory:":
        raise DataError(
            "data must name the file of a database, e.g. sqlite:///patients.db, but names none; "
            "write its path after the three slashes"
        )
    path = base_dir / url.database
    check_file(path, url.database)
    return path.resolve()


def _open_sqlite(path: Path) -> Any:
    import sqlite3

    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)


def _split_postgres_options(url: Any) -> tuple[Any, dict[str, Any]]:
    """Take out of a URL what libpq knows and pg8000 names otherwise: sslmode and a socket."""
    import ssl

    query = dict(url.query)
    arguments: dict[str, Any] = {}
    mode = query.pop("sslmode", "")
    if mode in ("require", "verify-ca", "verify-full"):
        context = ssl.create_default_context()
        if mode == "require":
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        arguments["ssl_context"] = context
    host = query.get("host", "")
    if isinstance(host, str) and host.startswith("/"):
        query.pop("host")
        arguments["unix_sock"] = f"{host}/.s.PGSQL.{url.port or 5432}"
    return url.set(query=query), arguments


def _sort_rows(frame: pd.DataFrame) -> pd.DataFrame:
    if frame.empty:
        return frame
    keys = frame.fillna("").to_numpy(dtype=object)
    order = sorted(range(len(keys)), key=lambda at: tuple(keys[at]))
    cells = frame.to_numpy(dtype=object)[np.array(order, dtype=int)]
    return pd.DataFrame(cells, columns=frame.columns, index=frame.index)


def _describe_failure(error: Exception, address: DatabaseAddress, kind: str) -> DataError:
    original = getattr(error, "orig", None) or error
    if isinstance(original, ModuleNotFoundError) or type(error).__name__ == "NoSuchModuleError":
        backend = address.url.get_backend_name()
        return DataError(
            f"data must be a database whose driver is installed, but there is none for "
            f"{backend!r}; SQLite, DuckDB and PostgreSQL are built in, for others export CSV UTF-8"
        )
    reason = _explain(original)
    for secret in sorted(address.secrets, key=len, reverse=True):
        reason = reason.replace(secret, "***")
    return DataError(
        f"data must be a {kind.removesuffix(' database')} database that answers the query, but it "
        f"did not ({reason}); check its address, the environment's credentials and data_query"
    )


def _explain(error: BaseException) -> str:
    """Return what a driver says, as far as it cannot speak of a patient's values."""
    details = error.args[0] if error.args else ""
    if isinstance(details, dict):
        state, message = str(details.get("C", "")), str(details.get("M", ""))
        harmless = state.startswith(_HARMLESS_STATES) and state != "42804"
        return _shorten(message) if harmless else f"SQLSTATE {state}"
    if isinstance(error, OSError):
        return _shorten(error.strerror or str(error))
    text = str(details)
    if type(error).__name__ == "InterfaceError":
        return "the connection failed"
    return _shorten(text) if text.startswith(_HARMLESS_STARTS) else type(error).__name__


def _shorten(text: str) -> str:
    return re.sub(r"[^ -~]+", " ", text.strip().split("\n")[0])[:160] or "no reason given"
