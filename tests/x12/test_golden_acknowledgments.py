"""Acknowledgments: what is taken, what is refused, and where the fault is said to be."""

from __future__ import annotations

import re

import pytest

from caretally.claims.answers import Acknowledged
from caretally.claims.x12.reading import read_file
from caretally.claims.x12.writing import write_837p
from caretally.synthetic.claims import batch_of, claims
from tests.x12 import validators
from tests.x12.file_faults import FILE_FAULTS
from tests.x12.test_golden_835 import GOLDEN, golden

REFUSED_BY_PYX12 = {"sender_rejected.277ca"}
"""It wants a billing provider even where a file is turned away before one is looked at."""
Said = list[tuple[str, str]]


def said(name: str) -> tuple[Acknowledged, ...]:
    """Return what a golden file says."""
    read = read_file(golden(name))
    assert read.skipped == {}
    return read.acknowledged


def told(acknowledged: Acknowledged) -> Said:
    """Return its codes with what they are about."""
    return [(each.code, each.where) for each in acknowledged.told]


@pytest.mark.parametrize(
    "name", sorted(each.name for each in GOLDEN.iterdir() if each.suffix != ".835")
)
def test_pyx12_finds_nothing_in_them(name: str) -> None:
    assert bool(validators.by_pyx12(golden(name))) == (name in REFUSED_BY_PYX12)


def test_accepted() -> None:
    (one,) = said("accepted.999")
    assert one.is_accepted
    assert (one.source, one.group, one.transaction) == ("999", "417", "0001")
    assert told(one) == [("IK5:A", ""), ("AK9:A", "")]


def test_accepted_although_errors_were_noted() -> None:
    (one,) = said("accepted_with_errors.999")
    assert one.is_accepted
    where = "segment 28 SV1 loop 2400 claim CT0001"
    assert told(one)[:2] == [("IK3:8", where), ("IK4:7", "segment 28 SV1 loop 2400 element 1.2")]


def test_one_of_two_is_refused() -> None:
    first, second = said("rejected.999")
    assert (first.is_accepted, second.is_accepted) == (False, True)
    assert ("IK3:3", "segment 23 HI") in told(first)
    assert told(second) == [("IK5:A", ""), ("AK9:P", "")]


def test_whole_group_and_whole_interchange_are_refused() -> None:
    (group,) = said("group_rejected.999")
    assert (group.is_accepted, group.group, group.transaction) == (False, "417", "")
    assert told(group) == [("AK9:R", ""), ("AK9:4", ""), ("AK9:5", "")]
    (interchange,) = said("interchange_rejected.ta1")
    assert (interchange.is_accepted, interchange.group) == (False, "417")
    assert told(interchange) == [("TA1:R", ""), ("TA1:006", "")]


def test_claims_are_taken_or_turned_away() -> None:
    taken, refused = said("claims.277ca")
    assert (taken.is_accepted, taken.control_number, taken.payer_claim_number) == (
        True, "CT0001", "PCN0001",
    )  # fmt: skip
    assert told(taken) == [("A2:20", "")]
    assert (refused.is_accepted, refused.control_number, refused.group) == (False, "CT0002", "417")
    assert told(refused) == [
        ("A7:562", "entity 82"),
        ("A6:145", ""),
        ("A8:496", "entity IL"),
        ("A7:454", "line CT000202"),
    ]


def test_a_sender_is_turned_away() -> None:
    (one,) = said("sender_rejected.277ca")
    assert (one.is_accepted, one.control_number, one.group) == (False, "", "417")
    assert told(one) == [("A3:24", "entity 41")]


def test_what_pyx12_acknowledges_is_read() -> None:
    body = write_837p(batch_of(claims(20, seed=5), control=417))
    (taken,) = read_file(validators.acknowledged_by_pyx12(body)).acknowledged
    assert (taken.is_accepted, taken.group, taken.transaction) == (True, "417", "0001")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("no diagnoses", "IK3:3"),
        ("kind of payer", "IK4:7"),
        ("no such day", "IK4:8"),
        ("name too long", "IK4:5"),
        ("segments counted wrong", "IK5:4"),
    ],
)
def test_what_pyx12_refuses_is_read(fault: str, code: str) -> None:
    body = write_837p(batch_of(claims(20, seed=5), control=417)).decode()
    answer = validators.acknowledged_by_pyx12(FILE_FAULTS[fault].broken(body).encode())
    (refused,) = read_file(answer).acknowledged
    assert not refused.is_accepted
    codes = dict(told(refused))
    assert code in codes
    if not code.startswith("IK5"):
        assert re.match(r"segment \d+ [A-Z0-9]{2,3}", codes[code])
