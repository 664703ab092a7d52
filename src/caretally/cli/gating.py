"""Prints the answers of the gate before dialing; behind `caretally call gate`."""

from __future__ import annotations

from caretally.cli import screen
from caretally.cli.extras import loaded
from caretally.cli.packet_commands import practice_of
from caretally.cli.store_commands import stored
from caretally.clock import now
from caretally.contacts.wellness_calls.gate import WORDS, denials


def show_gate(asked: tuple[str, str, str], practice: str, *, is_emergency: bool) -> bool:
    """Print what the gate would answer now about a patient, program and protocol; tell whether yes.

    Raises:
        InputError: there is no such protocol, or no such practice.
        UnknownError: there is no such patient.
    """
    patient, program, protocol = asked
    journal = stored()
    chosen = practice or practice_of(journal, patient)
    office = loaded("caretally.practice.office").Office(
        journal=journal, caller=loaded("caretally.practice.caller").system_caller(chosen, "gate"),
        now=now(),
    )  # fmt: skip
    office.open_chart(patient, purpose="call gate")
    gate = loaded("caretally.practice.calling_gate")
    body = gate.asked_now(
        journal, chosen,
        gate.Asked(patient=patient, program=program, protocol=protocol, is_emergency=is_emergency),
        office.now,
    )  # fmt: skip
    table = screen.grid("Check", "Met", "Found", "What is asked")
    for each in body.checks:
        table.add_row(each.check, "yes" if each.met else "no", each.found, WORDS[each.check])
    screen.show(table)
    missing = [each.check for each in denials(body.checks)]
    screen.tell("A call may be made now." if body.allowed else f"No call: {', '.join(missing)}.")
    return bool(body.allowed)
