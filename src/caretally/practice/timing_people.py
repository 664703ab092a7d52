"""Who works in a practice, by name: the journal knows staff ids, accounts know the names.

Everybody who records something has a staff id; whoever has none is told what to do about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from caretally.errors import ForbiddenError
from caretally.journal.register import Register
from caretally.practice.caller import Caller
from caretally.practice.office import Office
from caretally.store.database import Database
from caretally.store.models import Membership

AGENT = "ai_agent"
PRACTITIONERS = frozenset({"physician", "np", "pa", "cns", "cnm"})
"""Roles of those who bill under their own name and decide on treatment."""
WITHOUT_STAFF_ID = (
    "your account has no staff id in this practice, so nothing can be recorded as your work; "
    "an administrator gives you one under Settings, People"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A member of staff.

    label: the name of the account, or the staff id where there is none. roles: as registered. user:
    number of the account; None where there is none.
    """

    staff: str
    label: str
    roles: tuple[str, ...]
    user: int | None = None

    @property
    def is_practitioner(self) -> bool:
        """Whether the person decides on treatment under a license of their own."""
        return bool(PRACTITIONERS & set(self.roles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The account behind a staff id."""

    user: int
    login: str
    name: str


def staff_of(caller: Caller) -> str:
    """Return the staff id of a caller.

    Raises:
        ForbiddenError: the caller has none.
    """
    if not caller.staff:
        raise ForbiddenError(WITHOUT_STAFF_ID)
    return caller.staff


def initials(name: str) -> str:
    """Return the first letters of the words of a name, two at most.

    Example:
        >>> initials("Ada van Brook")
        'AB'
    """
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0] for word in dict.fromkeys((*words[:1], *words[-1:]))).upper()


def accounts(db: Database, practice: str, day: date) -> dict[str, Account]:
    """Return the accounts of a practice by staff id, of those who work there on a date."""
    rows = Membership.objects.using(db.alias).filter(
        Q(to_on=None) | Q(to_on__gte=day), practice__name=practice, from_on__lte=day
    )
    found = rows.exclude(staff="").values_list(
        "staff", "user_id", "user__username", "user__first_name", "user__last_name"
    )
    return {
        staff: Account(user=user, login=login, name=f"{first} {last}".strip() or login)
        for staff, user, login, first, last in found
    }


def colleagues(office: Office, register: Register, day: date) -> tuple[Colleague, ...]:
    """Return the people registered on a local date, agents left out: with accounts first."""
    known = accounts(office.db, office.practice, day)
    found = []
    for staff in register.staff:
        roles = register.roles_on(staff, day) - {AGENT}
        if roles:
            account = known.get(staff)
            found.append(
                Colleague(
                    staff=staff,
                    label=account.name if account else staff,
                    roles=tuple(sorted(roles)),
                    user=account.user if account else None,
                )
            )
    return tuple(sorted(found, key=lambda each: (each.user is None, each.label.lower())))
