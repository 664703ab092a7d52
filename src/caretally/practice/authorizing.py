"""Lets Caretally fetch: keys that a vendor gave, and persons who agree on the vendor's page.

The way to that page and back carries a signed note of who asked, in which practice and for which
connection; it ends after an hour, and nobody else can bring the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing

from caretally.devices.documents import Node, opened
from caretally.devices.names import name_of
from caretally.devices.pulls import ACCOUNTS, Consent, PullPlan
from caretally.devices.refusals import Misread
from caretally.errors import ConflictError, ExchangeError, InputError, Problem
from caretally.exchange.consenting import Tokens, page_of, tokens_for
from caretally.exchange.pulling import asked
from caretally.practice.connections import standing, tell
from caretally.practice.office import Office
from caretally.practice.pull_keys import OwnKey, Purse, purse_of
from caretally.practice.roles import MANAGE_PRACTICE
from caretally.store.models import Connection, PullMark
from caretally.store.pull_marks import LIVE, add_marks

SALT = "caretally.authorizing"
VALID = timedelta(hours=1)
LEAST_SECRET = 8
CHANGED = "connection_rotated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How fetching from one account or device stands."""

    name: str
    state: str
    reached_at: datetime | None
    due_at: datetime
    failures: int
    says: str


def set_key(office: Office, name: str, own: OwnKey) -> Connection:
    """Keep what the vendor gave us, and begin to fetch; it takes the place of what was kept.

    Raises:
        ForbiddenError, UnknownError: as `connection_named`.
        ConflictError: the connection has ended, or its vendor is not asked for anything.
        InputError: the key can be guessed, or a setting is missing.
    """
    found = standing(office, name)
    purse = purse_of(office.db, found)
    problems = [
        Problem(where=name, field=f"settings.{setting}", found="nothing", expected=says)
        for setting, says in purse.plan.settings.items()
        if not purse.settings().get(setting)
    ]
    if len(own.secret.encode()) < LEAST_SECRET:
        problems.append(
            Problem(where="key", field="secret", found="a secret that can be guessed",
                    expected=f"at least {LEAST_SECRET} characters")
        )  # fmt: skip
    if purse.plan.subjects == ACCOUNTS and not own.number:
        problems.append(
            Problem(
                where="key", field="number", found="nothing", expected="the client id at the vendor"
            )
        )
    if problems:
        raise InputError(problems)
    with office.db.atomic():
        purse.keep_own(own, office.now)
        begin(office, found)
        tell(office, found, CHANGED)
    return found


def begin(office: Office, connection: Connection) -> None:
    """Let a connection be fetched from at once."""
    connection.pull_due_at, connection.pull_failures = office.now, 0
    connection.pull_says = ""
    connection.save(
        using=office.db.alias, update_fields=["pull_due_at", "pull_failures", "pull_says"]
    )


def consent_of(purse: Purse) -> Consent:
    """Return how persons agree.

    Raises:
        ConflictError: nobody is asked at this vendor; one key opens all.
    """
    if purse.plan.consent is None:
        raise ConflictError([
            Problem(where=purse.connection.name, found=f"{purse.connection.vendor}",
                    expected="a vendor whose users agree one by one")
        ])  # fmt: skip
    return purse.plan.consent


def authorization_address(office: Office, name: str, redirect: str) -> str:
    """Return the vendor's page where a person agrees; redirect: where the vendor sends the code.

    Raises:
        ForbiddenError, UnknownError: as `connection_named`, or no client is kept.
        ConflictError: the connection has ended, or nobody is asked at this vendor.
    """
    purse = purse_of(office.db, standing(office, name))
    note = {
        "practice": office.practice, "connection": name, "actor": office.caller.actor,
        "redirect": redirect,
    }  # fmt: skip
    state = signing.dumps(note, salt=SALT, compress=True)
    return page_of(purse.client(), consent_of(purse), redirect, state)


def practice_in(state: str) -> str:
    """Return in which practice somebody set out, by the note that came back.

    Raises:
        InputError: the note is not ours, or too old.
    """
    return noted(state)["practice"]


def connection_in(state: str) -> str:
    """Return for which connection somebody set out, by the note that came back.

    Raises:
        InputError: the note is not ours, or too old.
    """
    return noted(state)["connection"]


def plan_of(office: Office, name: str) -> PullPlan:
    """Return how the vendor of a connection is asked.

    Raises:
        ForbiddenError, UnknownError: as `connection_named`.
        ConflictError: it has ended, or its vendor is not asked for anything.
    """
    return purse_of(office.db, standing(office, name)).plan


def noted(state: str) -> dict[str, str]:
    """Return what the note says.

    Raises:
        InputError: it is not ours, or too old.
    """
    try:
        note: dict[str, str] = signing.loads(state, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        raise InputError([
            Problem(where="state", found="a note that is not ours or too old",
                    expected="the way back from the vendor's page within an hour",
                    hint="begin again")
        ]) from None  # fmt: skip
    return note


def take_code(office: Office, state: str, code: str) -> str:
    """Exchange the code that a person brought for tokens; returns the name of the account.

    Raises:
        InputError: the note that came back is not ours, too old, or another's.
        ExchangeError: the vendor gave no tokens, or did not say whose they are.
        ForbiddenError, UnknownError, ConflictError: as `authorization_address`.
    """
    note = noted(state)
    if (note["practice"], note["actor"]) != (office.practice, office.caller.actor):
        raise InputError([
            Problem(where="state", found="a note of somebody else", expected="your own",
                    hint="begin again")
        ])  # fmt: skip
    connection = standing(office, note["connection"])
    purse = purse_of(office.db, connection)
    consent = consent_of(purse)
    tokens = tokens_for(purse.client(), consent, code, note["redirect"])
    user = tokens.user or identified(office, purse, tokens)
    name = name_of(consent.scheme, user)
    with office.db.atomic():
        purse.keep_tokens(name, tokens, office.now)
        add_marks(office.db, connection, [name], office.now)
        marks = PullMark.objects.using(office.db.alias)
        marks.filter(connection=connection, name=name).update(
            state=LIVE, says="", failures=0, due_at=office.now
        )
        begin(office, connection)
        tell(office, connection, CHANGED)
    return name


def identified(office: Office, purse: Purse, tokens: Tokens) -> str:
    """Return whose tokens these are, as the vendor tells when it is asked.

    Raises:
        ExchangeError: it does not tell.
    """
    consent = consent_of(purse)
    if consent.identify is not None:
        answered = asked(purse.door_with(tokens.access), consent.identify, office.now)
        try:
            document = opened(answered.body)
            user = Node(document if isinstance(document, dict) else {}).text(consent.user_in)
        except Misread:
            user = ""
        if user:
            return user
    raise ExchangeError("the vendor did not say whose values these are")


def fetching(office: Office, name: str) -> list[Standing]:
    """Return how fetching stands, by account or device, without any key.

    Raises:
        ForbiddenError, UnknownError: as `connection_named`.
    """
    office.caller.require(MANAGE_PRACTICE)
    connection = standing(office, name)
    marks = PullMark.objects.using(office.db.alias).filter(connection=connection).order_by("name")
    return [
        Standing(
            name=mark.name or "all", state=mark.state,
            reached_at=mark.watermark, due_at=mark.due_at, failures=mark.failures, says=mark.says,
        )
        for mark in marks
    ]  # fmt: skip
