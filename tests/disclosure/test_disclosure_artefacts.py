"""Every file of a protected report with planted secrets and hostile text."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from attack import PRINTS
from built_report import LABELS, SCRIPT, Built, build, list_secrets, read_everything

RULE = "redact-7-round-5"
PRINTABLE = set(PRINTS[RULE])
STANDS_FOR_SMALL = 5
PAPER, PAPER_SIZE = "Prebet", 392
#: Patients of the publication that the report compares with.
PUBLISHED = {PAPER_SIZE, 349}
WRITTEN = (
    re.compile(r"(?<![\d.,\u2013-])(\d[\d,]*) (?:patients?|deaths?|events?)\b"),
    re.compile(r"\bn = (\d[\d,]*)"),
    re.compile(r"(?<![\d.])(\d[\d,]*)/\d[\d,]* \(\d+(?:\.\d+)?%\)"),
    re.compile(r"(?<![\d.])\d[\d,]*/(\d[\d,]*) \(\d+(?:\.\d+)?%\)"),
)
TEXT = {".json", ".csv", ".html", ".ipynb", ".svg"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("planted")


@pytest.fixture(scope="module")
def built(folder: Path) -> Built:
    made = build(folder, rule=RULE, formats=["html", "pdf", "docx", "xlsx"])
    assert made.code == 0, made.said
    return made


def find_secrets(folder: Path, files: dict[str, str]) -> list[str]:
    names, host = list_secrets(folder)[:-1], list_secrets(folder)[-1]
    found = [(name, s) for name, text in files.items() for s in names if re.search(s, text)]
    for name, text in files.items():
        if Path(name).suffix in TEXT | {".xml", ".rels"} or name.endswith("!text"):
            found += [(name, host)] * bool(re.search(host, text))
    return found


def test_no_file_holds_an_identifier_or_a_place(folder: Path, built: Built) -> None:
    files = dict(read_everything(built.folder))
    kinds = {Path(name).suffix for name in files}
    assert {".html", ".ipynb", ".json", ".csv", ".svg", ".png", ".pdf", ".docx", ".xlsx"} <= kinds
    assert any(name.endswith("!text") and "Outcome" in text for name, text in files.items())
    assert find_secrets(folder, files) == []


def test_search_for_secrets_finds_them(folder: Path, built: Built) -> None:
    source = next(folder.glob("*/cohort*.csv"))
    assert len(find_secrets(folder, {"cohort.csv": source.read_text(encoding="utf-8")})) >= 3


def test_what_is_said_holds_no_identifier(folder: Path, built: Built) -> None:
    said = built.said.replace(str(folder / "reports"), "")
    assert "943" in said or "results" in said
    assert [s for s in list_secrets(folder)[:3] if re.search(s, said)] == []


def test_failed_section_holds_no_identifier(tmp_path: Path) -> None:
    made = build(tmp_path, rule=RULE, formats=["html"], break_cell=True)
    assert made.code == 2
    failed = tmp_path / "reports" / "planted.failed"
    files = dict(read_everything(failed))
    assert any("TypeError" in text for text in files.values())
    assert find_secrets(tmp_path, files) == []
    assert [s for s in list_secrets(tmp_path)[:3] if re.search(s, made.said)] == []


def test_no_socket_but_local_ones(built: Built) -> None:
    watched = [line for line in built.sockets if " watched " in line]
    assert len(watched) >= 2
    assert [line for line in built.sockets if " refused " in line] == []


def test_results_hold_printable_counts_only(built: Built) -> None:
    document = json.loads((built.folder / "results.json").read_text(encoding="utf-8"))
    assert document["context"]["n"] in PRINTABLE
    masked = 0
    for result in document["results"].values():
        counts = [result.get(name) for name in ("n", "events", "missing")]
        if result["kind"] == "count":
            counts.append(result.get("estimate"))
        if result["kind"] != "statistic":  # how many numbers were compared, not patients
            assert {count for count in counts if count is not None} <= PRINTABLE, result
        assert not {"minimum", "maximum"} & set(result.get("quantities", {})) or result[
            "id"
        ].endswith(".cut")
        if result["status"] == "masked":
            masked += 1
            assert not {"estimate", "p_value", "ci_lower", "quantities"} & set(result), result
    assert masked > 20


def test_tables_and_words_hold_printable_counts_only(built: Built) -> None:
    found = 0
    for path in built.folder.glob("tables/*.csv"):
        if path.stem.startswith("comparison"):
            continue
        lines = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
        head = next(lines)
        own = [at for at, name in enumerate(head) if at and PAPER not in name]
        for row in lines:
            for cell in (row[at] for at in own if at < len(row)):
                if match := re.fullmatch(r"([\d,]+)(?:/([\d,]+))? \(\d+%\)", cell):
                    counts = {int(text.replace(",", "")) for text in match.groups() if text}
                    assert counts <= PRINTABLE, (path.name, row)
                    found += 1
    assert found > 10
    text = re.sub(r"<[^>]+>", "", (built.folder / "manuscript.html").read_text(encoding="utf-8"))
    sizes = {int(size) for size in re.findall(r"\(n = (\d+)", text.replace("\u00a0", " "))}
    assert len(sizes) > 5
    assert sizes - {PAPER_SIZE} <= PRINTABLE


def test_figures_hold_printable_counts_only(built: Built) -> None:
    drawn = 0
    for path in built.folder.glob("figures/*.csv"):
        for line in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            for name in ("n_at_risk", "n_censored", "n_events", "n_excluded", "n_remaining"):
                if line.get(name) and line[name] != "nan":
                    assert float(line[name]) in PRINTABLE | {STANDS_FOR_SMALL}, (path.name, line)
                    drawn += 1
    assert drawn > 50


def list_written_counts(name: str, text: str) -> list[tuple[int, str]]:
    """Return the counts of patients on a page, each with what stands around it."""
    text = re.sub(r"<(script|style|pre|code)[^>]*>.*?</\1>", " ", text, flags=re.DOTALL)
    text = re.sub(r"</?w:[^>]*>", "", re.sub(r"</w:(?:p|tc)>", " | ", text))
    text = re.sub(r"[\s\u00a0\u2009\u202f\u200b]+", " ", re.sub(r"<[^>]+>", " ", text))
    return [
        (int(found[1].replace(",", "")), f"{name}: {text[found.start() - 60 : found.end() + 20]}")
        for pattern in WRITTEN
        for found in pattern.finditer(text)
    ]


@pytest.mark.parametrize(
    ("page", "least"),
    [
        ("manuscript.html", 100),
        ("manuscript.pdf!text", 10),
        ("manuscript.docx!word/document.xml", 60),
    ],
)
def test_pages_hold_printable_counts_only(page: str, least: int, built: Built) -> None:
    found = list_written_counts(page, dict(read_everything(built.folder))[page])
    assert len(found) > least
    assert [place for count, place in found if count not in PRINTABLE | PUBLISHED] == []


def test_search_of_pages_finds_a_true_count() -> None:
    page = "<p>Of 392\u00a0patients</p><td>143/392 (36%)</td><text>(n = 57)</text>"
    assert [count for count, _ in list_written_counts("x", page)] == [392, 57, 143, 392]


def test_drawn_numbers_at_risk_are_printable(built: Built) -> None:
    drawn = [
        text
        for path in built.folder.glob("figures/*.svg")
        for text in re.findall(r'id="at_risk">\s*<!-- (.*?) -->', path.read_text(encoding="utf-8"))
    ]
    assert len(drawn) > 30
    assert {int(text) for text in drawn if text.isdigit()} <= PRINTABLE | {STANDS_FOR_SMALL}
    assert {text for text in drawn if not text.isdigit()} <= {"[r]", "\u2013", ""}


def test_cells_are_no_formulas(built: Built) -> None:
    for path in built.folder.rglob("*.csv"):
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            for cell in row:
                is_number = re.fullmatch(r"[-+]?[\d.,]+(e-?\d+)?", cell)
                assert is_number or not cell.lstrip().startswith(tuple("=+-@")), (path.name, cell)
    table = (built.folder / "tables" / "table1.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK" in table


def test_workbook_has_no_formula(built: Built) -> None:
    import openpyxl

    book = openpyxl.load_workbook(built.folder / "supplement.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("HYPERLINK" in str(cell.value) for cell in cells)
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    targets = [cell.hyperlink.target for cell in cells if cell.hyperlink]
    assert [target for target in targets if target and "evil" in target] == []


def test_hostile_text_is_text_in_pdf_and_word(built: Built) -> None:
    files = dict(read_everything(built.folder))
    squeeze = re.compile(r"[\s\u200b]+")
    for name in ("manuscript.pdf!text", "manuscript.docx!word/document.xml"):
        text = squeeze.sub("", files[name].replace("&lt;", "<").replace("&gt;", ">"))
        text = text.replace("&apos;", "'").replace("&quot;", '"')
        if name.endswith(".xml"):
            text = re.sub(r"</?w:[^>]*>", "", text)
        assert squeeze.sub("", SCRIPT) in text
        assert squeeze.sub("", '#eval("1+1") #panic()') in text, name


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium is not installed")
def test_hostile_text_is_text_in_a_browser(built: Built) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(offline=True)
        for path in sorted(built.folder.rglob("*.html")):
            page = context.new_page()
            said: list[str] = []
            asked: list[str] = []
            page.on("console", lambda message, said=said: said.append(message.text))
            page.on("pageerror", lambda error, said=said: said.append(str(error)))
            page.on("dialog", lambda dialog, said=said: said.append(dialog.message))
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.goto(path.as_uri())
            page.wait_for_timeout(200)
            assert said == []
            assert not [url for url in asked if not url.startswith(("file:", "data:", "about:"))]
            assert page.title() != "hacked"
            assert page.locator("a[href*='evil.example']").count() == 0
            if path.stem == "01_cohort":
                shown = page.locator("body").inner_text()
                for label in (LABELS["a"], LABELS["b"], LABELS["c"]):
                    assert label in re.sub(r"\u200b", "", shown), label
            page.close()
        browser.close()
