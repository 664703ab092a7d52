"""The last known entry of a chain counts, a void ends it, and contradictions are all refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caretally.errors import InputError, Problem
from caretally.journal.corrections import resolve
from caretally.journal.entries import Body, Died, Entry, EntryVoided

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def entry(
    name: str, supersedes: str | None = None, *, voids: str | None = None, hour: int = 0
) -> Entry:
    """Return an entry recorded some hours after noon."""
    body: Body = Died() if voids is None else EntryVoided(entry=voids)
    return Entry(
        id=name,
        patient="p1",
        at=NOON,
        recorded_at=NOON + timedelta(hours=hour),
        actor="staff:s1",
        supersedes=supersedes,
        reason="written down wrong",
        body=body,
    )


def in_force(*entries: Entry, hour: int | None = None) -> set[str]:
    """Return the ids that count, as known some hours after noon."""
    as_of = None if hour is None else NOON + timedelta(hours=hour)
    return {each.id for each in resolve(entries, as_of).in_force}


def refused(*entries: Entry) -> dict[str, Problem]:
    """Return the problems of a refused journal by place."""
    with pytest.raises(InputError) as error:
        resolve(entries)
    with pytest.raises(InputError) as early:
        resolve(entries, NOON - timedelta(days=1))
    assert error.value.problems == early.value.problems
    return {problem.where: problem for problem in error.value.problems}


def test_without_corrections_everything_counts() -> None:
    entries = (entry("a"), entry("b", hour=2))
    resolution = resolve(entries)
    assert resolution.in_force == resolution.known == entries
    assert resolution.set_aside == {}
    assert in_force(*entries, hour=1) == {"a"}


def test_knowing_includes_its_instant() -> None:
    assert in_force(entry("a", hour=1), hour=1) == {"a"}
    assert in_force(entry("a", hour=1), hour=0) == set()


def test_the_last_of_a_chain_counts_whatever_the_order() -> None:
    chain = (entry("c", "b"), entry("a"), entry("b", "a"))
    resolution = resolve(chain)
    assert in_force(*chain) == {"c"}
    assert resolution.set_aside == {"a": "superseded", "b": "superseded"}
    assert resolution.known == chain


def test_the_last_known_of_a_chain_counts() -> None:
    chain = (entry("a"), entry("b", "a", hour=2), entry("c", "b", hour=4))
    assert [in_force(*chain, hour=hour) for hour in (-1, 1, 3, 5)] == [set(), {"a"}, {"b"}, {"c"}]
    assert resolve(chain, NOON + timedelta(hours=3)).set_aside == {"a": "superseded"}


def test_a_gap_in_what_is_known_does_not_bring_an_entry_back() -> None:
    chain = (entry("a"), entry("b", "a", hour=9), entry("c", "b", hour=1))
    assert in_force(*chain, hour=2) == {"c"}


def test_a_void_ends_a_chain_and_restores_nothing() -> None:
    chain = (entry("a"), entry("b", "a", hour=1), entry("v", voids="b", hour=2))
    assert in_force(*chain) == {"v"}
    assert resolve(chain).set_aside == {"a": "superseded", "b": "voided"}
    assert in_force(*chain, hour=1) == {"b"}


def test_a_void_known_before_its_entry_takes_what_is_known_of_the_chain() -> None:
    chain = (entry("a"), entry("b", "a", hour=5), entry("v", voids="b", hour=1))
    assert in_force(*chain, hour=2) == {"v"}
    assert resolve(chain, NOON + timedelta(hours=2)).set_aside == {"a": "voided"}
    assert in_force(entry("b", hour=5), entry("v", voids="b"), hour=2) == {"v"}


def test_two_voids_of_one_entry_agree() -> None:
    assert in_force(entry("a"), entry("v", voids="a"), entry("w", voids="a")) == {"v", "w"}


def test_a_superseded_void_acts_no_more() -> None:
    entries = (entry("a"), entry("v", voids="a"), entry("w", "v", voids="b"), entry("b"))
    resolution = resolve(entries)
    assert resolution.set_aside == {"v": "superseded", "b": "voided"}
    assert in_force(entry("a"), entry("v", voids="a"), entry("n", "v", hour=1)) == {"a", "n"}
    assert in_force(entry("a"), entry("v", voids="a"), entry("n", "v", hour=1), hour=0) == {"v"}


def test_two_that_supersede_one_are_refused() -> None:
    told = refused(entry("a"), entry("b", "a"), entry("c", "a"), entry("d", "a", hour=5))
    assert set(told) == {"entry b", "entry c", "entry d"}
    assert "entry c, entry d" in told["entry b"].found
    assert told["entry b"].field == "supersedes"


def test_unknown_targets_are_refused() -> None:
    told = refused(entry("a", "x"), entry("v", voids="y"))
    assert {place: problem.field for place, problem in told.items()} == {
        "entry a": "supersedes",
        "entry v": "body.entry",
    }


@pytest.mark.parametrize("length", [1, 2, 5])
def test_circles_are_refused_once(length: int) -> None:
    names = [f"e{number}" for number in range(length)]
    circle = [entry(name, names[number - 1]) for number, name in enumerate(names)]
    assert set(refused(*circle)) == {f"entry {name}" for name in names}
    with pytest.raises(InputError) as error:
        resolve([*circle, entry("z"), entry("y", "z")])
    assert len(error.value.problems) == length


def test_what_leads_into_a_circle_is_a_fork() -> None:
    told = refused(entry("a", "b"), entry("b", "a"), entry("c", "b"))
    assert "circle" in told["entry b"].found
    assert "supersedes too" in told["entry c"].found


def test_voids_of_superseded_entries_and_of_voids_are_refused() -> None:
    told = refused(
        entry("a"),
        entry("b", "a"),
        entry("v", voids="a"),
        entry("w", voids="v"),
        entry("x", voids="x"),
    )
    assert set(told) == {"entry v", "entry w", "entry x"}
    assert "entry b" in told["entry v"].hint
    assert "a void" in told["entry w"].found


def test_a_void_of_what_it_supersedes_is_refused() -> None:
    assert set(refused(entry("a"), entry("v", "a", voids="a"))) == {"entry v"}


def test_all_contradictions_are_named_at_their_places() -> None:
    entries = (entry("a", "a"), entry("b", "x"), entry("v", voids="y"))
    with pytest.raises(InputError) as error:
        resolve(entries, where={"a": "f:1", "b": "f:2", "v": "f:3"}.__getitem__)
    assert [problem.where for problem in error.value.problems] == ["f:2", "f:3", "f:1"]


def test_the_same_entry_twice_is_one() -> None:
    assert in_force(entry("a"), entry("a"), entry("b", "a"), entry("b", "a")) == {"b"}
    assert len(resolve([entry("a"), entry("a")]).in_force) == 1
    told = refused(entry("a"), entry("a", hour=1))
    assert told["entry a"].field == "id"


@given(st.data())
def test_one_of_each_chain_counts_at_every_time_of_knowing(data: st.DataObject) -> None:
    lengths = data.draw(st.lists(st.integers(1, 5), max_size=4))
    hours = st.integers(0, 4)
    chains = [
        [
            entry(f"{chain}.{link}", f"{chain}.{link - 1}" if link else None, hour=data.draw(hours))
            for link in range(length)
        ]
        for chain, length in enumerate(lengths)
    ]
    voided = [data.draw(st.booleans()) for _ in chains]
    voids = [
        entry(f"v{number}", voids=chain[-1].id, hour=9)
        for number, chain in enumerate(chains)
        if voided[number]
    ]
    everything = data.draw(st.permutations([each for chain in chains for each in chain] + voids))
    for hour in (0, 2, 4, 9):
        expected = {each.id for each in voids if hour >= 9}
        for chain, ended in zip(chains, voided, strict=True):
            known = [each.id for each in chain if each.recorded_at <= NOON + timedelta(hours=hour)]
            expected |= set(known[-1:]) if not (ended and hour >= 9) else set()
        assert in_force(*everything, hour=hour) == expected


def test_a_correction_may_change_patient_and_kind() -> None:
    moved = replace(entry("b", "a"), patient="p2")
    assert in_force(entry("a"), moved) == {"b"}
