"""What pages of the self-audit show beside the findings: names, pictures, and ways to evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from caretally.audit.findings import Bar, Bin
from caretally.audit.measures import MEASURES, OIG, Taken
from caretally.audit.measures_time import THRESHOLDS
from caretally.clock import ServiceMonth
from caretally.errors import UnknownError
from caretally.practice.office import Office
from caretally.practice.reports import (
    COUNT,
    PERCENT,
    Figure,
    Picture,
    Report,
    Series,
    Table,
    count,
    words,
)
from caretally.practice.self_auditing import Past, SelfAudit
from caretally.practice.staff_names import name_of
from caretally.practice.timeline import PAGE
from caretally.store.streams import PATIENT

MOST_PEOPLE = 25


def patient_names(office: Office, patients: Iterable[str]) -> dict[str, str]:
    """Return what to call patients, by id."""
    rows = office.db.rows_in(
        "SELECT patient, name FROM store_patientcard WHERE practice_id = %s AND patient IN ({})",
        sorted(set(patients)), office.book().number,
    )  # fmt: skip
    return {patient: name or patient for patient, name in rows}


def place_of(office: Office, entry: str) -> tuple[str, int]:
    """Return whose entry it is, and on which page of the patient's timeline it stands.

    Raises:
        UnknownError: there is none, or its patient is not open to the caller.
    """
    rows = office.db.rows(
        "SELECT stream.name FROM store_entry AS entry JOIN store_stream AS stream "
        "ON stream.id = entry.stream_id WHERE entry.practice_id = %s AND entry.entry_id = %s",
        office.book().number, entry,
    )  # fmt: skip
    if not rows or not rows[0][0].startswith(PATIENT):
        raise UnknownError("no entry of this id is open to you")
    patient = rows[0][0].removeprefix(PATIENT)
    chart = office.chart(office.card(patient))
    ordered = sorted(chart.stored, key=lambda each: (each.at, each.recorded_at, each.id))
    later = [each.id for each in reversed(ordered)].index(entry)
    return patient, later // PAGE + 1


def pictures_of(audit: SelfAudit, taken: Taken, names: Mapping[str, str]) -> tuple[Picture, ...]:
    """Return the pictures of a measure: the months, a histogram, people; those with something.

    names: of the staff, by id.
    """
    found = [months_picture(taken, audit.past[taken.measure.name], audit.month)]
    if taken.finding.bins:
        found.append(histogram(taken.finding.bins))
    if taken.finding.bars:
        found.append(people(taken.finding.bars, names))
    return tuple(each for each in found if not each.is_empty)


def months_picture(taken: Taken, past: Sequence[Past], month: ServiceMonth) -> Picture:
    """Return the figure of a measure month by month; shares in tenths of a percent."""
    figure = taken.finding.figure
    tallies = [each.tally.figure if each.tally else None for each in past]
    is_share = figure.whole is not None
    values = tuple(
        None if each is None else each.permille if is_share else each.part
        for each in (*tallies, figure)
    )
    name = "Share" if is_share else "Count"
    return Picture(
        name="months", title="Month by month",
        labels=tuple(f"{each.first_day:%b ’%y}" for each in (*(one.month for one in past), month)),
        series=(Series(name=name, values=values),), unit=PERCENT if is_share else COUNT,
    )  # fmt: skip


def histogram(bins: Sequence[Bin]) -> Picture:
    """Return how many patient-months came to which minutes, those just above a code apart."""
    at = [each.begins in THRESHOLDS for each in bins]
    pairs = list(zip(bins, at, strict=True))
    labels = [f"{each.begins // 60}" for each in bins[:-1]]
    return Picture(
        name="totals", title="Patient-months by minutes counted",
        labels=(*labels, f"{bins[-1].begins // 60}"),
        series=(
            Series(name="elsewhere", values=tuple(0 if hit else b.months for b, hit in pairs)),
            Series(name="the two minutes where a code begins",
                   values=tuple(b.months if hit else 0 for b, hit in pairs)),
        ),
        is_stacked=True,
        note="Each column holds two minutes, named by the first; the last holds all beyond.",
    )  # fmt: skip


def people(bars: Sequence[Bar], names: Mapping[str, str]) -> Picture:
    """Return everybody's share, those of most first."""
    shown = sorted(bars, key=lambda bar: (-bar.figure.permille, bar.staff))[:MOST_PEOPLE]
    left = len(bars) - len(shown)
    return Picture(
        name="people", title="By person", labels=tuple(name_of(names, bar.staff) for bar in shown),
        series=(Series(name="Share", values=tuple(bar.figure.permille for bar in shown)),),
        unit=PERCENT, kind="bars", note=f"{left} more people have less." if left else "",
    )  # fmt: skip


def report_of(audit: SelfAudit) -> Report:
    """Return a self-audit as a report, for paper; patients and staff stand there by their ids."""
    ringing = audit.ringing
    return Report(
        name="self-audit", title="Self-audit", month=audit.month,
        lead=f"{len(ringing)} of {len(MEASURES)} measures ring an alarm.",
        figures=(
            Figure(label="Alarms", cell=count(len(ringing))),
            Figure(label="Patients read", cell=count(audit.audit.patients)),
            Figure(label="Stretches of work read", cell=count(audit.audit.stretches)),
        ),
        tables=(*(overview_table(audit, subject) for subject in (OIG, "house")),
                *(cases_table(each) for each in ringing)),
        notes=(
            "What may be billed is read as the program decided it last, sent or not.",
            "An alarm asks a person to look; it says nothing about what was right.",
        ),
    )  # fmt: skip


def overview_table(audit: SelfAudit, subject: str) -> Table:
    """Return the measures of a subject as a table."""
    return Table(
        name=subject, title="What OIG measures" if subject == OIG else "House measures",
        columns=("Measure", "State", "Figure", "Found", "Published"),
        rows=tuple(
            (words(each.measure.title), words(state_of(each)), words(each.finding.figure.short),
             words(each.finding.says), words(each.measure.published))
            for each in audit.audit.taken if each.measure.subject == subject
        ),
    )  # fmt: skip


def cases_table(taken: Taken) -> Table:
    """Return the cases behind an alarm as a table."""
    finding = taken.finding
    return Table(
        name=taken.measure.name, title=f"Cases: {taken.measure.title}",
        columns=("Case", "Patient", "Staff", "On", "Entries"),
        rows=tuple(
            (words(case.says), words(case.patient), words(case.staff), words(case.on),
             words(" ".join(case.entries[:3])))
            for case in finding.cases
        ),
        left_out=finding.count - len(finding.cases),
    )  # fmt: skip


def state_of(taken: Taken) -> str:
    """Return how a measure stands, in a word."""
    if taken.finding.rings:
        return "Alarm"
    return "Reported" if taken.measure.never_rings else "Quiet"
