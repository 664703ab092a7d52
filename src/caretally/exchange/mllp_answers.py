"""Answers to messages of HL7 v2: taken, to be sent again, or never to be sent so again.

Whatever comes is answered, also what is no message; nothing of its content is repeated but the
control id, by which the sender knows which message is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from caretally.devices.refusals import Misread
from caretally.devices.vendors.hl7v2.er7 import Message, Segment, Separators, read_messages

USUAL = Separators("|", "^", "~", "\\", "&")
SENDER = "CARETALLY"
LONGEST_ID = 199
_unsafe = re.compile(r"[^ -~]")


class Outcome(Enum):
    """What became of a message: stored, not stored for now, or refused as it is."""

    TAKEN = "A"
    LATER = "E"
    REFUSED = "R"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An outcome with its reason, in words that hold nothing of the message.

    code: of HL7 table 0357.
    """

    outcome: Outcome
    says: str = ""
    code: str = ""


TAKEN = Reply(outcome=Outcome.TAKEN)
NO_MESSAGE = Reply(outcome=Outcome.REFUSED, says="no message of HL7 v2", code="100")
TOO_LARGE = Reply(outcome=Outcome.REFUSED, says="larger than is taken here", code="207")
LATER = Reply(outcome=Outcome.LATER, says="not stored; send it again", code="207")


def opened(body: bytes) -> Message | Reply:
    """Return a message that can be taken, or why it cannot."""
    try:
        message = next(read_messages(body))
    except Misread as misread:
        says = f"{misread.fault.path}: {misread.fault.says}".lstrip(": ")
        return Reply(outcome=Outcome.REFUSED, says=says, code="100")
    except StopIteration:
        return NO_MESSAGE
    header = message.header
    if not header.text(10):
        return Reply(outcome=Outcome.REFUSED, says="MSH-10: no control id", code="101")
    if header.text(9) != "ORU":
        return Reply(outcome=Outcome.REFUSED, says="MSH-9: ORU^R01 is expected", code="200")
    return message


def answer(body: bytes, reply: Reply, at: datetime) -> bytes:
    """Return the answer to a message; empty where its sender wants none."""
    try:
        header: Segment | None = next(read_messages(body)).header
    except (Misread, StopIteration):
        header = None
    code = wanted_code(header, reply)
    if not code:
        return b""
    signs = header.signs if header else USUAL
    own_id = f"{at:%Y%m%d%H%M%S%f}"
    fields = ["MSH", f"{signs.component}{signs.repetition}{signs.escape}{signs.part}", SENDER]
    if header:
        fields += [header.raw(6), header.raw(3), header.raw(4)]
    else:
        fields += ["", "", ""]
    trigger = header.text(9, 2) if header else ""
    sort = signs.component.join(each for each in ("ACK", trigger, "ACK" if trigger else "") if each)
    version = header.raw(12) if header and header.raw(12) else "2.5.1"
    fields += [f"{at:%Y%m%d%H%M%S}+0000", "", sort, own_id, header.raw(11) if header else "P"]
    fields.append(version)
    control_id = header.raw(10)[:LONGEST_ID] if header else ""
    lines = [signs.field.join(fields), signs.field.join(["MSA", code, control_id])]
    if reply.outcome is not Outcome.TAKEN:
        says = _unsafe.sub("?", reply.says).translate(escapes(signs))
        lines.append(signs.field.join(["ERR", "", "", reply.code, "E", "", "", "", says]))
    return ("\r".join(_unsafe.sub("?", line) for line in lines) + "\r").encode()


def escapes(signs: Separators) -> dict[int, str]:
    """Return how the separators are written inside of a field."""
    esc = signs.escape
    pairs = (
        (signs.field, "F"), (signs.component, "S"), (signs.part, "T"), (signs.repetition, "R"),
        (esc, "E"),
    )  # fmt: skip
    return {ord(sign): f"{esc}{letter}{esc}" for sign, letter in pairs}


def wanted_code(header: Segment | None, reply: Reply) -> str:
    """Return the code of an answer, in the mode that MSH-15 and MSH-16 ask for.

    Without them AA, AE or AR. With them the answer to having stored it, CA, CE or CR, where MSH-15
    wants one; else that of the application where MSH-16 does; else none.
    """
    outcome = reply.outcome.value
    if header is None or not (header.text(15) or header.text(16)):
        return f"A{outcome}"
    is_taken = reply.outcome is Outcome.TAKEN
    for field, mode in ((15, "C"), (16, "A")):
        asked = header.text(field).upper()
        if asked == "AL" or asked == ("SU" if is_taken else "ER"):
            return f"{mode}{outcome}"
    return ""
