"""People of a practice: accounts, roles with dates, and what an administrator does for them.

Nothing is deleted: a role ends on a date. Everything done here is told in the access chain. Help
with a password or a second factor opens all that the account opens; so it is refused to an
administrator who does not keep the people of every practice in which the account works.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from axes.utils import reset
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.tokens import default_token_generator
from django.db.models import Q
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from caretally.errors import ForbiddenError, InputError, Problem, UnknownError
from caretally.practice.caller import places_of
from caretally.practice.office import Office
from caretally.practice.roles import (
    ADMINISTRATOR,
    MANAGE_PEOPLE,
    MAY,
    NURSE,
    PRACTITIONER,
    ROLES,
)
from caretally.store.access import Told, record_told
from caretally.store.models import Membership

CLINICAL = frozenset({NURSE, PRACTITIONER})
FAILURES = 5
"""Wrong passwords after which an account is locked at an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A person who is to work here.

    login: the user name; that of an account elsewhere in this installation is taken as it is.
    """

    login: str
    first_name: str = ""
    last_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGiven:
    """A role with its dates, as an administrator gives it.

    clinic, staff: ids in the journal; empty for all clinics, and for no clinical work.
    """

    role: str
    clinic: str
    staff: str
    from_on: date | None
    to_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account with its roles in one practice, those that ended or begin later among them."""

    user: AbstractUser
    memberships: tuple[Membership, ...]
    has_second_factor: bool
    is_locked: bool
    sessions: int

    def works_on(self, day: date) -> bool:
        """Tell whether a role is in force on a date."""
        return any(is_in_force(each, day) for each in self.memberships)


def is_in_force(member: Membership, day: date) -> bool:
    """Tell whether a role is in force on a date."""
    return bool(member.from_on <= day and (member.to_on is None or day <= member.to_on))


def people(office: Office) -> tuple[Person, ...]:
    """Return everybody who has or had a role here, by name."""
    office.caller.require(MANAGE_PEOPLE)
    alias = office.db.alias
    members = list(
        Membership.objects.using(alias)
        .filter(practice__name=office.practice)
        .select_related("user")
        .order_by("from_on", "id")
    )
    users = {each.user_id: each.user for each in members}
    secured = numbers(Authenticator.objects.using(alias).filter(user_id__in=users), "user_id")
    sessions = numbers(UserSession.objects.using(alias).filter(user_id__in=users), "user_id")
    locked = locked_logins(alias)
    found = [
        Person(
            user=user,
            memberships=tuple(each for each in members if each.user_id == number),
            has_second_factor=number in secured,
            is_locked=user.get_username().lower() in locked,
            sessions=sessions.count(number),
        )
        for number, user in users.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.user.last_name, each.user.get_username())))


def numbers(query: Iterable[object], field: str) -> list[int]:
    """Return a number of each row."""
    return [int(getattr(row, field)) for row in query]


def locked_logins(alias: str) -> frozenset[str]:
    """Return the names that failed to sign in too often, at one address at least."""
    attempts = AccessAttempt.objects.using(alias).filter(failures_since_start__gte=FAILURES)
    return frozenset(str(each.username or "").lower() for each in attempts)


def person_named(office: Office, number: int) -> Person:
    """Return a person of this practice.

    Raises:
        UnknownError: nobody of this number has or had a role here.
    """
    for person in people(office):
        if person.user.pk == number:
            return person
    raise UnknownError("nobody of this number has a role here")


def invite(office: Office, invitation: Invitation, role: RoleGiven) -> Person:
    """Make an account, or take that of the same name, and give it a role.

    Raises:
        InputError: what was filled in cannot be; all is named.
    """
    office.caller.require(MANAGE_PEOPLE)
    model = get_user_model()
    login = invitation.login.strip().lower()
    problems = checked(office, role)
    if not login.isascii() or not login.replace(".", "").replace("-", "").isalnum():
        problems.insert(0, problem("login", "letters, digits, dots and hyphens, such as rosa.d"))
    if problems:
        raise InputError(problems)
    with office.db.atomic():
        user = model.objects.using(office.db.alias).filter(username__iexact=login).first()
        if user is None:
            user = model.objects.db_manager(office.db.alias).create_user(
                login, first_name=invitation.first_name.strip(),
                last_name=invitation.last_name.strip(),
            )  # fmt: skip
            tell(office, "account_made", {"person": login})
        give_role(office, user, role)
    return person_named(office, user.pk)


def give_role(office: Office, user: AbstractUser, role: RoleGiven) -> Membership:
    """Give a person a role; one of the administrator's own is told as such.

    Raises:
        InputError: what was filled in cannot be; all is named.
    """
    office.caller.require(MANAGE_PEOPLE)
    problems = checked(office, role)
    alias = office.db.alias
    standing = Membership.objects.using(alias).filter(
        Q(to_on=None) | Q(to_on__gte=role.from_on or office.today()),
        user_id=user.pk, practice__name=office.practice, role=role.role, clinic=role.clinic,
    )  # fmt: skip
    if not problems and standing.exists():
        problems.append(problem("role", "a role the person does not have on these dates"))
    if problems:
        raise InputError(problems)
    made: Membership = Membership.objects.using(alias).create(
        user_id=user.pk, practice_id=office.book().number, role=role.role, clinic=role.clinic,
        staff=role.staff, from_on=role.from_on, to_on=role.to_on,
        granted_by=office.caller.actor, granted_at=office.now,
    )  # fmt: skip
    is_own = user.pk == office.caller.user
    tell(office, "role_given", {
        "person": user.get_username(), "role": role.role, "clinic": role.clinic or "all",
        "from": str(role.from_on), "to": str(role.to_on or "open"),
        **({"note": "given to oneself"} if is_own else {}),
        **({"staff": role.staff} if role.staff else {}),
    })  # fmt: skip
    return made


def checked(office: Office, role: RoleGiven) -> list[Problem]:
    """Return what is wrong with a role to be given."""
    register, found = office.register(), []
    if role.role not in ROLES:
        found.append(problem("role", f"one of {', '.join(ROLES)}"))
    if role.clinic and role.clinic not in register.practices:
        found.append(problem("clinic", "a clinic of this practice, or all"))
    if role.staff and not register.is_registered(role.staff):
        found.append(problem("staff", "a staff id registered under Settings → Staff"))
    if not role.staff and role.role in CLINICAL:
        found.append(problem("staff", "the staff id under which this person's work is recorded"))
    if role.from_on is None:
        found.append(problem("from_on", "the first date of the role"))
    elif role.to_on is not None and role.to_on < role.from_on:
        found.append(problem("to_on", "a date on or after the first"))
    return found


def end_role(office: Office, number: int, to_on: date | None, reason: str) -> Membership:
    """Let a role end on a date.

    Raises:
        UnknownError: there is no such role here.
        InputError: the date or the reason cannot be, or nobody would be left to keep people.
    """
    office.caller.require(MANAGE_PEOPLE)
    members = Membership.objects.using(office.db.alias).filter(practice__name=office.practice)
    with office.db.atomic():
        member = members.select_for_update().select_related("user").filter(pk=number).first()
        if member is None:
            raise UnknownError("no such role here")
        problems = []
        if to_on is None or to_on < member.from_on:
            problems.append(problem("to_on", f"a date from {member.from_on} on"))
        if not reason.strip():
            problems.append(problem("reason", "why the role ends"))
        if member.role == ADMINISTRATOR and not others_keep(office, member):
            problems.append(problem("to_on", "another administrator without a last date first"))
        if problems:
            raise InputError(problems)
        ended: Membership = member
        ended.to_on = to_on
        ended.save(using=office.db.alias, update_fields=["to_on"])
        said = {"person": ended.user.get_username(), "role": ended.role, "to": str(to_on)}
        tell(office, "role_ended", {**said, "reason": reason.strip()})
    return ended


def others_keep(office: Office, member: Membership) -> bool:
    """Tell whether somebody else is an administrator today and further on."""
    keepers = Membership.objects.using(office.db.alias).filter(
        practice__name=office.practice, role=ADMINISTRATOR, to_on=None, clinic="",
        from_on__lte=office.today(), user__is_active=True,
    )  # fmt: skip
    return bool(keepers.exclude(pk=member.pk).exclude(user_id=member.user_id).exists())


def may_help(office: Office, user: AbstractUser) -> bool:
    """Tell whether the caller keeps the people of every practice in which an account works."""
    if office.caller.user is None:
        return True
    day = office.now.date()
    kept = {
        place.practice
        for place in places_of(office.db, office.caller.user, day)
        if any(MANAGE_PEOPLE in MAY.get(grant.role, ()) for grant in place.grants)
    }
    return {place.practice for place in places_of(office.db, user.pk, day)} <= kept


def require_help(office: Office, user: AbstractUser) -> None:
    """Pass if the caller may help with the sign-in of an account.

    Raises:
        ForbiddenError: the account works in a practice that the caller does not keep.
    """
    office.caller.require(MANAGE_PEOPLE)
    if not may_help(office, user):
        raise ForbiddenError(
            "this account also works in a practice whose people you do not keep: "
            "somebody who keeps both must do this"
        )


def password_link(office: Office, number: int) -> tuple[str, str]:
    """Return the two parts of a link with which a person sets a password, once."""
    user = person_named(office, number).user
    require_help(office, user)
    tell(office, "link_made", {"person": user.get_username()})
    return urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)


def unlock(office: Office, number: int) -> None:
    """Let a person try to sign in again."""
    user = person_named(office, number).user
    reset(username=user.get_username().lower())
    tell(office, "unlocked", {"person": user.get_username()})


def reset_second_factor(office: Office, number: int, reason: str) -> None:
    """Take a person's second factors away, so that new ones can be set up.

    Raises:
        InputError: no reason was given.
    """
    user = person_named(office, number).user
    require_help(office, user)
    if not reason.strip():
        raise InputError([problem("reason", "why, and how you made sure who asked")])
    with office.db.atomic():
        Authenticator.objects.using(office.db.alias).filter(user_id=user.pk).delete()
        said = {"person": user.get_username(), "reason": reason.strip()}
        tell(office, "second_factor_reset", said)
    end_sessions(office, number)


def end_sessions(office: Office, number: int) -> int:
    """End all sessions of a person; returns how many there were."""
    user = person_named(office, number).user
    found = list(UserSession.objects.using(office.db.alias).filter(user_id=user.pk))
    for session in found:
        session.end()
    tell(office, "sessions_ended", {"person": user.get_username(), "count": str(len(found))})
    return len(found)


def tell(office: Office, kind: str, said: dict[str, str]) -> None:
    """Tell in the practice's access chain what the caller did."""
    told = Told(practice=office.practice, kind=kind, actor=office.caller.actor, said=said)
    record_told(office.db, told, office.now)


def problem(field: str, expected: str) -> Problem:
    """Return the problem of a field of a form."""
    return Problem(where="form", field=field, expected=expected)
