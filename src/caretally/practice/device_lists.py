"""Lists of devices, the page of one, and how each stands with signs of life.

Who holds a device is told to those who may see that patient; to others it is in somebody's hands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

from caretally.clock import instant_of_microseconds
from caretally.codes import DEVICE_STATUSES
from caretally.devices.catalogue import GONE
from caretally.devices.health import (
    CAUSE_WORDS,
    NEVER_CONNECTED,
    SILENT,
    DeviceConcern,
    Watched,
    concerns,
)
from caretally.journal.entries import ReadingRecorded
from caretally.practice.office import Office
from caretally.practice.roles import MANAGE_DEVICES, SEE_PATIENTS
from caretally.store.cards import COLUMNS as PATIENT_COLUMNS
from caretally.store.cards import Card
from caretally.store.database import Row
from caretally.store.device_cards import COLUMNS, DeviceOnCard, card_in
from caretally.store.shelf import Shelf
from caretally.store.streams import PATIENT, Book, named_streams

PAGE = 50
ELSEWHERE = "a patient"
"""What to call a holder whom the caller may not see."""
HELD, FREE = "held", "free"
SILENCES = (SILENT, NEVER_CONNECTED)
WATCHES = {"silent": "Silent", "never_connected": "Never connected", "low_battery": "Low battery",
           "weak_signal": "Weak signal"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What was last heard of a device; instants are None where nothing was."""

    sign_at: datetime | None = None
    reading_at: datetime | None = None
    battery_at: datetime | None = None
    battery: Decimal | None = None
    signal: str = ""
    trouble: str = ""


NOTHING_HEARD = Health()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceSearch:
    """What is looked for; empty for all.

    words: parts of an id, model, serial or name. status: as last told. vendor. hands: held or free.
    watch: a kind of concern, or `any`.
    """

    words: str = ""
    status: str = ""
    vendor: str = ""
    hands: str = ""
    watch: str = ""
    number: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.words or self.status or self.vendor or self.hands or self.watch)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRow:
    """A device in a list.

    measured_at: of its last reading in the record, by whichever way it came. holder: what to call
    who has it; empty in stock. patient: the id, where the caller may see it.
    """

    card: DeviceOnCard
    health: Health
    concern: DeviceConcern | None
    measured_at: datetime | None = None
    holder: str = ""
    patient: str = ""

    @property
    def heard_at(self) -> datetime | None:
        """When it was last heard of, by a connection or a reading in the record."""
        return latest(self.health.sign_at, self.health.reading_at, self.measured_at)

    @property
    def heard_by(self) -> str:
        """What was heard last: a delivery, or a reading that came by another way."""
        by_connection = latest(self.health.sign_at, self.health.reading_at)
        return "delivery" if self.heard_at == by_connection else "reading in the record"

    @property
    def cause(self) -> str:
        """The likely cause of the concern, in words."""
        return CAUSE_WORDS[self.concern.cause] if self.concern else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesFound:
    """A page of devices, and how many there are of each kind on the books."""

    rows: tuple[DeviceRow, ...]
    count: int
    number: int
    counts: Mapping[str, int]
    vendors: tuple[str, ...]

    @property
    def pages(self) -> int:
        """How many pages there are; one where nothing was found."""
        return max(1, -(-self.count // PAGE))


def find_devices(office: Office, search: DeviceSearch) -> DevicesFound:
    """Return the devices that fit a search, worst first, with counts of all.

    Raises:
        ForbiddenError: the caller may neither keep devices nor see patients.
    """
    require_devices(office)
    book = office.book()
    cards = all_cards(book)
    health = health_of(book)
    told = concerns_of((book, office.journal.desk.shelf), cards, health, office.now)
    worries = {each.device: each for each in told}
    fitting = [each for each in cards if fits(each, search, worries.get(each.device))]
    fitting.sort(key=lambda each: (each.device not in worries, each.status in GONE, each.device))
    number = max(1, min(search.number, -(-len(fitting) // PAGE)))
    shown = fitting[(number - 1) * PAGE : number * PAGE]
    holders = holders_of(office, {each.patient for each in shown} - {""})
    measured = measured_by(
        book,
        office.journal.desk.shelf,
        {each.device: each.patient for each in shown if each.patient},
    )
    return DevicesFound(
        rows=tuple(
            replace(row_of(each, health, worries, holders), measured_at=measured.get(each.device))
            for each in shown
        ),
        count=len(fitting), number=number, counts=counts_of(cards, worries.values()),
        vendors=tuple(sorted({each.vendor for each in cards} - {""})),
    )  # fmt: skip


def require_devices(office: Office) -> None:
    """Pass if the caller may look at devices.

    Raises:
        ForbiddenError: neither keeps devices nor sees patients.
    """
    if not office.caller.may(SEE_PATIENTS):
        office.caller.require(MANAGE_DEVICES)


def row_of(
    card: DeviceOnCard,
    health: Mapping[str, Health],
    worries: Mapping[str, DeviceConcern],
    holders: Mapping[str, str],
) -> DeviceRow:
    """Return a device as the caller may see it."""  # fmt: skip
    return DeviceRow(
        card=card, health=health.get(card.device, NOTHING_HEARD),
        concern=worries.get(card.device),
        holder=holders.get(card.patient, ELSEWHERE) if card.patient else "",
        patient=card.patient if card.patient in holders else "",
    )  # fmt: skip


def all_cards(book: Book, patients: Iterable[str] | None = None) -> list[DeviceOnCard]:
    """Return the cards of all devices, or of those in some patients' hands."""
    sql = f"SELECT {', '.join(COLUMNS)} FROM store_devicecard WHERE practice_id = %s"  # noqa: S608
    if patients is None:
        rows: Sequence[Row] = book.db.rows(sql, book.number)
    else:
        rows = book.db.rows_in(f"{sql} AND patient IN ({{}})", sorted(set(patients)), book.number)
    return [card_in(row) for row in rows]


def health_of(book: Book) -> dict[str, Health]:
    """Return what was last heard of each device, under whichever of its names."""
    rows = book.db.rows(
        "SELECT n.device, h.sign_us, h.reading_us, h.battery_us, h.battery_percent, h.signal, "
        "h.trouble FROM store_devicehealth h JOIN store_devicename n "
        "ON n.practice_id = h.practice_id AND n.name = h.name WHERE h.practice_id = %s "
        "ORDER BY n.device, h.sign_us",
        book.number,
    )
    found: dict[str, Health] = {}
    for device, *told in rows:
        found[device] = merged(found.get(device, NOTHING_HEARD), health_in(told))
    return found


def health_in(told: Sequence[int | str]) -> Health:
    """Return what one row tells."""
    sign, reading, battery_at, battery, signal, trouble = told
    return Health(
        sign_at=instant_in(sign), reading_at=instant_in(reading),
        battery_at=instant_in(battery_at), battery=number_in(str(battery)), signal=str(signal),
        trouble=str(trouble),
    )  # fmt: skip


def merged(before: Health, after: Health) -> Health:
    """Return what two names of a device tell; the later word holds."""
    charged = after if after.battery_at or not before.battery_at else before
    return Health(
        sign_at=latest(before.sign_at, after.sign_at),
        reading_at=latest(before.reading_at, after.reading_at),
        battery_at=charged.battery_at, battery=charged.battery,
        signal=after.signal or before.signal, trouble=after.trouble or before.trouble,
    )  # fmt: skip


def latest(*instants: datetime | None) -> datetime | None:
    """Return the last of some instants; None where there is none."""
    return max(filter(None, instants), default=None)


def instant_in(microseconds: int | str) -> datetime | None:
    """Return an instant from microseconds since 1970; None of none."""
    return instant_of_microseconds(int(microseconds)) if int(microseconds) else None


def number_in(text: str) -> Decimal | None:
    """Return a number from its text; None where it is none."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def concerns_of(
    desk: tuple[Book, Shelf],
    cards: Iterable[DeviceOnCard],
    health: Mapping[str, Health],
    at: datetime,
    away: frozenset[str] = frozenset(),
) -> tuple[DeviceConcern, ...]:
    """Return what should be seen to; away: patients who are in a facility.

    A reading that came by another way than a connection is a sign of life too: where a device seems
    silent, the chart of its holder is asked.
    """  # fmt: skip
    book, shelf = desk
    held = [each for each in cards if each.patient and each.status not in GONE]
    watched = [watched_of(each, health.get(each.device, NOTHING_HEARD), away) for each in held]
    heard = vendors_heard(book)
    found = concerns(watched, heard, at)
    silent = {each.device: each.patient for each in found if each.kind in SILENCES}
    measured = measured_by(book, shelf, silent)
    if not measured:
        return found
    known = [replace(each, reading_at=latest(each.reading_at, measured.get(each.device)))
             for each in watched]  # fmt: skip
    return concerns(known, heard, at)


def measured_by(book: Book, shelf: Shelf, devices: Mapping[str, str]) -> dict[str, datetime]:
    """Return when devices last measured something, by the charts of their holders."""
    streams = named_streams(book, {PATIENT + patient for patient in devices.values()})
    found: dict[str, datetime] = {}
    for stream in streams.values():
        for entry in shelf.entries(book.db, stream):
            body = entry.body
            if isinstance(body, ReadingRecorded) and devices.get(body.device) == stream.patient:
                found[body.device] = max(found.get(body.device, entry.at), entry.at)
    return found


def watched_of(card: DeviceOnCard, health: Health, away: frozenset[str]) -> Watched:
    """Return a device in a patient's hands as its health is judged."""
    arrived = card.status == "delivered" and card.status_at
    gateway = next((n for n in card.names.split("\n") if n.startswith("gateway ")), "")
    return Watched(
        device=card.device, patient=card.patient, vendor=card.vendor, gateway=gateway,
        since=datetime.fromisoformat(card.since),
        delivered_at=datetime.fromisoformat(card.status_at) if arrived else None,
        sign_at=health.sign_at, reading_at=health.reading_at, battery=health.battery,
        signal=health.signal, trouble=health.trouble, is_away=card.patient in away,
    )  # fmt: skip


def vendors_heard(book: Book) -> dict[str, datetime]:
    """Return when anything last arrived from each vendor with a connection that was heard of."""
    rows = book.db.rows(
        "SELECT c.vendor, MAX(i.received_us) FROM store_connection c JOIN store_inbound i "
        "ON i.connection_id = c.id WHERE c.practice_id = %s AND c.state = 'live' GROUP BY c.vendor",
        book.number,
    )
    return {vendor: instant_of_microseconds(last) for vendor, last in rows if last}


def fits(card: DeviceOnCard, search: DeviceSearch, concern: DeviceConcern | None) -> bool:
    """Tell whether a device is among those looked for."""
    text = f"{card.device} {card.vendor} {card.model} {card.names}".lower()
    return (
        all(word in text for word in search.words.lower().split())
        and search.status in {"", card.status}
        and search.vendor in {"", card.vendor}
        and search.hands in {"", HELD if card.patient else FREE}
        and (not search.watch or (concern is not None and search.watch in {"any", concern.kind}))
    )


def counts_of(cards: Sequence[DeviceOnCard], worries: Iterable[DeviceConcern]) -> dict[str, int]:
    """Return how many devices there are, in whose hands, and with which concern."""
    found = {"all": len(cards), HELD: sum(1 for each in cards if each.patient)}
    found["free"] = sum(1 for each in cards if not each.patient and each.status not in GONE)
    for each in worries:
        found[each.kind] = found.get(each.kind, 0) + 1
    for status in DEVICE_STATUSES:
        found[f"status {status}"] = sum(1 for each in cards if each.status == status)
    return found


def holders_of(office: Office, patients: Iterable[str]) -> dict[str, str]:
    """Return the names of patients whom the caller may see, by id; others are left out."""
    if not office.caller.may(SEE_PATIENTS):
        return {}
    rows = office.db.rows_in(
        f"SELECT {', '.join(PATIENT_COLUMNS)} FROM store_patientcard "  # noqa: S608
        "WHERE practice_id = %s AND patient IN ({})",
        sorted(set(patients)),
        office.book().number,
    )
    clinics = office.clinics(SEE_PATIENTS)
    cards = [Card(*row) for row in rows]
    seen = [each for each in cards if clinics is None or each.clinic in clinics
            or office.broke_glass(each.patient)]  # fmt: skip
    return {each.patient: each.label for each in seen}
