"""Readings as messages of HL7 v2.5.1: ORU^R01, an order for each reading and an OBX a number.

A patient is told by id alone. Whatever stands in a field is escaped, so that no text can end one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from caretally.ehr.outgoing import Outgoing, outgoing
from caretally.journal.entries import Entry

VERSION = "2.5.1"
MARKS = r"^~\&"
ESCAPES: Mapping[int, str] = {
    ord(sign): f"\\{word}\\"
    for sign, word in (
        ("\\", "E"), ("|", "F"), ("^", "S"), ("~", "R"), ("&", "T"), ("\r", "X0D"), ("\n", "X0A"),
    )
}  # fmt: skip
"""How signs that divide a message are written inside of a field."""
METHODS: Mapping[str, str] = {"device": "AMEAS", "manual": "MMEAS", "derived": "ACALC"}
"""Origin of a reading, as IHE PCD writes it into OBX-17."""
LONGEST_FILLER = 199


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who sends to whom.

    control_id: of the message; the same again for the same message.
    """

    control_id: str
    sender: str = "CARETALLY"
    facility: str = ""
    receiver: str = ""
    receiving_facility: str = ""


def escaped(text: str) -> str:
    r"""Return text that may stand in a component.

    Example:
        >>> escaped("120|80 & more\\")
        '120\\F\\80 \\T\\ more\\E\\'
    """
    return text.translate(ESCAPES)


def results_message(
    entries: Iterable[Entry], envelope: Envelope, zone_name: str, at: datetime
) -> bytes:
    """Return readings of one patient as a message.

    zone_name: of the patient; times carry the offset that holds there.

    Raises:
        ValueError: the readings are of several patients, or there is none.
    """
    told = [each for entry in entries for each in outgoing(entry)]
    patients = {each.entry.patient for each in told}
    if len(patients) != 1:
        raise ValueError("a message tells readings of one patient")
    lines = [header(envelope, at), patient(patients.pop() or "")]
    for number, each in enumerate(told, 1):
        lines += order(number, each, zone_name)
    return ("\r".join(lines) + "\r").encode()


def segment(name: str, fields: Mapping[int, str]) -> str:
    """Return a segment from its fields by number; what they hold is escaped already."""
    return "|".join([name, *(fields.get(place, "") for place in range(1, max(fields) + 1))])


def parts(*texts: str) -> str:
    """Return a field of components."""
    return "^".join(escaped(text) for text in texts).rstrip("^")


def header(envelope: Envelope, at: datetime) -> str:
    """Return MSH."""
    fields = {
        2: escaped(envelope.sender), 3: escaped(envelope.facility), 4: escaped(envelope.receiver),
        5: escaped(envelope.receiving_facility), 6: f"{at.astimezone(UTC):%Y%m%d%H%M%S%z}",
        8: "ORU^R01^ORU_R01", 9: escaped(envelope.control_id), 10: "P", 11: VERSION,
        17: "UNICODE UTF-8",
    }  # fmt: skip
    # The separator is a field of its own, so all after it stand one place earlier in the line.
    return segment("MSH", {1: MARKS, **fields})


def patient(name: str) -> str:
    """Return PID: the id with who gave it; the name is said to be kept back."""
    return segment("PID", {1: "1", 3: parts(name, "", "", "CARETALLY", "PI"), 5: "^^^^^^U"})


def order(number: int, told: Outgoing, zone_name: str) -> Sequence[str]:
    """Return OBR and its OBX."""
    at = f"{told.local_time(zone_name):%Y%m%d%H%M%S%z}"
    own_id = f"{told.entry.id}-{told.part}" if told.part else told.entry.id
    lines = [
        segment("OBR", {
            1: str(number), 3: escaped(own_id[:LONGEST_FILLER]), 4: parts(told.metric, "", "LN"),
            7: at, 25: status_of(told),
        })
    ]  # fmt: skip
    return [*lines, *results(told, at)]


def results(told: Outgoing, at: str) -> Iterator[str]:
    """Yield an OBX for each number, those of a panel under one number in OBX-4."""
    is_panel = len(told.numbers) > 1
    for place, each in enumerate(told.numbers, 1):
        yield segment("OBX", {
            1: str(place), 2: "NM", 3: parts(each.metric, "", "LN"),
            4: f"1.{place}" if is_panel else "1", 5: f"{each.value:f}",
            6: parts(each.unit, each.says, "UCUM"), 11: status_of(told), 14: at,
            17: METHODS.get(told.body.origin, ""), 18: parts(told.body.device),
        })  # fmt: skip


def status_of(told: Outgoing) -> str:
    """Return whether a result is final or a correction."""
    return "C" if told.entry.supersedes else "F"
