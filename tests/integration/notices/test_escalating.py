"""Alerts that nobody takes on climb their ladder, once each step, and stop when somebody does."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections

from caretally.journal.entries import Entry, EntryVoided
from caretally.practice.escalating import escalate_due
from caretally.practice.on_call import my_post
from caretally.store.database import scope_all
from caretally.store.models import Delivery, Subscription
from caretally.store.outbox import ALERT_ESCALATED, ALERT_RAISED
from tests.integration.databases import Site
from tests.integration.notices.made import (
    NOW,
    PATIENT,
    PRACTICE,
    alert,
    begun,
    ladder,
    notices,
    office,
    shift,
    taken_on,
    told,
)


@pytest.fixture(autouse=True)
def _everywhere() -> None:
    scope_all()


def later(**by: float) -> object:
    """Return so much after the alerts."""
    return NOW + timedelta(**by)


def test_the_first_on_call_is_told_at_once_and_once(site: Site) -> None:
    journal = begun(site.journal(), shift("stf_ann", -1, 8), shift("stf_bob", -1, 8, rank=2))
    alert(journal)
    assert [escalate_due(journal, later(seconds=1)) for _ in range(3)] == [1, 0, 0]
    assert told(journal) == [(0, ("stf_ann",))]
    assert notices(journal) == [
        (0, "", "webhook", "sent"), (0, "stf_ann", "email", "waiting"),
        (0, "stf_ann", "page", "sent"),
    ]  # fmt: skip


def test_without_an_answer_it_climbs_and_then_repeats(site: Site) -> None:
    journal = begun(site.journal(), shift("stf_ann", -1, 8), shift("stf_bob", -1, 8, rank=2))
    alert(journal)
    for minutes in (0, 29, 30, 59, 60, 89, 90):
        escalate_due(journal, later(minutes=minutes))
    assert told(journal) == [
        (0, ("stf_ann",)), (1, ("stf_ann", "stf_bob")), (2, ("stf_doc",)), (3, ("stf_doc",)),
    ]  # fmt: skip


def test_after_a_standstill_each_step_is_told_and_only_the_last_repetition(site: Site) -> None:
    journal = begun(site.journal(), shift("stf_ann", -1, 8))
    alert(journal)
    assert escalate_due(journal, later(hours=4)) == 1
    assert [step for step, _ in told(journal)] == [0, 1, 2, 8]


def test_an_acknowledgement_stops_it_and_taken_back_it_goes_on(site: Site) -> None:
    journal = begun(site.journal(), shift("stf_ann", -1, 8))
    alert(journal)
    escalate_due(journal, later(minutes=1))
    took = taken_on(journal, later(minutes=2))
    assert escalate_due(journal, later(minutes=45)) == 0
    void = Entry(
        id="ent_void", patient=PATIENT, at=later(minutes=46), recorded_at=later(minutes=46),
        actor="system:test", reason="by mistake", body=EntryVoided(entry=took.id),
    )  # fmt: skip
    journal.append(PRACTICE, [void], received_at=later(minutes=46))
    assert escalate_due(journal, later(minutes=47)) == 1
    assert [step for step, _ in told(journal)] == [0, 1]


def test_an_overdue_answer_brings_the_second_step_forward(site: Site) -> None:
    journal = begun(site.journal(), shift("stf_ann", -1, 8))
    alert(journal, answer_by=later(minutes=10))
    for minutes in (0, 9, 10):
        escalate_due(journal, later(minutes=minutes))
    assert [step for step, _ in told(journal)] == [0, 1]


def test_a_signed_ladder_holds_and_the_nearest_clinic_first(site: Site) -> None:
    journal = begun(
        site.journal(), shift("stf_ann", -1, 8),
        ladder((0, "practitioners", ("page",)), (5, "everybody_on_call", ("page",))),
    )  # fmt: skip
    assert not my_post(office(journal)).ladder("urgent", PRACTICE).is_starting_point
    assert my_post(office(journal)).ladder("emergent", PRACTICE).is_starting_point
    alert(journal)
    for minutes in (0, 5):
        escalate_due(journal, later(minutes=minutes))
    assert told(journal) == [(0, ("stf_doc",)), (1, ("stf_ann",))]


def test_a_gap_in_the_roster_leaves_nobody_untold(site: Site) -> None:
    journal = begun(site.journal(), shift("stf_ann", 2, 8))
    alert(journal)
    escalate_due(journal, later(minutes=1))
    assert told(journal) == [(0, ("stf_doc",))]
    (gap, *_) = my_post(office(journal)).gaps(NOW)
    assert (gap.begins, gap.ends) == (NOW, NOW + timedelta(hours=2))


def test_a_shift_handed_over_at_the_stroke_tells_the_next(site: Site) -> None:
    journal = begun(site.journal(), shift("stf_ann", -1, 1), shift("stf_bob", 1, 8))
    alert(journal, at=later(minutes=59, seconds=59))
    alert(journal, "alr_2", at=later(hours=1))
    escalate_due(journal, later(minutes=59, seconds=59))
    escalate_due(journal, later(hours=1))
    assert told(journal) == [(0, ("stf_ann",)), (0, ("stf_bob",))]


def test_two_workers_tell_it_once(site: Site) -> None:
    journal = begun(site.journal(), shift("stf_ann", -1, 8))
    for number in range(4):
        alert(journal, f"alr_{number}")
    barrier, counts, faults = Barrier(2), [], []

    def work() -> None:
        try:
            barrier.wait(10)
            counts.append(escalate_due(journal, later(minutes=1)))
        except Exception as error:  # noqa: BLE001 - told below
            faults.append(error)
        finally:
            connections[journal.db.alias].close()

    threads = [Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert faults == []
    assert sum(counts) == len(told(journal)) == 4
    assert sum(channel == "email" for _, _, channel, _ in notices(journal)) == 4


def test_nothing_is_written_where_the_notices_cannot_be(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = begun(site.journal(), shift("stf_ann", -1, 8))
    alert(journal)

    def broken(*_: object) -> object:
        raise RuntimeError("killed")

    monkeypatch.setattr("caretally.practice.escalating.notices_of", broken)
    with pytest.raises(RuntimeError):
        escalate_due(journal, later(minutes=1))
    monkeypatch.undo()
    assert told(journal) == []
    assert escalate_due(journal, later(minutes=1)) == 1


def test_webhooks_hear_ids_and_levels_and_nothing_else(site: Site) -> None:
    journal = begun(site.journal(), shift("stf_ann", -1, 8))
    alias = journal.db.alias
    Subscription.objects.using(alias).create(
        practice_id=journal.book(PRACTICE).number, name="sub_1", url="https://x.example/",
        events=f"{ALERT_RAISED} {ALERT_ESCALATED}", made_at=NOW,
    )  # fmt: skip
    alert(journal)
    escalate_due(journal, later(minutes=1))
    bodies = list(Delivery.objects.using(alias).order_by("pk").values_list("kind", "body"))
    assert [kind for kind, _ in bodies] == ["alert_raised", "alert_escalated"]
    for _, body in bodies:
        assert PATIENT not in body
        assert "212" not in body
        assert "alr_1" in body
