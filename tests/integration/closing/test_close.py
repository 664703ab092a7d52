"""Closing a month on both databases: all or nothing, and the same however often."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from caretally.billability.close import entries_root
from caretally.billability.decide import Judge
from caretally.cli import closing_commands
from caretally.cli.main import app
from caretally.clock import ServiceMonth
from caretally.errors import CaretallyError, ForbiddenError, InputError
from caretally.journal.canonical import line_of
from caretally.journal.entries import (
    DecisionMade,
    DecisionSigned,
    Entry,
    EntryVoided,
    MonthClosed,
    TimeLogged,
)
from caretally.practice.caller import Caller, system_caller
from caretally.practice.closing import (
    Accepted,
    close,
    decision_in_force,
    rehearse,
    signed_decisions,
)
from caretally.practice.closing_changes import changed_patients
from caretally.practice.office import Office
from caretally.store.billing_tables import ClosingRun, DecisionCard
from caretally.store.database import scoped
from caretally.store.deciding_many import entries_of_decision
from caretally.store.months import content_of
from caretally.store.rebuilding import rebuild
from caretally.store.stored_journal import StoredJournal
from caretally.synthetic.program import synthesize
from tests.integration.databases import Site

MARCH, APRIL = ServiceMonth(2026, 3), ServiceMonth(2026, 4)
NOW = datetime(2026, 5, 20, 9, tzinfo=UTC)
PATIENTS = 12


@pytest.fixture
def office(site: Site) -> Office:
    """Return the office of a practice with two months of work."""
    journal = site.journal()
    entries = list(synthesize(PATIENTS, 2, seed=5, first_month=ServiceMonth(2026, 2)))
    with scoped("p", site.db.alias):
        journal.append("p", entries, received_at=NOW - timedelta(days=1))
    return Office(journal=journal, caller=system_caller("p", "tests"), now=NOW)


def later(office: Office, hours: int = 1) -> Office:
    """Return the office some hours later, with nothing read before."""
    journal = StoredJournal(office.db)
    return Office(journal=journal, caller=office.caller, now=office.now + timedelta(hours=hours))


def late_minutes(office: Office, patient: str) -> Entry:
    """Return ten minutes of review on a March morning that somebody writes down late."""
    entries = office.journal.entries("p", patients=[patient])
    logged = next(e for e in entries if isinstance(e.body, TimeLogged))
    assert isinstance(logged.body, TimeLogged)
    start = datetime(2026, 3, 2, 6, tzinfo=UTC)
    body = replace(logged.body, category="review", start=start, end=start + timedelta(minutes=10))
    return Entry(id="ent_late", patient=patient, at=start, recorded_at=office.now,
                 actor="system:tests", supersedes=None, reason="noted", body=body)  # fmt: skip


def test_a_month_is_closed_once(office: Office) -> None:
    with scoped("p", office.db.alias):
        rehearsed = rehearse(office, MARCH)
        assert rehearsed.entry is None
        assert DecisionCard.objects.using(office.db.alias).count() == 0
        closed = close(office, MARCH)
        assert closed.is_new
        assert closed.entry is not None
        assert (closed.facts, closed.entries) == (rehearsed.facts, rehearsed.entries)
        again = close(later(office), MARCH)
        assert not again.is_new
        assert again.entry == closed.entry
        made = [e for e in office.journal.entries("p") if isinstance(e.body, DecisionMade)]
        assert len(made) == closed.decisions == PATIENTS
        assert sum(len(e.body.lines) for e in made) == closed.lines > 0  # type: ignore[attr-defined]
        run = ClosingRun.objects.using(office.db.alias).get()
        assert (run.state, run.done) == ("closed", run.total)


def test_each_decision_is_that_of_its_entries(office: Office) -> None:
    """The roots are of the very entries from which the journal alone decides the same lines."""
    with scoped("p", office.db.alias):
        close(office, MARCH)
        after = later(office)
        book = after.book()
        for card in DecisionCard.objects.using(office.db.alias).all():
            made = next(
                e.body for e in after.journal.entries("p", patients=[card.patient])
                if isinstance(e.body, DecisionMade)
            )  # fmt: skip
            stream = after.journal.patient_stream(book, card.patient)
            entries = entries_of_decision(
                book, stream, after.journal.desk, month=MARCH, known_until=made.known_until
            )
            lines = {entry.id: line_of(entry)[:-1] for entry in entries}
            assert entries_root(lines) == made.entries
            assert len(lines) == made.entry_count
            whole = after.journal.decision("p", card.patient, MARCH, as_of=made.known_until)
            assert [(x.code, x.units, x.date_of_service) for x in whole.lines] == [
                (x.code, x.units, x.date_of_service) for x in made.lines
            ]


def test_exported_entries_make_the_same_lines(office: Office, tmp_path: Path) -> None:
    """What `caretally decide FILE --as-of` prints of an export is what was stored."""
    with scoped("p", office.db.alias):
        close(office, MARCH)
        after = later(office)
        card = DecisionCard.objects.using(office.db.alias).order_by("patient").first()
        assert card is not None
        after.append([signed(after, card), late_minutes(after, card.patient)])
        file = tmp_path / "p.ndjson"
        file.write_bytes(b"".join(after.journal.lines(practice="p")))
        made = {
            entry.patient: entry.body
            for entry in after.journal.entries("p")
            if isinstance(entry.body, DecisionMade)
        }
    known_until = next(iter(made.values())).known_until
    command = ["decide", str(file), "--month", "2026-03", "--json", "--as-of"]
    ran = CliRunner().invoke(app, [*command, known_until.isoformat()])
    assert ran.exit_code == 0, ran.output
    told = {each["patient"]: each for each in map(json.loads, ran.stdout.splitlines())}
    for patient, body in made.items():
        lines = told[patient or ""]["lines"]
        assert [(x["code"], x["units"], x["date_of_service"]) for x in lines] == [
            (x.code, x.units, x.date_of_service.isoformat()) for x in body.lines
        ]
        assert told[patient or ""]["totals"]["management_seconds"] == body.management_seconds
        assert told[patient or ""]["rulebook"] == body.rulebook


def test_what_is_saved_meanwhile_is_decided_too(office: Office) -> None:
    """An entry of before, saved while charts are read, is in; one of afterwards is a difference."""
    with scoped("p", office.db.alias):
        patients = [row[0] for row in office.db.rows("SELECT patient FROM store_patientcard")]
        early = late_minutes(office, patients[0])
        late = replace(late_minutes(office, patients[1]), id="ent_later",
                       recorded_at=NOW + timedelta(minutes=5))  # fmt: skip
        saved: list[int] = []

        def told(done: int, total: int) -> None:
            if not saved:
                office.append([early, late])
            saved.append(done)

        assert close(office, MARCH, told=told).is_new
        after = later(office)
        assert list(changed_patients(after, MARCH)) == [patients[1]]
        known = {card.patient: card for card in DecisionCard.objects.using(office.db.alias).all()}
        assert len(known) == PATIENTS
        decided = after.journal.decision("p", patients[0], MARCH)
        assert bytes(known[patients[0]].digest) == content_of(decided).digest


def test_the_command_ends_with_its_status(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing_commands, "stored", lambda: office.journal)
    with scoped("p", office.db.alias):
        for words, status in (
            (["2026-03", "--practice", "p", "--dry-run"], 0),
            (["2035-03", "--practice", "p"], 1),
            (["2026-03", "--practice", "p", "--accept", "nothing", "--reason", "x"], 2),
            (["2026-13", "--practice", "p"], 2),
            (["2026-03", "--practice", "q"], 2),
            (["2026-03", "--practice", "p", "--redecide"], 2),
            (["2026-03", "--practice", "p"], 1),
            (["2026-03", "--practice", "p", "--accept", "all"], 2),
            (["2026-03", "--practice", "p", "--accept", "all", "--reason", "read"], 0),
            (["2026-03", "--practice", "p"], 0),
            (["2026-03", "--practice", "p", "--redecide"], 0),
        ):
            ran = CliRunner().invoke(app, ["close", *words])
            found = ran.exception.exit_status if isinstance(ran.exception, CaretallyError) else (
                ran.exit_code
            )  # fmt: skip
            assert found == status, (words, ran.output, ran.exception)
        assert DecisionCard.objects.using(office.db.alias).count() == PATIENTS


def test_a_close_changes_no_patient_month_and_can_be_rebuilt(office: Office) -> None:
    with scoped("p", office.db.alias):
        before = kept(office)
        close(office, MARCH)
        assert kept(office) == before
        cards = list(DecisionCard.objects.using(office.db.alias).order_by("decision").values())
        rebuild(office.db, office.journal.desk)
        assert kept(office) == before
        again = list(DecisionCard.objects.using(office.db.alias).order_by("decision").values())
        assert [{**each, "id": 0} for each in again] == [{**each, "id": 0} for each in cards]


def kept(office: Office) -> list[tuple[object, ...]]:
    """Return all patient-months with their versions."""
    rows = office.db.rows(
        "SELECT patient, month, version, digest FROM store_patientmonth ORDER BY patient, month"
    )
    return [(*row[:3], bytes(row[3])) for row in rows]


def test_months_that_are_not_over_stay_open(office: Office) -> None:
    with scoped("p", office.db.alias):
        early = Office(journal=office.journal, caller=office.caller,
                       now=datetime(2026, 4, 1, 3, tzinfo=UTC))  # fmt: skip
        found = close(early, MARCH)
        assert found.is_blocked
        assert found.entry is None
        assert {check.name for check in found.checks if check.blocks} == {"month_is_over"}
        assert ClosingRun.objects.using(office.db.alias).get().state == "failed"
        assert close(office, MARCH).is_new


def test_only_warnings_are_let_pass_and_only_with_a_reason(office: Office) -> None:
    with scoped("p", office.db.alias):
        for accepted in (Accepted(names=("month_is_over",), reason="why not"),
                         Accepted(names=("lines_stand_under_every_reading",))):  # fmt: skip
            with pytest.raises(InputError):
                close(office, MARCH, accepted)
        found = close(
            office, MARCH, Accepted(names=("lines_stand_under_every_reading",), reason="read them")
        )
        assert found.entry is not None
        assert isinstance(found.entry.body, MonthClosed)
        assert found.entry.body.accepted == ("lines_stand_under_every_reading",)
        assert found.entry.reason == "read them"


def test_who_may_not_close_is_refused(office: Office) -> None:
    nobody = Caller(user=1, login="somebody", practice="p")
    with scoped("p", office.db.alias), pytest.raises(ForbiddenError):
        close(Office(journal=office.journal, caller=nobody, now=NOW), MARCH)


def test_what_comes_late_is_a_difference_and_no_claim_is_made_of_it(office: Office) -> None:
    with scoped("p", office.db.alias):
        close(office, MARCH)
        after = later(office)
        card = next(c for c in DecisionCard.objects.using(office.db.alias).order_by("patient")
                    if "99457" in c.lines)  # fmt: skip
        signature = signed(after, card)
        after.append([signature])
        assert [each.card.decision for each in signed_decisions(after, MARCH)] == [card.decision]
        after.append([late_minutes(after, card.patient)])
        assert signed_decisions(after, MARCH) == []
        standing = decision_in_force(after, card.patient, MARCH)
        assert standing is not None
        assert (standing.decision, standing.state) == (card.decision, "signed")


def test_other_rules_alone_change_nothing(office: Office) -> None:
    """After an update of the rules only other lines or holds are a difference."""
    with scoped("p", office.db.alias):
        close(office, MARCH)
        office.db.run("UPDATE store_patientmonth SET digest = %s", b"of other rules")
        after = later(office)
        assert len(changed_patients(after, MARCH)) == PATIENTS
        rules = replace(after.journal.desk.judge.rulebook, digest="sha256:" + "0" * 64)
        after.journal.desk = replace(after.journal.desk, judge=Judge(rulebook=rules))
        assert changed_patients(after, MARCH) == []
        patient = office.db.rows("SELECT patient FROM store_decisioncard WHERE lines <> '[]'")[0][0]
        office.db.run("UPDATE store_patientmonth SET lines = '[]' WHERE patient = %s", patient)
        assert changed_patients(after, MARCH) == [patient]


def test_a_signature_that_is_voided_is_gone(office: Office) -> None:
    with scoped("p", office.db.alias):
        close(office, MARCH)
        after = later(office)
        card = DecisionCard.objects.using(office.db.alias).order_by("patient").first()
        assert card is not None
        after.append([signed(after, card)])
        void = Entry(id="ent_void", patient=card.patient, at=after.now, recorded_at=after.now,
                     actor="system:tests", supersedes=None, reason="too early",
                     body=EntryVoided(entry="ent_signed"))  # fmt: skip
        after.append([void])
        card = DecisionCard.objects.using(office.db.alias).get(decision=card.decision)
        assert (card.state, card.signed_by) == ("made", "")
        assert date.fromisoformat(card.made_at[:10]) == NOW.date()


def signed(office: Office, card: DecisionCard) -> Entry:
    """Return a signature."""
    body = DecisionSigned(decision=card.decision, month=card.month, signed_by="stf", statement="1")
    return Entry(id="ent_signed", patient=card.patient, at=office.now, recorded_at=office.now,
                 actor="system:tests", supersedes=None, reason=None, body=body)  # fmt: skip
