"""Pages in a real browser."""

import shutil
import subprocess

import pytest
from report_pages import make_hostile_page, make_sample_page

from helpers.report.html import write_html

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


def browse(path, profile, *options):
    """Return what Chromium writes about a page on disk."""
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--enable-logging=stderr",
        f"--user-data-dir={profile}",
        *options,
        path.as_uri(),
    ]
    return subprocess.run(command, capture_output=True, check=True, timeout=60)


@pytest.fixture
def write(tmp_path):
    def write_page(page):
        path = tmp_path / "page.html"
        path.write_text(write_html(page), encoding="utf-8")
        return path

    return write_page


def test_nothing_of_the_page_is_blocked_by_its_policy(write, tmp_path):
    done = browse(write(make_sample_page()), tmp_path / "profile", "--dump-dom")
    assert b"CONSOLE" not in done.stderr
    assert b"Content Security Policy" not in done.stderr
    assert b"<figcaption>" in done.stdout


def test_hostile_text_does_not_run(write, tmp_path):
    done = browse(write(make_hostile_page()), tmp_path / "profile", "--dump-dom")
    dom = done.stdout.decode("utf-8", "replace")
    assert "<title>SYNTHETIC DATA: Hostile &lt;script&gt;" in dom
    assert b"CONSOLE" not in done.stderr
    assert "<script" not in dom


@pytest.mark.parametrize("width", [360, 800, 1440])
def test_page_never_scrolls_sideways(write, tmp_path, width):
    path = write(make_hostile_page())
    probe = (
        "<script>document.title='w'+document.documentElement.scrollWidth+'/'+innerWidth</script>"
    )
    html = path.read_text(encoding="utf-8")
    start = html.index("<meta http-equiv")
    without_policy = html[:start] + html[html.index(">", start) + 1 :]
    path.write_text(without_policy.replace("</body>", f"{probe}</body>"), encoding="utf-8")
    options = ("--dump-dom", f"--window-size={width},900", "--hide-scrollbars")
    dom = browse(path, tmp_path / "profile", *options).stdout.decode("utf-8", "replace")
    scroll, _, inner = dom.split("<title>w")[1].split("</title>")[0].partition("/")
    assert int(scroll) <= int(inner)


def test_every_printed_sheet_says_synthetic(write, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    pdf = tmp_path / "print.pdf"
    options = (f"--print-to-pdf={pdf}", "--no-pdf-header-footer")
    browse(write(make_sample_page()), tmp_path / "profile", *options)
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True).stdout.decode()
    sheets = text.split("\f")[:-1]
    assert len(sheets) > 3
    assert all("SYNTHETIC DATA" in sheet for sheet in sheets)
