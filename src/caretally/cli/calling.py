"""Plays a wellness call in text, lints protocols and lists them; behind `caretally call`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from random import Random

from caretally.cli import screen
from caretally.cli.reading import refusal
from caretally.contacts.wellness_calls.actions import (
    Action,
    Ask,
    Bridge,
    EndCall,
    Page,
    RaiseAlert,
    ReadBack,
    Record,
    Say,
    StopSpeaking,
)
from caretally.contacts.wellness_calls.call_log import CallLog, call_log
from caretally.contacts.wellness_calls.conditions import Measured
from caretally.contacts.wellness_calls.engine import begin, step
from caretally.contacts.wellness_calls.events import Answered, Happening, HungUp, PickedUp, Spoken
from caretally.contacts.wellness_calls.pack_reader import (
    NAMES,
    examined,
    installed,
    read_pack,
    shelved,
)
from caretally.contacts.wellness_calls.packs import LANGUAGES, Pack
from caretally.contacts.wellness_calls.record import CallRecord, Desk, record_of
from caretally.contacts.wellness_calls.scripts import event_of
from caretally.contacts.wellness_calls.states import Callee, State
from caretally.errors import Problem
from caretally.journal.entries import ContactHeld

ANSWERED_AT = datetime(2026, 3, 26, 14, 5, tzinfo=UTC)
"""The virtual call's beginning: the same lines make the same record on any day."""
SPEAKING_MS_A_WORD = 370
MISHEARD_PERCENT = 20


def pack_of(name: str) -> Pack:
    """Return an installed protocol, or one of a file.

    Raises:
        InputError: there is none, or it cannot be used.
    """
    if name in NAMES or not Path(name).is_file():
        return installed(name)
    return read_pack(text_of(name), name)


def text_of(name: str) -> str:
    """Return the text of a file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise refusal(name, "nothing readable", "a file of text in UTF-8") from None


def script_of(name: str) -> Iterator[str]:
    """Return what the patient says: of a file, else of the terminal or what is piped in."""
    if name:
        return iter(text_of(name).splitlines())
    return terminal_lines()


def terminal_lines() -> Iterator[str]:
    """Yield lines as they are typed."""
    while True:
        if sys.stdin.isatty():
            sys.stdout.write("patient> ")
            sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        yield line


def invented(pack: Pack, language: str, devices: list[str]) -> Callee:
    """Return somebody invented to call, with the values of devices that were given.

    Raises:
        InputError: the language is not spoken, or a device or value is none.
    """
    if language not in LANGUAGES:
        raise refusal("--language", repr(language), "one of " + ", ".join(LANGUAGES))
    values = dict(device_of(pack, each) for each in devices)
    return Callee(
        name="Ada", birth_year=1950, practice="Lakeside Cardiology", callback="555 0100",
        language=language, devices=values,
    )  # fmt: skip


def device_of(pack: Pack, given: str) -> tuple[str, tuple[Measured, ...]]:
    """Return the values of a device, newest first, a day apart."""
    name, _, values = given.partition("=")
    if name not in pack.devices:
        known = ", ".join(pack.devices) or "none: this protocol reads no device"
        raise refusal("--device", repr(name), f"one of {known}")
    try:
        numbers = [Decimal(each) for each in values.split(",")]
    except InvalidOperation:
        raise refusal("--device", repr(values), "numbers with commas between") from None
    return name, tuple(Measured(value=n, hours_before=24 * day) for day, n in enumerate(numbers))


def play(pack: Pack, callee: Callee, lines: Iterator[str], *, seed: int = 0) -> None:
    """Play a call to its end; a script that ends early hangs up."""
    chance = Random(seed)
    screen.write_text(f"{pack.title}, version {pack.version}, {signature(pack)}\n")
    state, events = begin(callee), list[Happening]()
    at_ms = 0

    def happen(event: Happening) -> None:
        nonlocal state, at_ms
        state, actions = step(pack, state, event)
        at_ms = event.at_ms
        events.append(event)
        for line in shown(actions, state):
            screen.write_text(f"  {line}\n")
        said = spoken_words(actions)
        if said and not state.ended:
            at_ms += said * SPEAKING_MS_A_WORD
            events.append(Spoken(at_ms=at_ms))

    happen(PickedUp(at_ms=0))
    for line in lines:
        if state.ended:
            break
        if line.strip() and not line.startswith("//"):
            if not sys.stdin.isatty():
                screen.write_text(f"patient> {line.strip()}\n")
            happen(misheard(event_of(line, at_ms), chance) if seed else event_of(line, at_ms))
    if not state.ended:
        happen(HungUp(at_ms=at_ms))
    show_record(call_log(pack, callee, tuple(events), answered_at=ANSWERED_AT))


def misheard(event: Happening, chance: Random) -> Happening:
    """Let one recognizer miss a word now and then."""
    if not isinstance(event, Answered) or chance.randrange(100) >= MISHEARD_PERCENT:
        return event
    words = event.hypotheses[-1].split()
    del words[chance.randrange(len(words))]
    heard = (*event.hypotheses[:-1], " ".join(words))
    return Answered(at_ms=event.at_ms, hypotheses=heard, speech_ms=event.speech_ms)


def spoken_words(actions: tuple[Action, ...]) -> int:
    """Return how many words are spoken."""
    return sum(len(each.text.split()) for each in actions if isinstance(each, Say | Ask | ReadBack))


def shown(actions: tuple[Action, ...], state: State) -> Iterator[str]:
    """Yield what is done, a line each."""
    for each in actions:
        if isinstance(each, Say | Ask | ReadBack):
            yield f"agent> {each.text}"
        elif isinstance(each, RaiseAlert):
            doubt = "" if each.is_confirmed else ", in doubt"
            yield f"! ALERT {each.flag}: {each.severity}{doubt}"
        elif isinstance(each, Page):
            yield f"! page, rung {each.rung}: {each.severity}"
        elif isinstance(each, Bridge):
            yield f"! bridge a person: {each.severity}"
        elif isinstance(each, StopSpeaking):
            yield "~ stops speaking"
        elif isinstance(each, Record) and each.what == "accepted":
            last = next(a for a in state.answers if a.question == each.of)
            yield f"+ {each.of}: {value_words(last.value)} ({last.how})"
        elif isinstance(each, Record):
            yield f"~ {each.what} {each.of}".rstrip()
        elif isinstance(each, EndCall):
            yield f"# the call ends: {each.why}"


def value_words(value: object) -> str:
    """Return a value in short."""
    if isinstance(value, tuple):
        return "/".join(map(str, value))
    return ", ".join(sorted(value)) or "none" if isinstance(value, frozenset) else str(value)


def show_record(log: CallLog) -> None:
    """Show the record that the call would leave."""
    record = record_of(log, Desk(program="rpm", agent="stf_agent"))
    screen.write_text("\nThe record\n")
    for line in record_lines(record):
        screen.write_text(f"  {line}\n")


def record_lines(record: CallRecord) -> Iterator[str]:
    """Yield the record, both clocks apart, and whether it would be evidence."""
    for body in record.bodies:
        if isinstance(body, ContactHeld):
            yield f"contact_held {body.mode}, topics {', '.join(body.topics)}"
            yield f"  {body.summary}"
            for finding in body.findings:
                yield f"  {finding.topic}: {finding.says}"
            for action in body.actions:
                yield f"  {action}"
            for leg in body.excluded:
                seconds = int((leg.end - leg.start).total_seconds())
                yield f"  not counted: {seconds} s {leg.why}"
        else:
            yield f"contact_attempted {body.mode}, {body.outcome}"
    evidence = record.evidence
    yield (
        f"agent {record.ai_seconds} s, creditable {evidence.creditable_seconds} s; "
        f"person {record.human_seconds} s"
    )
    verdict = "all hold" if evidence.is_two_way else "missing: " + ", ".join(evidence.reasons)
    yield f"two-way evidence ({evidence.policy}): {verdict}"
    yield "agent seconds count only where a payer policy with a named owner says so"


def signature(pack: Pack) -> str:
    """Return who signed a protocol, or that nobody did."""
    if pack.signed_by is None:
        return "a starting point: nobody signed it"
    return f"signed by {pack.signed_by} on {pack.signed_on}"


def lint(file: str) -> int:
    """Show what is wrong with a protocol, or with all installed; return how many problems."""
    named = [(file, text_of(file))] if file else [(f"{n}.yaml", shelved(n)) for n in NAMES]
    count = 0
    for name, text in named:
        problems: tuple[Problem, ...] = examined(text, name)[1]
        for problem in problems:
            screen.write_text(f"{problem}\n")
        count += len(problems)
        if not problems:
            screen.write_text(f"{name}: in order\n")
    return count


def show_protocols() -> None:
    """List the installed protocols."""
    table = screen.grid("Protocol", "Version", "Questions#", "Red flags#", "Signed", "Digest")
    for name in NAMES:
        pack = installed(name)
        table.add_row(
            name, pack.version, str(len(pack.questions)), str(len(pack.flags)),
            pack.signed_by or "nobody yet", pack.short_digest,
        )  # fmt: skip
    screen.show(table)
