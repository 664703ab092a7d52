"""What arrives, as pages show it: connections with their lag, deliveries, and what became of each.

How a connection does is for those who keep devices; what is in a delivery is about patients, and is
shown only to those who may see all whom it may be about. Every look at a body is told in the access
chains of the patients whose readings it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec

from caretally.clock import instant_of_microseconds, microseconds_of, zone
from caretally.devices.vendors import registry
from caretally.devices.vendors.slices import Slice
from caretally.errors import ForbiddenError, UnknownError
from caretally.practice.office import Office
from caretally.practice.roles import MANAGE_DEVICES, MANAGE_PRACTICE, SEE_PATIENTS
from caretally.store.access import Access, record_access
from caretally.store.database import Row, Value
from caretally.store.intake_tables import FORGOTTEN, HELD, OPEN, REFUSED, UNPACKED, WAITING
from caretally.store.models import Connection

PAGE = 50
MOST_SHOWN_BYTES = 200_000
MOST_TOLD = 500
"""Patients in whose access chains one look at a delivery is told."""
STATES: Mapping[str, int] = {
    "waiting": WAITING, "read": UNPACKED, "not readable": REFUSED, "body forgotten": FORGOTTEN,
}  # fmt: skip
STATE_WORDS = {number: words for words, number in STATES.items()}
READING_WORDS = ("to be filed", "in the record", "held back", "rejected", "came by another route",
                 "taken back by the vendor")  # fmt: skip
EVENT_WORDS = ("to be acted on", "done", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A connection, and how it does.

    oldest_at: receipt of the oldest delivery nobody has read yet. received: deliveries of the last
    day. slice: None of a vendor that this program does not know any more.
    """

    connection: Connection
    slice: Slice | None
    waiting: int
    oldest_at: datetime | None
    received: int
    held: int
    faults: int

    @property
    def title(self) -> str:
        """What to call it."""
        return str(self.connection.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySearch:
    """What is looked for; empty for all. before: only deliveries stored before this one."""

    connection: str = ""
    state: str = ""
    on: date | None = None
    before: int = 0

    @property
    def is_narrowed(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.connection or self.state or self.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery in a list."""

    number: int
    connection: str
    title: str
    clinic: str
    received_at: datetime
    seen: int
    state: str
    readings: int
    repeats: int
    faults: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of something in a delivery: where it stands, in words, and where it went."""

    what: str
    path: str
    state: str
    says: str
    patient: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPage:
    """One delivery; body is empty where the caller may not see it, or it is kept no longer."""

    delivery: Delivery
    digest: str
    adapter: str
    headers: Mapping[str, str]
    may_see: bool
    body: str
    is_cut: bool
    outcomes: tuple[Outcome, ...]
    is_known: bool


def require_intake(office: Office) -> None:
    """Pass if the caller may see how readings come in.

    Raises:
        ForbiddenError: keeps neither devices nor the practice.
    """
    if not office.caller.may(MANAGE_DEVICES):
        office.caller.require(MANAGE_PRACTICE)


RECEIVED = (
    "SELECT connection_id, COUNT(*) FROM store_inbound "
    "WHERE practice_id = %s AND received_us > %s GROUP BY connection_id"
)
HELD_BY_WAY = (
    "SELECT connection_id, COUNT(*) FROM store_intakereading "
    "WHERE practice_id = %s AND state = %s GROUP BY connection_id"
)
FAULTS_BY_WAY = (
    "SELECT connection_id, COUNT(*) FROM store_intakefault "
    "WHERE practice_id = %s AND state = %s GROUP BY connection_id"
)


def ways(office: Office) -> tuple[Way, ...]:
    """Return all connections and how they do, those in use first.

    Raises:
        ForbiddenError: keeps neither devices nor the practice.
    """
    require_intake(office)
    number = office.book().number
    own = Connection.objects.using(office.db.alias).filter(practice_id=number)
    waiting = office.db.rows(
        f"SELECT connection_id, COUNT(*), MIN(received_us) FROM store_inbound "  # noqa: S608
        f"WHERE practice_id = %s AND state = {WAITING} GROUP BY connection_id",
        number,
    )
    day = microseconds_of(office.now - timedelta(days=1))
    received = counted(office, RECEIVED, day)
    held, faults = counted(office, HELD_BY_WAY, HELD), counted(office, FAULTS_BY_WAY, OPEN)
    queued = {row[0]: (int(row[1]), instant_of_microseconds(row[2])) for row in waiting}
    found = [
        Way(
            connection=each, slice=registry.SLICES.get(each.vendor),
            waiting=queued[each.pk][0] if each.pk in queued else 0,
            oldest_at=queued[each.pk][1] if each.pk in queued else None,
            received=received.get(each.pk, 0), held=held.get(each.pk, 0),
            faults=faults.get(each.pk, 0),
        )
        for each in own.order_by("pk")
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: each.connection.state == "ended"))


def counted(office: Office, sql: str, *values: Value) -> dict[int, int]:
    """Return counts by connection."""
    return {row[0]: int(row[1]) for row in office.db.rows(sql, office.book().number, *values)}


def way_named(office: Office, name: str) -> Way:
    """Return a connection and how it does.

    Raises:
        ForbiddenError: keeps neither devices nor the practice.
        UnknownError: there is none of this name.
    """
    for each in ways(office):
        if each.connection.name == name:
            return each
    raise UnknownError("no connection of this id is open to you")


LISTED = (
    "SELECT i.id, c.name, c.title, c.clinic, i.received_us, i.seen, i.state, i.readings, "
    "i.repeats, i.faults, LENGTH(i.body) FROM store_inbound i "
    "JOIN store_connection c ON c.id = i.connection_id WHERE i.practice_id = %s"
)


def deliveries(office: Office, search: DeliverySearch) -> tuple[tuple[Delivery, ...], bool]:
    """Return deliveries, the newest first, and whether there are more.

    Raises:
        ForbiddenError: keeps neither devices nor the practice.
    """
    require_intake(office)
    sql, values = LISTED, list[Value]([office.book().number])
    if search.connection:
        sql, values = sql + " AND c.name = %s", [*values, search.connection]
    if search.state in STATES:
        sql, values = sql + " AND i.state = %s", [*values, STATES[search.state]]
    if search.on is not None:
        begins, ends = day_of(search.on, office.home_zone())
        sql, values = sql + " AND i.received_us >= %s AND i.received_us < %s", [
            *values, begins, ends]  # fmt: skip
    if search.before:
        sql, values = sql + " AND i.id < %s", [*values, search.before]
    rows = office.db.rows(f"{sql} ORDER BY i.id DESC LIMIT %s", *values, PAGE + 1)
    return tuple(delivery_of(row) for row in rows[:PAGE]), len(rows) > PAGE


def day_of(day: date, zone_name: str) -> tuple[int, int]:
    """Return the bounds of a local day, in microseconds since 1970."""
    begins = datetime(day.year, day.month, day.day, tzinfo=zone(zone_name))
    after = day + timedelta(days=1)
    ends = datetime(after.year, after.month, after.day, tzinfo=zone(zone_name))
    return microseconds_of(begins), microseconds_of(ends)


def delivery_of(row: Row) -> Delivery:
    """Return a delivery of a list from its row."""
    number, name, title, clinic, received, seen, state, readings, repeats, faults, size = row
    return Delivery(
        number=number, connection=name, title=title, clinic=clinic, seen=seen,
        received_at=instant_of_microseconds(received), state=STATE_WORDS[state],
        readings=readings, repeats=repeats, faults=faults, size=size or 0,
    )  # fmt: skip


def delivery_page(office: Office, number: int) -> DeliveryPage:
    """Return one delivery; that the caller looked is told in the chains of its patients.

    Raises:
        ForbiddenError: keeps neither devices nor the practice.
        UnknownError: there is none of this number.
    """
    require_intake(office)
    rows = office.db.rows(f"{LISTED} AND i.id = %s", office.book().number, number)
    if not rows:
        raise UnknownError("no delivery of this number is open to you")
    delivery = delivery_of(rows[0])
    told = office.db.rows(
        "SELECT digest, adapter, headers, body FROM store_inbound WHERE id = %s", number
    )[0]
    may_see = may_see_bodies(office, delivery.clinic)
    outcomes = outcomes_of(office, number) if may_see else ()
    if may_see:
        tell_looked(office, delivery, {each.patient for each in outcomes} - {""})
    text, is_cut = shown_body(bytes(told[3] or b"")) if may_see else ("", False)
    return DeliveryPage(
        delivery=delivery, digest=bytes(told[0]).hex(), adapter=told[1],
        headers=msgspec.json.decode(told[2], type=dict[str, str]), may_see=may_see, body=text,
        is_cut=is_cut, outcomes=outcomes, is_known=bool(told[3]),
    )  # fmt: skip


def may_see_bodies(office: Office, clinic: str) -> bool:
    """Tell whether the caller may see all patients a delivery of a connection may be about."""
    if not office.caller.may(SEE_PATIENTS):
        return False
    clinics = office.clinics(SEE_PATIENTS)
    return clinics is None or (clinic != "" and clinic in clinics)


def require_bodies(office: Office, clinic: str) -> None:
    """Pass if the caller may see what a delivery of a connection holds.

    Raises:
        ForbiddenError: not so.
    """
    if not may_see_bodies(office, clinic):
        raise ForbiddenError("what is in this delivery may be about patients you may not see")


def tell_looked(office: Office, delivery: Delivery, patients: set[str]) -> None:
    """Tell in the access chains that the caller looked at a delivery."""
    purpose = f"delivery {delivery.number}"
    for patient in [*sorted(patients)[:MOST_TOLD], *([] if patients else [None])]:
        told = Access(practice=office.practice, patient=patient, actor=office.caller.actor,
                      purpose=purpose)  # fmt: skip
        record_access(office.db, told, office.now)


def shown_body(body: bytes) -> tuple[str, bool]:
    """Return a body as people read it, and whether its end is left out; numbers stay as sent."""
    part, is_cut = body, False
    try:
        part = msgspec.json.format(body, indent=2)
    except (msgspec.DecodeError, ValueError):
        part = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if len(part) > MOST_SHOWN_BYTES:
        part, is_cut = part[:MOST_SHOWN_BYTES], True
    return part.decode("utf-8", "replace").replace("\x00", "\ufffd"), is_cut


def outcomes_of(office: Office, number: int) -> tuple[Outcome, ...]:
    """Return what became of everything in a delivery, in the order of the document."""
    book = office.book()
    readings = office.db.rows(
        "SELECT id, element, state, rule, says, patient, content, name FROM store_intakereading "
        "WHERE practice_id = %s AND inbound_id = %s ORDER BY element",
        book.number, number,
    )  # fmt: skip
    again = office.db.rows(
        "SELECT s.element, s.how, r.patient, r.inbound_id FROM store_intakesource s "
        "JOIN store_intakereading r ON r.id = s.reading_id "
        "WHERE s.practice_id = %s AND s.inbound_id = %s ORDER BY s.element",
        book.number, number,
    )  # fmt: skip
    faults = office.db.rows(
        "SELECT path, code, says, state FROM store_intakefault "
        "WHERE practice_id = %s AND inbound_id = %s ORDER BY id",
        book.number, number,
    )  # fmt: skip
    events = office.db.rows(
        "SELECT kind, name, state, says FROM store_intakeevent "
        "WHERE practice_id = %s AND inbound_id = %s ORDER BY id",
        book.number, number,
    )  # fmt: skip
    return (
        *(reading_outcome(each) for each in readings),
        *(Outcome(what="reading", path=f"element {each[0]}", patient=each[2],
                  state="known already", says=f"first came in delivery {each[3]}")
          for each in again),
        *(Outcome(what="not understood", path=each[0], state=("open", "mended", "let go")[each[3]],
                  says=each[2]) for each in faults),
        *(Outcome(what=f"{each[0]} of {each[1]}", path="", state=EVENT_WORDS[each[2]],
                  says=each[3]) for each in events),
    )  # fmt: skip


def reading_outcome(row: Row) -> Outcome:
    """Return what became of a reading."""
    number, element, state, rule, says, patient, content, name = row
    path = path_in(content) or f"element {element}"
    return Outcome(
        what=f"reading of {name}", path=path, state=READING_WORDS[state], patient=patient,
        says=says or rule, number=number if state == HELD else 0,
    )  # fmt: skip


class OnlyPath(msgspec.Struct):
    """Of a stored reading its path in the document."""

    path: str = ""


def path_in(content: str) -> str:
    """Return where in the document a stored reading stood; empty where it does not say."""
    try:
        return msgspec.json.decode(content, type=OnlyPath).path
    except msgspec.MsgspecError:
        return ""
