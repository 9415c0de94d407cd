"""Read share files, pool them and put the report in its place."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import ParameterError
from helpers.report.publish import check_report_name, staged_report
from helpers.report.sharing.reading import read_share_files

if TYPE_CHECKING:
    from helpers.report.manuscript import Manuscript
    from helpers.report.pooling.collect import Pooled
    from helpers.report.sharing.content import ShareFile

DEFAULT_TITLE = "Survival in several centres"


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRequest:
    """What is asked for; see ``lenfail pool --help``."""

    files: tuple[Path, ...]
    output: Path
    title: str = ""
    formats: tuple[str, ...] = ("html", "pdf", "docx", "xlsx")
    style: str = "paper"


def write_pooled_report(request: PoolRequest) -> str:
    """Write the report of several share files; return the lines that tell what it says.

    Raises
    ------
    FaultsError
        If files cannot be pooled; all faults are named and nothing is written.
    ParameterError
        If an option is out of its domain.
    """
    begun = time.perf_counter()
    formats = _check_options(request)
    shares = read_share_files(request.files)
    from helpers.report.pooling.collect import pool_shares
    from helpers.report.pooling.pages import make_manuscript

    pooled = pool_shares(shares)
    manuscript = make_manuscript(pooled, title=request.title, style=request.style)
    folder = request.output.resolve()
    with staged_report(folder.parent, folder.name) as stage:
        _write(stage, manuscript, formats)
        _write_manifest(stage, request, shares, pooled)
    return _tell(request, pooled, time.perf_counter() - begun)


def _check_options(request: PoolRequest) -> tuple[str, ...]:
    from helpers.formatting import get_style
    from helpers.report.inputs import check_formats

    check_report_name(request.output.name)
    try:
        get_style(request.style)
    except (KeyError, ValueError) as error:
        raise ParameterError(f"number style must be a known one, but was {error}") from None
    return check_formats(request.formats)


def _write(stage: Path, manuscript: Manuscript, formats: tuple[str, ...]) -> None:
    from helpers.report.artefacts import (
        collect_results,
        write_figures,
        write_results,
        write_tables,
    )
    from helpers.report.layout import FORMAT_NAMES, write_page
    from helpers.report.manuscript import assemble_manuscript
    from helpers.report.markdown import MarkdownConverter

    files = {"docx": "manuscript.docx", "xlsx": "supplement.xlsx", "pdf": "manuscript.pdf"}
    links = [(files[name], FORMAT_NAMES[name]) for name in formats if name in files]
    links.append(("results.json", "All results"))
    markdown = MarkdownConverter()
    try:
        markdown.prepare(manuscript.list_fragments())
        page = assemble_manuscript(
            manuscript, numbering=manuscript.number(), markdown=markdown, links=links
        )
    finally:
        markdown.close()
    write_page(stage, "manuscript", page, formats)
    write_results(stage / "results.json", collect_results(manuscript.blocks))
    write_tables(stage / "tables", manuscript.blocks)
    write_figures(stage / "figures", manuscript.blocks)


def _write_manifest(
    stage: Path, request: PoolRequest, shares: tuple[ShareFile, ...], pooled: Pooled
) -> None:
    import helpers
    from helpers.report.closing import MANIFEST
    from helpers.report.manifest import hash_code, hash_files, list_versions, write_manifest

    content = {
        "format": 1,
        "name": request.output.name,
        "version": helpers.__version__,
        "kind": "pooled",
        "formats": list(request.formats),
        "synthetic": pooled.synthetic,
        "share_files": [
            {"centre": share.centre, "checksum": share.checksum, "rule": share.rule.name}
            for share in shares
        ],
        "definition_sha256": shares[0].definition_sha256,
        "code_sha256": hash_code(),
        "packages": list_versions(),
        "files": hash_files(stage),
    }
    write_manifest(stage / MANIFEST, content)


def _tell(request: PoolRequest, pooled: Pooled, seconds: float) -> str:
    n, shown = len(pooled.centres), len(pooled.showing)
    lines = [f"{request.output.name}: {n} centres, {shown} with results of their own, "]
    joint = {
        "none": "no joint key",
        "whole": "joint sums of all of them",
        "incomplete": f"joint sums not readable without {', '.join(pooled.missing)}",
    }[pooled.joint]
    lines[0] += f"{joint}, in {seconds:.1f} s"
    lines.append(f"written to {request.output}")
    return "\n".join(lines)
