"""Cleo, 81, hypertension and dementia, Medicare Advantage: her daughter speaks for her.

The daughter, Mara, has been authorized since 12 January; her call of the 9th came before and is no
contact. In March two calls with her (9:40) and the nurse's own work make 21:00. The call to the
pharmacy is coordination, not conversation with the patient. One pressure was typed by hand while
the gateway was down and makes no data day.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from caretally.journal.entries import CaregiverAuthorized, Entry, ReadingRecorded
from caretally.synthetic.chart import Admission, Call, Chart, Habit, Work, wobble
from caretally.synthetic.lives.practices import ASSISTANT, LAKESIDE, NURSE, PHYSICIAN, ZONE
from caretally.synthetic.stories import Story
from caretally.synthetic.vitals import CUFF, Measurement, pressure

STORY = Story(
    patient="pat_cleo",
    name="Cleo Marchetti",
    headline="Her daughter speaks for her, authorized since January.",
    management_seconds=1260,
    live_seconds=580,
    lines=(("99454", 1, "2026-03-14"), ("99457", 1, "2026-03-31")),
    at_risk=(("99457", "interactive_only"),),
)
DAUGHTER = "cgv_mara"
TYPED_ON = date(2026, 3, 15)


def entries() -> tuple[Entry, ...]:
    """Return her three months, January to March 2026."""
    chart = Chart("cleo", ZONE, STORY.patient)
    authority = CaregiverAuthorized(
        caregiver=DAUGHTER,
        relationship="daughter",
        from_on=date(2026, 1, 12),
        to_on=date(2026, 12, 31),
    )
    chart.note("2026-01-12 08:40", f"staff:{ASSISTANT}", authority)
    chart.admit(
        Admission(
            on="2026-01-12",
            practice=LAKESIDE,
            provider=PHYSICIAN,
            clerk=ASSISTANT,
            name=STORY.name,
            sex="female",
            birth_date=date(1944, 5, 30),
            diagnoses=("I10", "F03.90"),
            payer="medicare_advantage",
            member_id="TEST-CLEO-1",
            home=("77 Chestnut Row", "Evanston", "IL", "602011103"),
            established_on=date(2025, 9, 3),
            consent_by=f"caregiver:{DAUGHTER}",
        )
    )
    cuff = chart.equip(CUFF, "2026-01-13", NURSE)
    _winter(chart)
    _march(chart)
    habit = Habit(
        device=cuff, first=date(2026, 1, 14), last=date(2026, 3, 31), at="08:20",
        skipping=(date(2026, 1, 25), date(2026, 2, 8), date(2026, 3, 29)),
    )  # fmt: skip
    chart.measure(habit, pressure_on)
    return tuple(_typed_by_hand(entry) for entry in chart.entries)


def pressure_on(day: date) -> Measurement:
    """Return her pressure of a day, steady."""
    return pressure(134 + wobble(day, 7), 78 + wobble(day, 4, 1), 72 + wobble(day, 5, 2))


def _typed_by_hand(entry: Entry) -> Entry:
    body = entry.body
    if not isinstance(body, ReadingRecorded) or not body.vendor_reading_id:
        return entry
    if not body.vendor_reading_id.endswith(f"{TYPED_ON:%Y%m%d}"):
        return entry
    typed = replace(body, origin="manual", vendor_reading_id=None)
    return replace(entry, actor=f"staff:{ASSISTANT}", body=typed)


def _daughter(when: str, lasting: str, summary: str) -> Call:
    return Call(when, lasting, NURSE, summary, spoke_with=f"caregiver:{DAUGHTER}")


def _winter(chart: Chart) -> None:
    chart.tell(
        _daughter("2026-01-09 14:00:00", "5:10", "Daughter asked how monitoring would work."),
        _daughter("2026-01-19 14:02:00", "6:20", "Daughter helps with the cuff every morning."),
        Work("2026-01-26 08:40:00", "5:00", NURSE, "review", "First pressures read."),
        _daughter("2026-02-03 14:01:00", "5:45", "Eats well; pressures read to the daughter."),
        Work("2026-02-11 08:42:00", "4:50", NURSE, "review", "Pressures steady."),
        Work("2026-02-19 08:45:00", "5:20", NURSE, "education", "Sheet on falls for the family."),
        Work("2026-02-25 08:42:00", "4:30", NURSE, "review", "Pressures steady."),
    )


def _march(chart: Chart) -> None:
    chart.tell(
        _daughter("2026-03-05 14:00:00", "5:30", "No falls; one low pressure, felt well."),
        Work("2026-03-09 08:42:00", "4:00", NURSE, "review", "Three weeks of pressures read."),
        Call("2026-03-11 11:30:00", "3:20", NURSE, "Pharmacy confirmed the lower dose in packs.",
             topics=("medication",), spoke_with="other"),
        _daughter("2026-03-20 14:05:00", "4:10", "Packs arrived; mornings are easier."),
        Work("2026-03-26 08:41:00", "4:00", NURSE, "review", "Pressures steady on the new packs."),
    )  # fmt: skip
