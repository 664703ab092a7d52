"""Messages of HL7 v2 that go out, held by hl7apy and hl7types, which see planted faults too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message
from hl7types.hl7.v2_5_1.messages import ORU_R01

from caretally.devices.unpacked import Posted
from caretally.devices.vendors.hl7v2.slice import SLICE
from caretally.ehr.hl7v2_messages import Envelope, escaped, results_message
from tests.standards.told import AT, ZONE, entries, entry, pressure, reading

ENVELOPE = Envelope(control_id="m-1", facility="Lakeside", receiver="EHR")
HL7APY, HL7TYPES, OURS = "hl7apy", "hl7types", "ours"


def message() -> str:
    """Return readings in every metric as one message."""
    return results_message(entries(), ENVELOPE, ZONE, AT).decode()


def by_hl7apy(text: str) -> bool:
    """Tell whether hl7apy sees something wrong."""
    try:
        found = parse_message(text, validation_level=VALIDATION_LEVEL.STRICT, find_groups=True)
        return not found.validate()
    except Exception:  # noqa: BLE001 - it has many kinds
        return True


def by_hl7types(text: str) -> bool:
    """Tell whether hl7types sees something wrong."""
    try:
        ORU_R01.model_validate_er7(text)
    except Exception:  # noqa: BLE001 - it has many kinds
        return True
    return False


def by_ours(text: str) -> bool:
    """Tell whether our own reader sees something wrong."""
    return bool(SLICE.parse(Posted(body=text.encode(), received_at=AT)).faults)


VALIDATORS: dict[str, Callable[[str], bool]] = {
    HL7APY: by_hl7apy, HL7TYPES: by_hl7types, OURS: by_ours,
}  # fmt: skip


@pytest.mark.parametrize("validator", VALIDATORS)
def test_what_goes_out_is_valid(validator: str) -> None:
    assert not VALIDATORS[validator](message())


def changed(old: str, new: str) -> str:
    """Return the message with one thing changed."""
    text = message()
    assert old in text
    return text.replace(old, new, 1)


FAULTS: dict[str, tuple[str, str, set[str]]] = {
    "no order": ("OBR|1||", "ZBR|1||", {HL7APY, HL7TYPES}),
    "order without code": ("|85354-9^^LN|||2026", "||||2026", {HL7APY, HL7TYPES}),
    "result without metric": ("OBX|1|NM|8480-6^^LN", "OBX|1|NM|", {HL7APY, HL7TYPES, OURS}),
    "result without status": ("|||||F|||", "||||||||", {HL7APY, HL7TYPES, OURS}),
    "no control id": ("|m-1|P|", "||P|", {HL7APY, HL7TYPES}),
    "day of no calendar": ("20260304100030-0600", "20261304100030-0600", {HL7APY}),
    "text for a number": ("|132|mm[Hg]", "|high|mm[Hg]", {OURS}),
    "type that is none": ("OBX|1|NM|8480-6", "OBX|1|ZZ|8480-6", {OURS}),
    "unit of another metric": ("|132|mm[Hg]^mmHg^UCUM", "|132|kg^kg^UCUM", {OURS}),
}
"""What is changed into what, and which validators must see it."""


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_broken_is_seen(name: str) -> None:
    old, new, expected = FAULTS[name]
    text = changed(old, new)
    assert {each for each, sees in VALIDATORS.items() if sees(text)} == expected


def test_every_validator_sees_some() -> None:
    assert set().union(*(seen for _, _, seen in FAULTS.values())) == set(VALIDATORS)


def test_what_goes_out_comes_in_as_it_was() -> None:
    sent = [entry("ent_bp", pressure()),
            entry("ent_w", reading("29463-7", "72.50", "kg", origin="manual"))]  # fmt: skip
    body = results_message(sent, ENVELOPE, ZONE, AT)
    unpacked = SLICE.parse(Posted(body=body, received_at=AT))
    assert unpacked.faults == ()
    told = [(each.metric, [str(value.value) for value in each.measured], each.measured_at,
             each.offset_seconds, each.origin) for each in unpacked.readings]  # fmt: skip
    assert told == [
        ("85354-9", ["132", "81"], AT, -21_600, "device"),
        ("8867-4", ["70"], AT, -21_600, "device"),
        ("29463-7", ["72.50"], AT, -21_600, "manual"),
    ]
    assert unpacked.readings[0].names == (
        ("hl7v2:device", "dev_ada_cuff"), ("hl7v2:patient", "CARETALLY|pat_ada"),
    )  # fmt: skip


@pytest.mark.parametrize("sign", ["|", "^", "~", "\\", "&", "\r", "\n"])
def test_no_text_ends_a_field(sign: str) -> None:
    envelope = Envelope(control_id="m-1", facility=f"Lake{sign}side", receiver="EHR")
    sent = [entry("ent_w", reading("29463-7", "72.50", "kg"))]
    text = results_message(sent, envelope, ZONE, AT).decode()
    assert escaped(sign) in text
    assert not any(sees(text) for sees in VALIDATORS.values())


def test_a_message_is_about_one_patient() -> None:
    with pytest.raises(ValueError, match="one patient"):
        results_message([], ENVELOPE, ZONE, AT)
