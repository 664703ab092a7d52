"""A mock audit: some patient-months with lines, drawn by a seed, each with what a reviewer asks.

Charts are read for it, and that is told in the chain of accesses like any look.
"""

from __future__ import annotations

from dataclasses import dataclass

from caretally.audit.checklist import MISSING, Item, PeriodFacts, Reviewed, checklist, drawn
from caretally.clock import ServiceMonth
from caretally.journal.entries import ContactHeld, TimeLogged
from caretally.practice.office import Office
from caretally.practice.self_auditing_rows import Kept, kept_rows, lines_of, sight_of, slots_of
from caretally.store.billing_tables import SIGNED
from caretally.store.models import DecisionCard

MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A patient-month of the sample.

    codes: what may be billed.
    """

    patient: str
    name: str
    codes: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def missing(self) -> tuple[Item, ...]:
        """What a reviewer would not find."""
        return tuple(each for each in self.items if each.state == MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample; whole: how many patient-months had lines."""

    month: ServiceMonth
    seed: str
    sampled: tuple[Sampled, ...]
    whole: int


def chosen(
    office: Office, month: ServiceMonth, *, count: int, seed: str
) -> tuple[list[str], dict[str, Kept]]:
    """Return the patients that a seed draws, and the months of all that have lines.

    Raises:
        ForbiddenError: the caller may not audit.
    """
    kept = {each.patient: each for each in kept_rows(sight_of(office), month)
            if lines_of(each.lines)}  # fmt: skip
    return drawn(kept, min(count, MOST), f"{seed}\n{office.practice}\n{month}"), kept


def sample(office: Office, month: ServiceMonth, *, count: int, seed: str) -> Sample:
    """Draw patient-months with lines and hold each against the reviewers' list.

    Raises:
        ForbiddenError: the caller may not audit.
    """
    ids, kept = chosen(office, month, count=count, seed=seed)
    signed = set(
        DecisionCard.objects.using(office.db.alias)
        .filter(practice__name=office.practice, month=str(month), state=SIGNED, patient__in=ids)
        .values_list("patient", flat=True)
    )
    return Sample(
        month=month, seed=seed, whole=len(kept),
        sampled=tuple(
            sampled(office, month, kept[patient], is_signed=patient in signed) for patient in ids
        ),
    )  # fmt: skip


def sampled(office: Office, month: ServiceMonth, kept: Kept, *, is_signed: bool) -> Sampled:
    """Return a patient-month of the sample; that its chart was read is told."""
    chart = office.open_chart(kept.patient, purpose=f"mock audit of {month}")
    work = [
        entry.body
        for entry in chart.record.in_force
        if isinstance(entry.body, TimeLogged | ContactHeld) and chart.month_of(entry.at) == month
    ]
    slots = slots_of(kept)
    first = slots[0]
    lines = lines_of(kept.lines)
    seen = Reviewed(
        lines=lines,
        periods=tuple(PeriodFacts(s.to_day, s.data_days, s.devices) for s in slots if s.period),
        diagnoses=first.diagnoses, ordered=bool(first.ordered), consented=bool(first.consented),
        contacts=kept.contacts, live_seconds=kept.live_seconds,
        setups=max(slot.setups for slot in slots), management_seconds=kept.management_seconds,
        notes=sum(has_words(body) for body in work), stretches=len(work), signed=is_signed,
    )  # fmt: skip
    return Sampled(
        patient=kept.patient, name=chart.card.label, codes=tuple(line.code for line in lines),
        items=checklist(seen),
    )  # fmt: skip


def has_words(body: TimeLogged | ContactHeld) -> bool:
    """Tell whether it says what was found or done."""
    if isinstance(body, TimeLogged):
        return bool(body.note)
    return bool(body.summary or body.findings or body.actions)
