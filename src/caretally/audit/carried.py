"""Which entries a packet carries, and how a decision is made again from them alone.

The patient's own journal is carried whole, since a chain is only proven whole. Of the practice's
entries those are carried that speak of people and devices of this chart. Of other patients none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from caretally.audit.elsewhere import Moved, Took, told_instant
from caretally.audit.proof import Basis, DeviceMove, Proof, SetAside, TakenSpan
from caretally.audit.pruned_trees import pruned
from caretally.clock import seconds_of
from caretally.journal.chain import leaf_digest, tree_root
from caretally.journal.corrections import resolve
from caretally.journal.entries import (
    Consented,
    ContactHeld,
    DecisionMade,
    DecisionSuperseded,
    DeviceAssigned,
    DeviceReturned,
    Enrolled,
    Entry,
    EntryVoided,
    ExcludedLeg,
    PracticeRegistered,
    StaffRegistered,
)
from caretally.patient_months.rows import Record

PROGRAM = "rpm"
"""The program of stand-ins for work elsewhere; which one it is changes nothing for this patient."""
WORD = re.compile(r'"([^"\\]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Rests:
    """What a decision rests on, in the order of entry ids.

    digests: leaf digests, one an entry.
    """

    patient: str
    entries: Sequence[Entry]
    digests: Sequence[bytes]

    @property
    def own(self) -> tuple[Entry, ...]:
        """The patient's entries among them."""
        return tuple(entry for entry in self.entries if entry.patient == self.patient)

    @property
    def others(self) -> tuple[Entry, ...]:
        """The entries of other patients among them."""
        return tuple(entry for entry in self.entries if entry.patient not in (None, self.patient))


def practice_carried(rests: Rests, own_lines: Iterable[str]) -> tuple[Entry, ...]:
    """Return the practice's entries that speak of people, places and devices of this chart."""
    named = {word for line in own_lines for word in WORD.findall(line)}
    named |= {word.partition(":")[2] for word in named if word.startswith("staff:")}
    shared = [entry for entry in rests.entries if entry.patient is None]
    for entry in shared:  # who supervises is named by who is supervised
        body = entry.body
        if isinstance(body, StaffRegistered) and body.staff in named and body.supervised_by:
            named.add(body.supervised_by)
    chosen = [entry for entry in shared if is_named(entry, named)]
    families = {entry.id for entry in (*chosen, *rests.own)}
    return tuple(
        entry
        for entry in shared
        if is_named(entry, named)
        or (isinstance(entry.body, EntryVoided) and entry.body.entry in families)
    )


def is_named(entry: Entry, named: set[str]) -> bool:
    """Tell whether an entry of the practice is of somebody or something that is named."""
    match entry.body:
        case PracticeRegistered():
            return True
        case StaffRegistered() as body:
            return body.staff in named
        case DeviceAssigned() | DeviceReturned() as body:
            return body.device in named
    return False


def basis_of(rests: Rests, carried: Iterable[str], shown: Iterable[int]) -> Basis:
    """Return the tree over the entries of a decision, with those carried or shown as leaves."""
    ids = set(carried)
    places = {entry.id: n for n, entry in enumerate(rests.entries) if entry.id in ids}
    return Basis(
        size=len(rests.entries), root=tree_root(rests.digests).hex(), places=places,
        rest=tuple(each.hex() for each in pruned({*places.values(), *shown}, rests.digests)),
    )  # fmt: skip


def spans_told(rests: Rests, took: Iterable[Took]) -> tuple[TakenSpan, ...]:
    """Return the work elsewhere as the file tells it."""
    places = {entry.id: place for place, entry in enumerate(rests.entries)}
    return tuple(
        TakenSpan(
            performer=each.performer, start=told_instant(each.start), end=told_instant(each.end),
            taken=tuple((told_instant(a), told_instant(b)) for a, b in each.taken),
            time_zone=each.zone, place=places[each.entry],
            leaf=rests.digests[places[each.entry]].hex(),
        )
        for each in took
    )  # fmt: skip


def devices_told(rests: Rests, moved: Iterable[Moved]) -> tuple[DeviceMove, ...]:
    """Return the moves of devices elsewhere as the file tells them."""
    places = {entry.id: place for place, entry in enumerate(rests.entries)}
    holders: dict[str, int] = {}
    return tuple(
        DeviceMove(
            device=each.device, at=each.at.isoformat(), assigned=each.assigned,
            holder=holders.setdefault(each.holder, len(holders) + 1), place=places[each.entry],
            leaf=rests.digests[places[each.entry]].hex(),
        )
        for each in moved
    )  # fmt: skip


def set_aside_told(set_aside: Mapping[str, str], carried: Sequence[Entry]) -> tuple[SetAside, ...]:
    """Return which carried entries something set aside that is not carried."""
    alone = resolve(without_strangers(carried)).set_aside
    return tuple(
        SetAside(entry=entry.id, how=set_aside[entry.id])
        for entry in carried
        if entry.id in set_aside and set_aside[entry.id] != alone.get(entry.id)
    )


def without_strangers(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries without corrections of what is not among them."""
    ids = {entry.id for entry in entries}
    found = []
    for entry in entries:
        if isinstance(entry.body, EntryVoided) and entry.body.entry not in ids:
            continue
        is_strange = entry.supersedes is not None and entry.supersedes not in ids
        found.append(replace(entry, supersedes=None) if is_strange else entry)
    return found


def decision_in_force(entries: Iterable[Entry], month: str) -> DecisionMade | None:
    """Return the latest decision of a month that none stands in for; None while it is open.

    entries: a patient's, in the order in which they were stored.
    """
    known = list(entries)
    gone = {each.body.decision for each in known if isinstance(each.body, DecisionSuperseded)}
    made = [
        each.body
        for each in known
        if isinstance(each.body, DecisionMade)
        and each.body.month == month
        and each.body.decision not in gone
    ]
    return made[-1] if made else None


# --- the way back ---------------------------------------------------------------------------------


def record_again(proof: Proof, carried: Mapping[str, Entry]) -> Record:
    """Return the record a decision is made from again.

    carried: the entries of the file by id. Work and devices elsewhere are filled in by stand-ins.

    Raises:
        KeyError: an entry of the basis is not carried.
        InputError: corrections contradict one another; all are named.
    """
    places = proof.basis.places
    chosen = without_strangers([carried[name] for name in places])
    resolution = resolve(chosen)
    elsewhere = {each.entry: each.how for each in proof.set_aside_elsewhere}
    stand_ins: list[Entry] = []
    for number, span in enumerate(proof.spans_elsewhere, 1):
        stand_ins += work_elsewhere(span, name_at(places, span.place), f"elsewhere span {number}")
    for move in proof.devices_elsewhere:
        stand_ins.append(device_elsewhere(move, name_at(places, move.place)))
    return Record(
        known=[*resolution.known, *stand_ins], set_aside={**resolution.set_aside, **elsewhere}
    )


def name_at(places: Mapping[str, int], place: int) -> str:
    """Return an id that sorts among those carried as the one at a place does."""
    before = max((name for name, at in places.items() if at < place), default="")
    return f"{before}\x01{place:09d}"


def work_elsewhere(span: TakenSpan, name: str, patient: str) -> list[Entry]:
    """Return entries of a stand-in whose contact takes what the span took, and nothing more."""
    start, end = datetime.fromisoformat(span.start), datetime.fromisoformat(span.end)
    taken = [tuple(map(datetime.fromisoformat, each)) for each in span.taken]
    edges = [start, *(instant for stretch in taken for instant in stretch), end]
    free = zip(edges[::2], edges[1::2], strict=True)
    before = start - timedelta(days=1)
    bodies = (
        Enrolled(program=PROGRAM, diagnoses=(), time_zone=span.time_zone),
        Consented(scope=PROGRAM),
        ContactHeld(
            program=PROGRAM, mode="telephone", start=start, end=end, performers=(span.performer,),
            spoke_with="patient", two_way=True, topics=("device_data",),
            excluded=tuple(
                ExcludedLeg(start=a, end=b, why="other_party")
                for a, b in free
                if seconds_of(a) < seconds_of(b)
            ),
        ),
    )  # fmt: skip
    return [
        Entry(
            id=name if isinstance(body, ContactHeld) else f"{name} {body.kind}", patient=patient,
            at=start if isinstance(body, ContactHeld) else before, recorded_at=end,
            actor="system:packet", body=body,
        )
        for body in bodies
    ]  # fmt: skip


def device_elsewhere(move: DeviceMove, name: str) -> Entry:
    """Return the move of a device in the hands of a stand-in."""
    at = datetime.fromisoformat(move.at)
    body: DeviceAssigned | DeviceReturned
    if move.assigned:
        body = DeviceAssigned(device=move.device, medical_device=True)
    else:
        body = DeviceReturned(device=move.device)
    return Entry(
        id=name, patient=f"elsewhere device {move.holder}", at=at, recorded_at=at,
        actor="system:packet", body=body,
    )  # fmt: skip


def digest_of(line: str) -> bytes:
    """Return the leaf digest of a canonical line."""
    return leaf_digest(line.encode())
