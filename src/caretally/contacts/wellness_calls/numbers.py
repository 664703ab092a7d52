"""Numbers as recognizers write them, read whole or not at all: safety code with its own table.

Recognizers write spoken numbers as `1.42 over 91`, `140 2`, `200 and 14`, `to 100 and 12` and
`1.86.4`. An utterance is read only where every word of it is a number or belongs to the answer; a
single other word refuses it, and so does more than one way to read it. A number is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from caretally.contacts.wellness_calls.lexicon import word_set
from caretally.contacts.wellness_calls.slots import PRESSURE, Slot
from caretally.journal.quantities import convert

UNITS_AND_TEENS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
WORDS: Mapping[str, str] = {
    **{word: str(at) for at, word in enumerate(UNITS_AND_TEENS)},
    **{word: str(at * 10) for at, word in enumerate(TENS, 2)},
    "oh": "0", "fourty": "40",
}  # fmt: skip
TIMES: Mapping[str, int] = {"hundred": 100, "thousand": 1000}
POINTS = frozenset({"point", "dot", "punto", "coma"})
BETWEEN = frozenset({"over", "by", "slash", "on", "sobre"})
FILLERS = word_set(
    "it it's its is was the that that's today this morning my says said shows showed read",
    "reads reading number weight weighed weigh i i'm me at pressure blood sugar glucose",
    "oxygen level saturation monitor meter scale cuff um uh well about exactly just now",
    "and a an in year born es fue mi peso presion azucar oxigeno la el de hoy esta manana",
    "y naci en marca",
)
"""Words that belong to such an answer and change nothing of its number."""
NOT_EXACT = frozenset({"about"})
"""Listed above as belonging to an answer, and refused all the same: nobody measures about."""
UNIT_WORDS: Mapping[str, frozenset[str]] = {
    "[lb_av]": word_set("pound pounds lb lbs libra libras"),
    "kg": word_set("kilo kilos kilogram kilograms kg kgs kilogramos"),
    "%": word_set("percent % por ciento porciento"),
    "mg/dL": word_set("milligrams milligram mg/dl mg dl per deciliter"),
    "mm[Hg]": word_set("millimeters mercury mmhg of"),
}
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z%'/]+|-")
SPOKEN = "w"
"""Marks a number written as a word: twenty and five are 25 and never 205."""
LONGEST = 16
"""Tokens; a longer utterance is no number."""


def number_of(slot: Slot, text: str) -> tuple[Decimal, ...] | None:
    """Return the numbers that answer a slot, one a part; None unless there is one way to read it.

    Values outside of the hard range are no answers.
    """
    tokens, unit = _without_units(slot, TOKEN.findall(text.lower().replace("-", " ")))
    pieces = None if tokens is None or len(tokens) > LONGEST else _pieces(tokens)
    if not pieces:
        return None
    readings = set(_pressures(pieces) if slot.kind == PRESSURE else _singles(pieces))
    fitting = {r for r in (_in_unit(slot, each, unit) for each in readings) if r is not None}
    return next(iter(fitting)) if len(fitting) == 1 else None


def _without_units(slot: Slot, tokens: Sequence[str]) -> tuple[list[str] | None, str]:
    """Return the tokens without the unit that was said, and the unit; None for a foreign one."""
    own = slot.parts[0].unit
    may_be_said = {own, "kg", "[lb_av]"} if own in {"kg", "[lb_av]"} else {own}
    said = {unit for unit, words in UNIT_WORDS.items() if unit in may_be_said and words & {*tokens}}
    if len(said) > 1:
        return None, own
    words = UNIT_WORDS[next(iter(said))] if said else frozenset()
    return [each for each in tokens if each not in words], next(iter(said), own)


def _in_unit(slot: Slot, value: tuple[Decimal, ...], unit: str) -> tuple[Decimal, ...] | None:
    """Return numbers in the unit of the slot, to a tenth; None where they cannot be an answer."""
    own = slot.parts[0].unit
    if unit != own:
        told = (convert(each, unit, own) for each in value)
        value = tuple(each.quantize(Decimal("0.1")) for each in told if each is not None)
    return value if slot.is_possible(value) else None


def _pieces(tokens: Sequence[str]) -> list[str] | None:
    """Return digits, points and separators in order; None where a word belongs to no number."""
    found: list[str] = []
    for at, (word, after) in enumerate(pairwise([*tokens, ""])):
        if word == "100" and found[-1:] == ["2"] and tokens[at - 1] in {"to", "too"}:
            found.append("x100")
        elif word[0].isdigit():
            found.append(word)
        elif word in WORDS:
            found.append(SPOKEN + WORDS[word])
        elif word in {"to", "too"} and after in {"hundred", "100"}:
            # "two hundred and twelve" is written "to 100 and 12"; "up to 100" has a word before it
            # that belongs to no answer.
            found.append("2")
        elif word in TIMES:
            found.append(f"x{TIMES[word]}" if found else str(TIMES[word]))
        elif word in POINTS:
            found.append(".")
        elif word in BETWEEN or word == "/":
            found.append("/")
        elif word not in FILLERS or word in NOT_EXACT:
            return None
    return found if any(each.strip(SPOKEN)[0].isdigit() for each in found) else None


def _singles(pieces: Sequence[str]) -> Iterator[tuple[Decimal]]:
    if "/" not in pieces:
        for number in _readings(pieces):
            yield (number,)


def _pressures(pieces: Sequence[str]) -> Iterator[tuple[Decimal, Decimal]]:
    """Yield the pressures that pieces may be: at the stroke, else at every place."""
    if pieces.count("/") > 1:
        return
    cuts = [pieces.index("/")] if "/" in pieces else range(1, len(pieces))
    for cut in cuts:
        after = cut + 1 if "/" in pieces else cut
        for upper in _readings(pieces[:cut]):
            for lower in _readings(pieces[after:]):
                yield upper, lower


def _readings(pieces: Sequence[str]) -> Iterator[Decimal]:
    """Yield every number that pieces without a separator may be."""
    if not pieces or pieces[0] == "." or pieces[0].startswith("x"):
        return
    wholes, before = {""}, ""
    for at, piece in enumerate(pieces):
        if piece == ".":
            digits = "".join(each.removeprefix(SPOKEN) for each in pieces[at + 1 :])
            ends = (whole for whole in wholes if whole.isdigit() and digits.isdigit())
            yield from (Decimal(f"{whole}.{digits}") for whole in ends)
            return
        is_last = at == len(pieces) - 1
        wholes = {j for whole in wholes for j in _joined(whole, before, piece, is_last=is_last)}
        before = piece
    for whole in wholes:
        yield from _dotted(whole)


def _joined(whole: str, before: str, piece: str, *, is_last: bool) -> Iterator[str]:
    """Yield the digits so far with one more piece: times, plus, or one beside the other.

    before: the piece that came last. 140 and 2 are 142, or 1402; 1 and 42 are 142; two, oh and five
    are 205, for a zero of its own takes nothing in.
    """
    said = piece.removeprefix(SPOKEN)
    if said.startswith("x"):
        if whole.isdigit() and int(whole) < 100:
            yield str(int(whole) * int(said[1:]))
    elif "." in said or "," in said:
        dotted = said.replace(",", ".")
        if is_last:
            head, _, rest = dotted.partition(".")
            heads = _joined(whole, before, head, is_last=False) if whole else [head]
            yield from (f"{each}.{rest}" for each in heads)
        elif not whole:
            yield dotted.replace(".", "")
    elif not whole:
        yield said
    elif whole.isdigit():
        zeros = len(whole) - len(whole.rstrip("0"))
        fits = 0 < len(said) <= zeros and int(whole) > 0 and not said.startswith("0")
        takes_in = before.startswith("x") or len(before.removeprefix(SPOKEN)) > 1
        if fits and takes_in:
            yield str(int(whole) + int(said))
        # Digits side by side may be meant so; words for tens and hundreds are not.
        if not (fits and takes_in and (before[0] in "wx" or piece[0] == SPOKEN)):
            yield whole + said


def _dotted(text: str) -> Iterator[Decimal]:
    """Yield what digits with dots are: a tenth after the last dot, or no dot at all."""
    head, dot, tail = text.rpartition(".")
    # A hundredth is spoken of no measurement here; `1.42` is 142, and `12.5` is never 125.
    if dot and len(tail) == 1:
        yield Decimal(f"{head.replace('.', '')}.{tail}")
    elif text:
        yield Decimal(text.replace(".", ""))
