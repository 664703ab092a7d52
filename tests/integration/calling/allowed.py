"""A patient of the demonstration who may be called, and calls to be made."""

from __future__ import annotations

from datetime import datetime, timedelta

from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.journal.entries import Body, Consented, Entry, ProtocolSigned, TelephoneGiven
from caretally.store.call_tables import Call
from caretally.store.streams import book_of
from tests.integration.demonstrated import LAKESIDE, Demo

GUS, NUMBER, PROTOCOL = "pat_gus", "+17085550142", "hypertension"
A_DAY = timedelta(days=1)


def note(demo: Demo, body: Body, *, at: datetime, patient: str | None = None) -> str:
    """Append an entry as if it were written down when it happened; returns its id."""
    office = demo.office("rosa")
    entry = Entry(
        id=office.new_id("ent"), patient=patient, at=at, recorded_at=at, actor="staff:stf_rosa",
        body=body,
    )  # fmt: skip
    demo.journal.append(LAKESIDE, [entry], received_at=office.now)
    return entry.id


def allow(demo: Demo, patient: str = GUS, number: str = NUMBER) -> None:
    """Put on file all that a call to a patient needs."""
    then = demo.office("rosa").now - 2 * A_DAY
    note(demo, TelephoneGiven(number=number, whose="patient"), at=then, patient=patient)
    body = Consented(scope="ai_voice", method="written", given_by="patient")
    note(demo, body, at=then + timedelta(hours=1), patient=patient)
    pack = installed(PROTOCOL)
    signed = ProtocolSigned(protocol=pack.name, version=pack.version, digest=pack.digest,
                            signed_by="stf_lin")  # fmt: skip
    note(demo, signed, at=then)


def planned(demo: Demo, call: str = "call_1", patient: str = GUS, **more: object) -> Call:
    """Plan a call that is due."""
    book = book_of(demo.journal.db, LAKESIDE)
    assert book is not None
    now = demo.office("rosa").now
    plain = {"program": "rpm", "protocol": PROTOCOL, "due_at": now, "made_at": now}
    return Call.objects.create(
        practice_id=book.number, call=call, patient=patient, **{**plain, **more}
    )
