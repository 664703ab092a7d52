"""Ben, 66, hypertension: measures faithfully and never answers the telephone.

March holds 24:00 of review and five attempts. Without one live conversation neither 99457 nor
99470 may be billed; the device days stand on their own. A call entered on his chart by mistake was
voided the same hour.
"""

from __future__ import annotations

from datetime import date

from caretally.journal.entries import Entry
from caretally.synthetic.chart import Admission, Attempt, Call, Chart, Habit, Work, wobble
from caretally.synthetic.lives.practices import (
    ASSISTANT,
    LAKESIDE,
    PHYSICIAN,
    SECOND_NURSE,
    ZONE,
)
from caretally.synthetic.stories import Story
from caretally.synthetic.vitals import CUFF, Measurement, pressure

STORY = Story(
    patient="pat_ben",
    name="Ben Okafor",
    headline="Never answers: 24 minutes of review, voicemails, and no conversation.",
    management_seconds=1440,
    live_seconds=0,
    lines=(("99454", 1, "2026-03-08"),),
    unmet=(("99457", "talked_live"), ("99470", "talked_live")),
)


def entries() -> tuple[Entry, ...]:
    """Return his three months, January to March 2026."""
    chart = Chart("ben", ZONE, STORY.patient)
    chart.admit(
        Admission(
            on="2026-01-07",
            practice=LAKESIDE,
            provider=PHYSICIAN,
            clerk=ASSISTANT,
            name=STORY.name,
            sex="male",
            birth_date=date(1959, 11, 2),
            diagnoses=("I10", "E78.5"),
            payer="medicare_ffs",
            member_id="1EG4-TE5-MK71",
            home=("2210 West Alder Street", "Chicago", "IL", "606251102"),
            established_on=date(2025, 11, 20),
        )
    )
    cuff = chart.equip(CUFF, "2026-01-07", SECOND_NURSE)
    _winter(chart)
    _march(chart)
    habit = Habit(
        device=cuff, first=date(2026, 1, 8), last=date(2026, 3, 31), at="06:30",
        skipping=(date(2026, 2, 1), date(2026, 2, 2), date(2026, 3, 15)),
    )  # fmt: skip
    chart.measure(habit, pressure_on)
    return tuple(chart.entries)


def pressure_on(day: date) -> Measurement:
    """Return his pressure of a day, a little high throughout."""
    return pressure(146 + wobble(day, 8), 90 + wobble(day, 5, 1), 74 + wobble(day, 6, 2))


def _winter(chart: Chart) -> None:
    chart.tell(
        Attempt("2026-01-14 11:00:00", "0:40", SECOND_NURSE, "telephone", "no_answer"),
        Work("2026-01-20 09:00:00", "6:20", SECOND_NURSE, "review", "First two weeks read."),
        Attempt("2026-01-27 11:02:00", "1:15", SECOND_NURSE, "telephone", "voicemail"),
        Attempt("2026-02-05 11:00:00", "0:35", SECOND_NURSE, "telephone", "no_answer"),
        Work("2026-02-10 09:05:00", "5:40", SECOND_NURSE, "review", "Pressures still high."),
        Attempt("2026-02-17 17:30:00", "1:05", SECOND_NURSE, "telephone", "voicemail"),
    )


def _march(chart: Chart) -> None:
    spans = chart.tell(
        Work("2026-03-02 09:00:00", "6:00", SECOND_NURSE, "review", "February read as a whole."),
        Attempt("2026-03-04 11:00:00", "0:45", SECOND_NURSE, "telephone", "no_answer"),
        Attempt("2026-03-04 11:05:00", "0:30", SECOND_NURSE, "sms", "message_sent"),
        Work("2026-03-10 09:02:00", "6:00", SECOND_NURSE, "review", "Means by week compared."),
        Attempt("2026-03-11 17:20:00", "1:10", SECOND_NURSE, "telephone", "voicemail"),
        Work("2026-03-18 09:01:00", "6:00", SECOND_NURSE, "review", "Two mornings above 155."),
        Attempt("2026-03-19 11:01:00", "0:50", SECOND_NURSE, "telephone", "no_answer"),
        Call("2026-03-19 11:10:00", "6:30", SECOND_NURSE, "Pressures and tablets discussed."),
        Work("2026-03-25 09:00:00", "6:00", SECOND_NURSE, "coordination",
             "Dr. Lin told that he cannot be reached."),
        Attempt("2026-03-26 15:00:00", "2:00", SECOND_NURSE, "letter", "message_sent"),
    )  # fmt: skip
    chart.void(spans[7], "2026-03-19 11:40", f"staff:{SECOND_NURSE}", "entered on a wrong chart")
