"""Trees of which some leaves are shown: the root stays the root, and pymerkle's paths agree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_inclusion
from pymerkle.proof import MerkleProof

from caretally.audit.pruned_trees import Levels, pruned, pruned_root
from caretally.errors import IntegrityError
from caretally.journal.chain import inclusion_path, is_included, leaf_digest, tree_root


def leaves_of(count: int) -> list[bytes]:
    """Return so many digests."""
    return [leaf_digest(b"%d" % number) for number in range(count)]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 40), st.sets(st.integers(0, 39)))
def test_the_root_follows_from_what_is_shown_and_the_rest(count: int, wanted: set[int]) -> None:
    leaves = leaves_of(count)
    shown = {place: leaves[place] for place in wanted if place < count}
    rest = pruned(shown.keys(), leaves)
    assert pruned_root(count, shown, rest) == tree_root(leaves)
    if shown:
        place = min(shown)
        changed = {**shown, place: leaf_digest(b"another")}
        assert pruned_root(count, changed, rest) != tree_root(leaves)


def test_too_few_or_too_many_digests_are_refused() -> None:
    leaves = leaves_of(9)
    shown = {2: leaves[2], 7: leaves[7]}
    rest = pruned(shown.keys(), leaves)
    for wrong in (rest[:-1], [*rest, rest[0]]):
        with pytest.raises(IntegrityError):
            pruned_root(9, shown, wrong)
    with pytest.raises(IntegrityError, match="beyond"):
        pruned_root(9, {**shown, 12: leaves[0]}, rest)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 13, 100, 257])
def test_paths_agree_with_another_implementation(count: int) -> None:
    other = InmemoryTree(algorithm="sha256")
    for number in range(count):
        other.append_entry(b"%d" % number)
    leaves, levels = leaves_of(count), Levels(leaves_of(count))
    assert levels.root == tree_root(leaves) == other.get_root()
    for place in {0, count // 2, count - 1}:
        path = levels.path(place)
        assert path == inclusion_path(place, leaves)
        assert is_included(leaves[place], place, count, path, levels.root)
        proof: MerkleProof = other.prove_inclusion(place + 1)
        assert proof.path[1:] == path
        verify_inclusion(leaves[place], other.get_root(), proof)
