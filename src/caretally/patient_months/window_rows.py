"""From what is on record about a patient to windows in time: what was in force from when to when.

States follow from events in order (enrolled, disenrolled; consented, revoked; ordered, ended), an
end before a beginning at the same instant. Nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from caretally.clock import DEFAULT_ZONE, day_number, local_date, seconds_of
from caretally.codes import BODY_SYSTEMS, PROGRAMS, SETTINGS
from caretally.journal.entries import (
    AccessAligned,
    Authorized,
    BilledElsewhere,
    CaregiverAuthorized,
    ConditionRecorded,
    Covered,
    DeviceAssigned,
    Died,
    Enrolled,
    Entry,
    GlobalSurgeryRecorded,
    PracticeRegistered,
    SetupCompleted,
    StayRecorded,
    VisitBilled,
)  # fmt: skip
from caretally.patient_months.columns import (
    ACCESS,
    AUTHORIZED,
    CAREGIVER,
    CONSENTED,
    COVERED,
    COVID,
    CUSTODY,
    DETAIL,
    DIED,
    ELSEWHERE,
    ENROLLED,
    FOREVER,
    MAX_BITS,
    ORDERED,
    PLACE,
    SETUP,
    STAY,
    SURGERY,
    VISIT,
    VISITED,
)  # fmt: skip

NUMBERS = {word: number for number, word in enumerate(PROGRAMS)}


class WindowRow(NamedTuple):
    """One row of the record; sorts by kind, code, preference, then time."""

    kind: int
    code: int
    preference: tuple[int, ...]
    begins: int
    ends: int = FOREVER
    x: int = 0
    y: int = 0


class CodeTable(NamedTuple):
    """The codes that rules speak of.

    bits: code → bit position, from 1; other codes have no meaning to any rule.
    pairs: code of a visit → the codes it may not, and may with a modifier, share a date with.
    """

    bits: Mapping[str, int]
    pairs: Mapping[str, tuple[int, int]]


class Interned:
    """Words that became numbers in a part, in the order they were met."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        """Number the words given."""
        self.numbers = {word: number for number, word in enumerate(words)}

    def number(self, word: str) -> int:
        """Return the number of a word, a new one if need be."""
        return self.numbers.setdefault(word, len(self.numbers))

    def words(self) -> list[str]:
        """Return the words by number."""
        return list(self.numbers)


class PartWords(NamedTuple):
    """The words of a part that its rows speak of by number, and its practices."""

    zones: Interned
    payers: Interned
    diagnosis_sets: dict[tuple[str, ...], int]
    practices: Mapping[str, PracticeRegistered]
    codes: CodeTable


def ends_on(day: date | None) -> int:
    """Return the day after an inclusive last date; FOREVER where it is open."""
    return FOREVER if day is None else day_number(day) + 1


def open_windows(events: Sequence[tuple[int, bool]]) -> list[tuple[int, int]]:
    """Return the windows that alternating events open and close; repeats change nothing.

    `events` are (second, opens), in any order.
    """
    windows: list[tuple[int, int]] = []
    begun: int | None = None
    for second, opens in sorted(events):
        if opens and begun is None:
            begun = second
        elif not opens and begun is not None:
            if second > begun:
                windows.append((begun, second))
            begun = None
    if begun is not None:
        windows.append((begun, FOREVER))
    return windows


def state_rows(
    kind: int, opened: Iterable[Entry], closed: Iterable[Entry], *, field: str
) -> list[WindowRow]:
    """Return the windows of one kind of state, by the program or scope in a field of the body."""
    events: dict[str, list[tuple[int, bool]]] = {}
    for entries, opens in ((opened, True), (closed, False)):
        for entry in entries:
            word = getattr(entry.body, field)
            events.setdefault(word, []).append((seconds_of(entry.at), opens))
    return [
        WindowRow(kind, NUMBERS[word], (begins,), begins, ends)
        for word, of_word in events.items()
        if word in NUMBERS
        for begins, ends in open_windows(of_word)
    ]


def zone_of(body: Enrolled, words: PartWords) -> str:
    """Return the zone of an enrollment: its own, its practice's, or the default."""
    if body.time_zone:
        return body.time_zone
    practice = practice_of(body, words)
    return (practice.time_zone if practice else None) or DEFAULT_ZONE


def practice_of(body: Enrolled, words: PartWords) -> PracticeRegistered | None:
    """Return the practice of an enrollment; the only one on record where none is named."""
    if body.practice is not None:
        return words.practices.get(body.practice)
    return next(iter(words.practices.values())) if len(words.practices) == 1 else None


def years_begun(visit: date, start: date) -> int | None:
    """Return the years begun from a visit to a later start; None unless the visit came before."""
    if visit >= start:
        return None
    years = start.year - visit.year
    return years + ((start.month, start.day) > (visit.month, visit.day))


def diagnosis_bits(entries: Iterable[Entry]) -> dict[str, int]:
    """Number a patient's diagnoses; those beyond the last bit share it."""
    bits: dict[str, int] = {}
    for entry in entries:
        assert isinstance(entry.body, Enrolled)
        for code in entry.body.diagnoses:
            bits.setdefault(code, min(len(bits), MAX_BITS - 1))
    return bits


def enrollment_rows(entries: Sequence[Entry], words: PartWords) -> list[WindowRow]:
    """Return what each enrollment says, from when it says it; `entries` by instant and id."""
    rows: list[WindowRow] = []
    bits = diagnosis_bits(entries)
    for entry in entries:
        body, at = entry.body, seconds_of(entry.at)
        assert isinstance(body, Enrolled)
        program, order = NUMBERS[body.program], (at, len(rows))
        mask = 0
        for code in body.diagnoses:
            mask |= 1 << bits[code]
        chosen = words.diagnosis_sets.setdefault(
            tuple(sorted(set(body.diagnoses))), len(words.diagnosis_sets)
        )
        rows.append(WindowRow(DETAIL, program, order, at, x=mask, y=chosen))
        practice = practice_of(body, words)
        setting = SETTINGS.index(practice.setting) if practice and practice.setting else 0
        zone = words.zones.number(zone_of(body, words))
        rows.append(WindowRow(PLACE, program, order, at, x=zone, y=setting))
    return rows


def visit_rows(
    entries: Sequence[Entry], episodes: Sequence[WindowRow], words: PartWords
) -> list[WindowRow]:
    """Return, for each enrollment that names a visit, the years begun from it to the episode."""
    rows: list[WindowRow] = []
    for entry in entries:
        body, at = entry.body, seconds_of(entry.at)
        assert isinstance(body, Enrolled)
        if body.established_on is None:
            continue
        program = NUMBERS[body.program]
        starts = [row.begins for row in episodes if row.code == program and row.begins <= at]
        first = next(each for each in entries if seconds_of(each.at) == max(starts, default=at))
        years = years_begun(body.established_on, local_date(first.at, zone_of(body, words)))
        if years is not None:
            rows.append(WindowRow(VISITED, program, (at, len(rows)), at, x=years))
    return rows


def coverage_rows(entries: Iterable[Entry], words: PartWords) -> list[WindowRow]:
    """Return the coverages, the preferred first: by priority, then the latest, then the id."""
    ordered = sorted(
        (entry.body.priority, -day_number(entry.body.from_on), entry.id, entry.body)
        for entry in entries
        if isinstance(entry.body, Covered)
    )
    return [
        WindowRow(
            COVERED, 0, (rank,), day_number(body.from_on), ends_on(body.to_on),
            words.payers.number(body.payer),
        )
        for rank, (_, _, _, body) in enumerate(ordered)
    ]  # fmt: skip


def access_row(body: AccessAligned, bits: Mapping[str, int]) -> WindowRow:
    """Return an alignment with the patient's diagnoses that it takes over."""
    prefixes = tuple(prefix.replace(".", "").upper() for prefix in body.conditions)
    left_out = {
        bit for code, bit in bits.items() if not code.replace(".", "").upper().startswith(prefixes)
    }
    mask = 0
    for bit in set(bits.values()) - left_out:
        mask |= 1 << bit
    begins = day_number(body.from_on)
    return WindowRow(ACCESS, 0, (begins,), begins, ends_on(body.to_on), mask)


def code_mask(codes: Iterable[str], table: CodeTable) -> int:
    """Return the bits of the codes that rules speak of."""
    mask = 0
    for code in codes:
        if code in table.bits:
            mask |= 1 << table.bits[code]
    return mask


def event_row(entry: Entry, words: PartWords, caregivers: dict[str, int]) -> WindowRow | None:
    """Return the row of an entry that stands for itself, or None where no rule speaks of it."""
    match entry.body:
        case Died():
            return WindowRow(DIED, 0, (0,), seconds_of(entry.at))
        case SetupCompleted():
            return WindowRow(SETUP, 0, (0,), seconds_of(entry.at))
        case CaregiverAuthorized(caregiver=name, from_on=begins, to_on=ends):
            code = caregivers.setdefault(name, len(caregivers))
            return WindowRow(CAREGIVER, code, (0,), day_number(begins), ends_on(ends))
        case ConditionRecorded(condition="covid19", from_on=begins, to_on=ends):
            return WindowRow(COVID, 0, (0,), day_number(begins), ends_on(ends))
        case StayRecorded(from_at=begun, to_at=ended):
            until = FOREVER if ended is None else seconds_of(ended)
            return WindowRow(STAY, 0, (0,), seconds_of(begun), until)
        case GlobalSurgeryRecorded(related=True, by_billing_provider=True) as surgery:
            days = day_number(surgery.from_on), ends_on(surgery.to_on)
            return WindowRow(SURGERY, 0, (0,), *days)
        case Authorized(payer=payer, codes=codes, from_on=begins, to_on=ends):
            mask = code_mask(codes, words.codes)
            number = words.payers.number(payer)
            return WindowRow(AUTHORIZED, number, (0,), day_number(begins), ends_on(ends), mask)
        case _:
            return billed_row(entry, words.codes)


def billed_row(entry: Entry, table: CodeTable) -> WindowRow | None:
    """Return the row of what was billed elsewhere, or as a visit, where a rule speaks of it."""
    match entry.body:
        case BilledElsewhere(code=code, from_on=begins, to_on=ends) if code in table.bits:
            days = day_number(begins), ends_on(ends)
            return WindowRow(ELSEWHERE, table.bits[code], (0,), *days)
        case VisitBilled(code=code, on=on) if code in table.bits or code in table.pairs:
            never, modifiable = table.pairs.get(code, (0, 0))
            days = day_number(on), day_number(on) + 1
            return WindowRow(VISIT, table.bits.get(code, 0), (0,), *days, never, modifiable)
        case _:
            return None


class Custody(NamedTuple):
    """One stretch in which a patient held a device."""

    device: str
    begins: int
    ends: int
    is_medical: bool
    body_system: int


def moves(events: Sequence[tuple[int, bool, str, Entry]]) -> Iterator[bool]:
    """Tell of each event of a device, in order, whether it moves the device.

    A return by a patient who does not hold the device moves nothing; one without a patient does.
    """
    holder: str | None = None
    for _, is_assignment, _, entry in events:
        if is_assignment:
            holder = entry.patient
        yield is_assignment or entry.patient is None or entry.patient == holder


def custodies(entries: Iterable[Entry]) -> dict[str, list[Custody]]:
    """Return who held which device when: an assignment ends at the device's next event.

    `entries` are all assignments and returns of the part; a return comes before an assignment at
    the same instant.
    """
    by_device: dict[str, list[tuple[int, bool, str, Entry]]] = {}
    for entry in entries:
        device: str = getattr(entry.body, "device")  # noqa: B009
        is_assignment = isinstance(entry.body, DeviceAssigned)
        event = (seconds_of(entry.at), is_assignment, entry.id, entry)
        by_device.setdefault(device, []).append(event)
    held: dict[str, list[Custody]] = {}
    for device, told in by_device.items():
        told.sort(key=lambda event: event[:3])
        events = [event for event, counts in zip(told, moves(told), strict=True) if counts]
        following = [*(event[0] for event in events[1:]), FOREVER][: len(events)]
        for (begins, _, _, entry), ends in zip(events, following, strict=True):
            body = entry.body
            if isinstance(body, DeviceAssigned) and entry.patient is not None and begins < ends:
                system = BODY_SYSTEMS.index(body.body_system) if body.body_system else -1
                custody = Custody(device, begins, ends, body.medical_device, system)
                held.setdefault(entry.patient, []).append(custody)
    return held


def patient_windows(
    kinds: Mapping[str, Sequence[Entry]],
    held: Iterable[Custody],
    words: PartWords,
    *,
    caregivers: dict[str, int],
    devices: dict[str, int],
) -> list[WindowRow]:
    """Return all windows of a patient, sorted; `kinds` are the entries in force by kind."""

    def of(kind: str) -> Sequence[Entry]:
        return kinds.get(kind, ())

    enrolled = sorted(of("enrolled"), key=lambda entry: (entry.at, entry.id))
    episodes = state_rows(ENROLLED, enrolled, of("disenrolled"), field="program")
    rows = [
        *episodes,
        *state_rows(CONSENTED, of("consented"), of("consent_revoked"), field="scope"),
        *state_rows(ORDERED, of("ordered"), of("order_ended"), field="program"),
        *enrollment_rows(enrolled, words),
        *visit_rows(enrolled, episodes, words),
        *coverage_rows(of("covered"), words),
    ]
    bits = diagnosis_bits(enrolled)
    for entry in of("access_aligned"):
        assert isinstance(entry.body, AccessAligned)
        rows.append(access_row(entry.body, bits))
    for kind in STANDING_FOR_THEMSELVES:
        for entry in of(kind):
            row = event_row(entry, words, caregivers)
            if row is not None:
                rows.append(row)
    for custody in held:
        number = devices.setdefault(custody.device, len(devices))
        rows.append(
            WindowRow(
                CUSTODY, number, (custody.begins,), custody.begins, custody.ends,
                int(custody.is_medical), custody.body_system,
            )
        )  # fmt: skip
    rows.sort()
    return rows


STANDING_FOR_THEMSELVES = (
    "died", "setup_completed", "caregiver_authorized", "condition_recorded", "stay_recorded",
    "global_surgery_recorded", "authorized", "billed_elsewhere", "visit_billed",
)  # fmt: skip
