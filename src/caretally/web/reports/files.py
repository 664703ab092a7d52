"""A report as a file: CSV, JSON and PDF, from the same record that a page shows."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from io import StringIO

from caretally.audit.typesetting import typeset
from caretally.practice.reports import NONE, PATIENT, WORDS, Cell, Report
from caretally.practice.statements import Statement
from caretally.web.charts.tables import harmless
from caretally.web.reports.drawing import Sheet, drawing, rows_beside

STANDARDS = ("a-3a", "ua-1")
"""Archival and accessible: tagged, with everything inside."""
PDF_WIDTH = 640


def csv_of(report: Report) -> str:
    """Return a report as CSV: every row begins with the part it belongs to; patients are ids."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in csv_rows(report):
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()


def csv_rows(report: Report) -> Iterator[tuple[str, ...]]:
    """Yield the rows: what it is, the figures, the pictures' numbers, the tables."""
    yield "report", "name", "month"
    yield "report", report.name, str(report.month)
    if report.figures:
        yield "figures", "figure", "value"
    for figure in report.figures:
        yield "figures", figure.label, figure.cell.plain
    for picture in report.pictures:
        part = f"picture {picture.name}"
        yield part, picture.title, *(series.name for series in picture.series)
        for cells in rows_beside(picture):
            yield part, *(cell.plain for cell in cells)
    for table in report.tables:
        part = f"table {table.name}"
        yield part, *table.columns
        for cells in table.rows:
            yield part, *(cell.plain for cell in cells)


def json_of(report: Report) -> str:
    """Return a report as JSON; values are texts as in the CSV, null where nothing is known."""
    told = {
        "report": report.name, "month": str(report.month), "says": report.lead,
        "charts_not_read": report.waiting,
        "figures": [{"figure": each.label, "value": value_of(each.cell), "note": each.note}
                    for each in report.figures],
        "pictures": [{"name": each.name, "title": each.title, "columns": [
            series.name for series in each.series], "rows": [
            [value_of(cell) for cell in row] for row in rows_beside(each)]}
            for each in report.pictures],
        "tables": [{"name": each.name, "title": each.title, "columns": list(each.columns),
                    "rows": [[value_of(cell) for cell in row] for row in each.rows]}
                   for each in report.tables],
        "notes": list(report.notes),
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1)


def value_of(cell: Cell) -> str | None:
    """Return a value as JSON holds it."""
    return None if cell.value is None else cell.plain


def pdf_of(report: Report, practice: str, made: tuple[datetime, str]) -> bytes:
    """Return a report as a tagged PDF; made: when, and where that was said in local words."""
    at, said_at = made
    return typeset("report.typ", values_of(report, practice, said_at), at=at, standards=STANDARDS)


def statement_pdf(made: Statement, at: datetime) -> bytes:
    """Return a patient statement as a tagged PDF in large type."""
    values = {
        "title": made.title, "language": made.language, "lead": list(made.lead),
        "not_final": made.not_final,
        "parts": [{"head": part.head, "says": list(part.says),
                   "items": [list(item) for item in part.items]} for part in made.parts],
    }  # fmt: skip
    return typeset("statement.typ", values, at=at, standards=STANDARDS)


def values_of(report: Report, practice: str, said_at: str) -> dict[str, object]:
    """Return what the template reads; patients stand there by their ids."""
    return {
        "title": report.title, "month": str(report.month), "practice": practice,
        "made": said_at, "lead": report.lead or report.empty,
        "figures": [{"label": each.label, "value": on_paper(each.cell), "note": each.note}
                    for each in report.figures],
        "pictures": [
            {"title": each.title, "svg": drawing(each, Sheet(width=PDF_WIDTH, is_alone=True)),
             "alt": each.title + "; the table below holds the same numbers.", "note": each.note,
             "columns": ["", *(series.name for series in each.series)],
             "rows": [[on_paper(cell) for cell in row] for row in rows_beside(each)]}
            for each in report.pictures if not each.is_empty
        ],
        "tables": [
            {"title": each.title, "columns": list(each.columns), "note": note_of(each.left_out,
             each.note), "rows": [[on_paper(cell) for cell in row] for row in each.rows],
             "words": [at for at, cell in enumerate(each.rows[0]) if cell.kind == WORDS]}
            for each in report.tables if each.rows
        ],
        "notes": list(report.notes),
    }  # fmt: skip


def note_of(left_out: int, note: str) -> str:
    """Return what to know of a table."""
    more = f"{left_out:,} more rows are left out." if left_out else ""
    return " ".join(filter(None, (note, more)))


def on_paper(cell: Cell) -> str:
    """Return a value as a PDF shows it."""
    return (cell.plain or NONE) if cell.kind == PATIENT else cell.shown
