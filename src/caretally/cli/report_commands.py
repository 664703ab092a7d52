"""`caretally report` and `caretally statement`: the pages' reports and statements as files."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.text import Text

from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.reading import new_file, refusal
from caretally.cli.store_commands import stored
from caretally.clock import ServiceMonth, now
from caretally.errors import UnknownError

commands = typer.Typer()
CATALOGUE, SHAPES = "caretally.practice.reports_catalogue", "caretally.practice.reports"
FILES, STATEMENTS = "caretally.web.reports.files", "caretally.practice.statements"


class Format(StrEnum):
    """How a report is written."""

    table = "table"
    csv = "csv"
    json = "json"
    pdf = "pdf"


Month = Annotated[str, typer.Option(metavar="MONTH", help="Such as 2026-03.")]
PracticeOf = Annotated[str, typer.Option(metavar="ID", help="Whose patients.")]
Out = Annotated[str, typer.Option(metavar="FILE", help="A new file; else the output.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=NUMBER", help="An assumption, as the page of the report has it."
    ),
]


@commands.command(
    epilog="Example: caretally report staffing --practice prac_lakeside --month 2026-03 "
    "--set overhead=40 --format pdf --out plan.pdf"
)
def report(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="summary, economics, adherence, outcomes or staffing."),
    ],
    *,
    practice: PracticeOf,
    month: Month,
    clinic: Annotated[str, typer.Option(metavar="ID", help="Only this clinic.")] = "",
    assumed: Set = None,
    format_: Annotated[
        Format, typer.Option("--format", metavar="table|csv|json|pdf", help="How it is written.")
    ] = Format.table,
    out: Out = "",
) -> None:
    """Write a report of a month of a practice, as its page shows it."""
    wanted = month_named(month)
    office, room = office_of(practice), loaded(CATALOGUE)
    try:
        kind = room.kind_named(name)
    except UnknownError:
        raise refusal("NAME", repr(name), f"one of {', '.join(room.KINDS)}") from None
    asked = loaded(SHAPES).Asked(
        office=office,
        month=wanted,
        clinic=clinic,
        knobs=room.knobs_of(kind, told_in(assumed, kind)),
    )
    found = room.report(asked, name)
    if format_ is Format.table and not out:
        show(found)
        return
    if format_ in (Format.table, Format.pdf) and not (out and format_ is Format.pdf):
        raise refusal("--format", format_.value, "pdf with --out FILE; a table goes to the screen")
    write(found, format_, (office, out))


def month_named(text: str) -> ServiceMonth:
    """Return a month.

    Raises:
        InputError: the text is none.
    """
    try:
        return ServiceMonth.parse(text)
    except ValueError:
        raise refusal("--month", repr(text), "a month such as 2026-03") from None


def office_of(practice: str) -> Any:
    """Return the program's own office in a practice.

    Raises:
        InputError: there is no such practice.
    """
    journal = stored()
    if journal.db.rows("SELECT 1 FROM store_practice WHERE name = %s", practice) == []:
        raise refusal("--practice", repr(practice), "a practice that is in the database")
    caller = loaded("caretally.practice.caller").system_caller(practice, "report")
    return loaded("caretally.practice.office").Office(journal=journal, caller=caller, now=now())


def told_in(assumed: list[str] | None, kind: Any) -> dict[str, str]:
    """Return the assumptions that were typed.

    Raises:
        InputError: one is not of the form, or the report has none of its name.
    """
    names = [knob.name for knob in kind.knobs]
    found = {}
    for each in assumed or ():
        name, equals, value = each.partition("=")
        if not equals or name not in names:
            expected = ", ".join(f"{known}=NUMBER" for known in names) or "none for this report"
            raise refusal("--set", repr(each), expected)
        found[name] = value
    return found


def write(found: Any, format_: Format, told: tuple[Any, str]) -> None:
    """Write a report to a file, or to the output where none is named."""
    office, out = told
    files = loaded(FILES)
    if format_ is Format.pdf:
        at = (office.now, f"{office.now:%Y-%m-%d %H:%M} UTC")
        body = files.pdf_of(found, office.practice, at)
    else:
        made = files.csv_of(found) if format_ is Format.csv else files.json_of(found) + "\n"
        if not out:
            screen.write_text(made.replace("\r\n", "\n"))
            return
        body = made.encode()
    target = new_file(out)
    target.write_bytes(body)
    screen.tell(f"{found.title} of {found.month} in {target}")


def show(found: Any) -> None:
    """Print a report as tables."""
    screen.show(Text(f"{found.title}, {found.month}", "bold"), Text(found.lead or found.empty))
    if found.figures:
        table = screen.grid("Figure", "Value#", "Note")
        for figure in found.figures:
            table.add_row(figure.label, figure.cell.shown, figure.note)
        screen.show(Text(), table)
    for each in found.tables:
        heads = [name if kind == "words" or not n else f"{name}#"
                 for n, (name, kind) in enumerate(each.heads)]  # fmt: skip
        table = screen.grid(*heads, title=each.title)
        for row in each.rows:
            table.add_row(*(cell.plain if cell.kind == "patient" else cell.shown for cell in row))
        screen.show(Text(), table if each.rows else Text(f"{each.title}: none in this month"))
    for note in found.notes:
        screen.show(Text(f"· {note}", "dim"))


@commands.command(
    epilog="Example: caretally statement pat_ada 2026-03 --practice prac_lakeside --language es "
    "--out ada.pdf --to 'the patient'"
)
def statement(
    patient: Annotated[str, typer.Argument(metavar="PATIENT", help="The patient's id.")],
    month: Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2026-03.")],
    *,
    practice: PracticeOf,
    out: Annotated[str, typer.Option(metavar="FILE", help="A new PDF file.")],
    language: Annotated[
        str, typer.Option(metavar="en|es", help="Else the patient's own language.")
    ] = "",
    to: Annotated[str, typer.Option(metavar="WHO", help="Who gets it.")] = "the patient",
) -> None:
    """Write a patient's statement in plain words; that it left is told in the accounting."""
    wanted, target = month_named(month), new_file(out)
    if language not in ("", "en", "es"):
        raise refusal("--language", repr(language), "en or es")
    office, room = office_of(practice), loaded(STATEMENTS)
    try:
        made = room.statement(office, patient, wanted, language=language)
    except UnknownError:
        raise refusal("PATIENT", patient, f"the id of a patient of {practice}") from None
    body = loaded(FILES).statement_pdf(made, office.now)
    room.disclose(office, patient, wanted, to)
    target.write_bytes(body)
    final = "" if not made.not_final else "; it is not final"
    screen.tell(f"statement of {wanted} in {target}{final}")
