"""What proof.json of a packet says, field by field; both sides read it by these records.

Digests are hexadecimal SHA-256. Instants are ISO 8601 in UTC. Nothing of any other patient is in
it but the stretches of shared staff and shared devices, without id and without content.
"""

from __future__ import annotations

import msgspec

VERSION = 1
ENTRIES, DECISION, PROOF = "entries.ndjson", "decision.json", "proof.json"
FILES = (ENTRIES, DECISION, PROOF)


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record of the file; what it does not name is refused."""


class Chained(Strict, frozen=True, kw_only=True):
    """The chain of the patient's journal.

    links: when each entry was stored, and the digest after it, from the first on.
    """

    stream: str
    links: tuple[tuple[str, str], ...]


class Seal(Strict, frozen=True, kw_only=True):
    """The sealed root over all journals, and the way from this chain up to it.

    size, root: of the tree. place: of this chain's leaf. length: so many entries it covers.
    path: inclusion path (RFC 6962). token: RFC 3161, in base64, over the bytes of the root.
    """

    sealed_at: str
    size: int
    root: str
    place: int
    length: int
    path: tuple[str, ...]
    token: str | None = None


class Basis(Strict, frozen=True, kw_only=True):
    """The entries the decision was made from, in the order of their ids.

    size, root: of the tree over all of them. places: of those in this file, by id. rest: digests
    that stand for those that are not.
    """

    size: int
    root: str
    places: dict[str, int]
    rest: tuple[str, ...]


class TakenSpan(Strict, frozen=True, kw_only=True):
    """Work for somebody else that kept a performer from this patient.

    taken: the stretches in which it did. place, leaf: of its entry among those of the decision.
    time_zone: in which the performer's dates are counted there.
    """

    performer: str
    start: str
    end: str
    taken: tuple[tuple[str, str], ...]
    time_zone: str
    place: int
    leaf: str


class DeviceMove(Strict, frozen=True, kw_only=True):
    """That a device of this patient went to somebody else, or came back from there.

    holder: numbers the others in the order of this file.
    """

    device: str
    at: str
    assigned: bool
    holder: int
    place: int
    leaf: str


class SetAside(Strict, frozen=True, kw_only=True):
    """An entry of this file that an entry outside it superseded or voided."""

    entry: str
    how: str


class Proof(Strict, frozen=True, kw_only=True):
    """All that proof.json says.

    decision: id of the decision of the close; None while the month is open. policy: the counting
    policy, where another than the payer's was asked for. files: digest by name. until: entries
    recorded later were not known. program: the version that made the packet.
    """

    packet: int
    program: str
    practice: str
    patient: str
    month: str
    decision: str | None
    policy: str | None
    until: str
    made_at: str
    rulebook: str
    facts: str
    files: dict[str, str]
    chain: Chained
    seal: Seal | None
    basis: Basis
    spans_elsewhere: tuple[TakenSpan, ...] = ()
    devices_elsewhere: tuple[DeviceMove, ...] = ()
    set_aside_elsewhere: tuple[SetAside, ...] = ()
