"""A device's card and names follow from the journal, whatever is corrected and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from caretally.journal.entries import (
    DeviceAssigned,
    DeviceRegistered,
    DeviceReturned,
    DeviceStatusRecorded,
    Entry,
    EntryVoided,
    Identifier,
)
from caretally.store.database import Database
from caretally.store.device_cards import (
    claimants,
    custody_of,
    device_entries,
    devices_named,
    fill_device_cards,
)
from caretally.store.rebuilding import rebuild
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import book_of

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CARDS = (
    "SELECT device, vendor, model, serial, medical_device, parameters, status, status_at, patient, "
    "since, registered_at, names FROM store_devicecard"
)
NAMES = "SELECT name, device, claim FROM store_devicename"


@pytest.fixture
def journal(site) -> StoredJournal:
    """Return an empty journal of each kind in turn."""
    made: StoredJournal = site.journal()
    return made


def entry(name: str, at: datetime, body: object, patient: str | None = None) -> Entry:
    """Return an entry as a person would have written it."""
    return Entry(id=name, patient=patient, at=at, recorded_at=at, actor="staff:nia", body=body)


def registered(name: str, at: datetime, device: str, *identifiers: tuple[str, str]) -> Entry:
    """Return the registration of a device with a serial and identifiers."""
    body = DeviceRegistered(
        device=device, vendor="tenovi", model="Tenovi BPM", serial="B-1", medical_device=True,
        identifiers=tuple(Identifier(scheme=s, value=v) for s, v in identifiers),
        parameters=("85354-9", "8867-4"),
    )  # fmt: skip
    return entry(name, at, body)


def assigned(name: str, at: datetime, device: str, patient: str | None) -> Entry:
    """Return an assignment."""
    body = DeviceAssigned(device=device, vendor="acme", serial="S-9", medical_device=True)
    return entry(name, at, body, patient)


def save(journal: StoredJournal, *entries: Entry) -> None:
    """Save entries."""
    journal.append("north", entries, received_at=START + 60 * DAY)


def cards(journal: StoredJournal) -> dict[str, tuple[str, ...]]:
    """Return of each device who holds it since when, its status and names."""
    rows = journal.db.rows(
        "SELECT device, vendor, patient, since, status, names FROM store_devicecard ORDER BY device"
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def projections(db: Database) -> list[object]:
    """Return both tables without the numbers the database gave the rows."""
    return [sorted(str(tuple(row)) for row in db.rows(query)) for query in (CARDS, NAMES)]


def test_a_card_says_what_is_on_record_and_who_holds_the_device(journal: StoredJournal) -> None:
    mac = ("mac", "A4:C1:38:0B:5E:11")
    save(journal, registered("r", START, "dev_1", ("tenovi:device", "77aa"), mac))
    save(journal, assigned("a", START + DAY, "dev_1", "pat_x"))
    body = DeviceStatusRecorded(device="dev_1", status="delivered")
    save(journal, entry("s", START + 2 * DAY, body))
    names = "tenovi:device 77aa\nmac a4c1380b5e11\nserial B-1\ndevice dev_1"
    since = (START + DAY).isoformat()
    assert cards(journal) == {"dev_1": ("tenovi", "pat_x", since, "delivered", names)}
    save(journal, entry("t", START + 3 * DAY, DeviceReturned(device="dev_1"), "pat_x"))
    assert cards(journal)["dev_1"][1:3] == ("", (START + 3 * DAY).isoformat())


def test_a_device_known_from_an_assignment_only_has_a_card_and_names(
    journal: StoredJournal,
) -> None:
    save(journal, assigned("a", START, "dev_2", "pat_x"))
    assert cards(journal)["dev_2"][-1] == "serial S-9\ndevice dev_2"
    book = book_of(journal.db, "north")
    assert book is not None
    asked = ["serial S-9", "device dev_2", "serial nothing"]
    assert devices_named(book, asked) == {"serial S-9": "dev_2", "device dev_2": "dev_2"}


def test_a_name_means_the_device_registered_last_and_the_conflict_shows(
    journal: StoredJournal,
) -> None:
    imei = ("imei", "352099001761481")
    save(journal, registered("r2", START + DAY, "dev_2", imei))
    save(journal, registered("r1", START, "dev_1", imei))
    book = book_of(journal.db, "north")
    assert book is not None
    name = "imei 352099001761481"
    assert devices_named(book, [name]) == {name: "dev_2"}
    assert claimants(book, [name]) == {name: ["dev_2", "dev_1"]}
    void = entry("v", START + 2 * DAY, EntryVoided(entry="r2"))
    save(journal, replace(void, reason="registered twice"))
    assert devices_named(book, [name]) == {name: "dev_1"}
    assert "dev_2" not in cards(journal)


def test_corrections_move_custody_and_names_from_one_device_to_another(
    journal: StoredJournal,
) -> None:
    save(journal, assigned("a", START, "dev_1", "pat_x"))
    better = assigned("b", START, "dev_2", "pat_x")
    save(journal, replace(better, supersedes="a", reason="another device"))
    assert list(cards(journal)) == ["dev_2"]
    book = book_of(journal.db, "north")
    assert book is not None
    assert custody_of(book, ["dev_1", "dev_2"]).keys() == {"dev_2"}
    assert [each.id for each in device_entries(book, journal.desk.shelf, "dev_2")] == ["b"]


def test_custody_is_told_across_patients_and_stock(journal: StoredJournal) -> None:
    save(
        journal,
        assigned("c", START + 9 * DAY, "dev_1", "pat_y"),
        assigned("a", START, "dev_1", "pat_x"),
        entry("b", START + 5 * DAY, DeviceReturned(device="dev_1"), "pat_x"),
        assigned("stock", START + 7 * DAY, "dev_1", None),
    )
    book = book_of(journal.db, "north")
    assert book is not None
    held = custody_of(book, ["dev_1"])["dev_1"]
    told = [(each.patient, each.begins, each.ends) for each in held]
    assert told == [
        ("pat_x", START, START + 5 * DAY),
        ("", START + 7 * DAY, START + 9 * DAY),
        ("pat_y", START + 9 * DAY, None),
    ]
    assert [each.patient for each in held if each.holds_at(START + 5 * DAY)] == []
    assert [each.patient for each in held if each.holds_at(START + 9 * DAY)] == ["pat_y"]


def test_rebuilding_and_filling_bring_the_same_rows(journal: StoredJournal) -> None:
    imei = ("imei", "352099001761481")
    save(journal, registered("r1", START, "dev_1", imei), registered("r2", START, "dev_2", imei))
    save(journal, assigned("a", START + DAY, "dev_1", "pat_x"))
    save(
        journal, replace(assigned("b", START, "dev_3", "pat_y"), supersedes="a", reason="mixed up")
    )
    before = projections(journal.db)
    rebuild(journal.db, journal.desk)
    assert projections(journal.db) == before
    for table in ("store_devicecard", "store_devicename"):
        journal.db.run(f"DELETE FROM {table}")
    fill_device_cards(journal.db)
    assert projections(journal.db) == before
