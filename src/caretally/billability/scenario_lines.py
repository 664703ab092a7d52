"""One line of a scenario's story, turned into the entries of the contract.

`{at: 03-04 10:00, contact: 15m, by: nurse}` says all a reader needs; everything else has a value
that nobody would remark on. What comes out is the JSON of the contract, so that a scenario walks
through the same door as any other writer. Nothing here decides or counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NoReturn, TypeVar

from caretally.billability.scenario_text import Moments, length
from caretally.journal.entries import KINDS
from caretally.yaml_lines import Items, Node, Row, Table, Text, shape

Object = dict[str, object]
"""An entry, or a part of one, as the contract writes it in JSON."""
Value = TypeVar("Value")

NURSE, CUFF = "nurse", "cuff"
PRESSURE, SYSTOLIC, DIASTOLIC, WEIGHT = "85354-9", "8480-6", "8462-4", "29463-7"
FLAGS = frozenset({"two_way", "part_of_visit", "medical_device", "related", "by_billing_provider"})
INSTANTS = frozenset({"start", "end", "measured_at", "received_at"})
DAYS = frozenset({"from", "to", "date", "established_on", "birth_date"})
CORRECTING = ("supersedes", "reason")
MODES_OF_OUTCOMES = {"message_sent": "sms"}


class MalformedError(Exception):
    """A line that cannot be understood; the problem is noted already."""


@dataclass(slots=True)
class Line:
    """A line of the story while it is being read.

    row: the mapping as written.
    moments: what its dates and times mean.
    id: the id of its entry, or the beginning of the ids of its entries.
    patient: whom it is about where the line does not say.
    program: the program it belongs to where the line does not say.
    """

    row: Row
    moments: Moments
    id: str
    patient: str
    program: str

    def read(
        self, key: str, reader: Callable[[str], Value], wanted: str, default: str | None = None
    ) -> Value:
        """Return what a reader makes of the text at a key.

        Raises:
            MalformedError: the reader refused the text.
        """
        text = self.row.text(key, default)
        try:
            return reader(text)
        except (ValueError, ArithmeticError):
            self.row.refuse(key, repr(text), wanted)
            raise MalformedError from None

    def instant(self, key: str) -> datetime:
        """Return the instant at a key."""
        return self.read(key, self.moments.instant, "an instant such as 03-04 10:00")

    def length(self, key: str, default: str | None = None) -> timedelta:
        """Return the length of time at a key."""
        seconds = self.read(key, length, "a length such as 4m 59s", default)
        return timedelta(seconds=seconds)

    def count(self, key: str, default: str) -> int:
        """Return the whole number at a key."""
        return self.read(key, int, "a whole number", default)

    def has(self, key: str) -> bool:
        """Tell whether a key is written."""
        return self.row.node(key) is not None

    def words(self, key: str, *default: str) -> list[str]:
        """Return a word or a list of words."""
        node = self.row.node(key)
        if isinstance(node, Text):
            return [node.value]
        return list(default) if node is None else list(self.row.words(key, required=False))

    def entry(self, kind: str, at: datetime, body: Object, number: int | None = None) -> Object:
        """Return an entry of the contract around a body."""
        envelope: Object = {
            "id": self.id if number is None else f"{self.id}-{number}",
            "kind": kind,
            "patient": None if KINDS[kind].about == "practice" else self.patient_named(),
            "at": at.isoformat(),
            "actor": self.row.text("actor", "system:scenario"),
            "body": body,
        }
        if self.has("recorded"):
            envelope["recorded_at"] = self.instant("recorded").isoformat()
        return envelope | {key: self.row.text(key) for key in CORRECTING if self.has(key)}

    def patient_named(self) -> str | None:
        """Return the patient of the line; `none` is how a line says there is none."""
        named = self.row.text("patient", self.patient)
        return None if named == "none" else named

    def refuse(self, expected: str) -> NoReturn:
        """Note that the line as a whole cannot be understood, and leave it."""
        self.row.problems.add(
            self.row.table.where, self.row.path, ", ".join(self.row.written()), expected
        )
        raise MalformedError


def contact(line: Line) -> Iterator[Object]:
    """`{at, contact: 15m}`: somebody talked live with the patient."""
    span = line.length("contact")
    mode = line.row.text("mode", "telephone")
    for number, start in repeated(line):
        body: Object = {
            "program": line.row.text("program", line.program),
            "mode": mode,
            "start": start.isoformat(),
            "end": (start + span).isoformat(),
            "performers": line.words("by", NURSE),
            "spoke_with": line.row.text("with", "patient"),
            "two_way": line.row.flag("two_way", default=True),
            "topics": line.words("topics", "device_data"),
            "part_of_visit": line.row.flag("part_of_visit", default=False),
            "excluded": [leg(line, row, start) for row in line.row.rows("excluded")],
        }
        yield line.entry("contact_held", start, body, number)


def leg(line: Line, row: Row, start: datetime) -> Object:
    """`{after: 2m, lasts: 1m, why: hold}`: a part of a contact that was no conversation."""
    part = Line(row, line.moments, line.id, line.patient, line.program)
    begins = start + part.length("after")
    ends = begins + part.length("lasts")
    why = row.text("why", "hold")
    row.finish()
    return {"start": begins.isoformat(), "end": ends.isoformat(), "why": why}


def time(line: Line) -> Iterator[Object]:
    """`{at, time: 4m 59s}`: somebody worked for the patient without talking."""
    span = line.length("time")
    extra = {key: line.row.text(key) for key in ("note", "intended_code") if line.has(key)}
    for number, start in repeated(line):
        body: Object = {
            "program": line.row.text("program", line.program),
            "category": line.row.text("category", "review"),
            "start": start.isoformat(),
            "end": (start + span).isoformat(),
            "performer": line.row.text("by", NURSE),
        }
        yield line.entry("time_logged", start, body | extra, number)


def attempt(line: Line) -> Iterator[Object]:
    """`{at, attempt: voicemail, lasts: 6m}`: somebody tried to reach the patient."""
    outcome = line.row.text("attempt")
    span = line.length("lasts", "0")
    for number, start in repeated(line):
        body: Object = {
            "program": line.row.text("program", line.program),
            "mode": line.row.text("mode", MODES_OF_OUTCOMES.get(outcome, "telephone")),
            "outcome": outcome,
            "start": start.isoformat(),
            "end": (start + span).isoformat(),
            "performers": line.words("by", NURSE),
        }
        yield line.entry("contact_attempted", start, body, number)


def repeated(line: Line) -> Iterator[tuple[int | None, datetime]]:
    """Yield the number and the start of each time a line is told: `times: 39, step: 1m`."""
    start, times, step = line.instant("at"), line.count("times", "1"), line.length("step", "24h")
    for index in range(times):
        yield (index + 1 if line.has("times") else None), start + index * step


def reading(line: Line) -> Iterator[Object]:
    """`{at, reading: 128/79}`: one reading of a device."""
    yield read_at(line, line.instant("at"), line.row.text("reading"), None)


def readings(line: Line) -> Iterator[Object]:
    """`{on: 01-10, readings: 14 days, every: 1}`: a reading on each of so many days."""
    days = line.read("readings", days_counted, "a number of days such as 14 days")
    first = line.read("on", line.moments.day, "a date such as 03-04")
    every, value = line.count("every", "1"), line.row.text("value", "128/79")
    hours = line.words("clock", "09:00")
    for index in range(days):
        day = first + timedelta(days=index * every)
        for turn, clock in enumerate(hours):
            at = line.moments.clock(day, clock)
            yield read_at(line, at, value, index * len(hours) + turn + 1)


def days_counted(text: str) -> int:
    """Return the number in `14 days`, `1 day` or `14`.

    Raises:
        ValueError: the text is no number of days.
    """
    return int(text.removesuffix("days").removesuffix("day"))


def read_at(line: Line, at: datetime, value: str, number: int | None) -> Object:
    """Return the entry of one reading of a value such as 128/79, 71.5 kg or none."""
    body: Object = {
        "device": line.row.text("device", CUFF),
        "measured_at": at.isoformat(),
        "origin": line.row.text("origin", "device"),
        **line.read(
            "value", measured, "a pressure such as 128/79, a weight such as 71.5 kg, or none", value
        ),
    }
    if line.has("received"):
        body["received_at"] = line.instant("received").isoformat()
    named = {key: line.row.text(key) for key in ("vendor_reading_id", "context") if line.has(key)}
    return line.entry("reading_recorded", at, body | named, number)


def measured(text: str) -> Object:
    """Return metric, value and unit of 128/79, 71.5 kg or none.

    Raises:
        ValueError: the text is no such value.
    """
    if text == "none":
        return {"metric": PRESSURE}
    systolic, slash, diastolic = text.partition("/")
    if slash:
        parts = zip((SYSTOLIC, DIASTOLIC), (int(systolic), int(diastolic)), strict=True)
        unit = "mm[Hg]"
        components = [{"metric": name, "value": number, "unit": unit} for name, number in parts]
        return {"metric": PRESSURE, "components": components}
    number, space, unit = text.partition(" ")
    if not space:
        raise ValueError(text)
    return {"metric": WEIGHT, "value": Decimal(number), "unit": unit}


def void(line: Line) -> Iterator[Object]:
    """`{void: e1, at}`: an entry was made in error."""
    body: Object = {"entry": line.row.text("void")}
    told = line.entry("entry_voided", line.instant("at"), body)
    yield {"reason": "entered in error"} | told


def any_kind(line: Line) -> Iterator[Object]:
    """`{kind: consented, at, body: {...}}`: any other entry of the contract."""
    kind = line.row.one_of("kind", KINDS)
    if kind not in KINDS:
        raise MalformedError
    body = written(line, line.row.node("body") or Table(line.row.place("body"), {}, {}), kind)
    if not isinstance(body, dict):
        line.refuse("a body that is a mapping")
    yield line.entry(kind, line.instant("at"), body)


def written(line: Line, node: Node, kind: str, key: str = "") -> object:
    """Return a value of a body as the contract writes it."""
    if isinstance(node, Items):
        return [written(line, item, kind, key) for item in node.values]
    if isinstance(node, Table):
        return {
            name: written(line, item, kind, name)
            for name, item in node.entries.items()
            if item is not None
        }
    reader = reader_of(line.moments, kind, key)
    try:
        return reader(node.value)
    except (ValueError, KeyError):
        line.row.problems.add(node.where, key, shape(node), "a value of this field's type")
        raise MalformedError from None


def reader_of(moments: Moments, kind: str, key: str) -> Callable[[str], object]:
    """Return what turns the text of a field into its JSON value."""
    if key in INSTANTS or (kind == "stay_recorded" and key in DAYS):
        return lambda text: moments.instant(text).isoformat()
    if key in DAYS:
        return lambda text: moments.day(text).isoformat()
    if key in FLAGS:
        return {"true": True, "false": False}.__getitem__
    return {"priority": int, "value": Decimal}.get(key, str)


FORMS: dict[str, Callable[[Line], Iterator[Object]]] = {
    "contact": contact,
    "time": time,
    "attempt": attempt,
    "readings": readings,
    "reading": reading,
    "void": void,
    "kind": any_kind,
}
"""The forms of a line, by the key that tells them apart."""


def told(line: Line) -> list[Object]:
    """Return the entries of a line; none, with the problems noted, where it is malformed."""
    forms = [form for form in FORMS if form in line.row.written()]
    try:
        if len(forms) != 1:
            line.refuse("one of " + ", ".join(FORMS))
        entries = list(FORMS[forms[0]](line))
    except MalformedError:
        return []
    line.row.text("id", line.id)
    line.row.finish()
    return entries
