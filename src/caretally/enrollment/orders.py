"""Orders: which practitioner ordered a program, for what, and until when."""

from __future__ import annotations

from datetime import datetime

from caretally.enrollment.record import PatientRecord
from caretally.journal.entries import Ordered, OrderEnded
from caretally.journal.stretches import Stretch, stretch_at, stretches

ORDERING_ROLES = frozenset({"physician", "np", "pa", "cns", "cnm"})
"""Who may order; the rulebook's practitioners."""


def orders(record: PatientRecord, program: str) -> tuple[Stretch, ...]:
    """Return the stretches in which a program was ordered, by time."""
    opened = [each.entry for each in record.all_of(Ordered) if each.body.program == program]
    closed = [each.entry for each in record.all_of(OrderEnded) if each.body.program == program]
    return stretches(opened, closed)


def order_at(record: PatientRecord, program: str, at: datetime) -> Ordered | None:
    """Return the latest order of a program that is in force at an instant."""
    stretch = stretch_at(orders(record, program), at)
    body = stretch.latest_at(at).body if stretch else None
    return body if isinstance(body, Ordered) else None


def ordering_providers(record: PatientRecord, program: str, at: datetime) -> tuple[str, ...]:
    """Return who ordered what is in force at an instant."""
    stretch = stretch_at(orders(record, program), at)
    made = [entry.body for entry in stretch.opened_by if entry.at <= at] if stretch else []
    return tuple(dict.fromkeys(o.ordering_provider for o in made if isinstance(o, Ordered)))
