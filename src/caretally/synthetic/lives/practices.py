"""The two practices of the cast and the people who work there.

Lakeside Family Medicine in Chicago looks after all eight; Harbor Heart Clinic, across town, has
enrolled Fay as well. Names are invented, and the NPIs pass the check digit but are test numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from caretally.journal.entries import Entry, PracticeRegistered, StaffRegistered
from caretally.synthetic.chart import Chart
from caretally.synthetic.lives import billing

ZONE = "America/Chicago"

LAKESIDE = "prac_lakeside"
PHYSICIAN = "stf_lin"
NURSE_PRACTITIONER = "stf_moreau"
NURSE = "stf_rosa"
SECOND_NURSE = "stf_tom"
ASSISTANT = "stf_mia"
RECEPTIONIST = "stf_joan"
VOICE = "stf_wren"
"""The AI agent that makes the wellness calls."""

HARBOR = "prac_harbor"
CARDIOLOGIST = "stf_varga"
HARBOR_NURSE = "stf_nora"

HIRED_ON = date(2025, 6, 2)


@dataclass(frozen=True, slots=True)
class Hire:
    """A person who works here; the name as claims write it, family name first."""

    staff: str
    role: str
    name: str = ""
    npi: str = ""
    taxonomy: str = ""
    supervisor: str = ""


def entries() -> tuple[Entry, ...]:
    """Return the registrations of both practices and their staff."""
    return (*lakeside(), *harbor())


def lakeside() -> tuple[Entry, ...]:
    """Return Lakeside Family Medicine: a physician, an NP, two RNs, an MA, a desk, a voice."""
    chart = Chart("lakeside", ZONE, None)
    practice = PracticeRegistered(
        practice=LAKESIDE,
        name="Lakeside Family Medicine",
        npi="1245319599",
        tin="00-0000011",
        taxonomy="207Q00000X",
        time_zone=ZONE,
        setting="office",
    )
    chart.note("2025-06-02 08:00", "system:setup", practice)
    _hire(
        chart,
        Hire(PHYSICIAN, "physician", "Lin, Wei", "1234567893", "207Q00000X"),
        Hire(NURSE_PRACTITIONER, "np", "Moreau, Camille", "2000000010", "363LF0000X", PHYSICIAN),
        Hire(NURSE, "rn", "Delgado, Rosa", supervisor=PHYSICIAN),
        Hire(SECOND_NURSE, "rn", "Becker, Tom", supervisor=PHYSICIAN),
        Hire(ASSISTANT, "ma", "Reyes, Mia", supervisor=PHYSICIAN),
        Hire(RECEPTIONIST, "receptionist", "Hart, Joan"),
        Hire(VOICE, "ai_agent", supervisor=PHYSICIAN),
    )
    for body in billing.lakeside(LAKESIDE):
        chart.note("2025-12-15 10:00", "system:setup", body)
    return tuple(chart.entries)


def harbor() -> tuple[Entry, ...]:
    """Return Harbor Heart Clinic: a cardiologist and an RN."""
    chart = Chart("harbor", ZONE, None)
    practice = PracticeRegistered(
        practice=HARBOR,
        name="Harbor Heart Clinic",
        npi="2000000036",
        tin="00-0000012",
        taxonomy="207RC0000X",
        time_zone=ZONE,
        setting="office",
    )
    chart.note("2025-06-02 08:00", "system:setup", practice)
    _hire(
        chart,
        Hire(CARDIOLOGIST, "physician", "Varga, Ilona", "2000000028", "207RC0000X"),
        Hire(HARBOR_NURSE, "rn", "Petrov, Nora", supervisor=CARDIOLOGIST),
    )
    for body in billing.harbor(HARBOR):
        chart.note("2025-12-15 10:00", "system:setup", body)
    return tuple(chart.entries)


def _hire(chart: Chart, *staff: Hire) -> None:
    for person in staff:
        body = StaffRegistered(
            staff=person.staff, role=person.role, npi=person.npi or None, from_on=HIRED_ON,
            supervised_by=person.supervisor or None, name=person.name or None,
            taxonomy=person.taxonomy or None,
        )  # fmt: skip
        chart.note("2025-06-02 09:00", "system:setup", body)
