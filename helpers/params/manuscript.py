"""Parameters of the manuscript: who wrote it, in which formats and how it looks."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class TitleParams(BaseModel):
    """Title and authors."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: str = Field(
        "Outcome after lenalidomide failure in lower-risk MDS with deletion 5q",
        min_length=1,
        max_length=300,
        description="Title of the manuscript",
    )
    authors: list[str] = Field(
        [],
        max_length=200,
        description="Authors in order; numbers in square brackets point at affiliations: "
        "`Ada Example [1,2]`",
    )
    affiliations: list[str] = Field(
        [], max_length=200, description="Affiliations; the first is number 1"
    )
    keywords: list[str] = Field([], max_length=20, description="Keywords")
    running_head: str = Field(
        "", max_length=100, description="Head of the pages; made from the title without one"
    )


class FormatParams(BaseModel):
    """Number styles, figures and files."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    number_style: Literal["paper", "nejm", "lancet", "jama", "annals"] = Field(
        "paper", description="How p-values, percentages and intervals are printed"
    )
    decimal_mark: Literal["point", "comma"] = Field(
        "point", description="Decimal mark of tables, figures and text"
    )
    axis_step_months: float = Field(
        12, gt=0, le=120, description="Distance of the ticks on a survival figure's axis, months"
    )
    min_at_risk: int = Field(
        10, ge=1, le=1000, description="Number at risk below which a curve is drawn grey"
    )
    risk_table: Literal["compact", "extended"] = Field(
        "compact", description="Under a curve: at risk only, or at risk, censored and events"
    )
    formats: list[Literal["html", "pdf", "docx", "xlsx", "section_pdf"]] = Field(
        ["html", "pdf", "docx", "xlsx"],
        min_length=1,
        description="Formats to write; `xlsx` holds every table as a sheet, `section_pdf` is a "
        "PDF of each section",
    )
    figure_formats: list[Literal["svg", "png", "pdf", "tiff"]] = Field(
        ["svg", "png"],
        min_length=1,
        description="Formats of the figures' own files; PNG has 300 dpi, TIFF 600",
    )
    page_size: Literal["a4", "letter"] = Field("a4", description="Paper of PDF and Word")
    page_columns: Literal[1, 2] = Field(1, description="Columns of a page of the PDF")
    reference_docx: str = Field(
        "",
        description="Word file whose styles and page size are taken",
    )
    word_line_numbers: bool = Field(False, description="Whether Word numbers the lines")
    word_double_spacing: bool = Field(False, description="Whether Word doubles the line spacing")
