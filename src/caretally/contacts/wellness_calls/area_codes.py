"""In which state a number of the United States is at home: a hint, since people keep numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from caretally.errors import RulebookError
from caretally.yaml_lines import Problems, Row, read_table

FILE = "area_codes.yaml"
UNITED_STATES = "+1"
AREA = 3


@cache
def area_codes() -> Mapping[str, str]:
    """Return the states by area code.

    Raises:
        RulebookError: the file is not sound.
    """
    problems = Problems()
    text = (files("caretally.contacts.wellness_calls") / FILE).read_text(encoding="utf-8")
    root = Row(read_table(text, FILE, problems), problems)
    found: dict[str, str] = {}
    for state in root.written():
        for code in root.words(state):
            if found.setdefault(code, state) != state:
                root.refuse(state, f"the code {code} of {found[code]}", "every code once")
    if problems.found:
        raise RulebookError(problems.settled())
    return found


def states_of(number: str) -> tuple[str, ...]:
    """Return the state in which a number is at home; none where that is not known.

    Example:
        >>> states_of("+13125550142")
        ('IL',)
    """
    if not number.startswith(UNITED_STATES):
        return ()
    state = area_codes().get(number[len(UNITED_STATES) : len(UNITED_STATES) + AREA])
    return (state,) if state else ()
