"""Databases: SQLite, DuckDB and a PostgreSQL server that the test starts itself."""

import json
import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
from pathlib import Path
from urllib.parse import quote

import duckdb
import nbformat
import pandas as pd
import pytest
from cohort_files import make_patient

from helpers.cohort import read_cohort
from helpers.cohort.sources import read_source
from helpers.cohort.sources.database_url import read_address
from helpers.cohort.sources.query import check_query
from helpers.errors import DataError, ParameterError
from helpers.params import Params
from helpers.report.build import build_report
from helpers.report.scrub import scrub_parameters

PATIENTS = [make_patient("A-1"), make_patient("A-2", dead="0", transplant_date="")]
QUERY = {"query": "SELECT * FROM patients"}
PASSWORD = "s3cr/et@:pass word"


def make_frame():
    frame = pd.DataFrame(PATIENTS).replace("", None)
    for name in frame:
        if name.endswith("_date"):
            frame[name] = pd.to_datetime(frame[name]).dt.date
    return frame


@pytest.fixture
def sqlite_file(tmp_path):
    path = tmp_path / "cohort.db"
    connection = sqlite3.connect(path)
    frame = make_frame()
    frame.astype(object).where(frame.notna(), None).to_sql("patients", connection, index=False)
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def duckdb_file(tmp_path):
    path = tmp_path / "cohort.duckdb"
    connection = duckdb.connect(str(path))
    names = list(PATIENTS[0])
    types = ["DATE" if name.endswith("_date") else "VARCHAR" for name in names]
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(names, types, strict=True))
    connection.execute(f"CREATE TABLE patients ({columns})")
    marks = ", ".join("?" for _ in names)
    for patient in PATIENTS:
        values = [patient[name] or None for name in names]
        connection.execute(f"INSERT INTO patients VALUES ({marks})", values)
    connection.close()
    return path


def read_csv_cohort(tmp_path):
    path = tmp_path / "same.csv"
    pd.DataFrame(PATIENTS).to_csv(path, index=False)
    return read_cohort(path).table.drop(columns="patient_id")


def test_a_sqlite_query_makes_the_cohort_that_its_csv_makes(tmp_path, sqlite_file):
    cohort = read_cohort("sqlite:///cohort.db", base_dir=tmp_path, source_options=QUERY)
    table = cohort.table.drop(columns="patient_id")
    pd.testing.assert_frame_equal(table, read_csv_cohort(tmp_path))
    assert cohort.name == "cohort"
    assert "SQLite database" in cohort.understood[0].sentence


def test_a_duckdb_query_makes_the_cohort_that_its_csv_makes(tmp_path, duckdb_file):
    cohort = read_cohort("duckdb:///cohort.duckdb", base_dir=tmp_path, source_options=QUERY)
    table = cohort.table.drop(columns="patient_id")
    pd.testing.assert_frame_equal(table, read_csv_cohort(tmp_path))


def test_rows_and_digest_do_not_depend_on_the_order_of_the_database(tmp_path, sqlite_file):
    def read(order):
        query = {"query": f"SELECT * FROM patients ORDER BY patient_id {order};"}
        return read_source("sqlite:///cohort.db", base_dir=tmp_path, options=query)

    first, second = read("ASC"), read("DESC")
    assert first.sha256 == second.sha256
    pd.testing.assert_frame_equal(first.frame, second.frame)
    assert first.frame["patient_id"].tolist() == ["A-1", "A-2"]


def test_colons_and_percent_signs_in_a_query_stay(tmp_path, sqlite_file):
    query = {"query": "SELECT 'a:b %s :c' AS x, patient_id FROM patients WHERE dead LIKE '1%'"}
    raw = read_source("sqlite:///cohort.db", base_dir=tmp_path, options=query)
    assert raw.frame.to_dict("list") == {"x": ["a:b %s :c"], "patient_id": ["A-1"]}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "  ",
        "DROP TABLE patients",
        "SELECT 1; DROP TABLE patients",
        "SELECT 1; SELECT 2",
        "WITH x AS (DELETE FROM patients RETURNING *) SELECT * FROM x",
        "SELECT * INTO copy FROM patients",
        "/* SELECT */ UPDATE patients SET dead = 1",
        "-- SELECT\nATTACH 'x' AS y",
        "PRAGMA table_info(patients)",
        "EXPLAIN SELECT 1",
        "SELECT ''; DELETE FROM patients --'",
        "selectx",
    ],
)
def test_a_query_is_one_select(tmp_path, sqlite_file, query):
    with pytest.raises(ParameterError, match="data_query must"):
        read_source("sqlite:///cohort.db", base_dir=tmp_path, options={"query": query})


@pytest.mark.parametrize(
    "query",
    [
        "select a from b;",
        "SELECT \"update\", 'drop; table' FROM b -- delete; all",
        "WITH a AS (SELECT 1) SELECT * FROM a ;\n",
        "SELECT $x$; drop$x$, updated_at, created FROM b",
        "/* DROP */ SELECT 1",
    ],
)
def test_words_in_names_texts_and_comments_do_not_count(query):
    assert check_query(query).startswith(query[:10])


def test_sqlite_is_opened_read_only(tmp_path, sqlite_file, monkeypatch):
    monkeypatch.setattr("helpers.cohort.sources.database.check_query", lambda query: query)
    query = {"query": "DELETE FROM patients RETURNING *"}
    with pytest.raises(DataError, match="attempt to write a readonly database"):
        read_source("sqlite:///cohort.db", base_dir=tmp_path, options=query)


@pytest.mark.parametrize(
    "query", ["SELECT * FROM read_csv('/etc/hostname')", "SELECT * FROM '/etc/hostname'"]
)
def test_duckdb_reads_no_other_file(tmp_path, duckdb_file, query):
    with pytest.raises(DataError, match=r"did not answer|did not \("):
        read_source("duckdb:///cohort.duckdb", base_dir=tmp_path, options={"query": query})


def test_duckdb_is_opened_read_only(tmp_path, duckdb_file, monkeypatch):
    monkeypatch.setattr("helpers.cohort.sources.database.check_query", lambda query: query)
    query = {"query": "DELETE FROM patients RETURNING *"}
    with pytest.raises(DataError, match="InvalidInputException"):
        read_source("duckdb:///cohort.duckdb", base_dir=tmp_path, options=query)
    assert len(read_source("duckdb:///cohort.duckdb", base_dir=tmp_path, options=QUERY).frame) == 2


def test_a_missing_table_is_named(tmp_path, sqlite_file, duckdb_file):
    for source in ("sqlite:///cohort.db", "duckdb:///cohort.duckdb"):
        with pytest.raises(DataError, match="nowhere") as caught:
            read_source(source, base_dir=tmp_path, options={"query": "SELECT * FROM nowhere"})
        assert "\n" not in str(caught.value)


def test_an_error_that_could_hold_a_patients_value_is_not_repeated(tmp_path, duckdb_file):
    query = {"query": "SELECT CAST(patient_id AS INTEGER) FROM patients"}
    with pytest.raises(DataError) as caught:
        read_source("duckdb:///cohort.duckdb", base_dir=tmp_path, options=query)
    assert "A-1" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["sqlite", "duckdb"])
def test_a_missing_or_broken_file_is_named(tmp_path, scheme):
    (tmp_path / "cohort.db").write_bytes(b"no database at all, but text" * 100)
    with pytest.raises(DataError, match=r"'cohorts\.db'; did you mean 'cohort\.db'"):
        read_source(f"{scheme}:///cohorts.db", base_dir=tmp_path, options=QUERY)
    with pytest.raises(DataError, match="that answers the query, but it did not"):
        read_source(f"{scheme}:///cohort.db", base_dir=tmp_path, options=QUERY)
    with pytest.raises(DataError, match="must name the file of a database"):
        read_source(f"{scheme}://", base_dir=tmp_path, options=QUERY)
    assert not (tmp_path / "cohorts.db").exists()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:hush-hush@localhost/db",
        "postgresql://${PGUSER}:hush-hush@localhost/db",
        "postgresql://${PGUSER}:x${PGPASSWORD}hush-hush@localhost/db",
        "postgresql://ann:hush-hush/@localhost/db",
        "postgresql://ann@localhost/db?password=hush-hush",
        "duckdb:///md:db?motherduck_token=hush-hush",
        "mysql+pymysql://ann:hush-hush@localhost/db",
    ],
)
def test_a_secret_in_clear_is_refused_and_not_repeated(url, monkeypatch):
    monkeypatch.setenv("PGUSER", "ann")
    monkeypatch.setenv("PGPASSWORD", "hush-hush")
    with pytest.raises(DataError, match=r"in clear, but does; write \$\{NAME\} instead") as caught:
        read_source(url, options=QUERY)
    assert "hush-hush" not in str(caught.value)


def test_placeholders_are_filled_from_the_environment():
    environment = {"U": "ann", "P": PASSWORD, "H": "db.example", "PORT": "5433", "D": "trial"}
    source = "postgresql://${U}:${P}@${H}:${PORT}/${D}"
    address = read_address(source, environment)
    url = address.url
    found = (url.username, url.password, url.host, url.port, url.database)
    assert found == ("ann", PASSWORD, "db.example", 5433, "trial")
    assert PASSWORD not in repr(address)
    assert address.name == "database"


@pytest.mark.parametrize("url", ["sqlite:///C:/data/a@b.db", "duckdb:///a:1@2.duckdb"])
def test_an_at_sign_in_a_path_is_no_password(url):
    assert read_address(url, {}).url.database.endswith(url[10:][-6:])


def test_postgres_takes_the_usual_variables():
    environment = {"PGUSER": "ann", "PGPASSWORD": PASSWORD}
    url = read_address("postgresql://localhost/trial", environment).url
    assert (url.drivername, url.username, url.password) == ("postgresql+pg8000", "ann", PASSWORD)


def test_a_variable_that_is_not_set_is_named():
    with pytest.raises(DataError, match="environment variable NOT_SET, but it is not set"):
        read_address("postgresql://u:${NOT_SET}@h/d", {})
    with pytest.raises(DataError, match=r"names of environment variables between"):
        read_address("postgresql://u:${a b}@h/d", {})


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql+psycopg2://h/d", "names the driver 'psycopg2'; write postgresql"),
        ("mysql+pymysql://h/d", "there is none for 'mysql'"),
        ("nosuch://h/d", "must be"),
        ("postgresql://h:x/d", "was none; check its form"),
        ("http://example.org/data.csv", "must be"),
    ],
)
def test_other_databases_and_drivers_are_refused_in_one_sentence(url, message):
    with pytest.raises(DataError, match=message) as caught:
        read_source(url, options=QUERY)
    assert "\n" not in str(caught.value)


def test_a_refused_connection_is_one_sentence_without_credentials(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    source = f"postgresql://ann:${{PGPASSWORD}}@127.0.0.1:{port}/trial"
    with pytest.raises(DataError, match="PostgreSQL database that answers") as caught:
        read_source(source, options=QUERY)
    text = str(caught.value)
    assert PASSWORD not in text
    assert "ann" not in text.replace("cannot", "")
    assert "\n" not in text
    assert caught.value.__cause__ is None


def test_credentials_are_not_in_what_a_manifest_prints():
    parameters = {"data": "postgresql://${PGUSER}:${PGPASSWORD}@db.example/trial", "n": 1}
    shown = scrub_parameters(parameters)
    assert shown == {"data": "postgresql://***@db.example/trial", "n": 1}


def find_postgres():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def as_postgres(folder, *command):
    """Run a command as a user that PostgreSQL accepts: it refuses root."""
    options = {"cwd": folder, "capture_output": True, "timeout": 60}
    if os.geteuid() == 0:
        options |= {"user": "postgres", "group": "postgres", "extra_groups": []}
    subprocess.run([str(part) for part in command], check=True, **options)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    """Start a server of one's own on a socket in a folder of its own, without a port."""
    programs = find_postgres()
    if programs is None:
        pytest.skip("PostgreSQL's server is not installed (Debian: apt install postgresql)")
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="lf-pg-"))
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    password_file = folder / "pw"
    password_file.write_text(PASSWORD)
    password_file.chmod(0o644)
    as_postgres(
        folder,
        *(programs / "initdb", "-D", folder / "data", "-A", "scram-sha-256"),
        *("-U", "owner", f"--pwfile={password_file}", "--no-sync", "-E", "UTF8"),
    )
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    control = (programs / "pg_ctl", "-D", folder / "data", "-w", "-t", "30")
    as_postgres(folder, *control, "-l", folder / "log", "-o", options, "start")
    try:
        yield folder
    finally:
        as_postgres(folder, *control, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def connect_postgres(folder):
    import pg8000.native

    return pg8000.native.Connection(
        "owner", password=PASSWORD, database="postgres", unix_sock=str(folder / ".s.PGSQL.5432")
    )


def change_postgres(folder, statement):
    connection = connect_postgres(folder)
    connection.run(statement)
    connection.close()


@pytest.fixture
def postgres_url(postgres, monkeypatch):
    connection = connect_postgres(postgres)
    names = list(PATIENTS[0])
    types = ["date" if name.endswith("_date") else "text" for name in names]
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(names, types, strict=True))
    connection.run("DROP TABLE IF EXISTS patients")
    connection.run(f"CREATE TABLE patients ({columns})")
    for patient in PATIENTS:
        values = ", ".join(f"'{patient[name]}'" if patient[name] else "NULL" for name in names)
        connection.run(f"INSERT INTO patients VALUES ({values})")
    connection.run(
        "CREATE OR REPLACE FUNCTION wipe() RETURNS int LANGUAGE sql AS "
        "'DELETE FROM patients; SELECT 1'"
    )
    connection.close()
    monkeypatch.setenv("TRIAL_USER", "owner")
    monkeypatch.setenv("TRIAL_PASSWORD", PASSWORD)
    return f"postgresql://${{TRIAL_USER}}:${{TRIAL_PASSWORD}}@/postgres?host={postgres}"


def test_postgres_makes_the_cohort_that_its_csv_makes(tmp_path, postgres_url):
    cohort = read_cohort(postgres_url, source_options=QUERY)
    table = cohort.table.drop(columns="patient_id")
    pd.testing.assert_frame_equal(table, read_csv_cohort(tmp_path))
    assert cohort.understood[0].sentence.startswith("The data were read as PostgreSQL")
    assert PASSWORD not in repr(cohort)


def test_postgres_types_become_text(postgres_url):
    query = (
        "SELECT 1.50::numeric AS n, 2::bigint AS i, true AS b, 'x:y'::varchar AS t, NULL AS e, "
        "timestamp '2012-04-30 00:00' AS d, 0.1::real AS r WHERE 'a%b' LIKE 'a%'"
    )
    raw = read_source(postgres_url, options={"query": query})
    assert raw.frame.iloc[0].tolist() == ["1.50", "2", "1", "x:y", None, "2012-04-30", "0.1"]


def test_postgres_reads_in_a_transaction_that_cannot_write(postgres_url, monkeypatch):
    monkeypatch.setattr("helpers.cohort.sources.database.check_query", lambda query: query)
    query = {"query": "DELETE FROM patients RETURNING *"}
    with pytest.raises(DataError, match="cannot execute DELETE in a read-only transaction"):
        read_source(postgres_url, options=query)
    assert len(read_source(postgres_url, options=QUERY).frame) == 2


@pytest.mark.parametrize(
    "query", ["SELECT wipe()", "SELECT set_config('transaction_read_only', 'off', true), wipe()"]
)
def test_a_function_of_postgres_that_writes_is_stopped(postgres_url, query):
    with pytest.raises(DataError, match=r"read-only transaction|read-write mode"):
        read_source(postgres_url, options={"query": query})
    assert len(read_source(postgres_url, options=QUERY).frame) == 2


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("SELECT * FROM nowhere", 'relation "nowhere" does not exist', "postgres"),
        ("SELECT patient_id::int FROM patients", "SQLSTATE 22P02", "A-1"),
    ],
)
def test_postgres_says_what_it_can_say(postgres_url, query, shown, hidden):
    with pytest.raises(DataError, match=shown) as caught:
        read_source(postgres_url, options={"query": query})
    assert hidden not in str(caught.value)
    assert PASSWORD not in str(caught.value)


def build_from(url, folder):
    nb = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Who?", id="t"),
            nbformat.v4.new_code_cell(
                "from helpers.cohort import read_cohort\n"
                "from helpers.params import read_params\n"
                "params = read_params(globals())\n"
                "print(len(read_cohort(params.data, **params.cohort_options)), 'patients')",
                id="c",
            ),
        ]
    )
    (folder / "notebooks").mkdir(exist_ok=True)
    nbformat.write(nb, folder / "notebooks/01_who.ipynb")
    return build_report(
        Params(data=url, data_query=QUERY["query"]).model_dump(),
        name="paper",
        output_dir=folder / "reports",
        notebooks_dir=folder / "notebooks",
        base_dir=folder,
        formats=["html"],
    )


def test_postgres_rows_decide_what_is_built_and_no_file_holds_the_password(
    tmp_path, postgres, postgres_url
):
    assert not build_from(postgres_url, tmp_path).cached
    assert build_from(postgres_url, tmp_path).cached == ("01_who",)
    change_postgres(postgres, "UPDATE patients SET age_years = '76' WHERE patient_id = 'A-2'")
    assert not build_from(postgres_url, tmp_path).cached
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in files]
    assert any("2 patients" in text for text in texts)
    assert any(path.match(".cache/sections/*.ipynb") for path in files)
    for secret in (PASSWORD, quote(PASSWORD, safe=""), json.dumps(PASSWORD)[1:-1]):
        assert not [path for path, text in zip(files, texts, strict=True) if secret in text]


def test_postgres_refuses_a_wrong_password_without_repeating_it(postgres_url, monkeypatch):
    monkeypatch.setenv("TRIAL_PASSWORD", "wrong-password")
    with pytest.raises(DataError, match=r"authentication failed|connection failed") as caught:
        read_source(postgres_url, options=QUERY)
    assert "wrong-password" not in str(caught.value)
