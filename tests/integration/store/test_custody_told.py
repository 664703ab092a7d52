"""What vendors say of devices is written down once, in the device's own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from caretally.clock import microseconds_of
from caretally.devices.unpacked import CustodyNotice
from caretally.journal.entries import DeviceRegistered, DeviceStatusRecorded, Identifier
from caretally.practice.caller import system_caller
from caretally.practice.custody_told import NOT_REGISTERED, act_on_custody
from caretally.practice.devices import Told, tell
from caretally.practice.office import Office
from caretally.store.database import scope_all
from caretally.store.device_cards import device_card
from caretally.store.streams import book_of, locked_book

NOW = datetime(2026, 3, 26, 14, tzinfo=UTC)
SHIPPED = CustodyNotice(
    names=(("tenovi:device", "77aa"),), status="shipped", says="Shipped", order="o-1",
    tracking="1Z", at=NOW - timedelta(hours=2),
)  # fmt: skip


@pytest.fixture
def office(site) -> Office:
    """Return the program's office in a practice with one connection."""
    scope_all()
    journal = site.journal()
    with journal.db.atomic():
        number = locked_book(journal.db, "north").number
    journal.db.run(
        "INSERT INTO store_connection (practice_id, name, vendor, title, clinic, settings, state, "
        "made_at, made_by, watermark, pull_failures, pull_says) "
        "VALUES (%s, 'con_1', 'tenovi', 'T', '', '{}', 'live', %s, 'x', '', 0, '')",
        number, NOW.isoformat(),
    )  # fmt: skip
    return Office(journal=journal, caller=system_caller("north", "test"), now=NOW)


def told(office: Office, notice: CustodyNotice) -> None:
    """Let a delivery hold a notice."""
    db = office.db
    practice = office.book().number
    connection = db.rows("SELECT id FROM store_connection")[0][0]
    content = msgspec.json.encode(notice)
    key = content[:16] + str(len(db.rows("SELECT id FROM store_inbound"))).encode()
    db.run(
        "INSERT INTO store_inbound (practice_id, connection_id, key, digest, body, headers, "
        "received_us, seen, state, adapter, readings, repeats, faults) "
        "VALUES (%s, %s, %s, %s, %s, '{}', %s, 1, 1, '1', 0, 0, 0)",
        practice, connection, key, b"d", b"{}", microseconds_of(NOW),
    )  # fmt: skip
    db.run(
        "INSERT INTO store_intakeevent (practice_id, connection_id, inbound_id, key, kind, name, "
        "content, received_us, state, says) VALUES (%s, %s, "
        "(SELECT MAX(id) FROM store_inbound), %s, 'custody', 'tenovi:device 77aa', %s, %s, 0, '')",
        practice, connection, b"k", content.decode(), microseconds_of(NOW),
    )  # fmt: skip


def register(office: Office) -> None:
    """Put the device of the notice on the books."""
    body = DeviceRegistered(
        device="cuff", medical_device=True,
        identifiers=(Identifier(scheme="tenovi:device", value="77aa"),),
    )  # fmt: skip
    tell(office, Told(body=body))


def statuses(office: Office) -> list[DeviceStatusRecorded]:
    """Return what was written down."""
    entries = office.journal.entries("north")
    return [each.body for each in entries if isinstance(each.body, DeviceStatusRecorded)]


def test_a_notice_is_written_down_once_however_often_it_is_told(office: Office) -> None:
    register(office)
    told(office, SHIPPED)
    told(office, SHIPPED)
    assert act_on_custody(office.journal, NOW) == 2
    assert act_on_custody(office.journal, NOW) == 0
    found = statuses(office)
    assert [(each.status, each.tracking, each.source) for each in found] == [
        ("shipped", "1Z", "tenovi: Shipped")
    ]
    book = book_of(office.db, "north")
    assert book is not None
    card = device_card(book, "cuff")
    assert card is not None
    assert (card.status, card.patient) == ("shipped", "")


def test_a_notice_of_an_unknown_device_waits_until_it_is_registered(office: Office) -> None:
    told(office, SHIPPED)
    assert act_on_custody(office.journal, NOW) == 1
    assert office.db.rows("SELECT says FROM store_intakeevent")[0][0] == NOT_REGISTERED
    assert statuses(office) == []
    register(office)
    assert act_on_custody(office.journal, NOW) == 1
    assert [each.status for each in statuses(office)] == ["shipped"]


def test_a_late_notice_says_so_and_one_from_the_future_holds_from_its_receipt(
    office: Office,
) -> None:
    register(office)
    told(office, msgspec.structs.replace(SHIPPED, at=NOW - timedelta(days=9)))
    told(office, msgspec.structs.replace(SHIPPED, status="delivered", at=NOW + timedelta(days=9)))
    act_on_custody(office.journal, NOW)
    entries = {
        each.body.status: each
        for each in office.journal.entries("north")
        if isinstance(each.body, DeviceStatusRecorded)
    }
    assert entries["shipped"].reason == "told late by the vendor"
    assert entries["delivered"].at == NOW


def test_a_status_nobody_knows_is_refused_with_words(office: Office) -> None:
    register(office)
    told(office, msgspec.structs.replace(SHIPPED, status="teleported"))
    assert act_on_custody(office.journal, NOW) == 1
    assert "teleported" in office.db.rows("SELECT says FROM store_intakeevent")[0][0]
