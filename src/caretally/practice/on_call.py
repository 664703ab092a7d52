"""The roster and the ladders of a practice: who is on call, who would be told, and keeping both.

What is worked out from the practice's own entries is kept until they grow, since the worker asks
several times a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

from caretally.clock import local_date
from caretally.errors import InputError, Problem, UnknownError
from caretally.journal.corrections import resolve
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import (
    Entry,
    EntryVoided,
    EscalationLadderSet,
    OnCallScheduled,
)
from caretally.journal.register import Register, register_of
from caretally.practice.office import Office
from caretally.practice.roles import KEEP_ROSTER, SIGN_RULES
from caretally.store.charts import practice_entries
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import OWN, Book, named_streams
from caretally.triage.commands import PRACTITIONERS
from caretally.triage.ladders import Around, Ladder, ladder_for, sign_ladder
from caretally.triage.rosters import (
    Gap,
    Shift,
    clinics_above,
    gaps,
    on_call,
    schedule,
    shifts_of,
)

AHEAD = timedelta(days=7)
"""How far ahead gaps in the roster are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a practice's own entries say about calls.

    in_force: ladders and shifts. length: of the practice's own stream when it was read.
    """

    length: int
    register: Register
    shifts: tuple[Shift, ...]
    in_force: tuple[Entry, ...]

    def ladder(self, level: str, clinic: str) -> Ladder:
        """Return the ladder that holds for alerts of a level in a clinic."""
        above = sorted(clinics_above(self.register, clinic) - {"", clinic})
        return ladder_for(self.in_force, level, (clinic, *above))

    def on_call(self, at: datetime, clinic: str) -> tuple[Shift, ...]:
        """Return who is on call for a clinic, the first to be called first."""
        return on_call(self.shifts, at, clinics_above(self.register, clinic))

    def around(self, at: datetime, clinic: str) -> Around:
        """Return who can be told at an instant, of those the roster and the register know."""
        day = local_date(at, self.register.home_zone(clinic or None))
        roles = {each: self.register.roles_on(each, day) for each in sorted(self.register.staff)}
        return Around(
            shifts=self.on_call(at, clinic),
            doctors=tuple(each for each, held in roles.items() if held & PRACTITIONERS),
            everybody=tuple(each for each, held in roles.items() if held - {"ai_agent"}),
        )

    def gaps(self, at: datetime, clinic: str = "") -> tuple[Gap, ...]:
        """Return when nobody will be on call in the coming days; none where no roster is kept."""
        if not any(each.ends > at - AHEAD for each in self.shifts):
            return ()
        return gaps(self.shifts, (at, at + AHEAD), clinics_above(self.register, clinic))


@dataclass(slots=True)
class Kept:
    """The posts that were worked out, by practice."""

    posts: dict[str, Post] = field(default_factory=dict)


_kept: WeakKeyDictionary[StoredJournal, Kept] = WeakKeyDictionary()


def post_of(journal: StoredJournal, book: Book) -> Post:
    """Return what a practice's own entries say about calls."""
    own = named_streams(book, [OWN]).get(OWN)
    length = own.length if own is not None else 0
    posts = _kept.setdefault(journal, Kept()).posts
    known = posts.get(book.practice)
    if known is None or known.length != length:
        in_force = resolve(practice_entries(book, journal.desk.shelf)).in_force
        posts[book.practice] = known = Post(
            length=length, register=register_of(in_force), shifts=shifts_of(in_force),
            in_force=tuple(
                each for each in in_force
                if isinstance(each.body, EscalationLadderSet | OnCallScheduled)
            ),
        )  # fmt: skip
    return known


def my_post(office: Office) -> Post:
    """Return the post of the caller's practice."""
    return post_of(office.journal, office.book())


def add_shift(office: Office, filing: Filing, body: OnCallScheduled) -> None:
    """Put somebody on call.

    Raises:
        ForbiddenError: the caller may not keep the roster.
        InputError: something speaks against it; all is named.
    """
    office.caller.require(KEEP_ROSTER)
    if not is_stored(office, filing):
        office.append(schedule(my_post(office).register, filing, body))


def is_stored(office: Office, filing: Filing) -> bool:
    """Tell whether a form was sent before: its entry is in the practice's journal already."""
    entries = practice_entries(office.book(), office.journal.desk.shelf)
    return any(each.id == filing.id and each.actor == filing.actor for each in entries)


def shift_named(office: Office, entry: str) -> Shift:
    """Return a shift by the entry that says so.

    Raises:
        UnknownError: there is none in force.
    """
    found = next((each for each in my_post(office).shifts if each.entry == entry), None)
    if found is None:
        raise UnknownError("no shift of this id is on the roster")
    return found


def body_of(shift: Shift) -> OnCallScheduled:
    """Return what an entry says of a shift."""
    return OnCallScheduled(
        staff=shift.staff, from_at=shift.begins, to_at=shift.ends, practice=shift.clinic or None,
        rank=shift.rank,
    )  # fmt: skip


def hand_over(office: Office, shift: Shift, staff: str, filing: Filing) -> None:
    """Let another person take the rest of a shift; both entries are stored or none.

    Raises:
        ForbiddenError: the caller may not keep the roster.
        InputError: the shift is over, or the other is nobody else of the staff.
    """
    office.caller.require(KEEP_ROSTER)
    register, now = my_post(office).register, office.now
    if is_stored(office, filing):
        return
    if shift.ends <= now:
        raise InputError([Problem(where="form", field="staff", found="a shift that is over",
                                  expected="one that still runs, or is to come")])  # fmt: skip
    if staff == shift.staff:
        raise InputError([Problem(where="form", field="staff", found="the same person",
                                  expected="somebody else")])  # fmt: skip
    body, why = body_of(shift), f"handed over to {staff}"
    correcting = replace(filing, supersedes=shift.entry, reason=why)
    if now <= shift.begins:
        office.append(schedule(register, correcting, replace(body, staff=staff)))
        return
    rest = replace(filing, id=f"{filing.id}_rest", supersedes=None, reason=None)
    office.append([
        *schedule(register, correcting, replace(body, to_at=now)),
        *schedule(register, rest, replace(body, staff=staff, from_at=now)),
    ])  # fmt: skip


def remove_shift(office: Office, shift: Shift, filing: Filing) -> None:
    """Take a shift off the roster; the entry stays visible, with the reason.

    Raises:
        ForbiddenError: the caller may not keep the roster.
        InputError: no reason is given.
    """
    office.caller.require(KEEP_ROSTER)
    if is_stored(office, filing):
        return
    office.append(Draft.of(filing, EntryVoided(entry=shift.entry)).filed())


def sign(office: Office, filing: Filing, body: EscalationLadderSet) -> None:
    """Sign a ladder; it holds from now on.

    Raises:
        ForbiddenError: the caller may not sign.
        InputError: something speaks against it; all is named.
    """
    office.caller.require(SIGN_RULES)
    if is_stored(office, filing):
        return
    office.append(sign_ladder(my_post(office).register, filing, body))


def days_of(post: Post, days: Sequence[tuple[datetime, datetime]]) -> list[list[Shift]]:
    """Return the shifts that touch each of some days, by time and rank."""
    return [
        [each for each in post.shifts if each.begins < ends and each.ends > begins]
        for begins, ends in days
    ]


def clinics_of(post: Post) -> Mapping[str, str]:
    """Return the names of the practice and its clinics by id."""
    return {name: body.name for name, body in sorted(post.register.practices.items())}
