"""`lenfail map`: what is proposed for a file, and how sure it is."""

from __future__ import annotations

import csv
import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import yaml

from helpers.cli import main
from helpers.cohort.mapping import parse_mapping

N = 60
START = datetime.date(2010, 1, 4)
ENDS = [START + datetime.timedelta(days=int(days)) for days in np.linspace(20, 2400, N)]


def write(path: Path, columns: dict[str, list], *, delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def propose(capsys, path: Path, *words: str) -> dict[str, dict]:
    """Return what is proposed, by our column."""
    assert main(["map", str(path), "--json", *words]) == 0
    document = json.loads(capsys.readouterr().out)
    return {one["column"]: one for one in document["proposals"]}


def take(values: list, count: int = N) -> list:
    """Return values repeated up to a length."""
    return [values[number % len(values)] for number in range(count)]


GERMAN = {
    "Pat-Nr": [f"K{number:04}" for number in range(N)],
    "Geschlecht": take(["m", "w"]),
    "Alter": take([61, 70, 78, 82]),
    "Datum Therapieversagen": [START.strftime("%d.%m.%Y")] * N,
    "Letzter Kontakt": [end.strftime("%d.%m.%Y") for end in ENDS],
    "Verstorben": take(["ja", "nein", "nein"]),
    "Hb (g/l)": take([82, 95, 101, 120]),
    "Bemerkung": [f"Anruf bei Frau Nr. {number}" for number in range(N)],
}


def test_german_names_and_codes_are_known(tmp_path, capsys):
    found = propose(capsys, write(tmp_path / "a.csv", GERMAN, delimiter=";"))
    certain = {
        name: one["your_column"] for name, one in found.items() if one["certainty"] == "certain"
    }
    assert certain == {
        "patient_id": "Pat-Nr",
        "sex": "Geschlecht",
        "age_years": "Alter",
        "failure_date": "Datum Therapieversagen",
        "last_contact_date": "Letzter Kontakt",
        "dead": "Verstorben",
        "haemoglobin_g_dl": "Hb (g/l)",
    }
    assert found["sex"]["values"] == {"m": "male", "w": "female"}
    assert found["dead"]["values"] == {"ja": "1", "nein": "0"}
    assert found["dead"]["counts"] == {"nein": 40, "ja": 20}
    assert found["failure_date"]["date_form"] == "dmy"
    assert found["haemoglobin_g_dl"]["unit"] == "g/L"


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("Sexe", "sex"),
        ("date_de_naissance", None),
        ("Décès", "dead"),
        ("Date dernières nouvelles", "last_contact_date"),
        ("plaquettes", "platelets_g_l"),
        ("data ultimo contatto", "last_contact_date"),
        ("deceduto", "dead"),
        ("piastrine", "platelets_g_l"),
        ("fecha último contacto", "last_contact_date"),
        ("fallecido", "dead"),
        ("hemoglobina", "haemoglobin_g_dl"),
        ("Todesdatum", None),
        ("plattelets", "platelets_g_l"),
        ("__class__", None),
    ],
)
def test_names_of_other_languages(name, target):
    from helpers.cohort import read_dictionary
    from helpers.cohort.intake.name_matching import match_name

    matches = match_name(name, read_dictionary().file_columns)
    assert (matches[0].target if matches else None) == target


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("hb", [62, 95, 130], ("g/L", "likely", "the values fit g/L only")),
        ("hb", [6.1, 9.5, 14.0], ("g/dL", "likely", "too high for mmol/L")),
        ("hb", [4.1, 6.5, 9.0], ("g/dL", "guess", "g/dL and, in part, mmol/L")),
        ("hb_mmol_l", [4.1, 6.5, 9.0], ("mmol/L", "certain", "mmol/L stands in the name")),
        ("hb_g_l", [6.1, 9.5, 14.0], ("g/L", "guess", "is outside")),
    ],
)
def test_the_unit_of_haemoglobin(tmp_path, capsys, name, values, expected):
    path = write(tmp_path / "a.csv", {"id": list(range(N)), name: take(values)})
    one = propose(capsys, path)["haemoglobin_g_dl"]
    unit, certainty, reason = expected
    assert (one["unit"], one["certainty"]) == (unit, certainty)
    assert reason in one["reason"]


@pytest.mark.parametrize("unit", ["days", "weeks", "months", "years"])
def test_the_unit_of_a_time_is_found_by_the_dates(tmp_path, capsys, unit):
    days = {"days": 1, "weeks": 7, "months": 30.4375, "years": 365.25}[unit]
    columns = {
        "id": list(range(N)),
        "failure_date": [START.isoformat()] * N,
        "last_contact_date": [end.isoformat() for end in ENDS],
        "survival": [round((end - START).days / days, 2) for end in ENDS],
    }
    one = propose(capsys, write(tmp_path / "a.csv", columns))["os_months"]
    assert one["unit"] == unit
    assert f"agrees with the dates as {unit}" in one["reason"]


def test_a_time_that_contradicts_its_name_is_a_guess(tmp_path, capsys):
    columns = {
        "id": list(range(N)),
        "failure_date": [START.isoformat()] * N,
        "last_contact_date": [end.isoformat() for end in ENDS],
        "os_months": [(end - START).days for end in ENDS],
    }
    one = propose(capsys, write(tmp_path / "a.csv", columns))["os_months"]
    assert (one["certainty"], one["unit"]) == ("guess", "days")


def test_the_unit_of_a_time_without_dates_is_found_by_its_range(tmp_path, capsys):
    columns = {"id": list(range(N)), "time": [int(days) for days in np.linspace(1, 2500, N)]}
    one = propose(capsys, write(tmp_path / "a.csv", columns))["os_months"]
    assert (one["unit"], one["certainty"]) == ("days", "likely")


def test_events_of_1_and_2_are_left_to_decide(tmp_path, capsys):
    path = write(tmp_path / "a.csv", {"id": list(range(N)), "status": take([1, 2, 2])})
    one = propose(capsys, path)["dead"]
    assert one["certainty"] == "guess"
    assert "ask who made the file" in one["reason"]
    assert one["counts"] == {"2": 40, "1": 20}
    out = tmp_path / "m.yml"
    assert main(["map", str(path), "--out", str(out)]) == 0
    text = out.read_text(encoding="utf-8")
    assert '\n# event: {column: "status", dead: ["2"], alive: ["1"]}\n' in text
    assert parse_mapping(text).event is None


def test_alive_is_death_turned_round(tmp_path, capsys):
    path = write(tmp_path / "a.csv", {"id": list(range(N)), "alive": take(["yes", "no"])})
    assert propose(capsys, path)["dead"]["values"] == {"yes": "0", "no": "1"}


@pytest.mark.parametrize(
    ("texts", "form", "certainty"),
    [
        (["2012-03-01", "2012-12-31"], "iso", "certain"),
        (["2012/03/01", "2012/12/31"], "ymd", "certain"),
        (["03.01.2012", "31.12.2012"], "dmy", "certain"),
        (["03/01/2012", "12/31/2012"], "mdy", "certain"),
        (["03/01/2012", "12/11/2012"], "day-or-month", "guess"),
        (["03.01.12", "31.12.12"], "%d.%m.%y", "certain"),
        (["03.01.2012", "2012-12-31"], "mixed", "guess"),
        (["13/01/2012", "12/31/2012"], "mixed", "guess"),
        (["41029", "41300"], "excel", "likely"),
    ],
)
def test_how_dates_are_written(tmp_path, capsys, texts, form, certainty):
    path = write(tmp_path / "a.csv", {"id": list(range(N)), "len_stop": take(texts)})
    one = propose(capsys, path)["failure_date"]
    assert (one["date_form"], one["certainty"]) == (form, certainty)


def test_certain_and_likely_lines_are_a_mapping_and_guesses_are_comments(tmp_path, capsys):
    columns = GERMAN | {"Blasten": take([0.01, 0.03, 0.05]), "failure_type": take(["a", "loss_hi"])}
    out = tmp_path / "m.yml"
    path = write(tmp_path / "a.csv", columns, delimiter=";")
    assert main(["map", str(path), "--out", str(out)]) == 0
    assert str(out) in capsys.readouterr().out
    text = out.read_text(encoding="utf-8")
    mapping = parse_mapping(text)
    assert mapping.columns["sex"].columns == ("Geschlecht",)
    assert mapping.recode["sex"] == {"m": "male", "w": "female"}
    assert mapping.units["haemoglobin_g_dl"] == "g/L"
    assert mapping.dates["failure_date"] == "dmy"
    assert (mapping.event.dead, mapping.event.alive) == (("ja",), ("nein",))
    assert "blasts_pct" not in mapping.columns
    assert '# blasts_pct: "Blasten"' in text
    assert '# blasts_pct: "fraction"' in text
    assert '"a":   # which of ours?' in text


def test_a_mapping_is_never_written_over(tmp_path, capsys):
    out = tmp_path / "m.yml"
    out.write_text("mine")
    assert main(["map", str(write(tmp_path / "a.csv", GERMAN)), "--out", str(out)]) == 2
    assert "exists" in capsys.readouterr().err
    assert out.read_text() == "mine"


def test_no_patient_is_shown(tmp_path, capsys):
    columns = GERMAN | {
        "failure_type": ["Frau Huber"] * 2 + ["progression"] * (N - 2),
        "study id": [f"Meier, Hans {number}" for number in range(N)],
        "centre": take(["Klinikum Nord", "Klinikum Süd"]),
    }
    path = write(tmp_path / "a.csv", columns, delimiter=";")
    out = tmp_path / "m.yml"
    assert propose(capsys, path)["age_years"]["counts"] == {}
    told = ""
    for words in ([], ["--json"], ["--out", str(out)]):
        assert main(["map", str(path), *words]) == 0
        told += capsys.readouterr().out
    told += out.read_text(encoding="utf-8")
    for text in ("K0001", "Huber", "Anruf", "Meier", "Nord"):
        assert text not in told
    assert "1 more of your codes, each of fewer than five patients" in told


def test_two_columns_of_one_name_and_empty_columns(tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_text("id,sex,sex,hb,\n1,m,f,,\n2,f,f,,\n", encoding="utf-8")
    found = propose(capsys, path)
    assert found["sex"]["certainty"] == "none"
    assert found["haemoglobin_g_dl"]["certainty"] == "guess"
    assert "the column is empty" in found["haemoglobin_g_dl"]["reason"]


def test_a_file_that_is_not_there(tmp_path, capsys):
    assert main(["map", str(tmp_path / "no.csv")]) == 2
    assert "must be a file that exists" in capsys.readouterr().err


def test_declared_variables_are_proposed_too(tmp_path, capsys):
    path = write(tmp_path / "a.csv", {"id": list(range(N)), "ECOG": take([0, 1, 2])})
    params = tmp_path / "params.yml"
    params.write_text("variables: {ecog: {label: ECOG status, type: integer}}\n", encoding="utf-8")
    found = propose(capsys, path, "--params", str(params))
    assert (found["ecog"]["your_column"], found["ecog"]["certainty"]) == ("ECOG", "certain")
    assert "ecog" not in propose(capsys, path)


def test_a_date_of_death_is_offered_for_last_contact_and_event(tmp_path, capsys):
    died = [end.isoformat() if number % 3 else "" for number, end in enumerate(ENDS)]
    columns = {
        "id": list(range(N)),
        "failure_date": [START.isoformat()] * N,
        "Todesdatum": died,
        "last_contact_date": [end.isoformat() for end in ENDS],
    }
    path = write(tmp_path / "a.csv", columns)
    assert propose(capsys, path)["dead"]["certainty"] == "none"
    out = tmp_path / "m.yml"
    assert main(["map", str(path), "--out", str(out)]) == 0
    assert "'Todesdatum' holds dates of death" in capsys.readouterr().out
    text = out.read_text(encoding="utf-8")
    decided = text.replace("# last_contact_date: {", "last_contact_date: {")
    decided = decided.replace('  last_contact_date: "last_contact_date"\n', "")
    mapping = parse_mapping(decided.replace("# event:", "event:"))
    assert mapping.columns["last_contact_date"].columns == ("Todesdatum", "last_contact_date")
    assert mapping.event.dead == ("present",)
    params = tmp_path / "params.yml"
    params.write_text("data: a.csv\nmapping: m.yml\n", encoding="utf-8")
    out.write_text(decided.replace("# event:", "event:"), encoding="utf-8")
    assert main(["check", str(params)]) == 0
    assert "1, yes: 40; 0, no (censored): 20" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("codes", "certainty", "values"),
    [
        (["F", "H"], "certain", {"F": "female", "H": "male"}),
        (["H", "M"], "guess", {}),
        (["M", "F"], "certain", {"M": "male", "F": "female"}),
        (["1", "2"], "guess", {"1": "male", "2": "female"}),
        (["0", "1"], "guess", {}),
        (["Frau", "Mann"], "certain", {"Frau": "female", "Mann": "male"}),
    ],
)
def test_codes_of_sex(tmp_path, capsys, codes, certainty, values):
    path = write(tmp_path / "a.csv", {"id": list(range(N)), "sexo": take(codes)})
    one = propose(capsys, path)["sex"]
    assert (one["certainty"], one["values"]) == (certainty, values)


@pytest.mark.parametrize(
    ("name", "values", "unit"),
    [
        ("Plaquettes/mm3", [120_000, 95_000, 230_000], "/uL"),
        ("plt", [120_000, 95_000, 230_000], "/uL"),
        ("Thrombozyten (10^9/l)", [120, 95, 230], ""),
        ("PLT_Gpt_l", [120, 95, 230], ""),
    ],
)
def test_units_of_platelets(tmp_path, capsys, name, values, unit):
    path = write(tmp_path / "a.csv", {"id": list(range(N)), name: take(values)})
    one = propose(capsys, path)["platelets_g_l"]
    assert (one["your_column"], one["unit"]) == (name, unit)
    assert one["certainty"] in ("certain", "likely")


def test_a_terminal_without_a_letter_shows_its_number(tmp_path):
    path = write(tmp_path / "a.csv", {"N° patient": list(range(N)), "Âge": take([70, 80])})
    program = "import sys; from helpers.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "map", str(path)]
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert "'N\\xb0 patient' is patient_id" in done.stdout.decode("ascii")


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "",
        'a "b"',
        "a\\b",
        "a\nb\tc",
        "\x00\x85\u2028\ufeff\uffff",
        "\U000f53e4\U0001f60b",
        "# x: y",
    ],
)
def test_any_text_can_stand_in_a_mapping(text):
    from helpers.cohort.intake.mapping_text import quote

    written = quote(text)
    assert "\n" not in written
    assert parse_mapping(f"missing: {{all: [{written}, x]}}").missing["all"] == (text, "x")


OWN = {
    **{name: values for name, values in GERMAN.items() if name != "Bemerkung"},
    "NPM1": take(["ja", "nein", ""]),
    "ECOG": [*take([0, 1, 2], N - 1), 4],
    "Risiko (2017)": take(["günstig", "intermediär", "ungünstig"]),
    "LDH": [200 + 7 * number for number in range(N)],
    "complex": take(["0", "1"]),
    "Bemerkung": GERMAN["Bemerkung"],
}


def test_the_columns_that_are_left_are_declared_and_the_data_pass(tmp_path, capsys):
    """From a clinic's spreadsheet to a cohort that can be built, without a line written by hand."""
    path = write(tmp_path / "a.csv", OWN, delimiter=";")
    mapping, params = tmp_path / "mapping.yml", tmp_path / "params.yml"
    assert main(["map", str(path), "--out", str(mapping), "--new-params", str(params)]) == 0
    assert "known_at: after_failure" in capsys.readouterr().out.replace("\n", " ")
    declared = yaml.safe_load(params.read_text(encoding="utf-8"))
    assert declared["data"] == "a.csv"
    assert declared["variables"] == {
        "npm1": {"label": "NPM1", "type": "flag"},
        "ecog": {
            "label": "ECOG",
            "type": "category",
            "levels": {"0": "0", "1": "1", "2": "2", "4": "4"},
        },
        "risiko_2017": {
            "label": "Risiko (2017)",
            "type": "category",
            "levels": {
                "gunstig": "günstig", "intermediar": "intermediär", "ungunstig": "ungünstig"
            },
        },
        "ldh": {"label": "LDH", "type": "number"},
        "complex_own": {"label": "Complex", "type": "flag"},
    }  # fmt: skip
    assert declared["univariate_factors"] == [
        "age_75", "sex", "npm1", "ecog", "risiko_2017", "complex_own",
    ]  # fmt: skip
    assert main(["check", str(params)]) == 0, capsys.readouterr().out
    told = " ".join(capsys.readouterr().out.split())
    assert "Risiko (2017) - günstig: 20, intermediär: 20, ungünstig: 20" in told
    assert "NPM1 - No: 20, Yes: 20, not known: 20" in told


def test_labels_of_a_statistical_file_name_its_columns(tmp_path, capsys):
    path = tmp_path / "a.sav"
    frame = pd.DataFrame(
        {"v1": range(N), "v2": take([1.0, 2.0]), "v3": take([0.0, 1.0]), "v4": take([0.0, 1.0])}
    )
    labels = {"v1": "Patient ID", "v2": "Sex", "v3": "Died", "v4": "Mutation of NPM1"}
    values = {"v2": {1: "male", 2: "female"}}
    pyreadstat.write_sav(
        frame, str(path), column_labels=labels, variable_value_labels=values
    )  # fmt: skip
    found = propose(capsys, path)
    assert {name: one["your_column"] for name, one in found.items() if one["your_column"]} == {
        "patient_id": "v1",
        "sex": "v2",
        "dead": "v3",
    }
    assert found["sex"]["reason"].startswith("the label is ours")
    mapping, params = tmp_path / "mapping.yml", tmp_path / "params.yml"
    assert main(["map", str(path), "--out", str(mapping), "--new-params", str(params)]) == 0
    declared = yaml.safe_load(params.read_text(encoding="utf-8"))
    assert declared["variables"] == {"v4": {"label": "Mutation of NPM1", "type": "flag"}}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--new-params", "p.yml"], "--new-params must stand with --out"),
        (["--out", "m.yml", "--new-params", "here.yml"], "'here.yml' exists"),
    ],
)
def test_new_parameters_are_refused_before_anything_is_written(
    tmp_path, monkeypatch, capsys, words, message
):
    write(tmp_path / "a.csv", GERMAN, delimiter=";")
    (tmp_path / "here.yml").write_text("title: Mine\n")
    monkeypatch.chdir(tmp_path)
    assert main(["map", "a.csv", *words]) == 2
    assert message in capsys.readouterr().err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.csv", "here.yml"]


@pytest.mark.parametrize(
    ("longest", "expected", "reason"),
    [
        (1022, ("futime", "days", "likely"), "too long for months: days"),
        (424, ("futime", "days", "guess"), "days, or months of 35 years"),
        (96, ("futime", "months", "guess"), "the values fit months"),
    ],
)
def test_a_time_of_either_unit_is_left_to_decide(tmp_path, capsys, longest, expected, reason):
    times = [int(time) for time in np.linspace(1, longest, N)]
    path = write(tmp_path / "a.csv", {"id": list(range(N)), "futime": times})
    found = propose(capsys, path)["os_months"]
    assert (found["your_column"], found["unit"], found["certainty"]) == expected
    assert reason in found["reason"]
