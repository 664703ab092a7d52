"""Hypothesis strategies: hostile populations by seed, and small histories that shrink well.

A population of a seed is hostile but cannot be made smaller; a history is a short list of choices
from short lists, so that a difference comes out as two or three entries.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from caretally.clock import ServiceMonth
from caretally.journal import entries as kinds
from caretally.journal.entries import Entry
from tests.property.hostile import hostile_entries
from tests.property.story import NEW_YORK, Story, days

MONTH = ServiceMonth(2026, 3)
MORNING = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
MONTH_END = datetime(2026, 4, 1, 0, 0, tzinfo=ZoneInfo(NEW_YORK)).astimezone(UTC)
BEGINS = (
    MORNING,
    MORNING + timedelta(seconds=30),
    MORNING + timedelta(seconds=60),
    MORNING + timedelta(days=2),
    MONTH_END - timedelta(seconds=60),
    datetime(2026, 3, 8, 6, 59, 30, tzinfo=UTC),
)
LENGTHS = (60, 1, 0, 30, 90, 600, 1200)
STAFF = ("nurse", "doctor", "nurse", "doctor", "desk", "bot", "nobody")


def populations(patients: int = 3) -> st.SearchStrategy[tuple[list[Entry], ServiceMonth]]:
    """Entries and month of a hostile population."""
    return st.integers(0, 2**40).map(lambda seed: hostile_entries(seed, patients))


@st.composite
def contacts(draw: st.DrawFn, *, kindly: bool = False) -> kinds.ContactHeld:
    """A contact; a kindly one is live, with the patient, by a nurse."""
    start = draw(st.sampled_from(BEGINS))
    end = start + timedelta(seconds=draw(st.sampled_from(LENGTHS)))
    contact = kinds.ContactHeld(
        program="rpm",
        mode="telephone",
        start=start,
        end=end,
        performers=("nurse",),
        spoke_with="patient",
        two_way=True,
        topics=("device_data",),
    )
    if kindly:
        return contact
    leg = kinds.ExcludedLeg(start=start, end=start + timedelta(seconds=20), why="hold")
    return replace(
        contact,
        program=draw(st.sampled_from(("rpm", "rpm", "ccm"))),
        mode=draw(st.sampled_from(("telephone",) * 5 + ("chat", "ai_telephone"))),
        performers=tuple(draw(st.lists(st.sampled_from(STAFF), min_size=1, max_size=2))),
        spoke_with=draw(st.sampled_from(("patient",) * 5 + ("other", "caregiver:ann"))),
        two_way=draw(st.sampled_from((True,) * 8 + (False,))),
        part_of_visit=draw(st.sampled_from((False,) * 8 + (True,))),
        excluded=draw(st.sampled_from(((), (leg,)))),
    )


@st.composite
def times(draw: st.DrawFn) -> kinds.TimeLogged:
    """A piece of logged time."""
    start = draw(st.sampled_from(BEGINS))
    return kinds.TimeLogged(
        program=draw(st.sampled_from(("rpm", "rpm", "ccm"))),
        category=draw(st.sampled_from(("review",) * 5 + ("administrative",))),
        start=start,
        end=start + timedelta(seconds=draw(st.sampled_from(LENGTHS))),
        performer=draw(st.sampled_from(STAFF)),
        intended_code=draw(st.sampled_from((None,) * 5 + ("99091",))),
    )


def ready_patient(patient: str, data_days: int) -> list[Entry]:
    """All evidence for RPM and CCM from the first of the month on, and some data days."""
    begin = MONTH.first_day
    story = Story()
    story.enroll(begin).consent(begin).order(begin).cover(begin).device(begin).set_up(begin)
    story.enroll(begin, program="ccm").consent(begin, scope="ccm")
    story.read(days(begin, data_days))
    return [
        entry
        if entry.patient is None
        else replace(entry, patient=patient, id=f"{patient}-{entry.id}")
        for entry in story.entries
    ]


def leaving(what: str, day: date) -> Entry:
    """Something that ends service of the first patient in mid-month."""
    bodies: dict[str, kinds.Body] = {
        "died": kinds.Died(),
        "disenrolled": kinds.Disenrolled(program="rpm", reason="moved"),
        "consent_revoked": kinds.ConsentRevoked(scope="rpm"),
    }
    moment = MORNING + timedelta(days=(day - MORNING.date()).days, seconds=45)
    return Entry(
        id=f"end-{what}",
        patient="p1",
        at=moment,
        recorded_at=moment,
        actor="system:story",
        body=bodies[what],
    )


@st.composite
def histories(draw: st.DrawFn, *, most_spans: int = 6) -> list[Entry]:
    """Two patients with all evidence, a few spans of either and perhaps an end of service."""
    entries = {e.id: e for e in ready_patient("p1", draw(st.sampled_from((16, 2, 1, 0))))}
    entries |= {e.id: e for e in ready_patient("p2", 2)}
    spans: list[Any] = draw(st.lists(st.one_of(contacts(), times()), max_size=most_spans))
    for number, body in enumerate(spans):
        letter = draw(st.sampled_from("ab"))
        entry = Entry(
            id=f"{letter}{number}",
            patient=draw(st.sampled_from(("p1", "p2"))),
            at=body.start,
            recorded_at=body.end,
            actor="staff:nurse",
            body=body,
        )
        entries[entry.id] = entry
    for what in draw(st.sets(st.sampled_from(("died", "disenrolled", "consent_revoked")))):
        ended = leaving(what, draw(st.sampled_from((date(2026, 3, 9), date(2026, 3, 20)))))
        entries[ended.id] = ended
    return list(entries.values())
