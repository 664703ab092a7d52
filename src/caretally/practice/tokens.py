"""Tokens of the API: what a program shows to act for a person in one practice, within scopes.

A token may never do more than its person may at that moment: roles, clinics and dates are looked up
each time. Only the digest of the secret is kept, so that nobody who reads the table can use it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.contrib.auth import get_user_model
from django.db.models import Q

from caretally.errors import InputError, Problem, UnknownError
from caretally.practice.caller import Caller, Place, caller_at, places_of
from caretally.practice.roles import PERMISSIONS, USE_API
from caretally.store.database import Database
from caretally.store.models import ApiToken, Practice

PREFIX = "ct_"
"""Lets scanners of source code find a token that was left there."""
SECRET_BYTES = 32
MOST_DAYS = 366
USUAL_DAYS = 90
USED_STEP = timedelta(minutes=10)
"""How exactly it is kept when a token was used last; a read should not cost a write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A token to make.

    login: of the person it acts for. practice: id; empty where the person has roles in one only.
    """

    login: str
    scopes: tuple[str, ...]
    practice: str = ""
    days: int = USUAL_DAYS
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A token just made; the secret is shown once and kept nowhere.

    scopes: permissions, in the order in which they are listed.
    """

    number: int
    secret: str
    practice: str
    scopes: tuple[str, ...]
    expires_at: datetime


def digest_of(secret: str) -> bytes:
    """Return what is kept of a secret; it is random, so that one round is enough."""
    return sha256(secret.encode()).digest()


def make_token(db: Database, wanted: Wanted, at: datetime) -> Made:
    """Make a token.

    Raises:
        InputError: the person, practice, scopes or days do not fit; all problems are listed.
    """
    user = get_user_model().objects.using(db.alias).filter(username=wanted.login).first()
    if user is None or not user.is_active:
        raise InputError([Problem(where="--user", found="no account of this name that is active",
                                  expected="the login of a person")])  # fmt: skip
    place = place_for(places_of(db, user.pk, at.date()), wanted.practice)
    scopes = scopes_for(place, wanted.scopes)
    if not 1 <= wanted.days <= MOST_DAYS:
        raise InputError([
            Problem(where="--days", found=str(wanted.days), expected=f"1 to {MOST_DAYS}")
        ])  # fmt: skip
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    kept = ApiToken.objects.using(db.alias).create(
        practice=Practice.objects.using(db.alias).get(name=place.practice), user=user,
        name=wanted.name, digest=digest_of(secret), scopes=" ".join(scopes), made_at=at,
        expires_at=at + timedelta(days=wanted.days),
    )  # fmt: skip
    return Made(number=kept.pk, secret=secret, practice=place.practice, scopes=scopes,
                expires_at=kept.expires_at)  # fmt: skip


def place_for(places: tuple[Place, ...], practice: str) -> Place:
    """Return the practice a token is for.

    Raises:
        InputError: the person has no role there, or has roles in several and none is named.
    """
    fitting = [each for each in places if practice in {"", each.practice}]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(each.practice for each in places) or "none: the person has no role today"
    found = repr(practice) if practice else "no practice named"
    raise InputError([Problem(where="--practice", found=found, expected=f"one of {names}")])


def scopes_for(place: Place, asked: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes of a token in the order of the permissions; using the API is among them.

    Raises:
        InputError: a scope is unknown, or more than the person's roles allow.
    """
    wanted = {*asked, USE_API}
    may = frozenset[str]().union(*(grant.permissions for grant in place.grants))
    allowed = ", ".join(name for name in PERMISSIONS if name in may and name != USE_API)
    problems = [
        Problem(where="--scopes", found=f"the unknown scope {name[:40]!r}", expected=allowed)
        for name in sorted(wanted - set(PERMISSIONS))
    ]
    problems += [
        Problem(where="--scopes", found=f"{name}, which the person's roles do not allow",
                expected=allowed or "a role that may do something")
        for name in PERMISSIONS
        if name in wanted - may
    ]  # fmt: skip
    if problems:
        raise InputError(problems)
    return tuple(name for name in PERMISSIONS if name in wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A token that stands, and as whom it acts now."""

    number: int
    caller: Caller


def shown_token(db: Database, secret: str, at: datetime) -> Shown | None:
    """Return the token of a secret and its caller; None where it is unknown, ended or of nobody."""
    found = (
        ApiToken.objects.using(db.alias)
        .select_related("practice", "user")
        .filter(digest=digest_of(secret), revoked_at=None, expires_at__gt=at, user__is_active=True)
        .first()
    )
    if found is None:
        return None
    places = places_of(db, found.user_id, at.date())
    place = next((each for each in places if each.practice == found.practice.name), None)
    if place is None:
        return None
    if found.used_at is None or at - found.used_at >= USED_STEP:
        ApiToken.objects.using(db.alias).filter(pk=found.pk).update(used_at=at)
    person = (int(found.user_id), str(found.user.get_username()))
    scopes = frozenset(found.scopes.split())
    return Shown(number=found.pk, caller=caller_at(place, person, scopes=scopes))


def tokens(db: Database, login: str = "") -> list[ApiToken]:
    """Return all tokens, or a person's, the newest first; none of their secrets."""
    asked = Q(user__username=login) if login else Q()
    found = ApiToken.objects.using(db.alias).select_related("practice", "user").filter(asked)
    return list(found.order_by("-pk"))


def revoke_token(db: Database, number: int, at: datetime) -> None:
    """End a token; one that ended before stays as it was.

    Raises:
        UnknownError: there is no such token.
    """
    held = ApiToken.objects.using(db.alias).filter(pk=number)
    if not held.exists():
        raise UnknownError(f"no token {number}")
    held.filter(revoked_at=None).update(revoked_at=at)


def state_of(token: ApiToken, at: datetime) -> str:
    """Return in one word how a token stands."""
    if token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at <= at else "live"
