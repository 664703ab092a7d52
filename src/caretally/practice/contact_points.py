"""Where a member of staff is told of alerts: an address for each channel, sealed, the person's own.

Nobody but its owner sees an address, not even an administrator: pages of others say that there is
one. An address is tried with a test message before anybody relies on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from caretally.clock import ahead
from caretally.errors import ForbiddenError, InputError, Problem, UnknownError
from caretally.exchange.mail import checked_address
from caretally.exchange.texting import checked_number
from caretally.practice.office import Office
from caretally.practice.sealing import Sealed, contact_bound_to, open_sealed, seal
from caretally.store.alert_tables import ContactPoint, Notice
from caretally.store.database import Database
from caretally.store.streams import book_of
from caretally.triage.ladders import EMAIL, SMS

CHECKS = {EMAIL: checked_address, SMS: checked_number}
"""What an address is held against, by channel; other channels need none."""
TEST = "test:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A contact point of the caller's own. test: how the latest test message went; else empty."""

    channel: str
    address: str
    test: str = ""


def address_of(db: Database, practice: str, staff: str, channel: str) -> str | None:
    """Return the address of a member of staff; None where none is kept.

    Raises:
        IntegrityError: it does not open.
    """
    kept = live(db, practice, staff).filter(channel=channel).first()
    if kept is None:
        return None
    sealed = Sealed(kept.key, bytes(kept.sealed))
    return open_sealed(sealed, contact_bound_to(practice, staff, channel)).decode()


def live(db: Database, practice: str, staff: str) -> QuerySet[ContactPoint]:
    """Return the contact points that are in use."""
    points = ContactPoint.objects.using(db.alias)
    return points.filter(practice__name=practice, staff=staff, ended_at=None).order_by("-pk")


def staff_of(office: Office) -> str:
    """Return the caller's staff id.

    Raises:
        ForbiddenError: the caller is nobody of the staff.
    """
    if not office.caller.staff:
        raise ForbiddenError("only members of the staff are told of alerts")
    return office.caller.staff


def my_points(office: Office) -> tuple[Point, ...]:
    """Return the caller's contact points, with how the latest test went.

    Raises:
        ForbiddenError: the caller is nobody of the staff.
    """
    staff, found = staff_of(office), []
    for channel in CHECKS:
        address = address_of(office.db, office.practice, staff, channel)
        if address is not None:
            test = latest_test(office, staff, channel)
            found.append(Point(channel=channel, address=address, test=test))
    return tuple(found)


def latest_test(office: Office, staff: str, channel: str) -> str:
    """Return how the latest test message went, in words; empty where none was asked for."""
    tests = Notice.objects.using(office.db.alias).filter(
        practice__name=office.practice, staff=staff, channel=channel, alert__startswith=TEST
    )
    last = tests.order_by("-pk").first()
    if last is None:
        return ""
    return f"{last.state.replace('_', ' ')}{f': {last.answer}' if last.answer else ''}"


def keep_point(office: Office, channel: str, address: str) -> None:
    """Keep an address of the caller's own; it takes the place of the one before.

    Raises:
        ForbiddenError: the caller is nobody of the staff.
        InputError: no such channel, or no address of it.
    """
    staff, check = staff_of(office), CHECKS.get(channel)
    if check is None:
        raise InputError([Problem(where="form", field="channel", found="another word",
                                  expected=" or ".join(CHECKS))])  # fmt: skip
    checked = check(address)
    key, sealed = seal(checked.encode(), contact_bound_to(office.practice, staff, channel))
    with office.db.atomic():
        end_point(office, channel)
        ContactPoint.objects.using(office.db.alias).create(
            practice_id=office.book().number, staff=staff, channel=channel, key=key, sealed=sealed,
            made_at=office.now,
        )  # fmt: skip


def end_point(office: Office, channel: str) -> None:
    """Let an address of the caller's own be forgotten; that there was one stays.

    Raises:
        ForbiddenError: the caller is nobody of the staff.
    """
    ended = live(office.db, office.practice, staff_of(office)).filter(channel=channel)
    ended.update(ended_at=office.now, sealed=b"")


def ask_test(office: Office, channel: str) -> None:
    """Put a test message to an address of the caller's own in line.

    Raises:
        ForbiddenError: the caller is nobody of the staff.
        UnknownError: no address of this channel is kept.
    """
    staff, book = staff_of(office), book_of(office.db, office.practice)
    if book is None or address_of(office.db, office.practice, staff, channel) is None:
        raise UnknownError("no address of this kind is kept")
    Notice.objects.using(office.db.alias).create(
        practice_id=book.number, alert=TEST + office.new_id("tst"), step=0, staff=staff,
        channel=channel, due_at=office.now - ahead(), made_at=office.now,
    )  # fmt: skip


def reachable_by(db: Database, practice: str) -> dict[str, tuple[str, ...]]:
    """Return by which channels each member of staff can be reached; no address is opened."""
    points = ContactPoint.objects.using(db.alias).filter(practice__name=practice, ended_at=None)
    found: dict[str, set[str]] = {}
    for staff, channel in points.values_list("staff", "channel"):
        found.setdefault(staff, set()).add(channel)
    return {staff: tuple(sorted(channels)) for staff, channels in found.items()}
