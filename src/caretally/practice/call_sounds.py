"""The sound of calls: sealed, kept only where the patient said yes, and not for ever.

The journal keeps its digest; once it is forgotten, whoever holds a copy can still prove that it is
the one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from caretally.errors import UnknownError
from caretally.practice.call_pages import may_see_calls
from caretally.practice.caller import system_caller
from caretally.practice.office import Office
from caretally.practice.policies import policies_on
from caretally.practice.sealing import Sealed, open_sealed, seal, sound_bound_to
from caretally.store.call_tables import Call, CallSound
from caretally.store.stored_journal import StoredJournal

POLICY = "call_sound_days"


def keep_sound(journal: StoredJournal, call: Call, wav: bytes, at: datetime) -> str:
    """Keep the sound of a call, sealed; returns its digest. Once is enough."""
    practice = call.practice.name
    office = Office(journal=journal, caller=system_caller(practice, "calls"), now=at)
    days = timedelta(days=policies_on(office).whole(POLICY))
    key, sealed = seal(wav, sound_bound_to(practice, call.call))
    kept, _ = CallSound.objects.using(journal.db.alias).get_or_create(
        practice_id=call.practice_id, call=call.call,
        defaults={
            "key": key, "sealed": sealed, "digest": f"sha256:{sha256(wav).hexdigest()}",
            "made_at": at, "forget_at": at + days,
        },
    )  # fmt: skip
    return str(kept.digest)


def sound_of(office: Office, call: Call) -> bytes:
    """Return the sound of a call as a WAV file; that it was listened to is told in the chart.

    Raises:
        UnknownError: none is kept, or the caller may not hear it.
        IntegrityError: it does not open.
    """
    sounds = CallSound.objects.using(office.db.alias)
    kept = sounds.filter(practice_id=call.practice_id, call=call.call).first()
    if kept is None or not may_see_calls(office.caller):
        raise UnknownError("no sound of this call is kept")
    office.open_chart(call.patient, purpose="sound of a call")
    sealed = Sealed(kept.key, bytes(kept.sealed))
    return open_sealed(sealed, sound_bound_to(office.practice, call.call))


def forget_sounds(journal: StoredJournal, at: datetime) -> int:
    """Forget the sound of calls that is kept no longer; returns of how many."""
    old = CallSound.objects.using(journal.db.alias).filter(forget_at__lte=at)
    return int(old.delete()[0])
