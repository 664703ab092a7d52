"""Whether a protocol says what must be said in every call: a check of its texts, not of a call."""

from __future__ import annotations

from collections.abc import Mapping

from caretally.contacts.wellness_calls.packs import NAME, RECORDING, Pack

CALLER, MACHINE, WAY_OUT, PERSON = "who calls", "machine", "way out", "person"
RECORDED, CLOSING = "recording", "machine and person at the end"
MACHINE_WORDS: Mapping[str, str] = {"en": "artificial voice", "es": "voz artificial"}
RECORDED_WORDS: Mapping[str, str] = {"en": "record", "es": "grab"}
OUT_KEY, PERSON_KEY = "9", "0"


def lacking(pack: Pack, language: str) -> tuple[str, ...]:
    """Return the names of the disclosures that a protocol's texts do not hold in a language."""
    prompts = {each.id: each.prompt.get(language, "") for each in pack.questions}
    name, told = prompts.get(NAME, ""), prompts.get(RECORDING, "")
    closing = pack.says.get("closing", {}).get(language, "")
    machine = MACHINE_WORDS.get(language, "")
    held = {
        CALLER: "{practice}" in name,
        MACHINE: bool(machine) and machine in told,
        WAY_OUT: OUT_KEY in told and "opted_out" in pack.says,
        PERSON: PERSON_KEY in told,
        RECORDED: RECORDED_WORDS.get(language, "") in told and bool(told),
        CLOSING: bool(machine) and machine in closing and "{callback}" in closing,
    }
    return tuple(disclosure for disclosure, is_held in held.items() if not is_held)
