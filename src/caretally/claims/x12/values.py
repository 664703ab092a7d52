"""Reads the values of elements: amounts, counts and days, exact or named as wrong.

Problems are collected, so that one look at a file tells all that is wrong with it; after a hundred
it is given up.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from caretally.claims.x12.segments import Segment, wrong
from caretally.errors import InputError, Problem
from caretally.money import CENT

NUMBER = re.compile(r"-?(?:[0-9]{1,15}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})", re.ASCII)
DAY = re.compile(r"[0-9]{8}", re.ASCII)
MOST_PROBLEMS = 100
NOTHING = Decimal("0.00")


class Eyes:
    """Reads values, and keeps every problem it meets."""

    __slots__ = ("problems",)

    def __init__(self) -> None:
        """Begin without problems."""
        self.problems: list[Problem] = []

    def note(self, problem: Problem) -> None:
        """Keep a problem.

        Raises:
            InputError: there are too many to go on.
        """
        self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            raise InputError(self.problems)

    def finish(self) -> None:
        """Refuse what was read if anything in it was wrong.

        Raises:
            InputError: with every problem met.
        """
        if self.problems:
            raise InputError(self.problems)

    def number(self, segment: Segment, place: int) -> Decimal | None:
        """Return a number, or None where there is none."""
        value = segment.get(place)
        if not value:
            return None
        if NUMBER.fullmatch(value) is None:
            self.note(wrong(segment, place, "a number such as 51.77"))
            return None
        return Decimal(value)

    def money(self, segment: Segment, place: int) -> Decimal | None:
        """Return an amount in cents, or None where there is none."""
        value = self.number(segment, place)
        if value is None:
            return None
        cents = value.quantize(CENT)
        if cents != value:
            self.note(wrong(segment, place, "an amount of two decimals at most"))
        return cents

    def amount(self, segment: Segment, place: int) -> Decimal:
        """Return an amount that must be there."""
        if not segment.get(place):
            self.note(wrong(segment, place, "an amount"))
        return self.money(segment, place) or NOTHING

    def day(self, segment: Segment, place: int) -> date | None:
        """Return a day of eight digits, or None where there is none."""
        value = segment.get(place)
        if not value:
            return None
        try:
            if DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.note(wrong(segment, place, "a day as CCYYMMDD"))
        return None

    def text(self, segment: Segment, place: int) -> str:
        """Return a value that must be there."""
        if not segment.get(place):
            self.note(wrong(segment, place, "a value"))
        return segment.get(place)
