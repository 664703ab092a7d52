"""The policies of practices as every request needs them, remembered for a few seconds."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from django.http import HttpRequest

from caretally.clock import now, seconds_of
from caretally.practice.caller import system_caller
from caretally.practice.office import Office
from caretally.practice.policies import Policies, policies_on
from caretally.store.database import scoped
from caretally.store.stored_journal import StoredJournal
from caretally.web.frame.asking import journal, places

SECONDS = 20
"""So long a page may still follow the policy before."""
Remembered = dict[str, tuple[int, Policies]]
_remembered: WeakKeyDictionary[StoredJournal, Remembered] = WeakKeyDictionary()


def policies_held(practice: str) -> Policies:
    """Return the policies of a practice, today."""
    kept, at = journal(), now()
    known = _remembered.setdefault(kept, {})
    found = known.get(practice)
    if found is None or not 0 <= seconds_of(at) - found[0] < SECONDS:
        office = Office(journal=kept, caller=system_caller(practice, "frame"), now=at)
        with scoped(practice, kept.db.alias):
            found = seconds_of(at), policies_on(office)
        known[practice] = found
    return found[1]


def forget(practice: str) -> None:
    """Let the next page ask anew."""
    _remembered.get(journal(), {}).pop(practice, None)


def held_by(request: HttpRequest) -> Iterable[Policies]:
    """Return the policies of all practices in which whoever asks has roles."""
    return [policies_held(place.practice) for place in places(request)]


def log_off_seconds(request: HttpRequest) -> int:
    """Return after how many seconds without use a session ends: by the strictest policy."""
    found = [policies.whole("log_off_minutes") for policies in held_by(request)]
    return 60 * min(found, default=15)
