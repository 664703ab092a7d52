"""What a practice set about calls by an automated voice: rules, agreements, signed protocols.

Read from the practice's own entries and kept until they grow. Where it set no rules a starting
point holds, and every answer of the gate says so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from weakref import WeakKeyDictionary

from caretally.contacts.wellness_calls.gate import LOCAL, House, Signature
from caretally.contacts.wellness_calls.laws import laws
from caretally.enrollment.record import OnFile
from caretally.errors import InputError, Problem
from caretally.journal.corrections import resolve
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import (
    CallingRulesSet,
    Entry,
    ProtocolSigned,
    VendorAgreed,
)
from caretally.journal.register import Register, register_of
from caretally.practice.office import Office
from caretally.practice.on_call import is_stored
from caretally.practice.roles import MANAGE_PRACTICE, SIGN_RULES
from caretally.settings import Settings
from caretally.store.charts import practice_entries
from caretally.store.stored_journal import StoredJournal
from caretally.store.streams import OWN, Book, named_streams
from caretally.triage.commands import PRACTITIONERS

STATE_LETTERS = 2
TWILIO = "twilio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the practice's own entries say about calls.

    length: of its own stream when it was read. rules: the latest; None where it set none.
    signatures: the latest word about each protocol, by name.
    """

    length: int
    register: Register
    rules: OnFile[CallingRulesSet] | None
    agreements: tuple[OnFile[VendorAgreed], ...]
    signatures: Mapping[str, OnFile[ProtocolSigned]]

    def house(self, day: date, vendors: tuple[tuple[str, str], ...]) -> House:
        """Return what the gate asks of a practice on its local date."""
        return House(
            day=day, rules=self.rules.body if self.rules else laws().starting_point,
            are_set=self.rules is not None, vendors=vendors,
            agreements=tuple(each.body for each in self.agreements),
        )  # fmt: skip

    def signature(self, protocol: str) -> Signature | None:
        """Return the latest word of a clinician about a protocol."""
        found = self.signatures.get(protocol)
        if found is None:
            return None
        zone_day = found.at.date()
        roles = self.register.roles_on(found.body.signed_by, zone_day)
        return Signature(
            digest=found.body.digest, signed_by=found.body.signed_by,
            is_active=found.body.active, is_clinician=bool(roles & PRACTITIONERS),
        )  # fmt: skip


@dataclass(slots=True)
class Kept:
    """The standings that were read, by practice."""

    standings: dict[str, Standing] = field(default_factory=dict)


_kept: WeakKeyDictionary[StoredJournal, Kept] = WeakKeyDictionary()


def standing_of(journal: StoredJournal, book: Book) -> Standing:
    """Return what a practice's own entries say about calls."""
    own = named_streams(book, [OWN]).get(OWN)
    length = own.length if own is not None else 0
    kept = _kept.setdefault(journal, Kept()).standings
    known = kept.get(book.practice)
    if known is None or known.length != length:
        known = kept[book.practice] = read(practice_entries(book, journal.desk.shelf), length)
    return known


def read(entries: tuple[Entry, ...], length: int) -> Standing:
    """Return what some entries of a practice say about calls."""
    in_force = sorted(resolve(entries).in_force, key=lambda each: (each.at, each.id))
    rules: OnFile[CallingRulesSet] | None = None
    agreements: list[OnFile[VendorAgreed]] = []
    signatures: dict[str, OnFile[ProtocolSigned]] = {}
    for entry in in_force:
        body = entry.body
        if isinstance(body, CallingRulesSet):
            rules = OnFile(entry=entry, body=body)
        elif isinstance(body, VendorAgreed):
            agreements.append(OnFile(entry=entry, body=body))
        elif isinstance(body, ProtocolSigned):
            signatures[body.protocol] = OnFile(entry=entry, body=body)
    return Standing(
        length=length, register=register_of(in_force), rules=rules,
        agreements=tuple(agreements), signatures=signatures,
    )  # fmt: skip


def my_standing(office: Office) -> Standing:
    """Return what the caller's practice set about calls."""
    return standing_of(office.journal, office.book())


def vendors_now() -> tuple[tuple[str, str], ...]:
    """Return who does each part of a call as the program is set up; `local` is this machine."""
    return vendors_of(Settings.read(os.environ))


def vendors_of(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Return who does each part of a call: what is spoken and heard never leaves this machine."""
    carrier = next((name for name in ("twilio", "sip") if getattr(settings, f"{name}_url", "")),
                   LOCAL)  # fmt: skip
    parts = ("speech_to_text", "text_to_speech", "storage")
    return (("carrier", carrier), *((part, LOCAL) for part in parts))


def trunk_of(sip_url: str) -> str:
    """Return the host of a trunk, under which its agreement is filed.

    Example:
        >>> trunk_of("sip:practice:secret@trunk.example.net;transport=tls")
        'trunk.example.net'
    """
    host = sip_url.partition(":")[2].rpartition("@")[2].removeprefix("//")
    return re.split(r"[:;/?]", host)[0].lower() or "sip"


def set_rules(office: Office, filing: Filing, body: CallingRulesSet) -> None:
    """Set the calling rules; they hold from now on.

    Raises:
        ForbiddenError: the caller may not sign rules.
        InputError: something speaks against them; all is named.
    """
    office.caller.require(SIGN_RULES)
    if is_stored(office, filing):
        return
    draft = Draft.of(filing, body)
    check_hours(draft, body)
    if body.most_a_week < body.most_a_day:
        draft.refuse("body.most_a_week", found=str(body.most_a_week),
                     expected="at least as many as on a day")  # fmt: skip
    for state in body.counsel_states:
        if len(state) != STATE_LETTERS or not (state.isascii() and state.isupper()):
            draft.refuse(
                "body.counsel_states", found=repr(state), expected="two letters, such as CA"
            )
    office.append(draft.filed())


def check_hours(draft: Draft, body: CallingRulesSet) -> None:
    """Refuse hours that never open, or are wider than the law's."""
    allowed = laws().hours
    if not body.from_time < body.to_time:
        draft.refuse("body.to_time", found=body.to_time, expected=f"a time after {body.from_time}")
    if body.from_time < allowed.from_time:
        draft.refuse("body.from_time", found=body.from_time,
                     expected=f"{allowed.from_time} or later, as the law has it")  # fmt: skip
    if body.to_time > allowed.to_time:
        draft.refuse("body.to_time", found=body.to_time,
                     expected=f"{allowed.to_time} or earlier, as the law has it")  # fmt: skip


def agree(office: Office, filing: Filing, body: VendorAgreed) -> None:
    """Put an agreement with a business associate on file.

    Raises:
        ForbiddenError: the caller may not keep the practice.
        InputError: something speaks against it; all is named.
    """
    office.caller.require(MANAGE_PRACTICE)
    if is_stored(office, filing):
        return
    draft = Draft.of(filing, body)
    if body.vendor == LOCAL:
        draft.refuse("body.vendor", found=repr(LOCAL), expected="somebody outside of this machine")
    if body.to_on is not None and body.to_on < body.from_on:
        draft.refuse("body.to", found=str(body.to_on), expected=f"{body.from_on} or later")
    office.append(draft.filed())


def end_agreement(office: Office, entry: str, to_on: date, filing: Filing) -> None:
    """Let an agreement end on a date; the entry before stays visible.

    Raises:
        ForbiddenError: the caller may not keep the practice.
        InputError: there is no such agreement, or the date lies before it began.
    """
    known = next((each for each in my_standing(office).agreements if each.id == entry), None)
    if known is None:
        raise InputError([Problem(where="form", field="entry", found="no agreement in force",
                                  expected="one of the list")])  # fmt: skip
    body = VendorAgreed(
        vendor=known.body.vendor, part=known.body.part, document=known.body.document,
        from_on=known.body.from_on, to_on=to_on,
    )  # fmt: skip
    agree(office, filing, body)
