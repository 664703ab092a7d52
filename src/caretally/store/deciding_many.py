"""Decides many patients' month from the stored entries, as they were known by an instant.

Nothing is taken from the projection: entries are read, folded and judged anew, some hundred charts
at a time, so that memory does not grow with the practice. Charts tied to others by devices or by
corrections are decided one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from caretally.billability.close import (
    READ_BY_RULES,
    Basis,
    leaves_root,
    with_corrections,
    worded,
)
from caretally.billability.decide import folded
from caretally.billability.decision import Decision
from caretally.clock import ServiceMonth, instant_of, midnight, seconds_of
from caretally.codes import PROGRAMS
from caretally.journal.canonical import line_of
from caretally.journal.chain import leaf_digest
from caretally.journal.corrections import resolve
from caretally.journal.entries import (
    DecidedLine,
    DecisionMade,
    DeviceAssigned,
    DeviceReturned,
    Enrolled,
    Entry,
    EntryVoided,
    ReadingRecorded,
)
from caretally.patient_months.ledgers import READING_KIND
from caretally.patient_months.rows import Record
from caretally.store.gathering import Chart, around, gather, is_near
from caretally.store.months import Desk, content_of, held_by
from caretally.store.shelf import entry_of
from caretally.store.streams import (
    CORRECTIONS,
    DEVICES,
    OWN,
    STAFF,
    Book,
    Stream,
    named_streams,
    numbered_streams,
)
from caretally.store.ties import span_of

TIED = CORRECTIONS | DEVICES | STAFF
"""What connects a chart to others."""
OF_CUSTODY = (DeviceAssigned, DeviceReturned)
RECORDS, READINGS = READ_BY_RULES - {READING_KIND}, frozenset({READING_KIND})
MOST_KEPT = 1_000
"""Charts of which the record is kept, without readings."""
KIND = re.compile('"kind":"([a-z_]+)"')
"""Finds the kind in a canonical line: inside a text, a quotation mark is written otherwise."""


class Leaf(NamedTuple):
    """An entry that a decision may rest on, and the digest of its line."""

    entry: Entry
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A patient's month, decided anew.

    stream, length: what was read of the chart. own: what was read of the patient's entries.
    """

    stream: int
    length: int
    decision: Decision
    body: DecisionMade
    own: Sequence[Entry]


@dataclass(slots=True, kw_only=True)
class Deciding:
    """Decides a month of a practice as it was known by an instant; inside a snapshot.

    practice: the entries that are about no patient, read once.
    """

    book: Book
    desk: Desk
    month: ServiceMonth
    known_until: datetime
    practice: tuple[int, tuple[Leaf, ...]] = (0, ())
    kept: dict[int, tuple[int, list[Leaf]]] = field(default_factory=dict)

    def begin(self) -> None:
        """Read what is about the practice, unless it was read and has not grown."""
        own = named_streams(self.book, [OWN]).get(OWN)
        if own is not None and self.practice[0] != own.length:
            self.practice = own.length, tuple(self.read([own.id], RECORDS).get(own.id, ()))

    def is_outdated(self) -> bool:
        """Tell whether more is known of the practice than was read, and is read by rules."""
        own = named_streams(self.book, [OWN]).get(OWN)
        if own is None or self.practice[0] == own.length:
            return False
        return tuple(self.read([own.id], RECORDS).get(own.id, ())) != self.practice[1]

    def read(self, streams: Iterable[int], kinds: frozenset[str]) -> dict[int, list[Leaf]]:
        """Return the entries of some kinds, by stream."""
        found: dict[int, list[Leaf]] = {}
        rows = self.book.db.rows_in(
            "SELECT stream_id, line FROM store_entry WHERE stream_id IN ({})", streams
        )
        for stream, line in rows:
            kind = KIND.search(line)
            if kind is not None and kind[1] in kinds:
                leaf = Leaf(entry_of(line), leaf_digest(line.encode()))
                found.setdefault(stream, []).append(leaf)
        return found

    def records(self, streams: Iterable[Stream]) -> dict[int, list[Leaf]]:
        """Return all but the readings of charts, by stream; those just read are not read again.

        Rivals come up again and again, as rivals of others and as patients themselves.
        """
        found: dict[int, list[Leaf]] = {}
        missing: list[Stream] = []
        for stream in streams:
            kept = self.kept.pop(stream.id, (-1, []))
            if kept[0] == stream.length:
                found[stream.id] = kept[1]
                self.kept[stream.id] = kept
            else:
                missing.append(stream)
        fresh = self.read([each.id for each in missing], RECORDS)
        for stream in missing:
            found[stream.id] = fresh.get(stream.id, [])
            self.kept[stream.id] = stream.length, found[stream.id]
        for number in list(self.kept)[: max(0, len(self.kept) - MOST_KEPT)]:
            del self.kept[number]
        return found

    def decide(self, streams: Sequence[Stream]) -> Iterator[Decided]:
        """Yield the decisions on some patients' month; those of whom nothing was known are left."""
        beside = self.beside(streams)
        far = numbered_streams(self.book, {each for found in beside.values() for each in found})
        crossed = {each.id for each in far.values() if each.ties & CORRECTIONS}
        apart = [
            each
            for each in streams
            if each.ties & (CORRECTIONS | DEVICES) or crossed & beside.get(each.id, set())
        ]
        numbers = {each.id for each in apart}
        chosen = [each for each in streams if each.id not in numbers]
        yield from self.together(chosen, {each.id: each for each in far.values()}, beside)
        for stream in apart:
            yield from self.apart(stream)

    def beside(self, streams: Iterable[Stream]) -> dict[int, set[int]]:
        """Return with whom somebody was at the same time in the month, by stream."""
        begin, end = map(seconds_of, around(self.month))
        rows = self.book.db.rows_in(
            "SELECT DISTINCT stream_id, rival_id FROM store_overlap WHERE begins <= %s "
            "AND ends >= %s AND stream_id IN ({})",
            [each.id for each in streams if each.ties & STAFF], end, begin,
        )  # fmt: skip
        found: dict[int, set[int]] = {}
        for stream, rival in rows:
            found.setdefault(stream, set()).add(rival)
        return found

    def together(
        self,
        streams: Sequence[Stream],
        far: Mapping[int, Stream],
        beside: Mapping[int, set[int]],
    ) -> Iterator[Decided]:
        """Yield the decisions on charts that staff alone tie to others."""
        rivals = {number: far[number] for each in streams for number in beside.get(each.id, ())}
        records = self.records((rivals | {each.id: each for each in streams}).values())
        readings = self.read([each.id for each in streams], READINGS)
        read = {number: [*records[number], *readings.get(number, ())] for number in records}
        begin, end = around(self.month)
        leaves = [*self.practice[1], *(leaf for number in read for leaf in read[number])]
        resolution = resolve(grounded([leaf.entry for leaf in leaves]), self.known_until)
        near = [entry for entry in resolution.known if is_near(entry, begin, end)]
        record = Record(known=near, set_aside=resolution.set_aside)
        built = self.desk.judge.build(record, self.month)
        out = folded(built.part)
        numbers = {patient: number for number, patient in enumerate(built.words.patients)}
        for stream in streams:
            patient = stream.patient or ""
            if patient in numbers:
                decision = self.desk.judge.decide_patient(
                    built, out, numbers[patient], self.month, self.known_until
                )
                others = [read.get(number, []) for number in beside.get(stream.id, ())]
                rests_on, digests = self.rests_on(read[stream.id], others)
                names = {entry.id: digests[entry.id] for entry in rests_on}
                mine = [entry for entry in rests_on if entry.patient == patient]
                yield self.decided(stream, decision, names, mine)

    def rests_on(
        self, own: Sequence[Leaf], others: Sequence[Sequence[Leaf]]
    ) -> tuple[tuple[Entry, ...], Mapping[str, bytes]]:
        """Return what a decision rests on, by id, and the digests of all lines that were read."""
        begin, end = around(self.month)
        mine = [leaf for leaf in own if self.knew(leaf)]
        near = [leaf.entry for leaf in mine if is_near(leaf.entry, begin, end)]
        theirs = [leaf for leaves in others for leaf in leaves if self.knew(leaf)]
        close = [
            leaf.entry
            for leaf in theirs
            if leaf.entry.body.kind != READING_KIND and is_near(leaf.entry, begin, end)
        ]
        rivals = rivals_in(near, close) if close else frozenset()
        shared = [leaf for leaf in self.practice[1] if self.knew(leaf)]
        chosen = [*(leaf.entry for leaf in shared), *near,
                  *(entry for entry in close if entry.patient in rivals)]  # fmt: skip
        known = [*shared, *mine, *theirs]
        found = with_corrections(chosen, [leaf.entry for leaf in known])
        return found, {leaf.entry.id: leaf.digest for leaf in known}

    def knew(self, leaf: Leaf) -> bool:
        """Tell whether an entry was known."""
        return leaf.entry.recorded_at <= self.known_until

    def apart(self, stream: Stream) -> Iterator[Decided]:
        """Yield the decision on a chart that depends on others."""
        chart = self.chart(stream)
        if not chart.own:
            return
        rests_on = evidence(chart, self.month)
        record = Record(known=rests_on, set_aside=chart.record.set_aside)
        built = self.desk.judge.build(record, self.month)
        if chart.patient not in built.words.patients:
            return
        number = built.words.patients.index(chart.patient)
        out = folded(built.part, only=number)
        decision = self.desk.judge.decide_patient(built, out, number, self.month, self.known_until)
        leaves = {entry.id: leaf_digest(line_of(entry)[:-1]) for entry in rests_on}
        own = [entry for entry in rests_on if entry.patient == chart.patient]
        yield self.decided(stream, decision, leaves, own)

    def chart(self, stream: Stream) -> Chart:
        """Return what was known of a patient by the instant."""
        return gather(
            self.book, stream, self.desk.shelf, months=[self.month], as_of=self.known_until
        )

    def decided(
        self, stream: Stream, decision: Decision, leaves: Mapping[str, bytes], own: Sequence[Entry]
    ) -> Decided:
        """Return a decision with the body of its entry."""
        content = content_of(decision)
        month = decision.month
        basis = Basis(
            practice=self.book.practice, patient=decision.patient, month=self.month,
            payer=month.payer, policy=month.policy, rulebook=month.rulebook.digest,
            facts=worded(content.digest), entries=leaves_root(leaves),
        )  # fmt: skip
        # who bills from the next month on has no part in this one
        over = instant_of(midnight(self.month.next().first_day, month.time_zone))
        body = DecisionMade(
            decision=basis.decision, month=str(self.month), payer=basis.payer, policy=basis.policy,
            time_zone=month.time_zone, rulebook=basis.rulebook, facts=basis.facts,
            entries=basis.entries, entry_count=len(leaves), known_until=self.known_until,
            lines=tuple(
                DecidedLine(code=line.code, units=line.units, date_of_service=line.date_of_service,
                            at_risk=tuple(line.at_risk))
                for line in decision.lines
            ),
            holds=tuple(held_by(decision)), flags=tuple(decision.flags),
            management_seconds=content.management_seconds, live_seconds=content.live_seconds,
            ai_seconds=content.ai_seconds, chat_seconds=content.chat_seconds,
            qualifying_contacts=content.qualifying_contacts,
            billing_provider=provider_of(
                (each for each in own if each.at < over), month.decided.program
            ),
        )  # fmt: skip
        return Decided(
            stream=stream.id, length=stream.length, decision=decision, body=body, own=own
        )


def grounded(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries without what voids something that was not read here."""
    names = {entry.id for entry in entries}
    return [
        entry
        for entry in entries
        if not isinstance(entry.body, EntryVoided) or entry.body.entry in names
    ]


def provider_of(own: Iterable[Entry], program: int) -> str | None:
    """Return who bills for a patient: the practitioner of the latest enrollment in a program."""
    named = [
        (entry.at, entry.id, entry.body.billing_provider)
        for entry in own
        if isinstance(entry.body, Enrolled)
        and entry.body.billing_provider
        and entry.body.program == PROGRAMS[program]
    ]
    return max(named)[2] if named else None


def evidence(chart: Chart, month: ServiceMonth) -> tuple[Entry, ...]:
    """Return the entries of a chart that a decision on a month rests on, by id.

    Of other patients only who had the same device, and the record of those with whom the same
    person was at the same time. What became known later has no part in it.
    """
    begin, end = around(month)
    own = [entry for entry in chart.own if is_near(entry, begin, end)]
    devices = {each.body.device for each in own if isinstance(each.body, OF_CUSTODY)}
    near = [entry for entry in chart.others if is_near(entry, begin, end)]
    beside = rivals_in(own, near)
    others = [
        entry
        for entry in near
        if entry.patient is None
        or (isinstance(entry.body, OF_CUSTODY) and entry.body.device in devices)
        or (entry.patient in beside and not isinstance(entry.body, ReadingRecorded))
    ]
    return with_corrections((*others, *own), chart.record.known)


def rivals_in(own: Iterable[Entry], others: Iterable[Entry]) -> frozenset[str | None]:
    """Return the patients with whom somebody was at the same time as with this one."""
    mine: dict[str, list[tuple[int, int]]] = {}
    for entry in own:
        persons, begins, ends = span_of(entry) or ((), 0, 0)
        for person in persons:
            mine.setdefault(person, []).append((begins, ends))
    found = set()
    for entry in others:
        persons, begins, ends = span_of(entry) or ((), 0, 0)
        overlaps = (each for person in persons for each in mine.get(person, ()))
        if any(first < ends and begins < last for first, last in overlaps):
            found.add(entry.patient)
    return frozenset(found)


def entries_of_decision(
    book: Book, stream: Stream, desk: Desk, *, month: ServiceMonth, known_until: datetime
) -> tuple[Entry, ...]:
    """Return the entries that a decision on a patient's month rests on, by id; in a snapshot."""
    deciding = Deciding(book=book, desk=desk, month=month, known_until=known_until)
    return evidence(deciding.chart(stream), month)
