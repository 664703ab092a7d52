"""Calls in the demonstration: rules, an agreement, signed protocols, numbers, a drafted campaign.

Gus may be called: number first, consent to it after. Hal and Dev show what is missing. Everything
was written down before the demonstration's present; nobody is called by it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

from caretally.contacts.wellness_calls.campaigning import RETRIES
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.journal.entries import (
    Body,
    CallingRulesSet,
    Consented,
    Entry,
    ProtocolSigned,
    TelephoneGiven,
    VendorAgreed,
)
from caretally.store.call_tables import Campaign
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import locked_book
from caretally.synthetic.lives.practices import ASSISTANT, LAKESIDE, NURSE, PHYSICIAN

SET_AT = datetime(2026, 1, 12, 15, 0, tzinfo=UTC)
NUMBERS = {"pat_gus": "+17085550171", "pat_hal": "+17085550188", "pat_dev": "+13125550164"}
"""Numbers of invented people, from the range kept free for that."""
GIVEN_AT = {
    "pat_gus": datetime(2026, 1, 21, 15, 35, tzinfo=UTC),
    "pat_hal": datetime(2026, 3, 2, 15, 0, tzinfo=UTC),
    "pat_dev": datetime(2026, 3, 12, 16, 30, tzinfo=UTC),
}
SIGNED = ("hypertension", "heart_failure")


def calling_entries() -> Iterator[Entry]:
    """Yield what the practice and its patients put on file about calls."""
    rules = CallingRulesSet(
        version="2026-01", from_time="09:00", to_time="19:00", most_a_day=1, most_a_week=3,
        least_minutes=60, counsel_states=("CA",), set_by=PHYSICIAN,
    )  # fmt: skip
    yield entry_of("rules", rules, SET_AT, PHYSICIAN)
    agreed = VendorAgreed(
        vendor="trunk.example.net", part="carrier", document="BAA 2026-014",
        from_on=date(2026, 1, 12), to_on=date(2027, 1, 11),
    )  # fmt: skip
    yield entry_of("agreement", agreed, SET_AT, PHYSICIAN)
    for name in SIGNED:
        pack = installed(name)
        body = ProtocolSigned(protocol=name, version=pack.version, digest=pack.digest,
                              signed_by=PHYSICIAN)  # fmt: skip
        yield entry_of(f"signed_{name}", body, SET_AT, PHYSICIAN)
    for patient, number in NUMBERS.items():
        given = TelephoneGiven(number=number, whose="patient", language="en",
                               from_time="10:00" if patient == "pat_hal" else None)  # fmt: skip
        yield entry_of(f"number_{patient}", given, GIVEN_AT[patient], ASSISTANT, patient)
    again = Consented(scope="ai_voice", method="written", given_by="patient", language="en")
    at = datetime(2026, 1, 21, 15, 45, tzinfo=UTC)
    yield entry_of("voice_gus", again, at, ASSISTANT, "pat_gus")


def entry_of(mark: str, body: Body, at: datetime, staff: str, patient: str | None = None) -> Entry:
    """Return an entry that was written down when it happened."""
    return Entry(id=f"ent_calls_{mark}", patient=patient, at=at, recorded_at=at,
                 actor=f"staff:{staff}", body=body)  # fmt: skip


def furnish_calls(journal: StoredJournal, at: datetime) -> None:
    """Put it all into the demonstration, with a campaign that nobody began."""
    journal.append(LAKESIDE, list(calling_entries()), received_at=at)
    book = locked_book(journal.db, LAKESIDE)
    Campaign.objects.using(journal.db.alias).create(
        practice_id=book.number, campaign="cmp_demonstration", name="Weekly blood pressure check",
        program="rpm", protocol="hypertension", begins_on="2026-03-23", ends_on="2026-06-26",
        weekdays="12345", from_time="09:00", to_time="18:00", every_days=7, capacity=1,
        retries=json.dumps({name: list(waits) for name, waits in RETRIES.items()}),
        made_by=f"staff:{NURSE}", made_at=at,
    )  # fmt: skip
