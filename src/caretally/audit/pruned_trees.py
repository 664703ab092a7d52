"""Merkle trees of which only some leaves are shown: the rest stands as the fewest digests.

The root over all leaves can be worked out from what is shown and those digests (RFC 6962), so that
a file can prove some entries without holding those of other people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from hashlib import sha256

from caretally.errors import IntegrityError
from caretally.journal.chain import node_digest, split, tree_root


def pruned(shown: AbstractSet[int], leaves: Sequence[bytes]) -> list[bytes]:
    """Return the digests that stand for the leaves not shown, from left to right."""
    return list(_pruned(sorted(shown), leaves, 0))


def _pruned(shown: Sequence[int], leaves: Sequence[bytes], first: int) -> Iterator[bytes]:
    if not leaves:
        return
    if not shown:
        yield tree_root(leaves)
    elif len(shown) < len(leaves):
        middle = split(len(leaves))
        left = [place for place in shown if place < first + middle]
        yield from _pruned(left, leaves[:middle], first)
        yield from _pruned(shown[len(left) :], leaves[middle:], first + middle)


def pruned_root(size: int, shown: Mapping[int, bytes], digests: Sequence[bytes]) -> bytes:
    """Return the root of a tree of a size from the digests of shown leaves and of the rest.

    Raises:
        IntegrityError: the digests are too few or too many for a tree of this size.
    """
    rest = iter(digests)
    try:
        root = _root(0, size, shown, rest) if size else sha256(b"").digest()
    except StopIteration:
        raise IntegrityError("digests of a tree are missing") from None
    if next(rest, None) is not None or any(not 0 <= place < size for place in shown):
        raise IntegrityError("a tree has digests or leaves beyond its size")
    return root


def _root(first: int, size: int, shown: Mapping[int, bytes], rest: Iterator[bytes]) -> bytes:
    last = first + size
    known = [place for place in shown if first <= place < last]
    if not known:
        return next(rest)
    if size == 1:
        return shown[first]
    if len(known) == size:
        return tree_root([shown[place] for place in range(first, last)])
    middle = split(size)
    left = {place: shown[place] for place in known if place < first + middle}
    right = {place: shown[place] for place in known if place >= first + middle}
    return node_digest(
        _root(first, middle, left, rest), _root(first + middle, size - middle, right, rest)
    )


class Levels:
    """A tree kept level by level, so that many paths are found without hashing anew."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        """Work the levels out, the leaves first."""
        self.levels = [list(leaves)]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)
            above = [node_digest(left, right) for left, right in pairs]
            self.levels.append([*above, *below[len(above) * 2 :]])

    @property
    def root(self) -> bytes:
        """The root over all leaves."""
        return self.levels[-1][0] if self.levels[-1] else tree_root([])

    def path(self, place: int) -> list[bytes]:
        """Return the digests that lead from a leaf up to the root, the lowest first."""
        found = []
        for level in self.levels[:-1]:
            sibling = place ^ 1
            if sibling < len(level):  # a last one without a sibling goes up as it is
                found.append(level[sibling])
            place >>= 1
        return found
