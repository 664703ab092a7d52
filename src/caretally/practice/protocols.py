"""Protocols of wellness calls at a practice: which there are, who signed, and signing them.

A protocol is signed by its digest: another text of the same name is another protocol, and nobody is
called along it until a clinician signs again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from caretally.contacts.wellness_calls.pack_reader import NAMES, installed
from caretally.contacts.wellness_calls.packs import Pack
from caretally.errors import UnknownError
from caretally.journal.corrections import resolve
from caretally.journal.drafts import Draft, Filing
from caretally.journal.entries import Entry, ProtocolSigned
from caretally.practice.office import Office
from caretally.practice.on_call import is_stored
from caretally.practice.roles import SIGN_RULES
from caretally.store.charts import practice_entries
from caretally.triage.commands import PRACTITIONERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A protocol that is installed, and what the practice says of it.

    signed: the latest word of a clinician, whatever text it was about; None without one.
    """

    pack: Pack
    signed: ProtocolSigned | None = None
    signed_at: datetime | None = None

    @property
    def is_in_force(self) -> bool:
        """Whether calls may follow it: signed, not withdrawn, and this very text."""
        return bool(self.signed and self.signed.active and self.signed.digest == self.pack.digest)

    @property
    def is_outdated(self) -> bool:
        """Whether another text than the installed one was signed."""
        return bool(self.signed and self.signed.active and self.signed.digest != self.pack.digest)


def shelf_of(office: Office) -> tuple[Shelved, ...]:
    """Return the installed protocols, with who signed."""
    words = latest(office)
    return tuple(shelved(name, words) for name in NAMES)


def protocol_named(office: Office, name: str) -> Shelved:
    """Return a protocol, with who signed.

    Raises:
        UnknownError: none of this name is installed.
    """
    if name not in NAMES:
        raise UnknownError("no protocol of this name is installed")
    return shelved(name, latest(office))


def shelved(name: str, words: Mapping[str, Entry]) -> Shelved:
    """Return a protocol with the latest word about it."""
    entry = words.get(name)
    if entry is None or not isinstance(entry.body, ProtocolSigned):
        return Shelved(pack=installed(name))
    return Shelved(pack=installed(name), signed=entry.body, signed_at=entry.at)


def latest(office: Office) -> Mapping[str, Entry]:
    """Return the latest word of a clinician about each protocol."""
    entries = practice_entries(office.book(), office.journal.desk.shelf)
    found = {}
    for entry in sorted(resolve(entries).in_force, key=lambda each: (each.at, each.id)):
        if isinstance(entry.body, ProtocolSigned):
            found[entry.body.protocol] = entry
    return found


def sign_protocol(office: Office, filing: Filing, name: str, *, active: bool) -> None:
    """Sign the installed text of a protocol, or take the signature back, in the caller's name.

    Raises:
        ForbiddenError: the caller may not sign.
        UnknownError: none of this name is installed.
        InputError: the caller is no practitioner of the practice.
    """
    office.caller.require(SIGN_RULES)
    pack = protocol_named(office, name).pack
    if is_stored(office, filing):
        return
    body = ProtocolSigned(
        protocol=pack.name, version=pack.version, digest=pack.digest,
        signed_by=office.caller.staff, active=active,
    )  # fmt: skip
    draft, day = Draft.of(filing, body), office.today()
    if not office.register().roles_on(body.signed_by, day) & PRACTITIONERS:
        draft.refuse("body.signed_by", found=f"{body.signed_by!r}, no practitioner on {day}",
                     expected="a physician, NP, PA, CNS or CNM of the practice")  # fmt: skip
    office.append(draft.filed())
