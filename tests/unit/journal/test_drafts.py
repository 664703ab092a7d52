"""Drafts, stretches and the register: what every command stands on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from caretally.errors import InputError
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import (
    CaregiverAuthorized,
    Consented,
    ConsentRevoked,
    ContactHeld,
    Enrolled,
    Entry,
    ExcludedLeg,
    PracticeRegistered,
    StaffRegistered,
)
from caretally.journal.register import register_of
from caretally.journal.stretches import stretch_at, stretches

NOW = datetime(2026, 3, 4, 16, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def filing(**changes: object) -> Filing:
    given: dict[str, object] = {"id": "e1", "patient": "p1", "now": NOW, "actor": "staff:s1"}
    return Filing(**{**given, **changes})  # type: ignore[arg-type]


def contact(start: datetime, minutes: int = 5) -> ContactHeld:
    end = start + minutes * MINUTE
    return ContactHeld(
        program="rpm", mode="telephone", start=start, end=end, performers=("s1",),
        spoke_with="patient", two_way=True, topics=("symptoms",),
        excluded=(ExcludedLeg(start=start, end=start + MINUTE, why="hold"),),
    )  # fmt: skip


def entry(number: int, body: object, minute: int, patient: str | None = "p1") -> Entry:
    made = filing(id=f"e{number}", patient=patient, at=NOW + minute * MINUTE)
    return made.entry(body)  # type: ignore[arg-type]


def test_a_span_takes_effect_when_it_starts_in_utc_to_its_parts() -> None:
    chicago = timezone(timedelta(hours=-6))
    (made,) = Draft.of(filing(), contact((NOW - 10 * MINUTE).astimezone(chicago))).filed()
    assert isinstance(made.body, ContactHeld)
    instants = [made.at, made.body.start, made.body.end, made.body.excluded[0].end]
    assert all(each.tzinfo is UTC for each in instants)
    assert made.at == NOW - 10 * MINUTE
    assert made.recorded_at == NOW


def test_a_draft_gathers_what_a_reader_would_refuse() -> None:
    draft = Draft.of(filing(actor="nobody"), Consented(scope="fax"))
    draft.refuse("body.x", found="this", expected="that")
    with pytest.raises(InputError) as refused:
        draft.filed()
    assert [p.field for p in refused.value.problems] == ["actor", "body.scope", "body.x"]
    assert {p.where for p in refused.value.problems} == {"entry e1"}


def test_a_draft_of_the_future_or_of_long_ago_is_refused() -> None:
    assert Draft.of(filing(at=NOW + MINUTE), Consented(scope="rpm")).problems[0].field == "at"
    early = NOW - timedelta(hours=72, seconds=1)
    assert Draft.of(filing(at=early), Consented(scope="rpm")).problems[0].field == "reason"
    assert not Draft.of(filing(at=early, reason="found"), Consented(scope="rpm")).problems


def test_an_instant_without_offset_is_no_instant() -> None:
    with pytest.raises(ValueError, match="offset"):
        Draft.of(filing(now=datetime(2026, 3, 4)), Consented(scope="rpm"))  # noqa: DTZ001


def test_only_people_are_writers() -> None:
    assert filing().writer == "s1"
    assert filing(actor="system:import").writer is None


def test_stretches_open_once_and_close_once() -> None:
    opened = [entry(n, Consented(scope="rpm"), minute) for n, minute in ((1, 0), (2, 5), (3, 20))]
    closed = [entry(n, ConsentRevoked(scope="rpm"), m) for n, m in ((4, 10), (5, 12), (6, -5))]
    first, second = stretches(opened, closed)
    assert (first.begins, first.ends) == (NOW, NOW + 10 * MINUTE)
    assert [each.id for each in first.opened_by] == ["e1", "e2"]
    assert first.latest_at(NOW + 4 * MINUTE).id == "e1"
    assert second.ends is None
    assert stretch_at((first, second), NOW + 10 * MINUTE) is None
    assert stretch_at((first, second), NOW + 20 * MINUTE) is second


def test_a_close_at_the_same_instant_comes_first() -> None:
    opened = [entry(1, Consented(scope="rpm"), 0), entry(2, Consented(scope="rpm"), 5)]
    first, second = stretches(opened, [entry(3, ConsentRevoked(scope="rpm"), 5)])
    assert (first.ends, second.begins) == (NOW + 5 * MINUTE, NOW + 5 * MINUTE)
    assert stretches(opened[:1], [entry(3, ConsentRevoked(scope="rpm"), 0)])[0].ends is None


def test_the_register_knows_roles_authority_consent_and_zones() -> None:
    maple = PracticeRegistered(practice="pr1", name="Maple", time_zone="America/Chicago")
    nurse = StaffRegistered(staff="s1", role="rn", from_on=date(2026, 1, 1), to_on=NOW.date())
    son = CaregiverAuthorized(caregiver="c1", relationship="son", from_on=NOW.date())
    here = Enrolled(program="rpm", diagnoses=())
    west = Enrolled(program="ccm", diagnoses=(), time_zone="America/Los_Angeles")
    register = register_of([
        entry(1, maple, -90, None), entry(2, nurse, -90, None), entry(3, son, -9),
        entry(4, here, 0), entry(5, west, 5), entry(6, Consented(scope="sms"), 0),
        entry(7, ConsentRevoked(scope="sms"), 5),
    ])  # fmt: skip
    tomorrow = NOW.date() + timedelta(days=1)
    assert register.roles_on("s1", NOW.date()) == {"rn"}
    assert register.roles_on("s1", tomorrow) == register.roles_on("s2", tomorrow) == frozenset()
    assert register.is_registered("s1")
    assert register.has_authority("p1", "c1", tomorrow)
    assert not register.has_authority("p2", "c1", tomorrow)
    assert register.has_consent("p1", "sms", NOW)
    assert not register.has_consent("p1", "sms", NOW + 5 * MINUTE)
    assert register.zone_of("p1", NOW) == "America/Chicago"
    assert register.zone_of("p1", NOW + 5 * MINUTE) == "America/Los_Angeles"
    assert register.zone_of("p1", NOW + 5 * MINUTE, program="rpm") == "America/Chicago"
    assert register.zone_of("p1", NOW - MINUTE, program="ccm") == "America/Los_Angeles"
    assert register.zone_of("p2", NOW) == "America/Chicago"
    assert register_of([]).zone_of("p1", NOW) == "America/New_York"
