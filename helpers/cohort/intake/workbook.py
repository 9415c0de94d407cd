"""The data dictionary as a workbook to fill in: patients, dictionary, how-to."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources
from typing import TYPE_CHECKING, Any

from helpers.cohort.dictionary import Dictionary, Variable
from helpers.cohort.documentation import describe_allowed
from helpers.cohort.example_row import EXAMPLE
from helpers.cohort.intake.analyses import find_uses

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

PATIENTS_SHEET = "patients"
DICTIONARY_SHEET = "dictionary"
HOW_TO_SHEET = "how-to"
LAST_ROW = 100_001
NOT_FILLED_IN = ("synthetic",)
REQUIRED_FILL = "FFF2CC"
HEAD_FILL = "D9E2F3"
EXAMPLE_FILL = "EDEDED"
DICTIONARY_HEAD = (
    "Column",
    "Label",
    "Meaning",
    "Type",
    "Unit",
    "Allowed",
    "What the codes mean",
    "Range",
    "Usual range",
    "Required",
    "What needs it",
)


def make_workbook(dictionary: Dictionary) -> Workbook:
    """Return the workbook that a user fills in.

    Parameters
    ----------
    dictionary : Dictionary
        Its columns of the file become the columns of the sheet ``patients``.

    Returns
    -------
    openpyxl.Workbook
        Sheets ``patients`` (names, an example row, drop-downs), ``dictionary``, ``how-to``.
    """
    from openpyxl import Workbook

    book = Workbook()
    variables = list_template_variables(dictionary)
    _fill_patients(book.active, variables, find_uses(dictionary))
    _fill_dictionary(book.create_sheet(DICTIONARY_SHEET), variables, find_uses(dictionary))
    _fill_how_to(book.create_sheet(HOW_TO_SHEET))
    book.properties.creator = "lenfail"
    book.properties.title = "Patients of a cohort"
    return book


def list_template_variables(dictionary: Dictionary) -> list[Variable]:
    """Return the columns of the template, the required ones first."""
    columns = [
        variable for name, variable in dictionary.file_columns.items() if name not in NOT_FILLED_IN
    ]
    return sorted(columns, key=lambda variable: not variable.required)


def _fill_patients(
    sheet: Worksheet, variables: list[Variable], uses: dict[str, tuple[str, ...]]
) -> None:
    from openpyxl.utils import get_column_letter

    sheet.title = PATIENTS_SHEET
    sheet.freeze_panes = "B2"
    for position, variable in enumerate(variables, start=1):
        letter = get_column_letter(position)
        _write_head(sheet.cell(1, position), variable, uses.get(variable.name, ()))
        _write_example(sheet.cell(2, position), variable)
        column = sheet.column_dimensions[letter]
        column.width = max(12, len(variable.name) + 4, len(EXAMPLE.get(variable.name, "")) + 2)
        column.number_format = _choose_format(variable)
        validation = _make_validation(variable)
        if validation is not None:
            validation.add(f"{letter}2:{letter}{LAST_ROW}")
            sheet.add_data_validation(validation)


def _write_head(cell: Any, variable: Variable, uses: tuple[str, ...]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill, Side
    from openpyxl.styles.borders import Border

    cell.value = variable.name
    underline = "single" if variable.required else None
    cell.font = Font(bold=variable.required, underline=underline)
    fill = REQUIRED_FILL if variable.required else HEAD_FILL
    cell.fill = PatternFill("solid", start_color=fill)
    cell.border = Border(bottom=Side("thick" if variable.required else "thin"))
    cell.alignment = Alignment(horizontal="left")
    if variable.required:
        cell.number_format = '@" *"'  # shows an asterisk that is no part of the name
    comment = Comment("\n".join(_describe_column(variable, uses)), "lenfail")
    comment.width, comment.height = 320, 180
    cell.comment = comment


def _describe_column(variable: Variable, uses: tuple[str, ...]) -> Iterable[str]:
    yield ("REQUIRED. " if variable.required else "Optional. ") + variable.label
    yield variable.meaning
    yield f"Write: {describe_allowed(variable)}"
    if variable.unit:
        yield f"Unit: {variable.unit}"
    if uses:
        yield f"Needed for: {uses[0]}" + (f" and {len(uses) - 1} more" if uses[1:] else "")


def _write_example(cell: Any, variable: Variable) -> None:
    from openpyxl.styles import Font, PatternFill

    cell.value = _type_example(EXAMPLE.get(variable.name, ""), variable)
    cell.number_format = _choose_format(variable)
    cell.font = Font(italic=True, color="595959")
    cell.fill = PatternFill("solid", start_color=EXAMPLE_FILL)


def _type_example(text: str, variable: Variable) -> Any:
    import datetime

    if not text:
        return None
    match variable.type:
        case "date":
            return datetime.date.fromisoformat(text)
        case "number":
            return float(text)
        case "integer" | "flag":
            return int(text)
    return text


def _choose_format(variable: Variable) -> str:
    match variable.type:
        case "date":
            return "yyyy-mm-dd"
        case "id" | "text" | "category":
            return "@"
        case "flag" | "integer":
            return "0"
    return "General"


def _make_validation(variable: Variable) -> Any:
    """Return the rule that a spreadsheet holds a column's cells against, if there is one."""
    from openpyxl.worksheet.datavalidation import DataValidation

    limits: dict[str, str]
    match variable.type:
        case "category":
            limits = {"type": "list", "formula1": f'"{",".join(variable.levels)}"'}
        case "flag":
            limits = {"type": "list", "formula1": '"0,1"'}
        case "date":
            limits = {"type": "date", "operator": "between"}
            limits |= {"formula1": "DATE(1900,3,1)", "formula2": "TODAY()"}
        case "integer" | "number" if variable.range is not None:
            kind = "whole" if variable.type == "integer" else "decimal"
            low, high = variable.range
            limits = {"type": kind, "operator": "between"}
            limits |= {"formula1": f"{low:g}", "formula2": f"{high:g}"}
        case _:
            return None
    rule = DataValidation(**limits, allow_blank=True, showErrorMessage=True)
    rule.errorTitle = variable.name[:32]
    unit = f" {variable.unit}" if variable.unit else ""
    rule.error = f"Write {describe_allowed(variable)}{unit}, or leave the cell empty."[:225]
    return rule


def _fill_dictionary(
    sheet: Worksheet, variables: list[Variable], uses: dict[str, tuple[str, ...]]
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.append(DICTIONARY_HEAD)
    for variable in variables:
        sheet.append(
            (
                variable.name,
                variable.label,
                variable.meaning,
                variable.type,
                variable.unit,
                describe_allowed(variable),
                _describe_codes(variable),
                _describe_limits(variable.range),
                _describe_limits(variable.usual),
                "yes" if variable.required else "no",
                "; ".join(uses.get(variable.name, ())),
            )
        )
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.data_type = "s" if cell.value is not None else cell.data_type
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", start_color=HEAD_FILL)
    widths = (24, 26, 44, 10, 10, 34, 44, 14, 14, 10, 50)
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _describe_codes(variable: Variable) -> str:
    if variable.type == "flag":
        return "0 = no, 1 = yes"
    return ", ".join(f"{key} = {label}" for key, label in variable.levels.items())


def _describe_limits(limits: tuple[float, float] | None) -> str:
    return f"{limits[0]:g} to {limits[1]:g}" if limits else ""


def _fill_how_to(sheet: Worksheet) -> None:
    from openpyxl.styles import Alignment, Font

    sheet.column_dimensions["A"].width = 110
    text = resources.files("helpers.cohort.intake").joinpath("how_to.txt").read_text("utf-8")
    for line in text.splitlines():
        sheet.append((line,))
    for row in sheet.iter_rows():
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].font = Font(bold=True, size=14)
