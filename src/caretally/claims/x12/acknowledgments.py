"""Reads what is said of a file on its way: 999 its form, 277CA its claims, TA1 its envelope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from caretally.claims.answers import Acknowledged, Told
from caretally.claims.x12.segments import Segment, wrong
from caretally.claims.x12.transactions import Transaction
from caretally.claims.x12.values import Eyes

ACCEPTED = frozenset({"A", "E"})
"""IK501: accepted, and accepted although errors were noted."""
PARTLY = "P"
"""AK901 of a group of which some sets were accepted and others not."""
CATEGORIES_REFUSED = frozenset({"A3", "A4", "A6", "A7", "A8"})
"""Categories of a claim that did not reach adjudication."""
CLAIM_REFUSED = "U"
RECEIVER, PROVIDER, PATIENT = "21", "19", "PT"
KNOWN_999 = frozenset({"AK1", "AK2", "IK3", "CTX", "IK4", "IK5", "AK9"})
KNOWN_277 = frozenset(
    {"BHT", "HL", "NM1", "PER", "TRN", "DTP", "STC", "QTY", "AMT", "REF", "SVC"}
)  # fmt: skip
SYNTAX_NOTES = range(2, 7)
GROUP_NOTES = range(5, 10)


def interchange_told(note: Segment) -> Acknowledged:
    """Return what a TA1 says of an interchange; ours number group and interchange alike."""
    told = tuple(Told(code=f"TA1:{note.get(place)}") for place in (4, 5) if note.get(place))
    # Leading zeros only fill the nine digits; the group of ours has the number without them.
    number = note.get(1).lstrip("0")
    return Acknowledged(source="999", is_accepted=note.get(4) in ACCEPTED, group=number, told=told)


@dataclass(slots=True)
class SetTold:
    """What a 999 says of one transaction set, while it is being read."""

    number: str
    told: list[Told] = field(default_factory=list)
    verdict: str = ""


def read_999(transaction: Transaction, eyes: Eyes) -> list[Acknowledged]:
    """Return what is said of each transaction set of a group, or of the group where of none."""
    group, sets = "", list[SetTold]()
    place_told, end = "", None
    for segment in transaction.inside:
        name = segment.name
        if name == "AK1":
            group = eyes.text(segment, 2)
        elif name == "AK2":
            sets.append(SetTold(eyes.text(segment, 2)))
        elif name == "AK9":
            end = segment
        elif name in KNOWN_999 and not sets:
            eyes.note(wrong(segment, 0, "an AK2 before it", "none"))
        elif name == "IK3":
            place_told = segment_place(segment)
            sets[-1].told.append(Told(code=f"IK3:{segment.get(4)}", where=place_told))
        elif name == "IK4":
            element = ".".join(each for each in segment.parts(1) if each)
            where = f"{place_told} element {element}".strip()
            sets[-1].told.append(Told(code=f"IK4:{eyes.text(segment, 3)}", where=where))
        elif name == "CTX":
            add_context(sets[-1], segment)
        elif name == "IK5":
            sets[-1].verdict = eyes.text(segment, 1)
            sets[-1].told += coded(segment, SYNTAX_NOTES)
    if end is None or not group:
        eyes.note(wrong(transaction.begin, 0, "AK1 and AK9", "not both"))
        return []
    verdict = eyes.text(end, 1)
    said = tuple(coded(end, GROUP_NOTES))
    for each in sets:
        if not each.verdict:
            eyes.note(wrong(transaction.begin, 0, "an IK5 for every AK2", "none"))
    return [
        Acknowledged(
            source="999",
            is_accepted=is_accepted(each.verdict, verdict),
            group=group,
            transaction=each.number,
            told=(*each.told, *said),
        )
        for each in sets or [SetTold("")]
    ]


def is_accepted(of_set: str, of_group: str) -> bool:
    """Return whether a transaction set was taken: by its own verdict and by that on its group.

    Without a verdict of its own it is taken only with the whole group.
    """
    return of_group in ACCEPTED | {PARTLY} and (of_set or of_group) in ACCEPTED


def segment_place(segment: Segment) -> str:
    """Return which segment an IK3 is about."""
    loop = f" loop {segment.get(3)}" if segment.get(3) else ""
    return f"segment {segment.get(2)} {segment.get(1)}{loop}"


def add_context(told: SetTold, segment: Segment) -> None:
    """Add to the last note which claim it is about, where a CTX names one."""
    kind, _, reference = segment.get(1).partition(segment.inner)
    if kind == "CLM01" and reference and told.told:
        last = told.told[-1]
        told.told[-1] = Told(code=last.code, where=f"{last.where} claim {reference}")


def coded(segment: Segment, notes: range) -> Iterator[Told]:
    """Yield the verdict of an IK5 or AK9 and the notes beside it."""
    for place in (1, *notes):
        if segment.get(place):
            yield Told(code=f"{segment.name}:{segment.get(place)}")


@dataclass(slots=True)
class ClaimTold:
    """What a 277CA says of a claim or of a whole level, while it is being read."""

    level: str
    group: str
    number: str = ""
    payer_number: str = ""
    told: list[Told] = field(default_factory=list)
    line_told: list[Told] = field(default_factory=list)
    is_refused: bool = False
    has_line: bool = False

    def add(self, segment: Segment) -> None:
        """Add what one STC says."""
        self.is_refused = self.is_refused or segment.get(3) == CLAIM_REFUSED
        for place in (1, 10, 11):
            category, status, entity = [*segment.parts(place), "", ""][:3]
            if not category:
                continue
            self.is_refused = self.is_refused or category in CATEGORIES_REFUSED
            told = Told(code=f"{category}:{status}", where=f"entity {entity}" if entity else "")
            (self.line_told if self.has_line else self.told).append(told)

    def end_line(self, reference: str = "") -> None:
        """Say of what was told of a line which one it is."""
        for each in self.line_told:
            where = " ".join(filter(None, (f"line {reference}".strip(), each.where)))
            self.told.append(Told(code=each.code, where=where))
        self.line_told = []

    def finished(self) -> Acknowledged:
        """Return it as it was told."""
        self.end_line()
        return Acknowledged(
            source="277ca",
            is_accepted=not self.is_refused,
            control_number=self.number if self.level == PATIENT else "",
            payer_claim_number=self.payer_number,
            group=self.group,
            told=tuple(self.told),
        )


def read_277(transaction: Transaction, eyes: Eyes) -> list[Acknowledged]:
    """Return what is said of each claim, and of a level above that is refused as a whole."""
    found: list[ClaimTold] = []
    level, group = "", ""
    for segment in transaction.inside:
        name = segment.name
        if name == "HL":
            level = eyes.text(segment, 3)
        elif name == "TRN":
            # At the sender's level stands the number of the file that is answered.
            group = segment.get(2) if level == RECEIVER else group
            found.append(ClaimTold(level, group, eyes.text(segment, 2)))
        elif name == "STC":
            if not found or found[-1].level != level:
                # A level without a trace of its own may still be refused.
                found.append(ClaimTold(level, group))
            if not segment.parts(1)[0]:
                eyes.note(wrong(segment, 1, "a category of status"))
            found[-1].add(segment)
        elif name == "SVC" and found:
            found[-1].end_line()
            found[-1].has_line = True
        elif name == "REF" and found and found[-1].level == level:
            if segment.get(1) == "1K":
                found[-1].payer_number = segment.get(2)
            elif segment.get(1) == "FJ":
                found[-1].end_line(segment.get(2))
    if not level:
        eyes.note(wrong(transaction.begin, 0, "HL segments", "none"))
    return [
        each.finished()
        for each in found
        if each.level == PATIENT or (each.is_refused and each.level in (RECEIVER, PROVIDER))
    ]
