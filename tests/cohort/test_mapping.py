"""Any file's columns, values, units and dates in the form of the data dictionary."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cohort_files import make_patient, take

from helpers.cohort import read_cohort, read_dictionary
from helpers.cohort.mapping import apply_mapping, parse_mapping
from helpers.cohort.sources import convert_to_text, read_source
from helpers.errors import DataError, FaultsError

EXAMPLE = Path(__file__).parents[2] / "params" / "mapping.example.yml"
BASE = {"id": ["p1", "p2", "p3"], "seen": ["2010-01-31", "2011-01-31", "2012-01-31"]}


def map_columns(text, **columns):
    """Return our columns and the sentences on faults."""
    frame = pd.DataFrame(columns)
    raw = convert_to_text(frame, name="x")
    raw = type(raw)(**{name: getattr(raw, name) for name in raw.__slots__} | {"dates_typed": False})
    mapped = apply_mapping(raw, parse_mapping(text), read_dictionary())
    return mapped.raw.frame, mapped.faults


def list_misfits(text, *names):
    columns = {name: ["x"] for name in names}
    with pytest.raises(FaultsError, match=r"^The mapping has faults:") as caught:
        map_columns(text, **columns)
    return caught.value.faults


def write_file(tmp_path, mapping, **columns):
    pd.DataFrame(columns).to_csv(tmp_path / "data.csv", index=False)
    (tmp_path / "mapping.yml").write_text(mapping, encoding="utf-8")
    return read_cohort("data.csv", base_dir=tmp_path, mapping="mapping.yml")


def test_columns_are_renamed_and_ours_are_taken_as_they_are():
    frame, _ = map_columns("columns: {sex: Gender}", Gender=["male"], age_years=[70], other=["x"])
    assert frame.to_dict("list") == {"age_years": ["70"], "sex": ["male"], "other": ["x"]}


def test_a_column_of_ours_that_is_another_ones_source_is_not_taken_twice():
    frame, _ = map_columns("columns: {centre: source}", source=["Ulm"])
    assert frame.to_dict("list") == {"centre": ["Ulm"]}


def test_recoding_compares_without_capitals_and_spaces():
    text = "recode: {sex: {m: male, W weiblich: female, 3: ''}}"
    frame, faults = map_columns(text, sex=[" M", "w  WEIBLICH ", "3.0", None])
    assert frame["sex"].tolist() == ["male", "female", None, None]
    assert faults == ()


def test_exact_recoding_compares_every_character():
    text = "{exact: true, recode: {sex: {m: male, M: female}}}"
    frame, faults = map_columns(text, sex=["m", "M", "m ", "mm"])
    assert frame["sex"].tolist() == ["male", "female", "male", None]
    assert [fault.value for fault in faults] == ["'mm'"]


def test_a_value_that_is_not_listed_is_a_fault_with_their_column_and_row():
    text = "{columns: {sex: Gender, patient_id: id}, recode: {sex: {m: male, f: female}}}"
    frame, faults = map_columns(text, id=["p1", "p2"], Gender=["m", "div"])
    assert frame["sex"].tolist() == ["male", None]
    (fault,) = faults
    assert (fault.column, fault.source_column, fault.value) == ("sex", "Gender", "'div'")
    assert (fault.row, len(fault.patient)) == (3, 8)
    assert fault.rule == "must be one of the values that the mapping lists (m, f)"
    assert "recode.sex" in fault.advice


def test_values_of_yaml_stay_text():
    text = "recode: {sex: {1: male, NO: female, yes: male, null: female, 1.50: male, 0x1: female}}"
    cells = ["1", "NO", "yes", "null", "1.50", "0x1"]
    frame, faults = map_columns(text, sex=cells)
    assert frame["sex"].tolist() == ["male", "female"] * 3
    assert faults == ()


def test_flags_are_recoded_to_0_and_1():
    frame, _ = map_columns(
        "recode: {rbc_td: {ja: yes, nein: no, J: 1, N: 0}}", rbc_td=["ja", "nein", "J", "N"]
    )
    assert frame["rbc_td"].tolist() == ["1", "0", "1", "0"]


def test_letters_are_compared_however_they_are_composed(tmp_path):
    apart = "Gro\u0308\u00dfe,Geschlecht\np1,ma\u0308nnlich\n"
    (tmp_path / "data.csv").write_text(apart, encoding="utf-8")
    raw = read_source(tmp_path / "data.csv")
    text = "{columns: {patient_id: Größe, sex: Geschlecht}, recode: {sex: {männlich: male}}}"
    mapped = apply_mapping(raw, parse_mapping(text), read_dictionary())
    assert mapped.raw.frame["sex"].tolist() == ["male"]


def test_categories_match_by_label_unless_exact():
    cells = ["Female", "MALE", "other"]
    frame, _ = map_columns("format: 1", sex=cells)
    assert frame["sex"].tolist() == ["female", "male", "other"]
    frame, _ = map_columns("exact: true", sex=cells)
    assert frame["sex"].tolist() == ["female", "MALE", "other"]


def test_codes_for_missing_values_are_emptied_where_they_are_declared():
    text = "missing: {all: [NA, unk], age_years: [999]}"
    frame, _ = map_columns(
        text, age_years=["999", "999.0", "na", "70"], len_dose_mg=["999", " UNK ", "10", "5"]
    )
    assert frame["age_years"].tolist() == [None, None, None, "70"]
    assert frame["len_dose_mg"].tolist() == ["999", None, "10", "5"]


# ours, their unit, their value, our value; worked by hand
UNITS = [
    ("haemoglobin_g_dl", "g/L", "92", 9.2),
    ("haemoglobin_g_dl", "mmol/L", "6", 6 * 1.6114),
    ("haemoglobin_g_dl", "g/dL", "9.2", 9.2),
    ("platelets_g_l", "/µL", "150000", 150),
    ("platelets_g_l", "G/L", "150", 150),
    ("platelets_g_l", "10^3/uL", "150", 150),
    ("platelets_g_l", "10⁹/L", "150", 150),
    ("platelets_g_l", "cells/mcL", "150000", 150),
    ("os_months", "days", "30.4375", 1),
    ("os_months", "days", "365.25", 12),
    ("os_months", "weeks", "10", 70 / 30.4375),
    ("os_months", "years", "2", 24),
    ("os_months", "months", "7.5", 7.5),
    ("age_years", "days", "25567", 69),
    ("age_years", "months", "900", 75),
    ("age_years", "months", "899", 74),
    ("blasts_pct", "fraction", "0.05", 5),
    ("len_dose_mg", "{factor: 2.5}", "4", 10),
]


@pytest.mark.parametrize(("ours", "unit", "theirs", "wanted"), UNITS)
def test_units_are_converted(ours, unit, theirs, wanted):
    frame, _ = map_columns(f"units: {{{ours}: {unit}}}", **{ours: [theirs, "text", None]})
    assert float(frame[ours].iloc[0]) == pytest.approx(wanted, rel=1e-9)
    assert frame[ours].tolist()[1:] == ["text", None]


@pytest.mark.parametrize(
    ("ours", "unit"),
    [
        ("haemoglobin_g_dl", "days"),
        ("platelets_g_l", "mmol/L"),
        ("os_months", "g/L"),
        ("sex", "g/L"),
        ("comorbidity_score", "points"),
    ],
)
def test_units_that_cannot_be_converted_are_refused(ours, unit):
    (fault,) = list_misfits(f"units: {{{ours}: {unit}}}", ours)
    assert fault.startswith(f"units.{ours} ")


DATES = [
    ("dmy", ["30.04.2012", "30/4/2012", "30-04-2012 13:45", "30-Apr-2012", "30APR2012"]),
    ("mdy", ["04/30/2012", "4-30-2012", "04.30.2012"]),
    ("ymd", ["2012-04-30", "2012/4/30", "2012-04-30T00:00:00"]),
    ("excel", ["41029", "41029.0"]),
    ('"%d %B %y"', ["30 April 12"]),
    ('"%Y%m%d"', ["20120430"]),
]


@pytest.mark.parametrize(("form", "texts"), DATES)
def test_dates_of_a_declared_form_become_iso(form, texts):
    frame, faults = map_columns(f"dates: {{all: {form}}}", failure_date=texts)
    assert set(frame["failure_date"]) == {"2012-04-30"}
    assert faults == ()


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("dmy", "04/30/2012"),
        ("dmy", "2012-04-30"),
        ("dmy", "30.04.12"),
        ("dmy", "31.04.2012"),
        ("dmy", "UN.04.2012"),
        ("mdy", "30/04/2012"),
        ("ymd", "30.04.2012"),
        ("excel", "30.04.2012"),
        ("excel", "60"),
        ('"%Y"-%m-%d', "2012"),
    ],
)
def test_a_date_in_another_form_is_a_fault_cell_by_cell(form, text):
    if form.startswith('"'):
        with pytest.raises(FaultsError):
            parse_mapping(f"dates: {{all: {form}}}")
        return
    right = {"dmy": "30.04.2012", "mdy": "04/30/2012", "ymd": "2012-04-30", "excel": "41029"}
    frame, faults = map_columns(f"dates: {{all: {form}}}", failure_date=[right[form], text])
    assert frame["failure_date"].tolist() == ["2012-04-30", None]
    assert [fault.row for fault in faults] == [3]
    assert f"({form}, e.g. " in faults[0].rule


def test_a_source_that_knows_dates_keeps_them_beside_texts_of_the_declared_form():
    raw = convert_to_text(pd.DataFrame({"failure_date": ["2012-04-30", "01.05.2012"]}), name="x")
    mapped = apply_mapping(raw, parse_mapping("dates: {all: dmy}"), read_dictionary())
    assert mapped.raw.frame["failure_date"].tolist() == ["2012-04-30", "2012-05-01"]


def test_a_form_may_be_declared_for_their_column_or_ours():
    text = """
    columns: {failure_date: A, last_contact_date: B}
    dates: {A: dmy, last_contact_date: mdy}
    """
    frame, faults = map_columns(text, A=["01.02.2010"], B=["01/02/2011"])
    assert frame.iloc[0].tolist() == ["2010-02-01", "2011-01-02"]
    assert faults == ()


def test_times_are_made_from_dates_and_time_zero():
    text = """
    time_zero: relapse
    columns:
      os_months: {until: last}
      diagnosis_to_failure_months: {since: diagnosed}
      len_duration_months: {from: diagnosed, until: stopped}
    dates: {all: dmy}
    """
    frame, faults = map_columns(
        text,
        diagnosed=["01.01.2010", "01.01.2010", ""],
        stopped=["31.01.2010", None, "01.01.2011"],
        relapse=["31.12.2010", "01.01.2009", "01.01.2011"],
        last=["31.12.2011", "01.01.2010", None],
    )
    assert frame["failure_date"].tolist() == ["2010-12-31", "2009-01-01", "2011-01-01"]
    assert float(frame["os_months"].iloc[0]) == pytest.approx(365 / 30.4375)
    assert float(frame["diagnosis_to_failure_months"].iloc[0]) == pytest.approx(364 / 30.4375)
    assert float(frame["len_duration_months"].iloc[0]) == pytest.approx(30 / 30.4375)
    assert frame["os_months"].iloc[2] is None
    (fault,) = faults
    assert fault.row == 3
    assert fault.rule == "must not be negative: relapse lies before diagnosed"


def test_columns_are_made_from_several():
    text = """
    columns:
      last_contact_date: {latest: [died, visit]}
      first_treatment_date: {earliest: [t1, t2]}
      sex: {first_of: [sex_crf, sex_letter]}
      region: {constant: europe}
      aml: {present: aml_on}
      first_treatment: {marked: {hma: got_hma, bsc: got_bsc}}
    dates: {all: dmy}
    recode: {sex: {1: male, 2: female}}
    """
    frame, faults = map_columns(
        text,
        died=["01.03.2012", None, None],
        visit=["01.02.2012", "05.02.2012", None],
        t1=["01.03.2012", "01.04.2012", "x"],
        t2=["01.02.2012", None, "01.01.2012"],
        sex_crf=["1", None, "9"],
        sex_letter=["2", "2", "1"],
        aml_on=["01.01.2013", None, "?"],
        got_hma=["x", "no", "1"],
        got_bsc=["", "Checked", "yes"],
    )
    assert frame["last_contact_date"].tolist() == ["2012-03-01", "2012-02-05", None]
    assert frame["first_treatment_date"].tolist() == ["2012-02-01", "2012-04-01", None]
    assert frame["sex"].tolist() == ["male", "female", None]
    assert frame["region"].tolist() == ["europe"] * 3
    assert frame["aml"].tolist() == ["1", "0", "1"]
    assert frame["first_treatment"].tolist() == ["hma", "bsc", None]
    assert [(fault.column, fault.source_column, fault.row) for fault in faults] == [
        ("first_treatment_date", "t1 and t2", 4),
        ("sex", "sex_crf and sex_letter", 4),
        ("first_treatment", "got_hma and got_bsc", 4),
    ]


@pytest.mark.parametrize(
    ("coding", "cells", "wanted"),
    [
        ("dead: [2], alive: [1]", ["1", "2", "2.0"], ["0", "1", "1"]),
        ("dead: [1, dead], alive: 0", ["DEAD ", "0", "1"], ["1", "0", "1"]),
        ("dead: present, alive: empty", ["2012-01-01", None, " "], ["1", "0", "0"]),
    ],
)
def test_events_are_coded_as_declared(coding, cells, wanted):
    frame, faults = map_columns(f"event: {{column: status, {coding}}}", status=cells)
    assert frame["dead"].tolist() == wanted
    assert faults == ()


def test_a_status_that_is_not_declared_is_a_fault():
    text = "event: {column: status, dead: [1], alive: [0]}"
    frame, faults = map_columns(text, status=["1", "0", "2", None])
    assert frame["dead"].tolist() == ["1", "0", None, None]
    assert [(fault.column, fault.source_column, fault.value) for fault in faults] == [
        ("dead", "status", "'2'")
    ]


def test_what_was_understood_is_said_with_counts(tmp_path):
    mapping = """
    columns: {patient_id: id, haemoglobin_g_dl: hb}
    time_zero: relapse
    event: {column: status, dead: [2], alive: [1]}
    recode: {sex: {m: male, w: female}}
    units: {haemoglobin_g_dl: mmol/L}
    dates: {all: dmy}
    missing: {all: [unk]}
    """
    cohort = write_file(
        tmp_path,
        mapping,
        id=["p1", "p2", "p3"],
        relapse=["01.02.2010"] * 3,
        last_contact_date=["01.02.2011", "01.02.2012", "01.02.2013"],
        status=["2", "1", "2"],
        sex=["m", "w", "unk"],
        hb=["6", "6.5", ""],
    )
    assert cohort.table["os_event"].tolist() == [True, False, True]
    assert cohort.table["haemoglobin_g_dl"].iloc[0] == pytest.approx(9.6684)
    said = [one.sentence for one in cohort.understood]
    assert "Death is coded in status: 2 means dead (2 rows), 1 means alive (1)." in said
    assert "Time zero is relapse: survival is counted from that date." in said
    assert "In sex 'm' became male (1), 'w' became female (1)." in said
    assert "Dates are written dmy, e.g. 30.04.2012." in said
    assert "In all columns not known is written unk." in said
    assert (
        "haemoglobin_g_dl was given in mmol/L and multiplied with 1.6114 to give g/dL (mmol/L of "
        "the monomer)." in said
    )
    assert "Sex (sex): Female 1, Male 1, not known 1." in said


def test_a_fault_of_the_data_names_their_column_and_value(tmp_path):
    with pytest.raises(FaultsError) as caught:
        write_file(
            tmp_path,
            "{columns: {patient_id: id, haemoglobin_g_dl: Hb}, units: {haemoglobin_g_dl: g/L}}",
            id=["p1", "p2"],
            os_months=[1, 2],
            dead=[0, 1],
            Hb=["9200", "tief"],
        )
    first, second = caught.value.faults
    assert "Hb (haemoglobin_g_dl) must be a number from 1 to 25 in g/dL, but was '9200'" in first
    assert "(read as '920'); check it and its unit" in first
    assert "Hb (haemoglobin_g_dl) must be a number in g/dL, but was 'tief'" in second


def test_an_identifier_is_never_the_value_of_a_fault(tmp_path):
    with pytest.raises(FaultsError) as caught:
        write_file(
            tmp_path,
            "{columns: {patient_id: id, sex: id2}, recode: {sex: {m: male}}}",
            id=["p-secret-1", "p-secret-2"],
            id2=["p-secret-1", "m"],
            os_months=[1, 2],
            dead=[0, 1],
        )
    assert "p-secret" not in str(caught.value)


def test_faults_of_patients_who_are_excluded_do_not_matter(tmp_path):
    patients = [take(make_patient("a", sex="m"), "patient_id", "consent", "sex")]
    patients += [take(make_patient("b", sex="?", consent="0"), "patient_id", "consent", "sex")]
    columns = pd.DataFrame(patients).assign(os_months=1, dead=1).to_dict("list")
    cohort = write_file(tmp_path, "recode: {sex: {m: male}}", **columns)
    assert cohort.table["sex"].tolist() == ["male"]


def test_all_that_does_not_fit_is_named_at_once():
    text = """
    columns:
      sexx: Gender
      age_years: Agee
      os_months: {until: last}
      sex: {earliest: [Gender]}
      patient_id: {constant: a}
      first_treatment: {marked: {hmaa: Gender}}
      region: {present: Gender}
    event: {column: stat, dead: [1, a], alive: ['1.0', A]}
    recode: {sex: {m: mal}, nope: {a: b}}
    units: {haemoglobin_g_dl: stones}
    dates: {nowhere: dmy}
    missing: {everywhere: [NA]}
    """
    faults = list_misfits(text, "Gender", "Age", "status", "last")
    parts = [
        "has 'sexx'; did you mean 'sex'?",
        "names 'Agee'; did you mean 'Age'?",
        "columns.os_months needs time_zero",
        "columns.sex is no date",
        "columns.patient_id must be another text for each patient",
        "but marks 'hmaa'",
        "columns.region is no flag",
        "event.column must name a column of the data, but names 'stat'; did you mean 'status'?",
        "event lists 'A' twice",
        "gives 'mal' for 'm'; did you mean 'male'?",
        "recode.nope must begin with one of our columns",
        "units.haemoglobin_g_dl must be a unit that can be made into g/dL",
        "dates.nowhere must begin with one of our columns",
        "missing.everywhere must begin with one of our columns",
    ]
    for part in parts:
        assert sum(part in fault for fault in faults) == 1, part
    assert len(faults) == len(parts)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a: [", "it must be YAML, but line "),
        ("[1, 2]", "it must have the sections"),
        ("text", "it must have the sections"),
        ("colums: {a: b}", "did you mean 'columns'?"),
        ("columns: [a]", "columns must be lines of name and value"),
        ("columns: {sex: [a]}", "columns.sex must be the name of your column"),
        ("columns: {sex: {eval: a}}", "columns.sex must be the name of your column"),
        ("columns: {sex: a, sex: b}", "repeats 'sex'"),
        ("columns: &x {sex: a}\nrecode: *x", "not a reference"),
        ("recode: {sex: male}", "recode.sex must be lines of your value and ours"),
        ("recode: {sex: {m: [male]}}", "recode.sex must be lines of your value and ours"),
        ("missing: {all: {a: b}}", "missing.all must be a list of codes"),
        ("units: {os_months: {factor: -1}}", "units.os_months must be a unit or"),
        ("units: {os_months: {factor: inf}}", "units.os_months must be a unit or"),
        ("units: {os_months: {factor: 1+1}}", "units.os_months must be a unit or"),
        ("dates: {all: day first}", "dates.all must be dmy, mdy, ymd, excel"),
        ("dates: {all: '%H:%M'}", "dates.all must be dmy, mdy, ymd, excel"),
        ("format: 2", "format must be 1"),
        ("exact: maybe", "exact must be true or false"),
        ("time_zero: [a]", "time_zero must be the name of one column"),
        ("event: status", "event must have column, dead and alive"),
        ("event: {column: a, dead: [1]}", "event must have column, dead and alive"),
        ("event: {column: a, dead: [1], alive: [1]}", "as dead and as alive"),
        ("event: {column: a, dead: {x: 1}, alive: [1]}", "event.dead must be a list of values"),
        ("!!python/object/apply:os.system [ls]", "it must have the sections"),
        ("{" * 5000, "it must be"),
    ],
)
def test_what_is_no_mapping_is_refused(text, part):
    with pytest.raises(FaultsError, match="The mapping has faults:") as caught:
        parse_mapping(text)
    assert any(part in fault for fault in caught.value.faults), caught.value.faults


@pytest.mark.parametrize("text", ["", "# nothing\n", "format: 1", "columns:\nrecode:\n"])
def test_an_empty_mapping_takes_our_names(text):
    frame, faults = map_columns(text, age_years=["70"])
    assert (frame["age_years"].tolist(), faults) == (["70"], ())


def test_a_column_that_stands_twice_in_the_file_cannot_be_named(tmp_path):
    (tmp_path / "data.csv").write_text("id,x,x\n1,2,3\n")
    raw = read_source(tmp_path / "data.csv")
    with pytest.raises(FaultsError, match="'x' is the name of 2; rename"):
        apply_mapping(raw, parse_mapping("columns: {age_years: x}"), read_dictionary())


def test_a_missing_mapping_is_named(tmp_path):
    (tmp_path / "data.csv").write_text("a\n1\n")
    with pytest.raises(DataError, match=r"mapping must be a file that exists, but was 'm\.yml'"):
        read_cohort("data.csv", base_dir=tmp_path, mapping="m.yml")


def test_the_example_is_a_mapping_that_works(tmp_path):
    data = {
        "PatNr": ["1", "2", "3"],
        "Geschlecht": ["m", "W", "unbekannt"],
        "Alter": ["70", "999", "81"],
        "Hb": ["5,5", "6,0", "NA"],
        "Therapieende_Grund": ["Progress", "kein Ansprechen", "Unvertraeglichkeit"],
        "Todesdatum": ["01.03.2012", "", ""],
        "Letzte_Visite": ["01.02.2012", "05.06.2012", "07.08.2013"],
        "Therapie_CRF": ["hma", "", "bsc"],
        "Therapie_Brief": ["", "chemo", "hma"],
        "AML_Datum": ["", "01.06.2012", ""],
        "LEN_Beginn": ["01.01.2010", "01.01.2011", "01.01.2012"],
        "LEN_Ende": ["2011-01-31", "2012-01-31", "2013-01-31"],
        "Status": ["verstorben", "0", "lebt"],
    }
    pd.DataFrame(data).to_csv(tmp_path / "data.csv", index=False, sep=";", encoding="cp1252")
    cohort = read_cohort(tmp_path / "data.csv", mapping=str(EXAMPLE))
    table = cohort.table
    assert table["os_event"].tolist() == [True, False, False]
    assert table["os_months"].iloc[0] == pytest.approx(395 / 30.4375)
    assert table["haemoglobin_g_dl"].tolist()[:2] == pytest.approx([5.5 * 1.6114, 6 * 1.6114])
    assert np.isnan(table["age_years"].iloc[1])
    assert table["first_treatment"].tolist() == ["hma", "chemo", "bsc"]
    assert table["aml_code"].tolist() == [2, 1, 0]
    assert table["region"].tolist() == ["europe"] * 3
