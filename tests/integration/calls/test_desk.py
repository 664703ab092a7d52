"""A call at its desk: alerts before words, pages, who took over, and the record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from caretally import clock
from caretally.clock import ServiceMonth
from caretally.contacts.wellness_calls.events import HungUp, NurseJoined, Ticked
from caretally.contacts.wellness_calls.log_lines import differences, read_log
from caretally.errors import IntegrityError
from caretally.journal.entries import (
    AlertAcknowledged,
    AlertEscalated,
    AlertRaised,
    CallRecorded,
    ConsentRevoked,
    ContactAttempted,
    ContactHeld,
    IncidentNoted,
)
from caretally.practice.alerts import Answered, acknowledge
from caretally.practice.call_desk import call_named, desk_of, lines_of
from caretally.practice.call_recording import over_of, record_call, settle_cut_off
from caretally.store.alert_tables import Notice
from caretally.store.call_tables import RECORDED, Call, CallLine
from caretally.store.database import scope_all
from tests.integration.calls.desk_calls import WELL, about, begun, on_call, planned, played
from tests.integration.demonstrated import LAKESIDE, Demo

PAIN = ("yes", "#1957", "yes", "I have chest pain")


@pytest.fixture(params=["sqlite", "postgres"])
def here(request: pytest.FixtureRequest) -> Demo:
    """Return the demonstration on each database in turn."""
    found: Demo = request.getfixturevalue("demo" if request.param == "sqlite" else "demo_postgres")
    scope_all()
    return found


def bodies(demo: Demo, kind: type) -> list[object]:
    """Return what is on Hal's chart of a kind, written by the agent."""
    return [each.body for each in about(demo.journal).values()
            if isinstance(each.body, kind) and each.actor.startswith("agent:")]  # fmt: skip


def test_a_call_of_somebody_well_is_a_contact_and_its_record(here: Demo) -> None:
    before = totals(here)
    playing, settled = played(here, *WELL)
    assert playing.state.ended == "completed"
    held = next(iter(bodies(here, ContactHeld)))
    assert isinstance(held, ContactHeld)
    assert (held.mode, held.performers, held.two_way) == ("ai_telephone", ("stf_wren",), True)
    told = about(here.journal)[settled].body
    assert isinstance(told, CallRecorded)
    assert about(here.journal)[told.contact or ""].body == held
    assert (told.outcome, told.creditable, told.human_seconds) == ("completed", True, 0)
    assert told.log_lines == len(
        lines_of(here.journal, call_named(here.journal, LAKESIDE, told.call))
    )
    assert "weight_right" in {each.question for each in told.answers}
    assert told.readings
    assert told.disclosures == ("recording_consent", "closing")
    after = totals(here)
    assert after[0] - before[0] == told.ai_seconds > 60
    assert after[1:] == before[1:]


def totals(demo: Demo) -> tuple[int, int, int]:
    """Return the seconds of Hal's month: the agent's, all management, and live."""
    made = demo.journal.decision(LAKESIDE, "pat_hal", ServiceMonth(2026, 3))
    facts = made.month.decided
    return facts.ai_seconds, facts.management_seconds, facts.live_seconds


def test_recording_twice_records_once(here: Demo) -> None:
    playing, settled = played(here, *WELL)
    before = set(about(here.journal))
    again = record_call(here.journal, LAKESIDE, playing.desk.call.call, clock.now())
    assert again == settled
    assert set(about(here.journal)) == before


def test_an_alert_is_stored_and_told_before_a_word_is_spoken(here: Demo) -> None:
    on_call(here, "stf_rosa", "stf_tom")
    playing = begun(here, planned(here))
    for line in PAIN:
        playing.say(line)
    lines = [each.line for each in lines_of(here.journal, playing.desk.call)]
    heard = next(n for n, each in enumerate(lines) if "I have chest pain" in each)
    kinds = [each.split('"')[3] for each in lines[heard + 1 : heard + 7]]
    assert kinds == ["raise_alert", "alert_written", "page", "paged", "bridge", "say"]
    entries = about(here.journal).values()
    raised = next(e for e in entries if isinstance(e.body, AlertRaised) and "chest" in e.body.rule)
    assert isinstance(raised.body, AlertRaised)
    assert raised.body.level == "emergent"
    told = [e.body for e in entries if isinstance(e.body, AlertEscalated)
            and e.body.alert == raised.body.alert]  # fmt: skip
    assert told == [AlertEscalated(alert=raised.body.alert, step=0, told=("stf_rosa",))]
    pages = Notice.objects.using(here.journal.db.alias).filter(alert=raised.body.alert)
    assert {(each.staff, each.channel) for each in pages} >= {("stf_rosa", "page")}


def test_the_ladder_goes_on_to_the_second_and_to_a_practitioner(here: Demo) -> None:
    on_call(here, "stf_rosa", "stf_tom")
    playing = begun(here, planned(here))
    for line in PAIN:
        playing.say(line)
    since = playing.at_ms
    for minute in range(1, 8):
        playing.happen(Ticked(at_ms=since + 30_000 * minute))
    assert playing.desk.rung_staff == [(1, "stf_rosa"), (2, "stf_tom"), (3, "stf_lin")]
    incident = next(iter(bodies(here, IncidentNoted)))
    assert isinstance(incident, IncidentNoted)
    assert incident.what == "nobody_answered"


def test_who_takes_the_alert_on_at_a_page_is_known_to_the_call(here: Demo) -> None:
    on_call(here, "stf_rosa")
    playing = begun(here, planned(here))
    for line in PAIN:
        playing.say(line)
    assert playing.desk.acknowledged() is None
    alert = playing.desk.alerts["chest_pain"]
    acknowledge(here.office("rosa"), Answered(patient="pat_hal", alert=alert))
    assert playing.desk.acknowledged() == "stf_rosa"
    assert any(isinstance(e.body, AlertAcknowledged) for e in about(here.journal).values())
    facts = [
        each.line for each in lines_of(here.journal, playing.desk.call) if '"acknow' in each.line
    ]
    assert len(facts) == 1


def test_the_nurse_has_a_contact_of_her_own(here: Demo) -> None:
    on_call(here, "stf_rosa")
    playing = begun(here, planned(here))
    for line in PAIN:
        playing.say(line)
    joined = playing.at_ms + 13_000
    playing.happen(NurseJoined(at_ms=joined, staff="stf_rosa"))
    playing.happen(HungUp(at_ms=joined + 240_000))
    at = playing.desk.at(joined + 250_000)
    settled = record_call(here.journal, LAKESIDE, playing.desk.call.call, at)
    told = about(here.journal)[settled].body
    assert isinstance(told, CallRecorded)
    nurse = about(here.journal)[told.taken_over or ""].body
    assert isinstance(nurse, ContactHeld)
    assert (nurse.mode, nurse.performers) == ("telephone", ("stf_rosa",))
    assert (nurse.end - nurse.start).total_seconds() == told.human_seconds == 240
    escalation = next(each for each in told.escalations if each.flag == "chest_pain")
    assert escalation.staff == "stf_rosa"
    assert escalation.bridged_at is not None
    assert escalation.paged_at is not None
    assert escalation.written_at <= escalation.paged_at <= escalation.bridged_at
    agent = about(here.journal)[told.contact or ""].body
    assert isinstance(agent, ContactHeld)
    assert agent.end == nurse.start


def test_somebody_else_leaves_an_attempt_and_nothing_that_was_said(here: Demo) -> None:
    _, settled = played(here, "no")
    told = about(here.journal)[settled].body
    assert isinstance(told, CallRecorded)
    attempt = about(here.journal)[told.contact or ""].body
    assert isinstance(attempt, ContactAttempted)
    assert (attempt.outcome, attempt.mode) == ("wrong_person", "ai_telephone")
    assert told.answers == ()
    assert told.ai_seconds == 0


def test_key_nine_takes_the_consent_back_at_once(here: Demo) -> None:
    playing = begun(here, planned(here))
    playing.say("yes")
    playing.say("#9")
    revoked = next(iter(bodies(here, ConsentRevoked)))
    assert isinstance(revoked, ConsentRevoked)
    assert revoked.scope == "ai_voice"


def test_of_a_refused_recording_no_word_is_kept(here: Demo) -> None:
    playing, settled = played(here, "yes", "#1957", "no")
    assert playing.state.ended == "declined"
    assert lines_of(here.journal, playing.desk.call) == []
    told = about(here.journal)[settled].body
    assert isinstance(told, CallRecorded)
    assert told.log_lines > 5
    assert told.outcome == "declined"


def gone(demo: Demo, playing: object) -> None:
    """Let the process of a call be gone: nobody keeps its lease."""
    calls = Call.objects.using(demo.journal.db.alias)
    calls.update(leased_until=clock.now() - timedelta(hours=1))


def test_a_call_whose_process_is_killed_is_settled_with_an_alert(here: Demo) -> None:
    on_call(here, "stf_rosa")
    playing = begun(here, planned(here))
    for line in ("yes", "#1957", "yes", "yes", "no"):
        playing.say(line)
    assert settle_cut_off(here.journal, clock.now()) == []
    gone(here, playing)
    at = playing.desk.at(playing.at_ms + 200_000)
    assert settle_cut_off(here.journal, at) == [(LAKESIDE, playing.desk.call.call)]
    call = call_named(here.journal, LAKESIDE, playing.desk.call.call)
    assert (call.state, call.outcome) == (RECORDED, "media_lost")
    alerts = [b for b in bodies(here, AlertRaised) if isinstance(b, AlertRaised)]
    assert [(each.rule, each.level) for each in alerts] == [("wellness_call:media_lost", "urgent")]
    assert differences(read_log(e.line for e in lines_of(here.journal, call)),
                       over_of(here.journal, call, at).pack) == ()  # fmt: skip
    gone(here, playing)
    assert settle_cut_off(here.journal, at) == []


def test_an_alert_that_was_wanted_when_the_process_died_is_raised(here: Demo) -> None:
    on_call(here, "stf_rosa")
    playing = begun(here, planned(here))
    for line in PAIN:
        playing.say(line)
    call = playing.desk.call
    db = here.journal.db
    lines = lines_of(here.journal, call)
    heard = next(n for n, each in enumerate(lines) if "I have chest pain" in each.line)
    kept = lines[heard]
    CallLine.objects.using(db.alias).filter(call=call.call, number__gt=kept.number).delete()
    Call.objects.using(db.alias).filter(pk=call.pk).update(
        log_lines=kept.number, log_digest=bytes(kept.digest)
    )
    gone(here, playing)
    settle_cut_off(here.journal, playing.desk.at(playing.at_ms + 200_000))
    told = [e.body for e in about(here.journal).values() if isinstance(e.body, CallRecorded)][-1]
    assert {each.flag for each in told.escalations} == {"chest_pain", "media_lost"}


def test_a_call_that_breaks_after_the_nurse_came_is_told_as_well(here: Demo) -> None:
    on_call(here, "stf_rosa")
    playing = begun(here, planned(here))
    for line in PAIN:
        playing.say(line)
    playing.happen(NurseJoined(at_ms=playing.at_ms + 9_000, staff="stf_rosa"))
    gone(here, playing)
    settle_cut_off(here.journal, playing.desk.at(playing.at_ms + 200_000))
    rules = {b.rule for b in bodies(here, AlertRaised) if isinstance(b, AlertRaised)}
    assert "wellness_call:call_cut_off" in rules


def test_a_changed_log_is_not_recorded(here: Demo) -> None:
    playing = begun(here, planned(here))
    playing.say("yes")
    rows = CallLine.objects.using(here.journal.db.alias).filter(call=playing.desk.call.call)
    rows.filter(number=4).update(line='{"fact":"nothing"}')
    with pytest.raises(IntegrityError, match="line 4"):
        record_call(here.journal, LAKESIDE, playing.desk.call.call, clock.now())


def test_a_desk_is_taken_up_again_where_its_log_ends(here: Demo) -> None:
    on_call(here, "stf_rosa")
    playing = begun(here, planned(here))
    for line in PAIN:
        playing.say(line)
    again = desk_of(here.journal, playing.desk.call, "stf_wren")
    assert (again.number, again.head) == (playing.desk.number, playing.desk.head)
    assert again.alerts == playing.desk.alerts
    assert again.rung_staff == playing.desk.rung_staff


def test_a_drill_pages_and_touches_no_chart(here: Demo) -> None:
    on_call(here, "stf_rosa")
    before = set(about(here.journal))
    playing = begun(here, planned(here, drill=True))
    for line in PAIN:
        playing.say(line)
    playing.happen(HungUp(at_ms=playing.at_ms + 1_000))
    at = playing.desk.at(playing.at_ms + 5_000)
    assert record_call(here.journal, LAKESIDE, playing.desk.call.call, at) == ""
    assert set(about(here.journal)) == before
    pages = Notice.objects.using(here.journal.db.alias).filter(alert__startswith="drill:emergent:")
    assert "stf_rosa" in {each.staff for each in pages}
