"""`caretally replay`: what months came to by their own rules, and what others would give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Protocol

import msgspec
import typer
from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from caretally.billability.decide import Judge
from caretally.billability.fees import load_fees
from caretally.billability.judged_months import is_loaded_for
from caretally.billability.sheets import Rulebook, load_rulebook
from caretally.cli import screen
from caretally.cli.deciding import Files, Lenient
from caretally.cli.extras import REPLAY_COLUMNS, compiled_folder, loaded
from caretally.cli.reading import day_of, month_of, policy_of, read_files, record_read, refusal
from caretally.cli.tally import Counted, Replay, Tally
from caretally.cli.words import POLICY_WORDS, dollars
from caretally.clock import ServiceMonth
from caretally.errors import MissingExtraError
from caretally.patient_months.rows import Record

commands = typer.Typer()
MANY_MONTHS = 2_000
"""Patient-months from which on columns are faster, compiling included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """What is otherwise in a replay: the rules of one date, or a counting policy."""

    rules_on: date | None
    policy: str | None

    def words(self) -> str:
        """Return what is otherwise in a few words."""
        if self.rules_on:
            return f"the rules of {self.rules_on}"
        return f"{self.policy} ({POLICY_WORDS[self.policy or '']})"


@commands.command(
    epilog="Example: caretally replay entries.ndjson --from 2025-01 --to 2025-12 --rules-of 2026-01"
)
def replay(
    files: Files = None,
    *,
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM", help="The first month.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="YYYY-MM", help="The last month.")
    ] = None,
    rules_of: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM",
            help="Decide by the rules, and price by the amounts, of"
            " this month's last day, or of a date.",
        ),
    ] = None,
    policy: Annotated[
        str | None, typer.Option(metavar="NAME", help="Or: count every payer by this policy.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for programs.")] = False,
    lenient: Lenient = False,
) -> None:
    """Compare what months came to with what other rules would have made of them."""
    months = months_of(month_of(first, "--from"), month_of(last, "--to"))
    otherwise = otherwise_of(rules_of, policy)
    record = record_read(read_files(files or [], lenient=lenient))
    done = replayed(record, months, otherwise, load_rulebook())
    if as_json:
        screen.write_lines([msgspec.json.encode(done.to_json())])
    else:
        screen.show(*replay_parts(done))


def months_of(first: ServiceMonth, last: ServiceMonth) -> list[ServiceMonth]:
    """Return the months from the first to the last.

    Raises:
        InputError: the last comes before the first.
    """
    if last < first:
        raise refusal("--to", str(last), f"{first} or later")
    months = [first]
    while months[-1] < last:
        months.append(months[-1].next())
    return months


def otherwise_of(rules_of: str | None, policy: str | None) -> Otherwise:
    """Return what is to be otherwise.

    Raises:
        InputError: neither or both are named, or one is no month or policy.
    """
    if (rules_of is None) == (policy is None):
        found = "neither" if policy is None else "both --rules-of and --policy"
        expected = "either --rules-of 2026-01 or --policy interactive_only"
        raise refusal("replay", found, expected)
    if rules_of is None:
        return Otherwise(rules_on=None, policy=policy_of(policy))
    is_date = rules_of.count("-") == 2
    on = day_of(rules_of, "--rules-of") if is_date else month_of(rules_of, "--rules-of").last_day
    return Otherwise(rules_on=on, policy=None)


def replayed(
    record: Record, months: Sequence[ServiceMonth], otherwise: Otherwise, rulebook: Rulebook
) -> Replay:
    """Return the months decided by their own rules and otherwise.

    Raises:
        InputError: no rules are loaded for the date whose rules are asked for.
    """
    if otherwise.rules_on and not rulebook.is_loaded_on(otherwise.rules_on):
        expected = f"a date from {rulebook.loaded_from} to {rulebook.loaded_to}"
        raise refusal("--rules-of", f"{otherwise.rules_on}, without rules", expected)
    judges = (
        Judge(rulebook=rulebook),
        Judge(rulebook=rulebook, policy=otherwise.policy, rules_on=otherwise.rules_on),
    )
    fees = load_fees()
    tallies = Tally(fees=fees), Tally(fees=fees, priced_on=otherwise.rules_on)
    way = way_of(record, len(months))
    with screen.progress("months", len(months)) as bars:
        for done, month in enumerate(months):
            for judge, tally in zip(judges, tallies, strict=True):
                tally.add(way.counted(judge, month))
            screen.step(bars, done + 1)
    not_loaded = [
        str(month)
        for month in months
        if not all(is_loaded_for(judge.bench, month) for judge in judges)
    ]
    return Replay(
        first=str(months[0]), last=str(months[-1]), other_rules=otherwise.words(),
        patients=way.patients, was=tallies[0], would_be=tallies[1], not_loaded=tuple(not_loaded),
    )  # fmt: skip


class Way(Protocol):
    """How months are decided: patient by patient, or on columns."""

    @property
    def patients(self) -> int:
        """How many patients are on record."""

    def counted(self, judge: Judge, month: ServiceMonth) -> Iterable[Counted]:
        """Return the units of each code and date of service that stand in a month."""


@dataclass(frozen=True, slots=True)
class PatientByPatient:
    """Months decided one patient after the other; needs no extra."""

    record: Record

    @property
    def patients(self) -> int:
        """How many patients are on record."""
        return len({entry.patient for entry in self.record.known} - {None})

    def counted(self, judge: Judge, month: ServiceMonth) -> Iterator[Counted]:
        """Yield the units of each line that stands in a month."""
        for decision in judge.decide(self.record, month):
            for line in decision.lines:
                yield Counted(code=line.code, day=line.date_of_service, units=line.units)


def way_of(record: Record, months: int) -> Way:
    """Return the way that is done first: columns for many patient-months, where they can be had."""
    plain = PatientByPatient(record)
    if plain.patients * months < MANY_MONTHS:
        return plain
    try:
        columns: Way = loaded(REPLAY_COLUMNS).ReplayColumns(record, compiled_folder())
    except MissingExtraError:
        return plain
    return columns


def replay_parts(done: Replay) -> Iterator[RenderableType]:
    """Yield the table of a replay and what to know about it."""
    yield Rule(Text(f"{done.first} to {done.last}, {done.patients} patients", "bold"), align="left")
    yield Text(f"As decided by the rules of each date, and by {done.other_rules}")
    yield Text()
    yield replay_table(done)
    yield Text()
    yield Text(difference_words(done), "bold")
    yield Text(
        "Dollars are Medicare's national amounts outside a facility"
        + (f"; otherwise those of {done.would_be.priced_on}" if done.would_be.priced_on else "")
        + "; payers, places and patients' shares differ.",
        "dim",
    )
    unpriced = sorted(done.was.unpriced | done.would_be.unpriced)
    if unpriced:
        yield Text(f"Without a national amount: {', '.join(unpriced)}.", "yellow")
    if done.not_loaded:
        yield Text(f"No rules are loaded for {', '.join(done.not_loaded)}.", "yellow")


def replay_table(done: Replay) -> Table:
    """Return both sides by code, and the differences."""
    table = grid_of_sides()
    for code in done.codes():
        said = done.code_json(code)
        table.add_row(
            code, str(said["units_was"]), dollars(said["amount_was"]),
            str(said["units_would_be"]), dollars(said["amount_would_be"]),
            f"{said['units_difference']:+}", signed(str(said["amount_difference"])),
        )  # fmt: skip
    return table


def grid_of_sides() -> Table:
    """Return the empty table of a replay."""
    return screen.grid("Code", "Units#", "National#", "Otherwise#", "National#", "Δ units#",
                       "Δ national#")  # fmt: skip


def difference_words(done: Replay) -> str:
    """Return both totals and what lies between them."""
    was, would_be = done.was.total(), done.would_be.total()
    return f"{dollars(was)} as it was, {dollars(would_be)} otherwise: {signed(str(would_be - was))}"


def signed(amount: str) -> str:
    """Return an amount with its sign before the dollar."""
    sign = "-" if amount.startswith("-") else "+"
    return f"{sign}{dollars(amount.removeprefix('-'))}"
