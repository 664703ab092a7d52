"""Breaking the glass: a chart beyond one's clinics, opened for a reason and a time, and reviewed.

Only people with that permission are offered it, only for patients of their own practice, and each
time it is told in the patient's access chain and on the list of those who review it.
"""

from __future__ import annotations

from datetime import timedelta

from caretally.errors import ForbiddenError, InputError, Problem, UnknownError
from caretally.practice.office import Office
from caretally.practice.policies import policies_on
from caretally.practice.roles import BREAK_GLASS, KEEP_ACCESS, SEE_ACCESS, SEE_PATIENTS
from caretally.store.access import Told, record_told
from caretally.store.cards import card_named
from caretally.store.models import BrokenGlass

SHORTEST_REASON = 10
"""Characters below which nothing can be a reason."""


def may_break(office: Office, patient: str) -> bool:
    """Tell whether the caller is kept from a chart of this practice only by clinics."""
    may = office.caller.may(BREAK_GLASS) and office.caller.may(SEE_PATIENTS)
    card = card_named(office.book(), patient) if may else None
    return card is not None and not office.reaches(card, SEE_PATIENTS)


def break_glass(office: Office, patient: str, reason: str) -> BrokenGlass:
    """Open a chart to the caller for as long as the practice's policy says.

    Raises:
        ForbiddenError: the caller may not, or needs not.
        InputError: no reason was given.
    """
    office.caller.require(BREAK_GLASS)
    if not may_break(office, patient):
        raise ForbiddenError("there is no chart that you could open in this way")
    words = " ".join(reason.split())
    if len(words) < SHORTEST_REASON:
        expected = f"why this chart must be seen now, in {SHORTEST_REASON} characters or more"
        raise InputError([Problem(where="form", field="reason", expected=expected)])
    minutes = policies_on(office).whole("break_glass_minutes")
    with office.db.atomic():
        made: BrokenGlass = BrokenGlass.objects.using(office.db.alias).create(
            user_id=office.caller.user, practice_id=office.book().number, patient=patient,
            reason=words, begins_at=office.now, ends_at=office.now + timedelta(minutes=minutes),
        )  # fmt: skip
        said = {"reason": words, "minutes": str(minutes)}
        told = Told(practice=office.practice, kind="glass_broken", actor=office.caller.actor,
                    patient=patient, said=said)  # fmt: skip
        record_told(office.db, told, office.now)
    return made


def broken(office: Office) -> tuple[BrokenGlass, ...]:
    """Return when glass was broken in this practice: what nobody reviewed first, then the latest.

    Raises:
        ForbiddenError: the caller may not see who looked.
    """
    office.caller.require(SEE_ACCESS)
    found = list(
        BrokenGlass.objects.using(office.db.alias)
        .filter(practice__name=office.practice)
        .select_related("user")
        .order_by("-begins_at")[:500]
    )
    return tuple(sorted(found, key=lambda each: each.reviewed_at is not None))


def review(office: Office, number: int) -> None:
    """Say that the caller reviewed a broken glass; nobody reviews their own.

    Raises:
        UnknownError: there is none of this number.
        ForbiddenError: the caller may not, or broke it.
    """
    office.caller.require(KEEP_ACCESS)
    rows = BrokenGlass.objects.using(office.db.alias).filter(practice__name=office.practice)
    found = rows.filter(pk=number).first()
    if found is None:
        raise UnknownError("no such entry on the list")
    if found.user_id == office.caller.user:
        raise ForbiddenError("somebody else must review what you opened yourself")
    with office.db.atomic():
        by = office.caller.actor
        if rows.filter(pk=number, reviewed_at=None).update(reviewed_at=office.now, reviewed_by=by):
            said = {"person": found.user.get_username()}
            told = Told(practice=office.practice, kind="glass_reviewed", actor=by,
                        patient=found.patient, said=said)  # fmt: skip
            record_told(office.db, told, office.now)
