"""Audit packets: one file that answers for a patient's month, recorded before it is handed out.

A packet is made from what the decision was made from and from nothing later; it is only issued if
the chain holds and the decision comes out the same from the entries the file carries.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version

import msgspec

from caretally.audit.carried import (
    Rests,
    basis_of,
    decision_in_force,
    devices_told,
    digest_of,
    practice_carried,
    record_again,
    set_aside_told,
    spans_told,
)
from caretally.audit.elsewhere import Took, decided_from, moved
from caretally.audit.packet_pages import STANDARDS, TEMPLATE, values_of
from caretally.audit.packet_source import Look, Source
from caretally.audit.pdf_files import marked
from caretally.audit.proof import DECISION, ENTRIES, PROOF, VERSION, Chained, Proof, Seal
from caretally.audit.pruned_trees import Levels
from caretally.audit.typesetting import Attachment, typeset
from caretally.billability.content import content_of
from caretally.billability.decide import judge_for
from caretally.billability.decision import Decision
from caretally.clock import ServiceMonth, date_of, local_date
from caretally.enrollment.record import record_in_force
from caretally.errors import ConflictError, IntegrityError, Problem
from caretally.journal.canonical import line_of
from caretally.journal.corrections import resolve
from caretally.journal.entries import DecisionMade, Entry, PacketIssued
from caretally.patient_months.rows import Record
from caretally.practice.chart_axis import axis_of
from caretally.practice.chart_records import Axis, Stretch
from caretally.practice.disclosures import Disclosure, record_disclosure
from caretally.practice.office import Chart, Office
from caretally.practice.patient_month import Decisions
from caretally.practice.roles import ISSUE_PACKETS
from caretally.practice.staff_names import staff_names
from caretally.practice.timeline import REASON_WORDS
from caretally.store.access import Access, record_access
from caretally.store.access_pages import Wanted, access_lines
from caretally.store.cards import Card
from caretally.store.charts import chart_entries
from caretally.store.database import ALL, scoped
from caretally.store.deciding_many import entries_of_decision
from caretally.store.proofs import Cover, Link, chain_of, cover_of, sealed_leaves
from caretally.store.sealing import Root, Stamp, seal
from caretally.store.streams import Book, Stream

Draw = Callable[[Axis], tuple[str, str]]
"""From an axis to its drawing as SVG and what it shows, in words."""
Sign = Callable[[bytes, datetime], bytes]
"""From a PDF to the same, signed."""
MOST_LOOKS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What packet is asked for.

    to, why: who gets it, for what. policy: a counting policy in place of the payer's.
    """

    patient: str
    month: ServiceMonth
    to: str
    why: str
    policy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """A packet that was issued. entry: id of its entry. verdict: what it says may be billed."""

    name: str
    body: bytes
    digest: str
    entry: str
    decision: str
    root: str
    lines: str


@dataclass(slots=True, kw_only=True)
class Press:
    """What packets of one run share: the drawing, the signature, the trees under seals.

    sealed: told of every root that is made on the way, so that it can be kept elsewhere. is_run:
    whether all was sealed once for many packets.
    """

    office: Office
    draw: Draw
    sign: Sign | None = None
    stamp: Stamp | None = None
    sealed: Callable[[Root], object] | None = None
    trees: dict[int, Levels] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    is_run: bool = False

    def __post_init__(self) -> None:
        self.names = staff_names(self.office)

    def seal_all(self) -> None:
        """Seal all journals under one root."""
        with scoped(ALL, self.office.db.alias):
            made = seal(self.office.db, self.office.now, self.stamp)
        if self.sealed is not None:
            self.sealed(made)

    def begin_run(self) -> None:
        """Seal all journals once, for the packets that follow."""
        self.seal_all()
        self.is_run = True

    def covered(self, stream: Stream) -> Cover | None:
        """Return the seal over all of a stream, made if there is none; in a run, the run's own."""
        found = self.cover(stream)
        if found is None or (found.length < stream.length and not self.is_run):
            self.seal_all()
            found = self.cover(stream)
        return found

    def cover(self, stream: Stream) -> Cover | None:
        """Return the latest seal over a stream."""
        with scoped(ALL, self.office.db.alias):
            return cover_of(self.office.db, stream.id)

    def tree(self, size: int) -> Levels:
        """Return the tree under a seal."""
        if size not in self.trees:
            with scoped(ALL, self.office.db.alias):
                self.trees[size] = Levels(sealed_leaves(self.office.db, size))
        return self.trees[size]

    def told(self, cover: Cover | None) -> Seal | None:
        """Return a seal as the packet tells it.

        Raises:
            IntegrityError: the leaves do not give the root that was sealed.
        """
        if cover is None:
            return None
        tree = self.tree(cover.size)
        if tree.root != cover.root:
            raise IntegrityError(
                "the sealed root is not that of the journals: `caretally journal verify` tells more"
            )
        token = None if cover.token is None else base64.b64encode(cover.token).decode("ascii")
        return Seal(
            sealed_at=cover.sealed_at, size=cover.size, root=cover.root.hex(), place=cover.place,
            length=cover.length, path=tuple(each.hex() for each in tree.path(cover.place)),
            token=token,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read of a month, in one snapshot."""

    asked: Asked
    card: Card
    book: Book
    stream: Stream
    links: tuple[Link, ...]
    own: tuple[Entry, ...]
    everything: Sequence[Entry]
    rests: Rests
    until: datetime
    made: DecisionMade | None
    decision: Decision
    took: tuple[Took, ...]
    set_aside: Mapping[str, str]


def issue(press: Press, asked: Asked) -> Packet:
    """Make a packet, record that it was issued and disclosed, and return it.

    Raises:
        ForbiddenError, UnknownError: the caller may not issue packets, or not of this patient.
        InputError: the month has not begun.
        IntegrityError: a chain or a seal is broken; nothing is issued.
    """
    office = press.office
    card = office.card(asked.patient, permission=ISSUE_PACKETS)
    refuse_future(office, asked.month)
    purpose = f"audit packet of {asked.month}"
    looked = Access(
        practice=office.practice, patient=card.patient, actor=office.caller.actor, purpose=purpose
    )
    record_access(office.db, looked, office.now)
    stream = office.journal.patient_stream(office.book(), card.patient)
    cover = press.covered(stream)
    with office.db.snapshot():
        read = read_month(office, card, asked)
    proof, lines = proof_of(press, read, cover)
    refuse_another(read, proof, lines)
    return handed_out(press, read, made_pdf(press, read, proof, lines))


def refuse_future(office: Office, month: ServiceMonth) -> None:
    """Refuse a month that has not begun.

    Raises:
        ConflictError: so it is.
    """
    if month.first_day > office.today():
        raise ConflictError([
            Problem(where="month", found=f"{month}, which has not begun", expected="a month so far")
        ])  # fmt: skip


def read_month(office: Office, card: Card, asked: Asked) -> Read:
    """Return all that a packet is made from; inside a snapshot."""
    book, desk = office.book(), office.journal.desk
    stream = office.journal.patient_stream(book, card.patient)
    own = desk.shelf.entries(book.db, stream)
    made = decision_in_force(own, str(asked.month))
    until = made.known_until if made else office.now
    entries = entries_of_decision(book, stream, desk, month=asked.month, known_until=until)
    links = chain_of(book, stream)
    stored = {entry.id: link.line for entry, link in zip(own, links, strict=True)}
    rests = Rests(
        patient=card.patient, entries=entries,
        digests=[digest_of(stored.get(each.id) or text_of(each)) for each in entries],
    )  # fmt: skip
    set_aside = resolve(entries).set_aside
    record = Record(known=entries, set_aside=set_aside)
    judge = judge_for(desk.judge.rulebook, asked.policy)
    whose = card.patient, asked.month
    decision, took = decided_from(judge, record, whose, until)
    return Read(
        asked=asked, card=card, book=book, stream=stream, links=links, own=own,
        everything=chart_entries(book, stream, desk.shelf), rests=rests, until=until, made=made,
        decision=decision, took=took, set_aside=set_aside,
    )  # fmt: skip


def text_of(entry: Entry) -> str:
    """Return the canonical line of an entry, without its line feed."""
    return line_of(entry)[:-1].decode()


# --- the files inside -----------------------------------------------------------------------------


def proof_of(press: Press, read: Read, cover: Cover | None) -> tuple[Proof, tuple[str, str]]:
    """Return the proof of a packet, and the two files it is of: entries and decision."""
    rests, asked = read.rests, read.asked
    lines = [link.line for link in read.links]
    shared = practice_carried(rests, lines)
    carried = (*rests.own, *shared)
    spans = spans_told(rests, read.took)
    moves = devices_told(rests, moved(rests.own, rests.others, read.set_aside))
    shown = [each.place for each in spans] + [each.place for each in moves]
    entries = "".join(f"{line}\n" for line in (*lines, *map(text_of, shared)))
    decision = msgspec.json.encode(read.decision.to_json()).decode()
    files = {ENTRIES: entries, DECISION: decision}
    return Proof(
        packet=VERSION, program=program(), practice=press.office.practice, patient=asked.patient,
        month=str(asked.month), decision=read.made.decision if read.made else None,
        policy=asked.policy, until=told(read.until), made_at=told(press.office.now),
        rulebook=read.decision.month.rulebook.digest,
        facts=f"sha256:{content_of(read.decision).digest.hex()}",
        files={name: sha256(text.encode()).hexdigest() for name, text in files.items()},
        chain=Chained(
            stream=read.stream.name,
            links=tuple((link.received_at, link.digest) for link in read.links),
        ),
        seal=press.told(cover),
        basis=basis_of(rests, (entry.id for entry in carried), shown),
        spans_elsewhere=spans, devices_elsewhere=moves,
        set_aside_elsewhere=set_aside_told(read.set_aside, carried),
    ), (entries, decision)  # fmt: skip


def told(instant: datetime) -> str:
    """Return an instant as the files say it."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


@cache
def program() -> str:
    """Return the version that makes the packet."""
    try:
        return f"caretally {version('caretally')}"
    except PackageNotFoundError:
        return "caretally, run from its source"


def refuse_another(read: Read, proof: Proof, lines: tuple[str, str]) -> None:
    """Refuse to issue what would not come out the same from the entries it carries.

    Raises:
        IntegrityError: so it is.
    """
    by_id = {entry.id: entry for entry in read.rests.entries}
    record = record_again(proof, {name: by_id[name] for name in proof.basis.places})
    judge = judge_for(read.decision.month.rulebook, read.asked.policy)
    whose = read.asked.patient, read.asked.month
    again, _ = decided_from(judge, record, whose, read.until)
    if f"sha256:{content_of(again).digest.hex()}" != proof.facts:
        raise IntegrityError("the entries of this packet do not give its decision; not issued")
    made = read.made
    if made is not None and f"sha256:{proof.basis.root}" != made.entries:
        raise IntegrityError(
            "what the month was closed with is not what is stored now; "
            "`caretally journal verify` tells what was changed"
        )


# --- the pages ------------------------------------------------------------------------------------


def made_pdf(press: Press, read: Read, proof: Proof, lines: tuple[str, str]) -> tuple[bytes, str]:
    """Return the PDF of a packet, signed where that is set up, and the root of its entries."""
    source = source_of(press, read, proof)
    attachments = [
        Attachment(name=ENTRIES, text=lines[0], media_type="application/x-ndjson",
                   description="The patient's journal and what the decision rests on"),
        Attachment(name=DECISION, text=lines[1], media_type="application/json",
                   description="The decision, as data"),
        Attachment(name=PROOF, text=msgspec.json.encode(proof).decode(),
                   media_type="application/json", description="Chain, paths and digests"),
    ]  # fmt: skip
    values = values_of(source)
    body = marked(typeset(TEMPLATE, values, at=press.office.now, standards=STANDARDS,
                          attachments=attachments))  # fmt: skip
    if press.sign is not None:
        body = press.sign(body, press.office.now)
    return body, f"sha256:{proof.basis.root}"


def source_of(press: Press, read: Read, proof: Proof) -> Source:
    """Return what the pages are made from."""
    office, decision = press.office, read.decision
    known = resolve(read.everything, read.until)
    record = record_in_force(known.in_force, read.card.patient)
    chart = Chart(card=read.card, stored=read.own, record=record)
    axis = axis_of(chart, decisions_of(press, read), stretch_of(read))
    return Source(
        decision=decision, record=record, own=read.own,
        entries={entry.id: entry for entry in (*read.everything, *read.own)},
        set_aside=known.set_aside, names=press.names, reasons=REASON_WORDS,
        looks=looks_of(read), drawing=press.draw(axis) if axis.signs else ("", ""),
        days=tuple((each.on, each.state) for each in axis.days), proof=proof,
        made_at=office.now, to=read.asked.to, why=read.asked.why,
    )  # fmt: skip


def decisions_of(press: Press, read: Read) -> Decisions:
    """Return decisions as the packet knows them: its own month as of then."""
    return Decisions(
        office=replace(press.office, now=read.until), patient=read.card.patient,
        found={read.asked.month: read.decision},
    )  # fmt: skip


def stretch_of(read: Read) -> Stretch:
    """Return the days a packet shows: the device periods that end in the month, and the month."""
    month = read.decision.month
    first = min((date_of(slot.from_day) for slot in month.slots if slot.period), default=date.max)
    return Stretch(
        name="packet", words=f"{month.month}", zone=month.time_zone,
        first_on=min(first, month.month.first_day), last_on=month.month.last_day,
    )  # fmt: skip


def looks_of(read: Read) -> tuple[Look, ...]:
    """Return who looked at the chart since the month began, a line a date, person and purpose."""
    zone = read.decision.month.time_zone
    first = read.asked.month.first_day - timedelta(days=1)
    begins = datetime(first.year, first.month, first.day, tzinfo=UTC)
    wanted = Wanted(patient=read.card.patient, begins=begins)
    counted: Counter[tuple[date, str, str]] = Counter()
    for line in access_lines(read.book, wanted, MOST_LOOKS):
        on = local_date(line.at, zone)
        if on >= read.asked.month.first_day:
            what = line.said.get("purpose") or "; ".join(
                f"{name} {line.said[name]}" for name in ("what", "to", "why") if name in line.said
            ) or line.kind.replace("_", " ")  # fmt: skip
            counted[on, line.actor, what] += 1
    return tuple(
        Look(on=on, who=who, what=what, times=times) for (on, who, what), times in counted.items()
    )


# --- handing out ----------------------------------------------------------------------------------


def handed_out(press: Press, read: Read, made: tuple[bytes, str]) -> Packet:
    """Record that a packet is issued and disclosed, in one transaction, and return it."""
    office, asked, (body, root) = press.office, read.asked, made
    digest = f"sha256:{sha256(body).hexdigest()}"
    entry = Entry(
        id=office.new_id("ent"), patient=asked.patient, at=office.now, recorded_at=office.now,
        actor=office.caller.actor,
        body=PacketIssued(
            month=str(asked.month), decision=read.made.decision if read.made else None,
            packet=digest, entries=root, to=asked.to, why=asked.why,
        ),
    )  # fmt: skip
    disclosed = Disclosure(
        practice=office.practice, patient=asked.patient, actor=office.caller.actor, to=asked.to,
        what=f"packet {entry.id} of {asked.month}", why=asked.why,
    )  # fmt: skip
    with office.db.atomic():
        record_disclosure(office.db, disclosed, office.now)
        office.append([entry])
    return Packet(
        name=f"packet-{asked.patient}-{asked.month}.pdf", body=body, digest=digest, entry=entry.id,
        decision=read.made.decision if read.made else "", root=root,
        lines=", ".join(
            f"{line.code} × {line.units}" for line in read.decision.lines
        ),
    )  # fmt: skip
