"""What others may ask about contacts: the month's conversations, and who cannot be reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from caretally.contacts.ladder import Question, Reach, reach
from caretally.journal.entries import ContactAttempted, ContactHeld, Entry


def conversations(in_force: Iterable[Entry], patient: str) -> tuple[Entry, ...]:
    """Return a patient's contacts and attempts, the latest first."""
    mine = (
        entry
        for entry in in_force
        if entry.patient == patient and isinstance(entry.body, ContactHeld | ContactAttempted)
    )
    return tuple(sorted(mine, key=lambda each: (each.at, each.id), reverse=True))


def out_of_reach(
    in_force: Iterable[Entry], patients: Iterable[str], question: Question
) -> dict[str, Reach]:
    """Return where each patient stands who is on the ladder, what is due first first.

    question: its patient is replaced by each in turn.
    """
    by_patient: dict[str, list[Entry]] = {}
    for entry in in_force:
        by_patient.setdefault(entry.patient or "", []).append(entry)
    found = {
        patient: reach(by_patient.get(patient, ()), replace(question, patient=patient))
        for patient in patients
    }
    climbing = [(each.due_on, patient) for patient, each in found.items() if each.due_on]
    return {patient: found[patient] for _, patient in sorted(climbing)}
