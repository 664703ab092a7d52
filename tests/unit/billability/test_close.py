"""Roots, names, differences and four eyes of a close."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from caretally.billability.close import (
    NEW,
    NONE,
    REPLACEMENT,
    STATEMENT,
    STATEMENTS,
    VOID,
    Basis,
    closing_id,
    entries_root,
    leaves_root,
    line_changes,
    month_root,
    needs_other_eyes,
    plain,
    proposal,
    with_corrections,
    worded,
)
from caretally.clock import ServiceMonth
from caretally.journal.chain import leaf_digest
from caretally.journal.entries import DecidedLine, Died, Entry, EntryVoided, PolicyAdopted

MARCH = ServiceMonth(2026, 3)
AT = datetime(2026, 3, 4, tzinfo=UTC)
LINES = st.dictionaries(st.text(min_size=1, max_size=9), st.binary(min_size=1), max_size=40)
DAY = date(2026, 3, 31)
ONE = DecidedLine(code="99457", units=1, date_of_service=DAY)
MORE = DecidedLine(code="99458", units=1, date_of_service=DAY)


def independent_root(leaves: list[bytes]) -> str:
    """Return the root as another implementation of RFC 6962 makes it."""
    tree = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        tree.append_entry(leaf)
    return worded(tree.get_root() if leaves else sha256(b"").digest())


@given(LINES, st.randoms())
def test_roots_agree_with_another_implementation_in_any_order(
    lines: dict[str, bytes], chance: object
) -> None:
    names = list(lines)
    chance.shuffle(names)  # type: ignore[attr-defined]
    shuffled = {name: lines[name] for name in names}
    expected = independent_root([lines[name] for name in sorted(lines)])
    assert entries_root(shuffled) == expected
    assert leaves_root({name: leaf_digest(line) for name, line in shuffled.items()}) == expected


@given(LINES.filter(bool))
def test_a_changed_line_or_name_changes_the_root(lines: dict[str, bytes]) -> None:
    first = min(lines)
    assert entries_root({**lines, first: lines[first] + b"x"}) != entries_root(lines)
    assert entries_root({k: v for k, v in lines.items() if k != first}) != entries_root(lines)


def test_the_root_of_a_month_is_over_its_digests_by_patient() -> None:
    digests = {f"pat_{n}": worded(sha256(b"%d" % n).digest()) for n in range(5)}
    backwards = dict(reversed(digests.items()))
    expected = independent_root([plain(digests[name]) for name in sorted(digests)])
    assert month_root(digests) == month_root(backwards) == expected
    assert closing_id("p", MARCH, expected, expected) != closing_id("q", MARCH, expected, expected)


def basis(**changed: str) -> Basis:
    """Return what names a decision."""
    first = Basis(practice="p", patient="pat", month=MARCH, payer=None, policy="cms_combined",
                  rulebook="r", facts="f", entries="e")  # fmt: skip
    return replace(first, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["practice", "patient", "policy", "rulebook", "facts", "entries"])
def test_every_part_of_its_basis_names_a_decision(part: str) -> None:
    assert basis().decision == basis().decision
    assert basis().decision.startswith("dec_")
    assert basis(**{part: "other"}).decision != basis().decision


@pytest.mark.parametrize(
    ("before", "after", "was_submitted", "expected"),
    [
        ((ONE,), (ONE,), True, NONE),
        ((ONE,), (ONE, MORE), True, REPLACEMENT),
        ((ONE, MORE), (ONE,), True, REPLACEMENT),
        ((ONE,), (), True, VOID),
        ((ONE,), (ONE, MORE), False, NEW),
        ((ONE,), (), False, NONE),
        ((), (ONE,), False, NEW),
    ],
)
def test_what_another_decision_asks_of_a_claim(
    before: tuple[DecidedLine, ...], after: tuple[DecidedLine, ...], expected: str,
    *, was_submitted: bool,
) -> None:  # fmt: skip
    assert proposal(before, after, was_submitted=was_submitted) == expected


def test_lines_are_compared_by_code_and_date() -> None:
    changes = line_changes((ONE, MORE), (replace(ONE, units=2),))
    assert [(each.code, each.before, each.after) for each in changes] == [
        ("99457", 1, 2), ("99458", 1, None),
    ]  # fmt: skip
    assert line_changes((ONE,), (replace(ONE, at_risk=("interactive_only",)),)) == ()


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("wanted", [True, False])
@pytest.mark.parametrize("others", [0, 1, 2])
def test_another_must_sign_only_where_there_is_one(others: int, *, own: bool, wanted: bool) -> None:
    needed = needs_other_eyes(logged_own_time=own, four_eyes=wanted, others=others)
    assert needed == (own and wanted and others > 0)


def entry(name: str, body: object, *, supersedes: str | None = None) -> Entry:
    """Return an entry of a patient."""
    return Entry(id=name, patient="pat", at=AT, recorded_at=AT, actor="system:x",
                 supersedes=supersedes, reason="x", body=body)  # type: ignore[arg-type]  # fmt: skip


def test_families_of_corrections_come_whole() -> None:
    first, second = entry("e1", Died()), entry("e2", Died(), supersedes="e1")
    void, other = entry("e3", EntryVoided(entry="e2")), entry("e4", Died())
    stray = entry("e5", EntryVoided(entry="e9"))
    unread = entry("e6", PolicyAdopted(policy="x", value="y", owner="z", from_on=DAY))
    known = [stray, void, unread, other, second, first]
    assert [each.id for each in with_corrections([second, unread, stray], known)] == [
        "e1", "e2", "e3",
    ]  # fmt: skip
    assert [each.id for each in with_corrections([other], known)] == ["e4"]


def test_the_text_that_is_signed_is_one_that_is_kept() -> None:
    assert STATEMENTS[STATEMENT]
