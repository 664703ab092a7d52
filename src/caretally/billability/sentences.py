"""What people read: a criterion's own sentence, filled in with what was seen and asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from caretally.billability.comparisons import Outcome
from caretally.billability.criteria import CRITERIA
from caretally.clock import date_of
from caretally.patient_months.columns import FOREVER

BLANK = re.compile(r"\{(observed|required)(?::(\w+))?\}")


def minutes(seconds: int) -> str:
    """Return seconds in words: 21 min 30 s, 20 min, 45 s."""
    whole, rest = divmod(seconds, 60)
    if not whole:
        return f"{rest} s"
    return f"{whole} min {rest} s" if rest else f"{whole} min"


def day_words(day: int) -> str:
    """Return a day number as a date; no day on record is said so."""
    return "no day on record" if day >= FOREVER else date_of(day).isoformat()


FORMS: dict[str | None, Callable[[int], str]] = {None: str, "minutes": minutes, "date": day_words}


def sentence(name: str, outcome: Outcome) -> str:
    """Return a criterion's sentence with its blanks filled."""
    return filled(name, int(outcome.observed), int(outcome.required))


@lru_cache(maxsize=1 << 14)
def filled(name: str, observed: int, required: int) -> str:
    """Return a criterion's sentence for two amounts."""
    amounts = {"observed": observed, "required": required}

    def fill(blank: re.Match[str]) -> str:
        return FORMS[blank[2]](amounts[blank[1]])

    return BLANK.sub(fill, (CRITERIA[name].__doc__ or "").strip())
