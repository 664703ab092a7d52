"""Months of whole practices, invented from a seed: streaming, and the same on every machine.

Every practice follows from the plan and its number alone, so that many can be made side by side.
Within a practice the charts share staff, and what one patient takes of a nurse's day another cannot
have; patients are therefore made in order. Nothing here resembles a person.
"""

from __future__ import annotations

from collections.abc import Iterator

from caretally.clock import ServiceMonth
from caretally.journal.entries import Entry
from caretally.synthetic.activity import file_activity
from caretally.synthetic.clinic import Clinic, open_clinic
from caretally.synthetic.happenings import file_happenings
from caretally.synthetic.measurements import file_readings
from caretally.synthetic.papers import file_papers
from caretally.synthetic.person import introduce
from caretally.synthetic.plan import Plan, practice_sizes


def synthesize(
    patients: int, months: int, *, seed: int, first_month: ServiceMonth
) -> Iterator[Entry]:
    """Return all entries of a program, practice after practice.

    Raises:
        InputError: a number is out of bounds.
    """
    plan = Plan(patients=patients, months=months, seed=seed, first_month=first_month)
    return program_entries(plan)


def program_entries(plan: Plan) -> Iterator[Entry]:
    """Return all entries of a plan, practice after practice."""
    for number in range(len(practice_sizes(plan))):
        yield from practice_entries(plan, number)


def practice_entries(plan: Plan, number: int) -> Iterator[Entry]:
    """Return the entries of one practice: its staff and stock, then chart after chart."""
    for chart in practice_charts(plan, number):
        yield from chart


def practice_charts(plan: Plan, number: int) -> Iterator[list[Entry]]:
    """Return the registrations of one practice as a list, then the entries of every chart."""
    clinic = open_clinic(plan, number)
    yield clinic.ledger.sorted()
    for patient in range(practice_sizes(plan)[number]):
        yield chart_entries(clinic, patient)


def chart_entries(clinic: Clinic, patient: int) -> list[Entry]:
    """Return one chart in the order of recording; charts of a clinic are to be asked in order."""
    person = introduce(clinic, patient)
    file_papers(person)
    file_happenings(person)
    file_activity(person)
    file_readings(person)
    return person.ledger.sorted()
