"""The rulebook as Markdown: a page a code, a page of payers, and a list of pages.

Pages are generated from the sheets and written nowhere else by hand; a test compares the written
ones. They show rules, never descriptors of codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from caretally.billability.fees import NATIONAL, QUALIFYING, Fees
from caretally.billability.rulebook_changes import DAY, history
from caretally.billability.rulebook_words import (
    Condition,
    conditions,
    dated_words,
    reading_words,
)
from caretally.billability.sheets import Note, Parameter, PayerSheet, Rulebook, Sheet, Source
from caretally.clock import ServiceMonth
from caretally.money import Money

HEADER = "<!-- Generated from src/caretally/rulebook by `make docs`; changes here are lost. -->"
PROGRAMS = {
    "rpm": "remote physiologic monitoring",
    "rtm": "remote therapeutic monitoring",
    "any": "any program",
    "ccm": "chronic care management",
    "pcm": "principal care management",
    "bhi": "behavioral health integration",
    "apcm": "advanced primary care management",
    "tcm": "transitional care management",
    "smbp": "self-measured blood pressure",
    "fqhc_rhc": "health centers and rural clinics",
}
PAIR_WORDS = {0: "never together", 1: "together with a modifier"}
GRANTED = (
    "Taken for granted unless said otherwise: a practice with a nurse and a nurse practitioner; a"
    " patient who is enrolled, established, has a diagnosis, an order, has consented, is covered by"
    " Medicare, and has a cuff set up on the first day that sends readings."
)
JUDGED = {"month": "for a calendar month", "period": "for each 30-day device period"}


class Story(Protocol):
    """What a page shows of a scenario; `scenarios.Scenario` is one."""

    @property
    def name(self) -> str:
        """What happens, in a line."""

    @property
    def month(self) -> ServiceMonth:
        """The month that is decided."""

    @property
    def cites(self) -> tuple[str, ...]:
        """The cases it shows."""

    @property
    def file(self) -> str:
        """The file it stands in, relative to the rulebook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a page shows beside the sheet.

    fees: national amounts. told: what happens and what is expected, by a scenario's name.
    """

    fees: Fees | None = None
    told: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def pages(
    rulebook: Rulebook, scenarios: Iterable[Story], beside: Beside | None = None
) -> dict[str, str]:
    """Return all pages by their file names below docs/reference."""
    stories = tuple(scenarios)
    codes = {
        f"codes/{code}.md": code_page(rulebook, code, stories, beside) for code in rulebook.sheets
    }
    return {
        **dict(sorted(codes.items())),
        "codes/index.md": index_page(rulebook),
        "payers.md": payers_page(rulebook),
        "sources.md": sources_page(rulebook),
    }


def code_page(
    rulebook: Rulebook, code: str, scenarios: Iterable[Story], beside: Beside | None = None
) -> str:
    """Return the page of one code: timeline, sentences, values, scenarios, sources."""
    sheet, beside = rulebook.sheets[code], beside or Beside()
    own = [s for s in scenarios if s.file == sheet.file.replace(".yaml", ".scenarios.yaml")]
    parts = (
        heading(sheet),
        section("Timeline", timeline(sheet)),
        section(
            f"Asked for on {last_day(rulebook, sheet)}", asked(sheet, last_day(rulebook, sheet))
        ),
        section("Asked for before", asked_before(sheet, last_day(rulebook, sheet))),
        section("Values", values(sheet.parameters)),
        section("National amounts", amounts(beside.fees, code)),
        section("Pair edits", pairs(rulebook, code)),
        section("Notes", notes(sheet.notes)),
        section("Contested", contested(sheet)),
        section("Scenarios", scenario_list(own, beside.told)),
        section("Sources", source_list(rulebook, cited_by(sheet))),
    )
    return "\n".join((HEADER, "", *(line for part in parts for line in part)))


def last_day(rulebook: Rulebook, sheet: Sheet) -> date:
    """Return the last date of service of a code that the rulebook knows."""
    return sheet.ends_on or rulebook.loaded_to


def heading(sheet: Sheet) -> Iterator[str]:
    """Yield the title of a code's page and what it is about."""
    yield from (f"# {sheet.code}", "", f"{sheet.summary}.", "")
    yield f"- Program: {PROGRAMS[sheet.program]}"
    yield f"- Judged {JUDGED[sheet.judged]}"
    yield f"- Dates of service: {sheet.requires[0].from_on} to {sheet.ends_on or 'now'}"
    if sheet.mue:
        often = "absolute" if sheet.mue.mai == 2 else "may be appealed"
        yield f"- Unit edit: {sheet.mue.units} a date, {often} ({cites(sheet.mue.cites)})"
    else:
        yield "- Unit edit: not known"
    if not sheet.decided:
        yield "- Known, but not decided: it never becomes a line"
    if sheet.advisory:
        yield "- Advisory: listed among `sister_lines`, never among `lines`"
    yield from (f"- Reviewed on {sheet.reviewed_on}", "")


def section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield a section, unless it is empty."""
    body = list(lines)
    if body:
        yield from (f"## {title}", "", *body, "")


def table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a Markdown table, unless it has no rows."""
    body = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    if body:
        yield f"| {' | '.join(columns)} |"
        yield f"|{'---|' * len(columns)}"
        yield from body


def cites(keys: Iterable[str]) -> str:
    """Return citations as they stand in text."""
    return " ".join(f"[{key}]" for key in keys)


def timeline(sheet: Sheet) -> Iterator[str]:
    """Yield what changed when."""
    yield from table(
        ("from", "what", "before", "after"),
        (
            (day.isoformat(), f"`{change.part}`", change.before, change.after)
            for day, changed in history(sheet)
            for change in changed
        ),
    )


def asked(sheet: Sheet, day: date) -> Iterator[str]:
    """Yield the requirements of a date of service in the order they are judged."""
    yield from table(
        ("criterion", "sentence", "without it", "sources"), map(cells, conditions(sheet, day))
    )


def asked_before(sheet: Sheet, last: date) -> Iterator[str]:
    """Yield the requirements that were worded otherwise, or not asked for, on earlier dates."""
    spans: dict[tuple[str, ...], list[date]] = {}
    now = set(map(cells, conditions(sheet, last)))
    days = [day for day in sheet.change_dates() if day <= last]
    for position, day in enumerate(days):
        until = days[position + 1] - DAY if position + 1 < len(days) else last
        for each in map(cells, conditions(sheet, day)):
            if each not in now:
                spans.setdefault(each, [day, until])[1] = until
    yield from table(
        ("from", "to", "criterion", "sentence", "without it", "sources"),
        ((first.isoformat(), end.isoformat(), *each) for each, (first, end) in spans.items()),
    )


def cells(condition: Condition) -> tuple[str, str, str, str]:
    """Return the cells of a requirement."""
    return (
        f"`{condition.name}`",
        condition.sentence,
        condition.effect,
        cites(condition.cites),
    )


def amounts(fees: Fees | None, code: str) -> Iterator[str]:
    """Yield what Medicare allows nationally, by span of dates."""
    rates = fees.rates.get(code, ()) if fees else ()
    rows = [
        (
            f"{rate.from_on} to {rate.to_on}",
            amount_words(rate.amount(NATIONAL, facility=False)),
            amount_words(rate.amount(NATIONAL, facility=True)),
            rate.release,
        )
        for rate in rates
        if rate.kind != QUALIFYING
    ]
    if rows:
        yield "From Medicare's relative values and conversion factor; from 2026 for clinicians who"
        yield "are no qualifying participants of an alternative payment model."
        yield ""
    yield from table(("dates of service", "outside a facility", "in a facility", "release"), rows)


def amount_words(amount: Money | None) -> str:
    """Return an amount in dollars, or that Medicare sets none."""
    return f"${amount}" if amount else "not priced"


def pairs(rulebook: Rulebook, code: str) -> Iterator[str]:
    """Yield the codes of the rulebook that a date of service excludes or asks a modifier for."""
    edits = rulebook.edits
    found = [
        (f"[{other}]({other}.md)", PAIR_WORDS[indicator])
        for other in sorted(rulebook.sheets)
        if other != code and (indicator := edits.indicator(code, other)) is not None
    ]
    if found:
        yield f"Procedure pairs of Medicare as of {edits.as_of} {cites(edits.cites)}:"
        yield ""
    yield from table(("with", "on one date"), found)


def values(parameters: Mapping[str, Parameter]) -> Iterator[str]:
    """Yield every dated value, and the readings of contested ones."""
    yield from table(
        ("parameter", "from", "value", "readings", "sources"),
        (
            (
                f"`{name}`",
                dated.from_on.isoformat(),
                dated_words(parameter, dated),
                reading_words(parameter),
                cites(dated.cites),
            )
            for name, parameter in parameters.items()
            for dated in parameter.values
        ),
    )


def notes(said: Iterable[Note]) -> Iterator[str]:
    """Yield cited facts that decide nothing."""
    for note in said:
        yield f"- {note.says} {cites(note.cites)}"


def contested(sheet: Sheet) -> Iterator[str]:
    """Yield links to the pages that weigh what is contested."""
    named = (p.page for p in sheet.parameters.values() if p.page)
    for page in dict.fromkeys((*sheet.pages, *named)):
        yield f"- [{page.replace('-', ' ')}](../../interpretations/{page}.md)"


def scenario_list(scenarios: Iterable[Story], told: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """Yield a code's scenarios: what happens and what is expected; taken for granted: all else."""
    stories = list(scenarios)
    words = ("what happens", "expected") if any(s.name in told for s in stories) else ()
    if words:
        yield from (GRANTED, "")
    yield from table(
        ("scenario", "month", *words, "shows"),
        (
            (s.name, str(s.month), *told.get(s.name, ("",) * len(words)), ", ".join(s.cites))
            for s in stories
        ),
    )


def cited_by(sheet: Sheet) -> Iterator[str]:
    """Yield every key a sheet cites."""
    yield from sheet.mue.cites if sheet.mue else ()
    for parameter in sheet.parameters.values():
        for dated in parameter.values:
            yield from dated.cites
    for version in sheet.requires:
        for requirement in version.requirements:
            yield from requirement.cites
    for note in sheet.notes:
        yield from note.cites


def source_list(rulebook: Rulebook, keys: Iterable[str]) -> Iterator[str]:
    """Yield the sources of some keys, by key."""
    for key in sorted(set(keys), key=str.casefold):
        yield f"- {source_line(rulebook.sources[key])}"


def source_line(source: Source) -> str:
    """Return a source in one line."""
    located = f", {source.locator}" if source.locator else ""
    address = f", <{source.url}>" if source.url else ""
    read = f"read {source.read_on}, confidence {source.confidence}"
    return f"**{source.key}** {source.title} ({source.publisher}{located}{address}); {read}"


def index_page(rulebook: Rulebook) -> str:
    """Return the list of all codes."""
    rows = (
        (f"[{code}]({code}.md)", PROGRAMS[sheet.program], sheet.summary)
        for code, sheet in sorted(rulebook.sheets.items())
    )
    loaded = (
        f"Rules are loaded for dates of service {rulebook.loaded_from} to {rulebook.loaded_to}."
    )
    lines = (HEADER, "", "# Codes", "", loaded, "", *table(("code", "program", "in short"), rows))
    return "\n".join((*lines, ""))


def payers_page(rulebook: Rulebook) -> str:
    """Return the page of all payers."""
    parts = [part for payer in rulebook.payers.values() for part in payer_part(payer)]
    return "\n".join((HEADER, "", "# Payers", "", *parts))


def payer_part(payer: PayerSheet) -> Iterator[str]:
    """Yield what the rulebook knows of one payer."""
    yield from (f"## {payer.payer}", "", f"{payer.summary}.", "")
    for dated in payer.default_policy:
        yield f"- Counting policy from {dated.from_on}: `{dated.value}` {cites(dated.cites)}"
    for name, values_of in payer.overrides.items():
        for dated in values_of:
            yield f"- `{name}` from {dated.from_on}: {dated.value} {cites(dated.cites)}"
    for limit in payer.restrictions:
        allowed = ", ".join(limit.allowed_diagnoses)
        until = f" to {limit.to_on}" if limit.to_on else ""
        yield (
            f"- Restriction, {limit.status}, from {limit.from_on}{until}: {limit.says}; "
            f"diagnoses {allowed} {cites(limit.cites)}"
        )
    yield from (*notes(payer.notes), "")


def sources_page(rulebook: Rulebook) -> str:
    """Return the page of all sources."""
    lines = source_list(rulebook, rulebook.sources)
    return "\n".join((HEADER, "", "# Sources", "", *lines, ""))
