"""Work for the self-audit: everybody's stretches of a month, and what speaks for or against each.

Read from spans and the few fields of their entries, person by person. Decisions are asked only of
patients whose service begins or ends somewhere; chains of accesses only for what was written here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from caretally.audit.rows import NoteRow, Stretches, WorkRow
from caretally.clock import ServiceMonth, day_number, instant_of, local_date, midnight, seconds_of
from caretally.journal.register import Register
from caretally.patient_months.columns import REASONS
from caretally.practice.on_call import my_post
from caretally.practice.self_auditing_rows import Kept, Sight, slots_in, slots_of
from caretally.store.access import VIEWED
from caretally.store.database import scoped
from caretally.store.models import Membership
from caretally.store.streams import ACCESS, book_of
from caretally.store.worked import AGENT_MODE, Worked, spans_of, worked_by, workers

HOUR, DAY = 3600, 24 * 3600
BROUGHT_IN = 600
"""Seconds after which an entry that is stored was not written here."""
OUT_OF_SERVICE = ("is_alive", "is_enrolled", "has_consent")
BITS = tuple((1 << REASONS.index(name), name) for name in OUT_OF_SERVICE)
AGENT = frozenset({"ai_agent"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A month's work, and its notes."""

    rows: tuple[WorkRow, ...]
    notes: tuple[NoteRow, ...]


class Looked(msgspec.Struct):
    """The fields of an access entry that are read."""

    kind: str
    at: str
    actor: str


looked = msgspec.json.Decoder(Looked).decode


def bounds_of(sight: Sight, month: ServiceMonth) -> tuple[int, int]:
    """Return the first second of a month at the practice, and the first after it."""
    home = sight.office.home_zone()
    return midnight(month.first_day, home), midnight(month.next().first_day, home)


def month_spans(sight: Sight, month: ServiceMonth) -> Iterator[tuple[str, Worked]]:
    """Yield everybody's work of a month, person by person, as far as the caller may see it."""
    book, within = sight.office.book(), bounds_of(sight, month)
    for person in workers(book, *within):
        for worked in worked_by(book, person, within):
            if sight.clinics is None or worked.clinic in sight.clinics:
                yield person, worked


def work_of(sight: Sight, month: ServiceMonth, kept: Sequence[Kept]) -> Work:
    """Return a month's work with all that is known of each stretch."""
    office = sight.office
    told = list(month_spans(sight, month))
    people = People(register=office.register(), zone=office.home_zone(), known={})
    out = out_of_service(sight, month, kept, {worked.patient for _, worked in told})
    opened = opened_by(sight, month, {w.patient for person, w in told if is_judged(person, w)})
    rows = tuple(row_of(person, worked, people, (out, opened)) for person, worked in told)
    return Work(rows=rows, notes=notes_of(told, people.zone))


def notes_in(sight: Sight, month: ServiceMonth) -> tuple[NoteRow, ...]:
    """Return the notes of a month."""
    return notes_of(month_spans(sight, month), sight.office.home_zone())


def notes_of(told: Iterable[tuple[str, Worked]], zone_name: str) -> tuple[NoteRow, ...]:
    """Return what was written of stretches, each entry once, by time."""
    found: dict[str, NoteRow] = {}
    for person, worked in told:
        if worked.text and worked.entry not in found:
            day = day_number(local_date(instant_of(worked.begins), zone_name))
            found[worked.entry] = NoteRow(worked.entry, worked.patient, person, day, worked.text)
    return tuple(sorted(found.values(), key=lambda row: (row.day, row.entry)))


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who was on the staff on which day, asked once each."""

    register: Register
    zone: str
    known: dict[tuple[str, int], frozenset[str]]

    def roles(self, staff: str, begins: int) -> frozenset[str]:
        """Return the roles of somebody at an instant."""
        key = staff, begins // HOUR
        if key not in self.known:
            day = local_date(instant_of(begins), self.zone)
            self.known[key] = self.register.roles_on(staff, day)
        return self.known[key]


Known = tuple[Mapping[str, str], Mapping[tuple[str, str], list[int]]]


def row_of(person: str, worked: Worked, people: People, known: Known) -> WorkRow:
    """Return a stretch as the measures read it."""
    out, opened = known
    roles = people.roles(person, worked.begins)
    recorded = seconds_of(datetime.fromisoformat(worked.recorded_at))
    looks = opened.get((worked.patient, worked.actor), [])
    at = bisect_left(looks, worked.begins - DAY)
    has_opened = at < len(looks) and looks[at] <= recorded + BROUGHT_IN
    return WorkRow(
        entry=worked.entry, patient=worked.patient, staff=person, begins=worked.begins,
        ends=worked.ends, recorded=recorded, is_contact=worked.kind == "contact_held",
        is_attested=worked.is_attested, is_agent=roles == AGENT or worked.mode == AGENT_MODE,
        out_of_service=out.get(worked.entry, ""), is_staff=bool(roles),
        has_opened=has_opened if is_judged(person, worked) else None,
    )  # fmt: skip


def is_judged(person: str, worked: Worked) -> bool:
    """Tell whether it can be known that a person opened the chart: written here, at once, by it."""
    recorded = seconds_of(datetime.fromisoformat(worked.recorded_at))
    received = seconds_of(datetime.fromisoformat(worked.received_at))
    return (
        worked.actor == f"staff:{person}"
        and recorded - worked.ends <= HOUR
        and abs(received - recorded) <= BROUGHT_IN
    )


def opened_by(
    sight: Sight, month: ServiceMonth, patients: Iterable[str]
) -> dict[tuple[str, str], list[int]]:
    """Return when charts were opened, by patient and actor, around a month."""
    begins, ends = bounds_of(sight, month)
    names = sorted(ACCESS + patient for patient in patients)
    rows = sight.office.db.rows_in(
        "SELECT stream.name, entry.line FROM store_stream AS stream "
        "JOIN store_entry AS entry ON entry.stream_id = stream.id WHERE stream.practice_id = %s "
        "AND entry.received_at >= %s AND entry.received_at < %s AND stream.name IN ({}) "
        "ORDER BY entry.id",
        names, sight.office.book().number, instant_of(begins - DAY).isoformat(),
        instant_of(ends + DAY).isoformat(),
    )  # fmt: skip
    found: dict[tuple[str, str], list[int]] = {}
    for name, line in rows:
        told = looked(line)
        if told.kind == VIEWED:
            key = name.removeprefix(ACCESS), told.actor
            found.setdefault(key, []).append(seconds_of(datetime.fromisoformat(told.at)))
    return {key: sorted(instants) for key, instants in found.items()}


def out_of_service(
    sight: Sight, month: ServiceMonth, kept: Sequence[Kept], patients: Iterable[str]
) -> dict[str, str]:
    """Return why entries lie outside of service, by id, of those patients where any may."""
    office, begins = sight.office, bounds_of(sight, month)[0]
    at_edges = {each.patient for each in kept if is_at_edge(each, begins)}
    at_edges |= paused_since(sight, begins)
    without = set(patients) - {each.patient for each in kept}
    found: dict[str, str] = {}
    for patient in sorted((at_edges & set(patients)) | without):
        for entry in office.journal.decision(office.practice, patient, month).month.entries:
            why = next((name for bit, name in BITS if entry.reasons & bit), "")
            if why:
                found[entry.id] = why
    return found


def is_at_edge(kept: Kept, begins: int) -> bool:
    """Tell whether a patient's service may begin or end in a month, or had ended before."""
    decided = slots_of(kept)[0]
    is_whole = decided.enrolled and decided.consented and decided.episode_from < begins
    return kept.stage != "open" or not is_whole


def paused_since(sight: Sight, begins: int) -> set[str]:
    """Return patients whose latest episode followed on one that ended after an instant."""
    latest = sight.office.db.rows(
        "SELECT kept.patient, kept.facts FROM store_patientmonth AS kept "
        "WHERE kept.practice_id = %s AND kept.month = (SELECT MAX(later.month) "
        "FROM store_patientmonth AS later WHERE later.stream_id = kept.stream_id)",
        sight.office.book().number,
    )
    return {
        patient for patient, facts in latest
        if any(slot.setup_after >= begins for slot in slots_in(facts))
    }  # fmt: skip


def calls_of(sight: Sight) -> dict[str, Stretches]:
    """Return when people were on call, by staff id."""
    found: dict[str, list[tuple[int, int]]] = {}
    for shift in my_post(sight.office).shifts:
        found.setdefault(shift.staff, []).append((seconds_of(shift.begins), seconds_of(shift.ends)))
    return {staff: tuple(stretches) for staff, stretches in found.items()}


def desks_elsewhere(sight: Sight) -> list[tuple[str, str, str]]:
    """Return where else accounts of this practice's people work: staff id, practice, id there."""
    office = sight.office
    members = Membership.objects.using(office.db.alias).exclude(staff="")
    mine = members.filter(practice__name=office.practice).values_list("user_id", "staff")
    here = dict(mine.distinct())
    there = members.filter(user_id__in=sorted(here)).exclude(practice__name=office.practice)
    rows = there.values_list("user_id", "practice__name", "staff").distinct()
    return sorted((here[user], practice, staff) for user, practice, staff in rows)


def work_elsewhere(sight: Sight, month: ServiceMonth) -> dict[str, Stretches]:
    """Return when people of this practice worked in another, by their staff id here."""
    office, within = sight.office, bounds_of(sight, month)
    found: dict[str, list[tuple[int, int]]] = {}
    for staff, practice, name in desks_elsewhere(sight):
        book = book_of(office.db, practice)
        if book is not None:
            with scoped(practice, office.db.alias):
                found.setdefault(staff, []).extend(spans_of(book, name, within))
    return {staff: tuple(stretches) for staff, stretches in found.items()}
