"""The tree agrees with an independent one, its proofs hold, and a changed byte breaks them."""

from __future__ import annotations

import itertools

import pymerkle
import pytest

from caretally.journal.chain import (
    beginning,
    breaks,
    consistency_path,
    inclusion_path,
    is_consistent,
    is_included,
    leaf_digest,
    linked,
    tree_root,
)

SIZES = (1, 2, 3, 4, 5, 7, 8, 13, 16, 31, 100)


def leaves(count: int) -> list[bytes]:
    """Return digests of numbered leaves."""
    return [leaf_digest(b"leaf %d" % number) for number in range(count)]


def theirs(count: int) -> pymerkle.InmemoryTree:
    """Return the same tree of another maker."""
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(count):
        tree.append_entry(b"leaf %d" % number)
    return tree


@pytest.mark.parametrize("size", SIZES)
def test_roots_agree(size: int) -> None:
    assert tree_root(leaves(size)) == theirs(size).get_root()


def test_the_tree_of_nothing_is_the_digest_of_nothing() -> None:
    assert tree_root([]).hex().startswith("e3b0c44298fc1c14")


@pytest.mark.parametrize("size", SIZES)
def test_inclusion_holds_and_agrees(size: int) -> None:
    digests, tree = leaves(size), theirs(size)
    root = tree_root(digests)
    for index, digest in enumerate(digests):
        path = inclusion_path(index, digests)
        assert is_included(digest, index, size, path, root)
        their_path = tree.prove_inclusion(index + 1, size).serialize()["path"]
        assert [digest.hex(), *(step.hex() for step in path)] == their_path


@pytest.mark.parametrize("size", SIZES)
def test_inclusion_of_another_leaf_is_refused(size: int) -> None:
    digests = leaves(size)
    root, other = tree_root(digests), leaf_digest(b"other")
    for index, digest in enumerate(digests):
        path = inclusion_path(index, digests)
        assert not is_included(other, index, size, path, root)
        assert not is_included(digest, index, size, [*path, other], root)
        assert not is_included(digest, size, size, path, root)
        assert not path or not is_included(digest, index, size, path[:-1], root)


@pytest.mark.parametrize(("size", "later"), list(itertools.combinations(SIZES, 2)))
def test_consistency_holds_and_a_rewritten_past_is_seen(size: int, later: int) -> None:
    digests = leaves(later)
    path = consistency_path(size, digests)
    roots = tree_root(digests[:size]), tree_root(digests)
    assert is_consistent((size, later), roots, path)
    pymerkle.verify_consistency(roots[0], roots[1], theirs(later).prove_consistency(size, later))
    rewritten = [leaf_digest(b"rewritten"), *digests[1:]]
    assert not is_consistent(
        (size, later), (roots[0], tree_root(rewritten)), consistency_path(size, rewritten)
    )
    assert not is_consistent((size, later), roots, path[:-1])


def test_a_tree_is_consistent_with_itself_only() -> None:
    root, other = tree_root(leaves(3)), tree_root(leaves(2))
    assert is_consistent((3, 3), (root, root), [])
    assert not is_consistent((3, 3), (root, other), [])
    assert not is_consistent((0, 3), (tree_root([]), root), [])
    assert not is_consistent((3, 2), (root, other), [])


def chain(lines: list[str]) -> list[bytes]:
    """Return the digests of a chain."""
    digests, before = [], beginning("p", "s")
    for line in lines:
        before = linked(before, "now", line)
        digests.append(before)
    return digests


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["a", "b", "c"], []),
        (["a", "x", "c"], [2]),
        (["x", "b", "y"], [1, 3]),
        (["b", "a", "c"], [1, 2]),
    ],
)
def test_breaks_are_found_where_they_are(lines: list[str], found: list[int]) -> None:
    stored = chain(["a", "b", "c"])
    assert breaks(stored, [("now", line) for line in lines], beginning("p", "s")) == found


def test_streams_begin_apart() -> None:
    assert beginning("p", "s") != beginning("p", "t") != beginning("q", "s")
    assert linked(beginning("p", "s"), "now", "a") != linked(beginning("p", "s"), "then", "a")
