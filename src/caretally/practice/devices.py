"""What a caller does with the practice's devices: on the books, to a patient, back, and replaced.

Every step is an entry; a form sent twice is stored once; what somebody wrote just now can be taken
back. Who may not see patients never learns who holds a device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from caretally.devices.catalogue import GONE, REPLACED, OnBooks, record_status, register_device
from caretally.devices.names import SERIAL, name_of
from caretally.enrollment.commands import assign_device, return_device
from caretally.enrollment.record import PatientRecord
from caretally.errors import InputError, Problem, UnknownError
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import (
    DeviceAssigned,
    DeviceRegistered,
    DeviceReturned,
    DeviceStatusRecorded,
    Entry,
    EntryVoided,
)
from caretally.practice.custody_told import take_up_again
from caretally.practice.enrolling import MISTAKEN, may_undo
from caretally.practice.office import Command, Office
from caretally.practice.roles import ENROLL, MANAGE_DEVICES
from caretally.store.device_cards import (
    DeviceOnCard,
    claimants,
    device_card,
    device_entries,
)
from caretally.store.gathering import stored_entries
from caretally.store.streams import Book, locked_book

Make = Callable[[Book], Sequence[Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A device on its way to or from a patient, as it was filled in.

    at: when; now where nothing is said. reason: needed where it is told late. entry_id: made by the
    page, so that the same form counts once.
    """

    patient: str
    at: datetime | None = None
    reason: str = ""
    entry_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody says of a device."""

    at: datetime | None = None
    reason: str = ""
    entry_id: str = ""
    supersedes: str = ""
    body: DeviceRegistered | DeviceStatusRecorded = field()


# --- on the books ---------------------------------------------------------------------------------


def tell(office: Office, told: Told) -> str:
    """Register a device, correct it, or say where it is; returns the id of the entry.

    Raises:
        ForbiddenError: the caller may not keep devices.
        InputError: something speaks against it; all is named.
    """
    office.caller.require(MANAGE_DEVICES)
    filing = filing_of(office, told)

    def make(book: Book) -> Sequence[Entry]:
        return checked(office, book, filing, told.body)

    return filed_once(office, filing, make)


def filing_of(office: Office, told: Told) -> Filing:
    """Return the circumstances of what somebody says of a device."""
    filing = office.filing(
        None, entry_id=told.entry_id, reason=told.reason.strip(), supersedes=told.supersedes
    )
    return replace(filing, at=told.at)


def checked(
    office: Office, book: Book, filing: Filing, body: DeviceRegistered | DeviceStatusRecorded
) -> Sequence[Entry]:
    """Return the entry of what is said of a device, held against what is on record."""
    books = on_books(office, book, body)
    if isinstance(body, DeviceStatusRecorded):
        if device_card(book, body.device) is None:
            raise UnknownError("no device of this id is on your books")
        return record_status(books, filing, body)
    corrected = next((e for e in entries_of(office, book, body.device)
                      if e.id == filing.supersedes), None)  # fmt: skip
    return register_device(books, replace(filing, at=corrected.at) if corrected else filing, body)


def on_books(office: Office, book: Book, body: DeviceRegistered | DeviceStatusRecorded) -> OnBooks:
    """Return what an entry about a device is held against."""
    card = device_card(book, body.device)
    names = []
    if isinstance(body, DeviceRegistered):
        names = [name_of(each.scheme, each.value) for each in body.identifiers]
        names += [name_of(SERIAL, body.serial)] if body.serial else []
    return OnBooks(
        registered=registration_of(entries_of(office, book, body.device)),
        status=card.status if card else "",
        holder=card.patient if card else "",
        owners={name: tuple(found) for name, found in claimants(book, names).items()},
    )


def registration_of(entries: Sequence[Entry]) -> str:
    """Return the id of the registration that holds; empty without one."""
    found = [each.id for each in entries if isinstance(each.body, DeviceRegistered)]
    return found[-1] if found else ""


def entries_of(office: Office, book: Book, device: str) -> list[Entry]:
    """Return what is in force about a device, by time."""
    return device_entries(book, office.journal.desk.shelf, device)


def filed_once(office: Office, filing: Filing, make: Make) -> str:
    """Append what is made unless an entry of this id is stored; returns the id."""
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        stored = stored_entries(book, [filing.id])
        if not stored or stored[0].entry.actor != filing.actor:
            entries = make(book)
            office.append(entries)
            after_change(office, devices_of(entries))
    return filing.id


def devices_of(entries: Sequence[Entry]) -> set[str]:
    """Return the devices that entries are about."""
    return {str(getattr(each.body, "device", "")) for each in entries} - {""}


def after_change(office: Office, devices: Iterable[str]) -> None:
    """Let notices be taken up that waited for devices; readings go on by the save itself.

    Inside the transaction in which their names or holders changed.
    """
    book = office.book()
    for device in sorted(devices):
        card = device_card(book, device)
        if card is not None:
            take_up_again(office.journal, book.number, card.names.split("\n"))


# --- in patients' hands ---------------------------------------------------------------------------


def assign(office: Office, device: str, handed: Handed) -> str:
    """Give a device that is on the books to a patient; returns the id of the entry.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this, or not to this patient.
        InputError: something speaks against it, such as that somebody has it.
    """
    card = known_card(office, device)
    filing = handing(office, handed)
    body = assignment(card)

    def command(record: PatientRecord) -> Sequence[Entry]:
        if is_filed(record, filing):
            return ()
        refuse_what_is_gone(filing, body, card)
        return assign_device(record, filing, body)

    office.card(handed.patient, permission=ENROLL)
    change_hands(office, handed.patient, command, (device,))
    return filing.id


def take_in(office: Office, device: str, handed: Handed) -> str:
    """Record that a patient gave a device back; returns the id of the entry."""
    card = known_card(office, device)
    filing = handing(office, handed)

    def command(record: PatientRecord) -> Sequence[Entry]:
        return () if is_filed(record, filing) else return_device(record, filing, returning(card))

    office.card(handed.patient, permission=ENROLL)
    change_hands(office, handed.patient, command, (device,))
    return filing.id


def replace_device(office: Office, old: str, new: str, handed: Handed) -> str:
    """Put another device in the place of one, in one step; the patient is not set up again.

    Returns the id of the assignment. The old device comes back and is marked as replaced; the next
    data days come from the new one, in the same device period.
    """
    before, after = known_card(office, old), known_card(office, new)
    filing = handing(office, handed)
    back = replace(filing, id=f"{filing.id}.returned")
    mark = replace(filing, id=f"{filing.id}.replaced", patient=None)
    body = replace(assignment(after), replaces=old)

    def command(record: PatientRecord) -> Sequence[Entry]:
        if is_filed(record, filing):
            return ()
        refuse_what_is_gone(filing, body, after)
        return (
            *return_device(record, back, returning(before)),
            *assign_device(record, filing, body),
            *Draft.of(mark, DeviceStatusRecorded(device=old, status=REPLACED)).filed(),
        )

    office.card(handed.patient, permission=ENROLL)
    change_hands(office, handed.patient, command, (old, new))
    return filing.id


def change_hands(office: Office, patient: str, command: Command, devices: tuple[str, ...]) -> None:
    """Run a command by which devices change hands, and let go on what waited for that."""
    with office.db.atomic():
        office.act(patient, command, permission=ENROLL, devices=devices)
        after_change(office, devices)


def handing(office: Office, handed: Handed) -> Filing:
    """Return the circumstances under which a device changes hands."""
    filing = office.filing(handed.patient, entry_id=handed.entry_id, reason=handed.reason.strip())
    return replace(filing, at=handed.at)


def is_filed(record: PatientRecord, filing: Filing) -> bool:
    """Tell whether the same form was stored before."""
    return any(each.id == filing.id and each.actor == filing.actor for each in record.in_force)


def refuse_what_is_gone(filing: Filing, body: DeviceAssigned, card: DeviceOnCard) -> None:
    """Pass if a device may be given to somebody.

    Raises:
        InputError: it is lost, retired or was replaced.
    """
    if card.status in GONE:
        draft = Draft.of(filing, body)
        draft.refuse("body.device", found=f"a device that is {card.status}",
                     expected="a device that works",
                     hint="if it turned up again, say so on its page first")  # fmt: skip
        raise InputError(draft.problems)


def assignment(card: DeviceOnCard) -> DeviceAssigned:
    """Return what an assignment says of a device: what its card says."""
    return DeviceAssigned(
        device=card.device, vendor=card.vendor or None, model=card.model or None,
        serial=card.serial or None, medical_device=card.medical_device,
        parameters=tuple(card.parameters.split()),
    )  # fmt: skip


def returning(card: DeviceOnCard) -> DeviceReturned:
    """Return what a return says of a device."""
    return DeviceReturned(
        device=card.device, vendor=card.vendor or None, model=card.model or None,
        serial=card.serial or None, medical_device=card.medical_device,
        parameters=tuple(card.parameters.split()),
    )  # fmt: skip


def known_card(office: Office, device: str) -> DeviceOnCard:
    """Return the card of a device.

    Raises:
        UnknownError: there is no such device here.
    """
    found = device_card(office.book(), device)
    if found is None:
        raise UnknownError("no device of this id is on your books")
    return found


# --- taking back ----------------------------------------------------------------------------------


def undo(office: Office, device: str, entry_id: str, void_id: str) -> str:
    """Take back what the caller wrote about a device just now; returns the id of a void.

    A replacement is taken back whole: the assignment, the return and the mark.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this.
        InputError: it is somebody else's, too old, or not in force.
    """
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        if stored_entries(book, [void_id]):
            return void_id
        about = entries_of(office, book, device)
        together = [each for each in about if each.id.partition(".")[0] == entry_id]
        for other in {getattr(each.body, "replaces", None) for each in together} - {None}:
            beside = entries_of(office, book, str(other))
            together += [each for each in beside if each.id.startswith(f"{entry_id}.")]
        if not together or not all(may_undo(office, each) for each in together):
            raise InputError([too_late(entry_id)])
        office.append([
            voiding(office, each, void_id if place == 0 else f"{void_id}.{place}")
            for place, each in enumerate(sorted(together, key=lambda each: each.id))
        ])  # fmt: skip
        after_change(office, devices_of(together))
    return void_id


def voiding(office: Office, entry: Entry, void_id: str) -> Entry:
    """Return the void of an entry about a device; whoever wrote it may take it back."""
    office.caller.require(MANAGE_DEVICES if entry.patient is None else ENROLL)
    if entry.patient is not None:
        office.card(entry.patient, permission=ENROLL)
    filing = office.filing(entry.patient, entry_id=void_id, reason=MISTAKEN)
    return Draft.of(filing, EntryVoided(entry=entry.id)).filed()[0]


def too_late(entry_id: str) -> Problem:
    """Return the problem of an entry that cannot be undone."""
    return Problem(
        where=f"entry {entry_id}", field="entry",
        found="an entry of somebody else, of more than a few minutes ago, or not in force",
        expected="one that you wrote just now", hint="correct it instead, and say why",
    )  # fmt: skip
