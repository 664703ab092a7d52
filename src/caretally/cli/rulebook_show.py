"""One code's rules on a page: what is asked, since when, by which source, under which reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from caretally.billability.fees import Fees, Rate
from caretally.billability.rulebook_changes import history
from caretally.billability.rulebook_pages import JUDGED, PROGRAMS
from caretally.billability.rulebook_words import conditions, dated_words, reading_words
from caretally.billability.scenarios import Scenario
from caretally.billability.sheets import PayerSheet, Rulebook, Sheet
from caretally.cli.screen import grid
from caretally.cli.words import dollars


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A rulebook with what stands beside its sheets."""

    rulebook: Rulebook
    fees: Fees
    scenarios: tuple[Scenario, ...]


def code_parts(
    shelf: Shelf, sheet: Sheet, *, on: date | None, payer: PayerSheet | None
) -> Iterator[RenderableType]:
    """Yield the parts of a code's page; of one date of service, or of its whole history."""
    day = on or sheet.ends_on or shelf.rulebook.loaded_to
    yield from heading(sheet)
    yield from asked(sheet, day)
    yield from titled("Values", values(sheet, on))
    yield from titled("Medicare's national amounts, outside a facility and in one",
                      amounts(shelf.fees, sheet.code, on))  # fmt: skip
    yield from titled("Never or only by modifier on one date with (Medicare's pair edits)",
                      pairs(shelf.rulebook, sheet.code))  # fmt: skip
    if payer:
        yield from payer_part(payer, sheet, day)
    if on is None:
        yield from titled("What changed when", timeline(sheet))
    yield from titled("Contested: read", contested(sheet))
    yield from titled("Notes", notes(sheet))
    if on is None:
        yield from titled("Scenarios", scenario_rows(shelf, sheet))


def titled(title: str, part: Table | None) -> Iterator[RenderableType]:
    """Yield a table under a title; nothing where it has no rows."""
    if part is not None and part.row_count:
        yield Text(title, "bold")
        yield Padding(part, (0, 0, 1, 2))


def plain_grid(columns: int) -> Table:
    """Return an empty table without rules or heads."""
    rows = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(columns):
        rows.add_column(overflow="fold")
    return rows


def heading(sheet: Sheet) -> Iterator[RenderableType]:
    """Yield what the code is."""
    yield Rule(Text(sheet.code, "bold"), align="left")
    yield Text(f"{sheet.summary}.")
    ends = f"to {sheet.ends_on}" if sheet.ends_on else "on"
    edit = "unit edit not known"
    if sheet.mue:
        often = "absolute" if sheet.mue.mai == 2 else "may be appealed"
        edit = f"at most {sheet.mue.units} a date ({often}) [{', '.join(sheet.mue.cites)}]"
    yield Text(
        f"{PROGRAMS[sheet.program]} · judged {JUDGED[sheet.judged]} · dates of service from"
        f" {sheet.requires[0].from_on} {ends} · {edit} · reviewed on {sheet.reviewed_on}",
        "dim",
    )
    if not sheet.decided:
        yield Text("Known, but not decided: it never becomes a line.", "yellow")
    if sheet.advisory:
        yield Text("Advisory: its time is judged, it stands in sister_lines only.", "yellow")
    yield Text()


def asked(sheet: Sheet, day: date) -> Iterator[RenderableType]:
    """Yield what the code asks for on a date of service."""
    found = conditions(sheet, day)
    if not found and sheet.version_on(day) is None:
        yield Text(f"Not valid for a date of service of {day}.", "bold red")
        yield Text()
        return
    rows = plain_grid(3)
    rows.columns[2].style = "dim"
    for each in found:
        rows.add_row(each.sentence, each.effect, ", ".join(each.cites))
    title = f"Asked for on {day} (without it: no line, a hold that can be mended, or a flag)"
    yield from titled(title, rows)


def values(sheet: Sheet, on: date | None) -> Table:
    """Return every dated value, or those of one date; contested ones with their readings."""
    rows = plain_grid(4)
    rows.columns[3].style = "dim"
    for name, parameter in sheet.parameters.items():
        chosen = [parameter.on(on)] if on else list(parameter.values)
        for dated in chosen:
            if dated is None:
                continue
            words = dated_words(parameter, dated)
            rows.add_row(name, f"from {dated.from_on}", words, ", ".join(dated.cites))
        if parameter.readings and any(chosen):
            rows.add_row("", "contested", reading_words(parameter), "")
    return rows


def amounts(fees: Fees, code: str, on: date | None) -> Table:
    """Return what Medicare allows nationally by span of dates, or on one date."""
    rows = plain_grid(4)
    rows.columns[3].style = "dim"
    for rate in fees.rates.get(code, ()):
        if rate.kind != "qualifying_apm" and (on is None or rate.from_on <= on <= rate.to_on):
            rows.add_row(*amount_cells(fees, rate))
    return rows


def amount_cells(fees: Fees, rate: Rate) -> tuple[str, ...]:
    """Return the cells of one rate."""
    outside, inside = (
        fees.national(rate.code, rate.from_on, facility=facility) for facility in (False, True)
    )
    return f"{rate.from_on} to {rate.to_on}", dollars(outside), dollars(inside), rate.release


def pairs(rulebook: Rulebook, code: str) -> Table:
    """Return the pair edits of a code with other codes of the rulebook."""
    words = {0: "never together on a date", 1: "together with a modifier"}
    rows = plain_grid(2)
    for other in sorted(rulebook.sheets):
        indicator = rulebook.edits.indicator(code, other)
        if indicator is not None and other != code:
            rows.add_row(other, words[indicator])
    return rows


def payer_part(payer: PayerSheet, sheet: Sheet, day: date) -> Iterator[RenderableType]:
    """Yield what a payer does otherwise."""
    rows = plain_grid(3)
    rows.columns[2].style = "dim"
    policy = payer.policy_on(day)
    if policy:
        rows.add_row("counting policy", str(policy.value), ", ".join(policy.cites))
    for name in sheet.parameters:
        own = payer.override_on(name, day)
        if own:
            words = dated_words(sheet.parameters[name], own)
            rows.add_row(name, f"{words} from {own.from_on}", ", ".join(own.cites))
    for limit in payer.restrictions:
        says = f"{limit.says}; diagnoses {', '.join(limit.allowed_diagnoses)}"
        rows.add_row(f"{limit.status} from {limit.from_on}", says, ", ".join(limit.cites))
    for note in payer.notes:
        rows.add_row("note", note.says, ", ".join(note.cites))
    yield from titled(f"{payer.summary} ({payer.payer}) on {day}", rows)


def timeline(sheet: Sheet) -> Table:
    """Return what changed when."""
    table = grid("From", "What", "Before", "After")
    for day, changed in history(sheet):
        for change in changed:
            table.add_row(day.isoformat(), change.part, change.before, change.after)
    return table


def contested(sheet: Sheet) -> Table:
    """Return the pages that weigh what is contested."""
    rows = plain_grid(1)
    named = (p.page for p in sheet.parameters.values() if p.page)
    for page in dict.fromkeys((*sheet.pages, *named)):
        rows.add_row(f"docs/interpretations/{page}.md")
    return rows


def notes(sheet: Sheet) -> Table:
    """Return cited facts that decide nothing."""
    rows = plain_grid(2)
    rows.columns[1].style = "dim"
    for note in sheet.notes:
        rows.add_row(note.says, ", ".join(note.cites))
    return rows


def scenario_rows(shelf: Shelf, sheet: Sheet) -> Table:
    """Return the names of the scenarios that stand beside the sheet."""
    rows = plain_grid(2)
    rows.columns[1].style = "dim"
    own = sheet.file.replace(".yaml", ".scenarios.yaml")
    for scenario in shelf.scenarios:
        if scenario.file == own:
            rows.add_row(scenario.name, ", ".join(scenario.cites))
    return rows
