"""What the worker does again and again, without anybody asking: a name, a pause, a function each.

Every duty drains what waits in batches and may be run twice. It returns how much it did.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django_tasks import task

from caretally.clock import now, outside
from caretally.exchange.timestamps import stamping
from caretally.practice.call_sounds import forget_sounds
from caretally.practice.campaigns import plan_due
from caretally.practice.closing_queue import close_waiting
from caretally.practice.device_alerts import alert_devices
from caretally.practice.forgetting import forget_bodies
from caretally.practice.hooks import deliver_due
from caretally.practice.idempotency import forget_answers
from caretally.practice.notices import tell_due
from caretally.practice.opened import journal
from caretally.practice.packet_desk import forget_packets
from caretally.practice.portal_mail import send_due
from caretally.practice.retention import purge
from caretally.practice.timing import sweep_forgotten
from caretally.settings import Settings
from caretally.store.jobs import forget_ended
from caretally.store.sealing import seal, write_root
from caretally.store.stored_journal import StoredJournal
from caretally.store.worklist import refresh_all

Duty = Callable[[StoredJournal, datetime], int]


@dataclass(frozen=True, slots=True)
class Rota:
    """A duty and how often it is done."""

    every: timedelta
    duty: Duty


def seal_daily(kept: StoredJournal, at: datetime) -> int:
    """Seal all chains once a day under a root outside the database; returns 1 where it did.

    Raises:
        ExchangeError: the time-stamp authority did not answer as agreed.
    """
    settings = Settings.read(os.environ)
    latest = kept.db.rows("SELECT sealed_at FROM store_seal ORDER BY id DESC LIMIT 1")
    if latest and date.fromisoformat(latest[0][0][:10]) >= at.date():
        return 0
    stamp = stamping(settings.tsa_url) if settings.tsa_url else None
    write_root(seal(kept.db, at, stamp), settings.home / "roots")
    return 1


def forget_jobs(kept: StoredJournal, at: datetime) -> int:
    """Forget jobs that ended some time ago."""
    return forget_ended(outside())


def deliver_hooks(kept: StoredJournal, at: datetime) -> int:
    """Tell subscriptions of the events that are due; signatures bear the time outside."""
    return deliver_due(kept.db, outside())


def send_notices(kept: StoredJournal, at: datetime) -> int:
    """Tell staff of alerts by mail and text message, by the time outside."""
    return tell_due(kept, outside())


def send_to_portal(kept: StoredJournal, at: datetime) -> int:
    """Send invitations and codes of the portal, by the time outside."""
    return send_due(kept, outside())


def forget_answered(kept: StoredJournal, at: datetime) -> int:
    """Forget answers to requests that nobody sends again."""
    return forget_answers(kept.db, at)


def purge_daily(kept: StoredJournal, at: datetime) -> int:
    """Take away what is kept no longer; the journal is never among it."""
    return purge(kept.db, at, outside()) + forget_bodies(kept, at) + forget_sounds(kept, at)


def forget_files(kept: StoredJournal, at: datetime) -> int:
    """Take away the files of request lists that were begun more than a day ago."""
    return forget_packets(at)


DUTIES: Mapping[str, Rota] = {
    "close": Rota(timedelta(seconds=2), close_waiting),
    "hooks": Rota(timedelta(seconds=5), deliver_hooks),
    "notices": Rota(timedelta(seconds=2), send_notices),
    "portal": Rota(timedelta(seconds=2), send_to_portal),
    "answers": Rota(timedelta(hours=1), forget_answered),
    "timers": Rota(timedelta(minutes=1), sweep_forgotten),
    "devices": Rota(timedelta(minutes=5), alert_devices),
    "campaigns": Rota(timedelta(minutes=1), plan_due),
    "worklist": Rota(timedelta(minutes=1), refresh_all),
    "packets": Rota(timedelta(hours=1), forget_files),
    "seal": Rota(timedelta(minutes=10), seal_daily),
    "jobs": Rota(timedelta(minutes=10), forget_jobs),
    "purge": Rota(timedelta(hours=6), purge_daily),
}


@task()
def perform(name: str) -> int:
    """Do one duty once; returns how much it did."""
    return DUTIES[name].duty(journal(), now())
