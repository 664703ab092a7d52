"""What is kept how long. The journal and the access chains are never purged.

What is purged here is no evidence: it serves work under way, and is told by nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from caretally.store.database import Database
from caretally.store.models import Answered, Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Something that is kept, for how long, and why."""

    what: str
    how_long: str
    why: str


ANSWERS, DELIVERIES = timedelta(days=7), timedelta(days=90)
ATTEMPTS = timedelta(days=30)
RULES = (
    Kept(what="Journal: entries, corrections, voids", how_long="never purged",
         why="Evidence of every decision; a change is another entry."),
    Kept(what="Access chains: who looked, roles, disclosures", how_long="never purged",
         why="HIPAA asks for six years of disclosures; the practice's policy may promise more."),
    Kept(what="Seals and their roots", how_long="never purged",
         why="They prove that nothing was changed."),
    Kept(what="Projections: cards, months, worklist", how_long="as long as the journal",
         why="Worked out from the journal; `caretally rebuild` makes them again."),
    Kept(what="Memberships, tokens, broken glass", how_long="kept after their end",
         why="They say who could do what on a date."),
    Kept(what="Answers to requests with an idempotency key", how_long=f"{ANSWERS.days} days",
         why="So long the same request is answered with the same answer."),
    Kept(what="Webhook deliveries that were sent or given up", how_long=f"{DELIVERIES.days} days",
         why="For questions of the receiver; the disclosure stays in the access chain."),
    Kept(what="Deliveries of vendors, as they came",
         how_long="six years, or as the policy raw_bodies_days says",
         why="They show what a billed reading rests on; longer while anything in them is open."),
    Kept(what="Sound of calls, where the patient agreed",
         how_long="90 days, or as the policy call_sound_days says",
         why="To judge what was heard; the log of the call and the digest of its sound stay."),
    Kept(what="Event logs of calls", how_long="never purged",
         why="They show what a recorded call rests on; of a refused recording only the digest."),
    Kept(what="That a delivery came, when, and its digest", how_long="never purged",
         why="They prove what a body was, should somebody show it."),
    Kept(what="Sessions that ended or ran out", how_long="until the next purge",
         why="Sign-ins stay in the access chain."),
    Kept(what="Counts of wrong passwords", how_long=f"{ATTEMPTS.days} days",
         why="Lock-outs stay in the access chain."),
)  # fmt: skip


def purge(db: Database, now: datetime, outside: datetime) -> int:
    """Take away what is kept no longer; returns how many rows went.

    outside: the time outside, by which sessions and attempts are kept; the same as now except in
    a demonstration.
    """
    alias = db.alias
    live = Session.objects.using(alias).filter(expire_date__gt=outside).values("session_key")
    doomed = (
        Answered.objects.using(alias).filter(made_at__lt=now - ANSWERS),
        Delivery.objects.using(alias).filter(made_at__lt=now - DELIVERIES).exclude(state="waiting"),
        Session.objects.using(alias).filter(expire_date__lte=outside),
        UserSession.objects.using(alias).exclude(session_key__in=live),
        AccessAttempt.objects.using(alias).filter(attempt_time__lt=outside - ATTEMPTS),
    )
    return sum(int(rows.delete()[0]) for rows in doomed)
