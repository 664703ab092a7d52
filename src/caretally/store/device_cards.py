"""Device cards: what is on record of a device, who holds it, and under which names it is known.

A card is worked out whole from all entries about its device, whosever stream they stand in, as far
as they are in force. A name that two devices claim belongs to the one registered last; both claims
are kept, so that the conflict shows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias, TypeVar

from caretally.devices.names import DEVICE, SERIAL, name_of
from caretally.journal.corrections import resolve
from caretally.journal.entries import (
    DeviceAssigned,
    DeviceRegistered,
    DeviceReturned,
    DeviceStatusRecorded,
    Entry,
)
from caretally.journal.entries.envelope import Body
from caretally.store.database import Database, Row
from caretally.store.gathering import stored_entries
from caretally.store.shelf import Shelf
from caretally.store.streams import OWN, Book, named_streams
from caretally.store.ties import Filed, family_rows

OF_THE_PRACTICE = (DeviceRegistered, DeviceStatusRecorded)
CUSTODY = (DeviceAssigned, DeviceReturned)
COLUMNS = (
    "device", "clinic", "vendor", "model", "serial", "medical_device", "parameters", "status",
    "status_at", "patient", "since", "registered_at", "names",
)  # fmt: skip
ASSIGNED_CLAIM, REGISTERED_CLAIM = "0", "1"

Told: TypeAlias = DeviceRegistered | DeviceAssigned | DeviceReturned
SomeBody = TypeVar("SomeBody", bound=Body)


class DeviceOnCard(NamedTuple):
    """A device as a list shows one; words are empty where nothing is on file.

    parameters: LOINC codes, separated by spaces. status, status_at: the last that was told, and
    when. patient: who holds it; empty in stock. since: since when it is where it is. registered_at:
    empty where it is known from an assignment only. Instants are ISO texts in UTC. names: as
    `scheme value`, a line each.
    """

    device: str
    clinic: str = ""
    vendor: str = ""
    model: str = ""
    serial: str = ""
    medical_device: bool = False
    parameters: str = ""
    status: str = ""
    status_at: str = ""
    patient: str = ""
    since: str = ""
    registered_at: str = ""
    names: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A stretch in which a device was in one place.

    patient: who held it; empty in stock. begins, ends: from the first instant, included, to the
    second, excluded; None while it lasts. medical_device: as the assignment says, which decides
    whether readings of this stretch make data days.
    """

    patient: str
    begins: datetime
    ends: datetime | None
    entry_id: str
    medical_device: bool

    def holds_at(self, at: datetime) -> bool:
        """Tell whether it lasts at an instant."""
        return self.begins <= at and (self.ends is None or at < self.ends)


# --- reading --------------------------------------------------------------------------------------


def device_card(book: Book, device: str) -> DeviceOnCard | None:
    """Return the card of a device; None where nothing is stored of one."""
    sql = f"SELECT {', '.join(COLUMNS)} FROM store_devicecard WHERE practice_id = %s "  # noqa: S608
    rows = book.db.rows(sql + "AND device = %s", book.number, device)
    return card_in(rows[0]) if rows else None


def card_in(row: Row) -> DeviceOnCard:
    """Return a card from its row; a database may tell yes and no as numbers."""
    card = DeviceOnCard(*row)
    return card._replace(medical_device=bool(card.medical_device))


def devices_named(book: Book, names: Iterable[str]) -> dict[str, str]:
    """Return which device each name means, as far as it is known; names as `name_of` writes them.

    Where several devices claim a name, it is the one registered last.
    """
    rows = book.db.rows_in(
        "SELECT name, device, claim FROM store_devicename WHERE practice_id = %s AND name IN ({})",
        sorted(set(names)),
        book.number,
    )
    found: dict[str, tuple[str, str]] = {}
    for name, device, claim in rows:
        found[name] = max(found.get(name, ("", "")), (claim, device))
    return {name: device for name, (_, device) in found.items()}


def claimants(book: Book, names: Iterable[str]) -> dict[str, list[str]]:
    """Return all devices that claim each name, the one it means first."""
    rows = book.db.rows_in(
        "SELECT name, device, claim FROM store_devicename WHERE practice_id = %s AND name IN ({})",
        sorted(set(names)),
        book.number,
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for name, device, claim in rows:
        found.setdefault(name, []).append((claim, device))
    return {
        name: [device for _, device in sorted(claims, reverse=True)]
        for name, claims in found.items()
    }


def custody_of(book: Book, devices: Iterable[str]) -> dict[str, tuple[Held, ...]]:
    """Return where devices were, each from its first assignment on, in order."""
    wanted = set(devices)
    found: dict[str, list[Entry]] = {}
    for entry in in_force(book, custody_entries(book, wanted)):
        if isinstance(entry.body, CUSTODY) and entry.body.device in wanted:
            found.setdefault(entry.body.device, []).append(entry)
    return {device: stretches(entries) for device, entries in found.items()}


def stretches(entries: Iterable[Entry]) -> tuple[Held, ...]:
    """Return where a device was by its assignments and returns; a return comes first at an instant.

    The fold reads them the same way: an assignment ends with the next event of the device.
    """
    events = in_order(entries)
    following = [*(each.at for each in events[1:]), None] if events else []
    return tuple(
        Held(
            patient=entry.patient or "", begins=entry.at, ends=ends, entry_id=entry.id,
            medical_device=entry.body.medical_device,
        )
        for entry, ends in zip(events, following, strict=True)
        if isinstance(entry.body, DeviceAssigned) and entry.at != ends
    )  # fmt: skip


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Return custody events as they happened."""
    return sorted(entries, key=lambda e: (e.at, isinstance(e.body, DeviceAssigned), e.id))


def device_entries(book: Book, shelf: Shelf, device: str) -> list[Entry]:
    """Return what is in force about a device, by time."""
    found = entries_about(book, shelf, {device}).get(device, [])
    return sorted(found, key=lambda each: (each.at, each.id))


def own_entries(book: Book, shelf: Shelf) -> tuple[Entry, ...]:
    """Return the entries of the practice's own stream; none where nothing was stored yet."""
    own = book.own or named_streams(book, [OWN]).get(OWN)
    return shelf.entries(book.db, own) if own is not None else ()


# --- working out ----------------------------------------------------------------------------------


def devices_of(filed: Iterable[Filed]) -> set[str]:
    """Return the devices that entries speak of."""
    return {
        each.entry.body.device
        for each in filed
        if isinstance(each.entry.body, (*OF_THE_PRACTICE, *CUSTODY))
    }


def custody_entries(book: Book, devices: Collection[str]) -> list[Entry]:
    """Return all assignments and returns of devices, in force or not."""
    rows = book.db.rows_in(
        "SELECT entry_id FROM store_deviceevent WHERE practice_id = %s AND device IN ({})",
        sorted(devices),
        book.number,
    )
    return [each.entry for each in stored_entries(book, {row[0] for row in rows})]


def in_force(book: Book, entries: Sequence[Entry]) -> list[Entry]:
    """Return those of some entries that nothing stored supersedes or voids."""
    have = {entry.id: entry for entry in entries}
    pairs = family_rows(book, have)
    if not pairs:
        return list(have.values())
    beside = {name for pair in pairs for name in pair[:2]} - have.keys()
    family = [each.entry for each in stored_entries(book, beside)]
    set_aside = resolve([*have.values(), *family]).set_aside
    return [entry for entry in have.values() if entry.id not in set_aside]


def entries_about(book: Book, shelf: Shelf, devices: Collection[str]) -> Mapping[str, list[Entry]]:
    """Return what is in force about devices."""
    told = [
        entry
        for entry in own_entries(book, shelf)
        if isinstance(entry.body, OF_THE_PRACTICE) and entry.body.device in devices
    ]
    found: dict[str, list[Entry]] = {}
    for entry in in_force(book, [*told, *custody_entries(book, devices)]):
        if isinstance(entry.body, (*OF_THE_PRACTICE, *CUSTODY)):
            found.setdefault(entry.body.device, []).append(entry)
    return found


def last_of(entries: Iterable[Entry], kind: type[SomeBody]) -> tuple[str, SomeBody | None]:
    """Return when something was said last, and what; an empty text and None where it never was."""
    said = [(entry.at, entry.id, entry.body) for entry in entries if isinstance(entry.body, kind)]
    if not said:
        return "", None
    at, _, body = max(said, key=lambda each: each[:2])
    return at.isoformat(), body


def card_of(device: str, entries: Sequence[Entry]) -> DeviceOnCard:
    """Return the card of a device from what is in force about it."""
    registered_at, registered = last_of(entries, DeviceRegistered)
    status_at, status = last_of(entries, DeviceStatusRecorded)
    custody = in_order(each for each in entries if isinstance(each.body, CUSTODY))
    last = custody[-1] if custody else None
    is_held = last is not None and isinstance(last.body, DeviceAssigned)
    body = registered or next(
        (b for e in reversed(custody) if isinstance(b := e.body, CUSTODY)), None
    )
    return DeviceOnCard(
        device=device,
        clinic=(registered.practice or "") if registered else "",
        vendor=(body.vendor or "") if body else "",
        model=(body.model or "") if body else "",
        serial=(body.serial or "") if body else "",
        medical_device=body.medical_device if body else False,
        parameters=" ".join(body.parameters) if body else "",
        status=status.status if status else "",
        status_at=status_at,
        patient=(last.patient or "") if last and is_held else "",
        since=last.at.isoformat() if last else "",
        registered_at=registered_at,
        names="\n".join(names_of(device, body)),
    )


def names_of(device: str, body: Told | None) -> list[str]:
    """Return the names of a device, those of its registration first."""
    given = body.identifiers if isinstance(body, DeviceRegistered) else ()
    names = [name_of(each.scheme, each.value) for each in given]
    if body is not None and body.serial:
        names.append(name_of(SERIAL, body.serial))
    return list(dict.fromkeys([*names, name_of(DEVICE, device)]))


def claim_of(card: DeviceOnCard) -> str:
    """Return how strongly a device claims its names; the greatest wins."""
    if card.registered_at:
        return f"{REGISTERED_CLAIM} {card.registered_at}"
    return f"{ASSIGNED_CLAIM} {card.since}"


# --- writing --------------------------------------------------------------------------------------


def write_device_cards(book: Book, shelf: Shelf, devices: Collection[str]) -> None:
    """Work the cards of devices out and write them; the practice is locked by the caller."""
    if not devices:
        return
    about = entries_about(book, shelf, devices)
    cards = [card_of(device, about[device]) for device in sorted(about)]
    for table in ("devicecard", "devicename"):
        book.db.rows_in(
            f"DELETE FROM store_{table} WHERE practice_id = %s AND device IN ({{}}) RETURNING id",  # noqa: S608
            sorted(devices),
            book.number,
        )
    book.db.insert(
        "store_devicecard", ("practice_id", *COLUMNS), [(book.number, *card) for card in cards]
    )
    book.db.insert(
        "store_devicename", ("practice_id", "name", "device", "claim"),
        [
            (book.number, name, card.device, claim_of(card))
            for card in cards
            for name in card.names.split("\n")
        ],
    )  # fmt: skip


def all_devices(book: Book, shelf: Shelf) -> set[str]:
    """Return every device that a practice's entries speak of."""
    rows = book.db.rows(
        "SELECT DISTINCT device FROM store_deviceevent WHERE practice_id = %s", book.number
    )
    told = (Filed(entry, 0) for entry in own_entries(book, shelf))
    return {row[0] for row in rows} | devices_of(told)


def fill_device_cards(db: Database) -> None:
    """Write the cards of all practices' devices, after the tables were made."""
    shelf = Shelf()
    for number, name in db.rows("SELECT id, name FROM store_practice ORDER BY id"):
        with db.atomic():
            book = Book(db=db, practice=name, number=number)
            write_device_cards(book, shelf, all_devices(book, shelf))
