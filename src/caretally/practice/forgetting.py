"""Raw bodies of deliveries are forgotten when a practice keeps them no longer.

They are kept for six years unless it decides otherwise: as long as HIPAA asks for documentation to
be kept (45 CFR 164.316(b)(2)) and as a false claim may usually be sued for, so that what a billed
reading rests on can be shown as the vendor sent it. What came, when, and its digest stay.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from caretally.clock import microseconds_of
from caretally.practice.caller import system_caller
from caretally.practice.office import Office
from caretally.practice.policies import policies_on
from caretally.store.database import scoped
from caretally.store.forgotten import forget_before
from caretally.store.models import Practice
from caretally.store.stored_journal import StoredJournal

ACTOR = "retention"
POLICY = "raw_bodies_days"


def forget_bodies(kept: StoredJournal, at: datetime) -> int:
    """Forget what each practice keeps no longer; returns how many deliveries."""
    count = 0
    for practice in Practice.objects.using(kept.db.alias).order_by("pk"):
        with scoped(practice.name, kept.db.alias):
            office = Office(journal=kept, caller=system_caller(practice.name, ACTOR), now=at)
            days = policies_on(office).whole(POLICY)
            before_us = microseconds_of(at - timedelta(days=days))
            count += forget_before(kept.db, practice.pk, before_us)
    return count
