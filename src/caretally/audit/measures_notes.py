"""House measure of notes: what was written once and stands under many patients or months."""

from __future__ import annotations

from caretally.audit.findings import Bar, Case, Figure, Finding, exceeds, listed, plural
from caretally.audit.likeness import copies, prepared
from caretally.audit.rows import Audited, NoteRow
from caretally.clock import date_of

CLONED_COUNT, CLONED_PERCENT = 10, 10
MOST_ENTRIES = 20


def cloned_notes(audited: Audited) -> Finding:
    """Notes say the same, word for word or nearly, for several patients or months.

    How: notes and findings of ten words or more of the month and the one before, compared without
      regard to case and signs; alike are notes that share nine tenths of their runs of three
      words. Counted are notes of the month whose like stands under another patient or month.
    Published: no figure; the record must show no copied notes.
    Sources: PREVC, D3RX, RVUDOC.
    Alarm: 10 notes or more, and more than 10 % of the notes that are long enough.
    Confidence: M.
    """
    texts = (*audited.notes, *audited.earlier_notes)
    own = len(audited.notes)
    ready = prepared(row.text for row in texts)
    groups = [
        members for members in copies(ready)
        if members[0] < own and len({(texts[at].patient, at < own) for at in members}) > 1
    ]  # fmt: skip
    cloned = [texts[at] for members in groups for at in members if at < own]
    whole = sum(each.place < own for each in ready)
    figure = Figure(len(cloned), whole)
    cases, count = listed(case_of([texts[at] for at in members]) for members in groups)
    return Finding(
        figure=figure,
        says=f"{plural(len(cloned), 'note')} in {plural(len(groups), 'group')} that say the same",
        rings=len(cloned) >= CLONED_COUNT and exceeds(figure, CLONED_PERCENT),
        cases=cases, count=count, bars=bars_of(audited.notes, cloned),
    )  # fmt: skip


def case_of(rows: list[NoteRow]) -> Case:
    """Return a group of notes as a case; what they say is read where they stand."""
    patients = len({row.patient for row in rows})
    people = sorted({row.staff for row in rows})
    return Case(
        f"{len(rows)} notes alike, of {plural(patients, 'patient')}", patient=rows[0].patient,
        staff=people[0] if len(people) == 1 else "",
        entries=tuple(row.entry for row in rows[:MOST_ENTRIES]), on=str(date_of(rows[0].day)),
    )  # fmt: skip


def bars_of(notes: tuple[NoteRow, ...], cloned: list[NoteRow]) -> tuple[Bar, ...]:
    """Return how many of everybody's notes are copies."""
    people = sorted({row.staff for row in cloned})
    return tuple(
        Bar(
            staff,
            Figure(
                sum(row.staff == staff for row in cloned), sum(row.staff == staff for row in notes)
            ),
        )
        for staff in people
    )


NOTE_MEASURES = (cloned_notes,)
