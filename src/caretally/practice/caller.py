"""Who is asking: a person in one practice, with roles, clinics and a staff id, as of today.

Everything that reads or writes takes a caller; there is no way around one. Commands of the command
line act as the system, which is told in every entry they write.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from caretally.errors import ForbiddenError, UnknownError
from caretally.practice.roles import MAY, PERMISSIONS
from caretally.store.database import Database
from caretally.store.models import Membership

Person = tuple[int, str]
"""Number and name of an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role in force.

    clinic: practice id of the clinic it is held to, with all that belong to it; empty for all.
    """

    role: str
    clinic: str = ""

    @property
    def permissions(self) -> frozenset[str]:
        """What the role may do; an unknown role gives nothing."""
        return MAY.get(self.role, frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A person, or the system, in one practice.

    user: number of the account, None for the system. login: its name. practice: id of the
    practice. staff: the staff id in the journal, empty where there is none. scopes: permissions a
    token is held to; None without a token. visitor: patient or caregiver:ID where the program works
    for somebody from outside. only: the one patient such a person may see; empty for all others.
    """

    user: int | None
    login: str
    practice: str
    grants: tuple[Grant, ...] = ()
    staff: str = ""
    scopes: frozenset[str] | None = None
    visitor: str = ""
    only: str = ""

    @property
    def looker(self) -> str:
        """How the accounting names who looked."""
        return f"portal:{self.visitor}" if self.visitor else self.actor

    @property
    def actor(self) -> str:
        """How entries name the writer."""
        return f"staff:{self.staff or self.login}" if self.user is not None else self.system

    @property
    def system(self) -> str:
        """How entries name the program where it writes by itself."""
        return f"system:{self.login}"

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles, each once."""
        return tuple(dict.fromkeys(grant.role for grant in self.grants))

    @property
    def permissions(self) -> frozenset[str]:
        """All that the caller may do, somewhere in the practice."""
        may = frozenset[str]().union(*(grant.permissions for grant in self.grants))
        if self.user is None:
            may = frozenset(PERMISSIONS)
        return may if self.scopes is None else may & self.scopes

    def may(self, permission: str) -> bool:
        """Tell whether the caller may do something, somewhere in the practice."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Pass if the caller may do something.

        Raises:
            ForbiddenError: not so.
        """
        if not self.may(permission):
            words = permission.replace("_", " ")
            raise ForbiddenError(f"your roles in this practice do not allow you to {words}")

    def clinics_for(self, permission: str) -> frozenset[str] | None:
        """Return the clinics in which the caller may do something; None for all."""
        clinics = {grant.clinic for grant in self.grants if permission in grant.permissions}
        return None if self.user is None or "" in clinics else frozenset(clinics)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A practice in which somebody has roles."""

    practice: str
    grants: tuple[Grant, ...]
    staff: str


def places_of(db: Database, user: int, day: date) -> tuple[Place, ...]:
    """Return the practices in which a person has roles on a date, by id."""
    members = Membership.objects.using(db.alias).filter(
        Q(to_on=None) | Q(to_on__gte=day), user_id=user, from_on__lte=day
    )
    rows: list[tuple[str, str, str, str]] = list(
        members.order_by("practice__name", "id").values_list(
            "practice__name", "role", "clinic", "staff"
        )
    )
    return tuple(
        Place(
            practice=name,
            grants=tuple(Grant(role=row[1], clinic=row[2]) for row in rows if row[0] == name),
            staff=next((row[3] for row in rows if row[0] == name and row[3]), ""),
        )
        for name in dict.fromkeys(row[0] for row in rows)
    )


def caller_at(place: Place, person: Person, *, scopes: frozenset[str] | None = None) -> Caller:
    """Return a person as the caller in a practice."""
    return Caller(
        user=person[0], login=person[1], practice=place.practice, grants=place.grants,
        staff=place.staff, scopes=scopes,
    )  # fmt: skip


def caller_in(db: Database, practice: str, person: Person, day: date) -> Caller:
    """Return a person as the caller in a named practice.

    Raises:
        UnknownError: there is no such practice, or the person has no role there.
    """
    for place in places_of(db, person[0], day):
        if place.practice == practice:
            return caller_at(place, person)
    raise UnknownError("no practice of this name is open to you")


def system_caller(practice: str, name: str) -> Caller:
    """Return the program itself as the caller, such as for a nightly job."""
    return Caller(user=None, login=name, practice=practice)
