"""Verifies a packet offline: digests, chain, proofs, and the decision made again from its entries.

No database and nothing outside the file is asked, but a root that somebody kept elsewhere. What is
wrong is named: which file, which entry, which digest. That what was written is true, nobody can
verify from a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import msgspec

from caretally.audit.carried import decision_in_force, record_again
from caretally.audit.elsewhere import decided_from
from caretally.audit.pdf_files import Opened, opened
from caretally.audit.proof import (
    DECISION,
    ENTRIES,
    FILES,
    PROOF,
    VERSION,
    DeviceMove,
    Proof,
    TakenSpan,
)
from caretally.audit.pruned_trees import pruned_root
from caretally.billability.content import content_of
from caretally.billability.decide import judge_for
from caretally.billability.sheet_records import Rulebook
from caretally.billability.sheets import load_rulebook
from caretally.clock import ServiceMonth
from caretally.errors import CaretallyError, InputError, IntegrityError, Problem
from caretally.journal.chain import beginning, head_leaf, is_included, leaf_digest, linked
from caretally.journal.entries import DecisionMade, Entry
from caretally.journal.envelopes import decode_entry
from caretally.journal.faults import Misfit
from caretally.journal.parsing import NotJsonError, parse_line
from caretally.patient_months.rows import Record

HOLDS, BROKEN, OPEN = "holds", "broken", "open"
SHOWN_DIFFERENCES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    state: holds, broken, or open where it cannot be told from this file. says: in a sentence.
    """

    name: str
    state: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """All that was looked at, with what the decision made again says.

    proof: None where it cannot be read any more.
    """

    proof: Proof | None
    checks: tuple[Check, ...]
    decision: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is broken."""
        return all(each.state != BROKEN for each in self.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A root that was kept outside; size is 0 where the file told none."""

    root: str
    size: int = 0


def verify(body: bytes, kept: Sequence[Kept] = ()) -> Checked:
    """Return all checks of a packet.

    kept: roots kept elsewhere, to hold the packet against.

    Raises:
        InputError: the file is no packet.
        RulebookError: the installed rulebook cannot be read.
    """
    found = opened(body)
    spoiled = [
        Check(
            name=name,
            state=BROKEN,
            says="was changed: it cannot be unpacked any more, or stands twice",
        )
        for name in found.spoiled
    ]
    missing = [name for name in FILES if name not in (*found.files, *found.spoiled)]
    if missing:
        raise InputError([
            Problem(where="the file", found=f"no {', no '.join(missing)} attached",
                    expected="a packet that Caretally made")
        ])  # fmt: skip
    if spoiled:
        return Checked(proof=None, checks=(file_check(found), *spoiled))
    proof = proof_of(found.files[PROOF])
    if proof is None:
        says = "was changed: it is no proof of a packet of this version any more"
        unread = Check(name=PROOF, state=BROKEN, says=says)
        return Checked(proof=None, checks=(file_check(found), unread))
    lines, entries, wrong = read_lines(found.files[ENTRIES])
    checks = [*file_checks(found, proof), *wrong]
    checks += chain_checks(proof, lines)
    checks += stranger_checks(proof, lines, entries)
    checks += seal_checks(proof, kept)
    checks += basis_checks(proof, lines, entries)
    told, made = again(proof, entries, found.files[DECISION])
    return Checked(proof=proof, checks=(*checks, *told), decision=made)


def proof_of(text: bytes) -> Proof | None:
    """Return proof.json; None where it is none.

    Raises:
        InputError: it is of a version that this program does not know.
    """
    try:
        proof = msgspec.json.decode(text, type=Proof)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    if proof.packet != VERSION:
        raise InputError([
            Problem(where=PROOF, found=f"a packet of version {proof.packet}",
                    expected=f"version {VERSION}", hint="a later release of Caretally reads it")
        ])  # fmt: skip
    return proof


# --- files ----------------------------------------------------------------------------------------


def file_check(found: Opened) -> Check:
    """Return whether the file is byte for byte as it was made."""
    if found.borne == found.digest:
        return Check(name="file", state=HOLDS, says=f"the file is as it was made: {found.digest}")
    borne = found.borne or "no digest"
    says = f"bytes were changed: the file bears {borne}, and is {found.digest}"
    return Check(name="file", state=BROKEN, says=says)


def file_checks(found: Opened, proof: Proof) -> Iterator[Check]:
    """Yield whether the file and its attachments are as they were made."""
    yield file_check(found)
    for name in (ENTRIES, DECISION):
        is_so = sha256(found.files[name]).hexdigest()
        told = proof.files.get(name, "none")
        if is_so == told:
            yield Check(name=name, state=HOLDS, says=f"as it was attached: {is_so}")
        else:
            says = f"was changed: {PROOF} holds the digest {told}, the attachment has {is_so}"
            yield Check(name=name, state=BROKEN, says=says)
    if found.appended:
        says = (
            f"{found.appended:,} bytes were appended, as a signature does; "
            "pdfsig or a PDF reader tells whether it is valid and of whom, and whether what was "
            "appended changes the pages that are shown"
        )
        yield Check(name="signature", state=OPEN, says=says)


def read_lines(text: bytes) -> tuple[list[str], dict[str, Entry], list[Check]]:
    """Return lines, entries by id, and what is no entry."""
    lines, entries, wrong = text.decode("utf-8", "replace").split("\n")[:-1], {}, []
    for number, line in enumerate(lines, 1):
        try:
            entry = decode_entry(parse_line(line.encode()))
        except (Misfit, NotJsonError):
            says = f"line {number} of {ENTRIES} is no entry any more"
            wrong.append(Check(name="entry", state=BROKEN, says=says))
            continue
        if entry.id in entries:
            says = f"line {number} repeats the id {entry.id}"
            wrong.append(Check(name="entry", state=BROKEN, says=says))
        entries[entry.id] = entry
    return lines, entries, wrong


# --- chain and seal -------------------------------------------------------------------------------


def chain_checks(proof: Proof, lines: Sequence[str]) -> Iterator[Check]:
    """Yield which entries of the patient's journal are not those of its chain."""
    links = proof.chain.links
    if len(links) > len(lines):
        says = f"{len(links) - len(lines)} entries of the chain are not in {ENTRIES}"
        yield Check(name="chain", state=BROKEN, says=says)
    before, is_whole = beginning(proof.practice, proof.chain.stream), True
    for position, ((received_at, digest), line) in enumerate(zip(links, lines, strict=False), 1):
        made = linked(before, received_at, line).hex()
        if made != digest:
            is_whole = False
            says = (
                f"entry {position} ({id_in(line)}) was changed, removed or moved: "
                f"the chain holds {digest}, it gives {made}"
            )
            yield Check(name="chain", state=BROKEN, says=says)
        before = bytes_of(digest)
    if is_whole and len(links) <= len(lines):
        says = f"{len(links):,} entries of {proof.chain.stream} follow one another unbroken"
        yield Check(name="chain", state=HOLDS, says=says)


def stranger_checks(
    proof: Proof, lines: Sequence[str], entries: Mapping[str, Entry]
) -> Iterator[Check]:
    """Yield which entries are of a patient and stand outside the patient's chain.

    The chain proves nothing of what is put in beside it; only the practice's entries may be there.
    """
    chained = {id_in(line) for line in lines[: len(proof.chain.links)]}
    for entry in entries.values():
        if entry.patient is not None and entry.patient != proof.patient:
            says = f"entry {entry.id} is of another patient"
            yield Check(name="chain", state=BROKEN, says=says)
        elif entry.patient is not None and entry.id not in chained:
            says = f"entry {entry.id} of the patient stands outside the chain: it was put in"
            yield Check(name="chain", state=BROKEN, says=says)


def id_in(line: str) -> str:
    """Return the id in a line, as far as it has one."""
    told = line.partition('"id":"')[2].partition('"')[0]
    return told[:80] or "without an id"


def bytes_of(digest: str) -> bytes:
    """Return a digest as bytes; what is none gives an empty one, which matches nothing."""
    try:
        return bytes.fromhex(digest)
    except ValueError:
        return b""


def seal_checks(proof: Proof, kept: Sequence[Kept]) -> Iterator[Check]:
    """Yield whether the chain is under the sealed root, and whether that is the root kept."""
    seal = proof.seal
    if seal is None:
        says = "no seal covers this chain; only its own order is proven"
        yield Check(name="seal", state=OPEN if not kept else BROKEN, says=says)
        return
    links = proof.chain.links
    head = links[seal.length - 1][1] if 0 < seal.length <= len(links) else ""
    leaf = head_leaf(proof.practice, proof.chain.stream, seal.length, bytes_of(head))
    path = [bytes_of(each) for each in seal.path]
    root = bytes_of(seal.root)
    if is_included(leaf_digest(leaf), seal.place, seal.size, path, root):
        says = (
            f"the first {seal.length:,} entries are under the root {seal.root} "
            f"of {seal.size:,} leaves, sealed {seal.sealed_at}"
        )
        yield Check(name="seal", state=HOLDS, says=says)
    else:
        says = f"entry {seal.length} with digest {head or 'none'} is not under the root {seal.root}"
        yield Check(name="seal", state=BROKEN, says=says)
    later = len(links) - seal.length
    if later > 0:
        says = f"the last {later:,} entries are newer than the seal: chained, not sealed"
        yield Check(name="seal", state=OPEN, says=says)
    yield from kept_checks(seal.root, seal.size, kept)


def kept_checks(root: str, size: int, kept: Sequence[Kept]) -> Iterator[Check]:
    """Yield whether the root is one that was kept elsewhere."""
    if not kept:
        says = "no root kept elsewhere was given: who can write the database could remake all of it"
        yield Check(name="kept root", state=OPEN, says=says)
        return
    same = [each for each in kept if each.root == root and each.size in (0, size)]
    rivals = [each for each in kept if each.size == size and each.root != root]
    if same:
        yield Check(name="kept root", state=HOLDS, says="the root is the one that was kept")
    elif rivals or len(kept) == 1:
        other = (rivals or kept)[0].root
        says = f"the packet's root is {root}, the one kept is {other}"
        yield Check(name="kept root", state=BROKEN, says=says)
    else:
        says = f"none of the {len(kept)} roots kept is of {size} leaves"
        yield Check(name="kept root", state=BROKEN, says=says)


# --- what the decision rests on ------------------------------------------------------------------


def basis_checks(
    proof: Proof, lines: Sequence[str], entries: Mapping[str, Entry]
) -> Iterator[Check]:
    """Yield whether the entries are those the decision was made from."""
    by_id = {id_in(line): line for line in lines}
    missing = [name for name in proof.basis.places if name not in by_id]
    for name in missing:
        yield Check(name="basis", state=BROKEN, says=f"entry {name} is missing")
    shown = {
        place: leaf_digest(by_id[name].encode())
        for name, place in proof.basis.places.items()
        if name in by_id
    }
    elsewhere: list[TakenSpan | DeviceMove] = [*proof.spans_elsewhere, *proof.devices_elsewhere]
    shown |= {each.place: bytes_of(each.leaf) for each in elsewhere}
    if missing:
        return
    try:
        rest = [bytes_of(each) for each in proof.basis.rest]
        root = pruned_root(proof.basis.size, shown, rest).hex()
    except IntegrityError as error:
        yield Check(name="basis", state=BROKEN, says=str(error))
        return
    if root != proof.basis.root:
        says = f"the entries give the root {root}, the decision rests on {proof.basis.root}"
        yield Check(name="basis", state=BROKEN, says=says)
    else:
        says = f"the decision rests on {proof.basis.size:,} entries under the root {root}"
        yield Check(name="basis", state=HOLDS, says=says)
    yield from made_checks(proof, entries)


def made_checks(proof: Proof, entries: Mapping[str, Entry]) -> Iterator[Check]:
    """Yield whether the decision of the close, in the chain, is the one this packet speaks of."""
    stands = decision_in_force(entries.values(), proof.month)
    if stands is not None and stands.decision != proof.decision:
        told = proof.decision or "that the month was open"
        says = f"the chain holds the decision {stands.decision}, the packet says {told}"
        yield Check(name="close", state=BROKEN, says=says)
        return
    if proof.decision is None:
        says = "the month was not closed when the packet was made; nothing of it was signed"
        yield Check(name="close", state=OPEN, says=says)
        return
    entry = entries.get(proof.decision)
    body = entry.body if entry is not None else None
    if not isinstance(body, DecisionMade):
        says = f"the decision {proof.decision} is not among the entries"
        yield Check(name="close", state=BROKEN, says=says)
        return
    compared = [("entries", f"sha256:{proof.basis.root}", body.entries)]
    if proof.rulebook == body.rulebook and proof.policy is None:
        compared.append(("facts", proof.facts, body.facts))
    for what, told, held in compared:
        if told != held:
            says = f"{proof.decision} was made with the {what} {held}, the packet says {told}"
            yield Check(name="close", state=BROKEN, says=says)
            return
    if proof.rulebook != body.rulebook:
        says = f"closed by the rulebook {body.rulebook}, printed by {proof.rulebook}"
        yield Check(name="close", state=OPEN, says=says)
    says = f"{proof.decision} was made from these entries"
    yield Check(name="close", state=HOLDS, says=says)


# --- the decision, made again --------------------------------------------------------------------


def again(
    proof: Proof, entries: Mapping[str, Entry], printed: bytes
) -> tuple[list[Check], Mapping[str, object]]:
    """Return how the decision made again compares with the printed one, and what it says."""
    rulebook = load_rulebook()
    is_same = rulebook.digest == proof.rulebook
    checks = [
        Check(name="rulebook", state=HOLDS, says=f"the installed rules are those: {proof.rulebook}")
        if is_same
        else Check(
            name="rulebook", state=OPEN,
            says=f"another rulebook is installed: {rulebook.digest}; the packet was decided by "
            f"{proof.rulebook}, which came with {proof.program}",
        )
    ]  # fmt: skip
    try:
        record = record_again(proof, entries)
        whose = proof.patient, ServiceMonth.parse(proof.month)
        judge = judge_for(rulebook, proof.policy)
        decision, _ = decided_from(judge, record, whose, datetime.fromisoformat(proof.until))
        made = msgspec.json.decode(msgspec.json.encode(decision.to_json()))
        said = msgspec.json.decode(printed)
    except (CaretallyError, KeyError, ValueError, msgspec.MsgspecError) as error:
        says = f"no decision can be made from these entries ({type(error).__name__})"
        return [*checks, Check(name="decision", state=BROKEN, says=says)], {}
    found = list(differences(said, made))
    if not is_same:
        found = [each for each in found if not each.startswith("rulebook:")]
    checks += [decision_check(found, is_same_rulebook=is_same)]
    facts = f"sha256:{content_of(decision).digest.hex()}"
    if is_same and facts != proof.facts:
        says = f"the facts give {facts}, the packet says {proof.facts}"
        checks.append(Check(name="facts", state=BROKEN, says=says))
    checks += closed_again(proof, entries, record, rulebook)
    return checks, made


def closed_again(
    proof: Proof, entries: Mapping[str, Entry], record: Record, rulebook: Rulebook
) -> Iterator[Check]:
    """Yield that what the month was closed with comes out otherwise from this file.

    Asked where the packet counts by another policy or names other rules than the close: else work
    elsewhere, of which a file holds no more than digests, could be left out of it unseen.
    """
    entry = entries.get(proof.decision or "")
    body = entry.body if entry is not None else None
    if not isinstance(body, DecisionMade) or body.rulebook != rulebook.digest:
        return
    if proof.policy is None and proof.rulebook == body.rulebook:
        return
    whose = proof.patient, ServiceMonth.parse(proof.month)
    decision, _ = decided_from(judge_for(rulebook, None), record, whose, body.known_until)
    facts = f"sha256:{content_of(decision).digest.hex()}"
    if facts != body.facts:
        says = f"{proof.decision} was made with the facts {body.facts}, these entries give {facts}"
        yield Check(name="close", state=BROKEN, says=says)


def decision_check(found: Sequence[str], *, is_same_rulebook: bool) -> Check:
    """Return what came of deciding again."""
    if not found:
        says = "made again from the entries, the decision is the same, field by field"
        return Check(name="decision", state=HOLDS, says=says)
    shown = "; ".join(found[:SHOWN_DIFFERENCES])
    more = f"; and {len(found) - SHOWN_DIFFERENCES} more" if len(found) > SHOWN_DIFFERENCES else ""
    why = "" if is_same_rulebook else ". Decide again with the release whose rules it was made by"
    says = f"made again, the decision differs: {shown}{more}{why}"
    return Check(name="decision", state=BROKEN, says=says)


def differences(said: object, made: object, where: str = "") -> Iterator[str]:
    """Yield where two JSON values differ, with both."""
    if isinstance(said, dict) and isinstance(made, dict):
        for key in sorted({*said, *made}):
            yield from differences(said.get(key), made.get(key), f"{where}.{key}".lstrip("."))
    elif isinstance(said, list) and isinstance(made, list) and len(said) == len(made):
        for number, (one, other) in enumerate(zip(said, made, strict=True)):
            yield from differences(one, other, f"{where}[{number}]")
    elif said != made:
        yield f"{where}: printed {shortly(said)}, made again {shortly(made)}"


def shortly(value: object) -> str:
    """Return a value, cut where it is long."""
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 60 else f"{text[:57]}..."
