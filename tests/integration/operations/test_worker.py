"""The worker: duties are put in once, done, tried again, and taken over from the dead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from caretally.clock import outside
from caretally.practice import duties
from caretally.practice.duties import Rota, perform
from caretally.practice.worker import new_worker, work_once
from caretally.store.jobs import LEASE, LONGEST_PAUSE, counts, forget_ended, put_in_due, reap
from tests.integration.demonstrated import Demo

MINUTE = timedelta(minutes=1)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let one duty be all, which notes that it was done, and breaks where the note says so."""
    notes: list[str] = []

    def note(_journal: object, _at: object) -> int:
        notes.append("done")
        if "break" in notes:
            raise OSError("nobody answers")
        return len(notes)

    monkeypatch.setattr(duties, "DUTIES", {"note": Rota(MINUTE, note)})
    monkeypatch.setattr("caretally.practice.worker.DUTIES", duties.DUTIES)
    return notes


def test_a_duty_is_done_once_a_pause(demo: Demo, only: list[str]) -> None:
    worker, at = new_worker(), outside()
    assert work_once(worker, at) == ["note"]
    assert work_once(worker, at) == []
    assert only == ["done"]
    assert work_once(worker, at + 2 * MINUTE) == ["note"]
    assert only == ["done", "done"]


def test_two_workers_put_a_duty_in_once(demo: Demo, only: list[str]) -> None:
    at = outside()
    assert put_in_due(perform, {"note": MINUTE}, at) == ["note"]
    assert put_in_due(perform, {"note": MINUTE}, at) == []


def test_a_duty_that_fails_waits_twice_as_long_each_time(demo: Demo, only: list[str]) -> None:
    only.append("break")
    worker, at = new_worker(), outside()
    work_once(worker, at)
    assert counts()["failed"] == 1
    assert work_once(worker, at + 1.5 * MINUTE) == []
    assert work_once(worker, at + 3 * MINUTE) == ["note"]
    DBTaskResult.objects.update(finished_at=at)
    assert work_once(worker, at + 3.5 * MINUTE) == []
    assert work_once(worker, at + LONGEST_PAUSE) == ["note"]


def test_what_a_dead_worker_left_is_done_by_another(demo: Demo, only: list[str]) -> None:
    at = outside()
    put_in_due(perform, {"note": MINUTE}, at)
    left = DBTaskResult.objects.get()
    left.claim("a worker that died")
    assert reap(at) == 0
    DBTaskResult.objects.update(started_at=at - 2 * LEASE)
    work_once(new_worker(), at)
    left.refresh_from_db()
    assert left.status == TaskResultStatus.SUCCESSFUL
    assert len(left.worker_ids) == 2
    assert only == ["done"]


def test_ended_jobs_are_forgotten(demo: Demo, only: list[str]) -> None:
    work_once(new_worker(), outside())
    assert forget_ended(outside()) == 0
    assert forget_ended(outside() + timedelta(hours=2)) == 1


def test_the_journal_is_sealed_once_a_day(
    demo: Demo, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARETALLY_HOME", str(tmp_path))
    office = demo.office("rosa")
    assert duties.seal_daily(demo.journal, office.now) == 1
    assert duties.seal_daily(demo.journal, office.now) == 0
    assert duties.seal_daily(demo.journal, office.now + timedelta(days=1)) == 1
