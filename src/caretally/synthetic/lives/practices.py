"""The two practices of the cast and the people who work there.

Lakeside Family Medicine in Chicago looks after all eight; Harbor Heart Clinic, across town, has
enrolled Fay as well. Names are invented, and the NPIs pass the check digit but are test numbers.
"""

from __future__ import annotations

from datetime import date

from caretally.journal.entries import Entry, PracticeRegistered, StaffRegistered
from caretally.synthetic.chart import Chart

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
    staff = (
        (PHYSICIAN, "physician", "1234567893", None),
        (NURSE_PRACTITIONER, "np", "2000000010", PHYSICIAN),
        (NURSE, "rn", None, PHYSICIAN),
        (SECOND_NURSE, "rn", None, PHYSICIAN),
        (ASSISTANT, "ma", None, PHYSICIAN),
        (RECEPTIONIST, "receptionist", None, None),
        (VOICE, "ai_agent", None, PHYSICIAN),
    )
    _hire(chart, staff)
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
        (
            (CARDIOLOGIST, "physician", "2000000028", None),
            (HARBOR_NURSE, "rn", None, CARDIOLOGIST),
        ),
    )
    return tuple(chart.entries)


def _hire(chart: Chart, staff: tuple[tuple[str, str, str | None, str | None], ...]) -> None:
    for person, role, npi, supervisor in staff:
        body = StaffRegistered(
            staff=person, role=role, npi=npi, from_on=HIRED_ON, supervised_by=supervisor
        )
        chart.note("2025-06-02 09:00", "system:setup", body)
