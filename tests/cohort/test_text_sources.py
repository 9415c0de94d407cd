"""Text files: their encoding, delimiter and decimal mark are understood, or declared."""

import codecs

import pytest
from cohort_files import make_patient, write_patients

from helpers.cohort.sources import read_source
from helpers.cohort.sources.encodings import decode
from helpers.errors import DataError, ParameterError

GERMAN = "Nr;Größe;Geschlecht;Arzt\n1;klein;männlich;Müller\n2;groß;weiblich;Weiß\n"
FRENCH = "id,prénom,traitement\n1,José,décitabine\n2,Zoë,« aucun »\n"
POLISH = "id,płeć\n1,mężczyzna\n2,kobieta, żona\n".replace(", ż", " ż")


def write(path, content):
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Latin-1"),
        ("mac-roman", "Mac Roman"),
        ("cp850", "code page 850"),
    ],
)
@pytest.mark.parametrize("text", [GERMAN, FRENCH.replace("«", "-").replace("»", "-")])
def test_the_encoding_is_found_out(encoding, shown, text):
    assert decode(text.encode(encoding)) == (text, shown)


def test_windows_marks_tell_windows_from_latin_1():
    text = "id,pays\n1,Côte d’Ivoire\n2,5 € – Algérie\n"
    assert decode(text.encode("cp1252")) == (text, "Windows-1252")


def test_letters_of_central_europe_are_told_from_western_ones():
    assert decode(POLISH.encode("cp1250")) == (POLISH, "Windows-1250")


def test_utf_16_with_its_mark_is_read_in_either_order(tmp_path):
    for mark, order in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        raw = read_source(write(tmp_path / "a.csv", mark + GERMAN.encode(order)))
        assert raw.frame.columns.tolist() == ["Nr", "Größe", "Geschlecht", "Arzt"]
        assert raw.facts.encoding == "UTF-16"


@pytest.mark.parametrize("name", ["windows-1252", "latin-1", "mac-roman", "UTF_16"])
def test_a_declared_encoding_is_taken(tmp_path, name):
    path = write(tmp_path / "a.csv", GERMAN.encode(name))
    assert read_source(path, options={"encoding": name}).frame["Arzt"].tolist() == [
        "Müller",
        "Weiß",
    ]


def test_a_wrong_declaration_names_line_and_byte(tmp_path):
    path = write(tmp_path / "a.csv", b"a,b\n1,\xe9\n")
    with pytest.raises(DataError, match=r"text in UTF-8, but line 2 with the byte 0xe9"):
        read_source(path, options={"encoding": "utf-8"})


@pytest.mark.parametrize(
    "name", ["rot13", "idna", "unicode_escape", "hex", "no such", "\0", "utf-7"]
)
def test_only_encodings_of_text_may_be_declared(tmp_path, name):
    path = write(tmp_path / "a.csv", b"a,b\n1,2\n")
    with pytest.raises(ParameterError, match="data_encoding must be the name of an encoding"):
        read_source(path, options={"encoding": name})


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"PK\x03\x04....", "workbook or archive"),
        (b"\xd0\xcf\x11\xe0....", "old or encrypted workbook"),
        (b"PAR1....", "Parquet"),
        (b"SQLite format 3\0", "sqlite:///"),
        (b"$FL2@(#)", "SPSS"),
    ],
)
def test_a_file_of_another_kind_under_the_name_of_csv_is_named(tmp_path, content, word):
    with pytest.raises(DataError, match=word):
        read_source(write(tmp_path / "a.csv", content))


def test_what_was_understood_is_said(tmp_path):
    raw = read_source(write(tmp_path / "a.csv", GERMAN.encode("cp1252")))
    facts = raw.facts
    assert (facts.kind, facts.encoding, facts.delimiter) == ("text file", "Latin-1", "semicolon")
    assert raw.frame.shape == (2, 4)


@pytest.mark.parametrize("delimiter", ["^", "~", ":", "¦", " "])
def test_any_delimiter_may_be_declared(tmp_path, delimiter):
    path = write_patients(tmp_path / "a.txt", make_patient(), delimiter=delimiter)
    raw = read_source(path, options={"delimiter": "space" if delimiter == " " else delimiter})
    assert raw.frame.loc[2, "failure_date"] == "2010-01-01"


@pytest.mark.parametrize("delimiter", ["^", "~", "¦"])
def test_a_rare_delimiter_is_found_out_where_there_is_no_common_one(tmp_path, delimiter):
    path = write_patients(tmp_path / "a.txt", make_patient(), delimiter=delimiter)
    assert read_source(path).frame.loc[2, "failure_date"] == "2010-01-01"


def test_a_delimiter_inside_quotes_does_not_count(tmp_path):
    raw = read_source(write(tmp_path / "a.csv", b'"a, b, c, d";e\n1;2\n'))
    assert raw.frame.columns.tolist() == ["a, b, c, d", "e"]


def test_the_separator_line_of_excel_is_no_header(tmp_path):
    raw = read_source(write(tmp_path / "a.csv", b"sep=;\r\na;b\r\n1;2,5\r\n"))
    assert raw.frame.to_dict("list") == {"a": ["1"], "b": ["2.5"]}
    assert raw.frame.index.tolist() == [3]


@pytest.mark.parametrize("delimiter", ["", "ab", '"', "\n", "\0", "x", "5"])
def test_a_delimiter_is_one_mark(tmp_path, delimiter):
    path = write(tmp_path / "a.csv", b"a,b\n1,2\n")
    if not delimiter:
        assert read_source(path, options={"delimiter": delimiter}).frame.shape == (1, 2)
        return
    with pytest.raises(ParameterError, match="data_delimiter must be one character"):
        read_source(path, options={"delimiter": delimiter})


def test_decimal_commas_are_found_out(tmp_path):
    raw = read_source(write(tmp_path / "a.csv", b"hb;note;n\n9,25;a,b;3\n-10,0;;4\n"))
    assert raw.frame.to_dict("list") == {
        "hb": ["9.25", "-10.0"],
        "note": ["a,b", None],
        "n": ["3", "4"],
    }
    assert raw.facts.decimal == "comma"


def test_quoted_decimal_commas_between_commas_are_found_out(tmp_path):
    raw = read_source(write(tmp_path / "a.csv", b'id,hb\n1,"9,25"\n2,"10,5"\n'))
    assert raw.frame["hb"].tolist() == ["9.25", "10.5"]


def test_commas_that_may_part_thousands_are_left_alone(tmp_path):
    raw = read_source(write(tmp_path / "a.csv", b"plt\tx\n150,000\t1\n1,200,000\t2\n"))
    assert raw.frame["plt"].tolist() == ["150,000", "1,200,000"]


def test_points_in_one_column_keep_commas_in_another(tmp_path):
    raw = read_source(write(tmp_path / "a.csv", b"hb;x\n9.25;1,5\n"))
    assert raw.frame.loc[2].tolist() == ["9.25", "1,5"]
    assert raw.facts.decimal == "point"


def test_a_point_among_decimal_commas_is_a_fault(tmp_path):
    path = write(tmp_path / "a.csv", b"hb;plt\n9,25;150.000\n9.5;1.234,5\n")
    raw = read_source(path, options={"decimal": "comma"})
    assert raw.frame["hb"].tolist() == ["9.25", None]
    assert raw.frame["plt"].tolist() == [None, "1234.5"]
    assert [(fault.column, fault.row, fault.value) for fault in raw.faults] == [
        ("hb", 3, "'9.5'"),
        ("plt", 2, "'150.000'"),
    ]


def test_dates_with_points_survive_decimal_commas(tmp_path):
    path = write(tmp_path / "a.csv", b"hb;seen\n9,25;30.04.2012\n")
    assert read_source(path).frame.loc[2].tolist() == ["9.25", "30.04.2012"]


@pytest.mark.parametrize("mark", ["point", "."])
def test_a_declared_point_keeps_commas(tmp_path, mark):
    path = write(tmp_path / "a.csv", b"hb;x\n9,25;1\n")
    assert read_source(path, options={"decimal": mark}).frame.loc[2, "hb"] == "9,25"


def test_options_are_named_and_are_text(tmp_path):
    path = write(tmp_path / "a.csv", b"a,b\n1,2\n")
    with pytest.raises(ParameterError, match="data_decimal must be comma or point"):
        read_source(path, options={"decimal": "dot"})
    for options in ({"sep": ";"}, {"sheet": 1}):
        with pytest.raises(ParameterError, match="options of a source must be text"):
            read_source(path, options=options)


@pytest.mark.parametrize("ending", ["xls", "xlsb", "ods", "RDS", "RData", "por", "accdb"])
def test_kinds_that_are_not_read_are_refused_with_advice(tmp_path, ending):
    path = write(tmp_path / f"a.{ending}", b"x")
    with pytest.raises(DataError, match=r"; (open|write|export)"):
        read_source(path)
