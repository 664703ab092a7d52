"""Digests that make a journal evident: a hash chain for each stream, a Merkle tree over them all.

The chain proves order and integrity of one stream, the tree (RFC 6962) binds all streams to one
root that can be kept elsewhere. Neither proves that what was written is true, nor that nothing was
rewritten before the oldest root that somebody else holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise

CHAIN = b"caretally journal 1"
LEAF, NODE = b"\x00", b"\x01"
DIGEST_BYTES = 32


# --- the chain of a stream ------------------------------------------------------------------------


def beginning(practice: str, stream: str) -> bytes:
    """Return the digest an empty stream begins with; no two streams begin alike."""
    return sha256(b"\n".join((CHAIN, practice.encode(), stream.encode()))).digest()


def linked(before: bytes, received_at: str, line: str) -> bytes:
    """Return the digest after one more entry.

    received_at: when it was stored, as text. line: the entry's canonical line without line feed.
    """
    return sha256(b"".join((before, received_at.encode(), b"\n", line.encode()))).digest()


# --- the tree over all streams --------------------------------------------------------------------


def leaf_digest(leaf: bytes) -> bytes:
    """Return the digest of a leaf."""
    return sha256(LEAF + leaf).digest()


def node_digest(left: bytes, right: bytes) -> bytes:
    """Return the digest of a node."""
    return sha256(NODE + left + right).digest()


def head_leaf(practice: str, stream: str, length: int, head: bytes) -> bytes:
    """Return the leaf that says how long a stream is and what its digest is."""
    return b"\n".join((practice.encode(), stream.encode(), b"%d" % length, head.hex().encode()))


def split(count: int) -> int:
    """Return the largest power of two below a count of leaves."""
    return 1 << ((count - 1).bit_length() - 1)


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over the digests of leaves.

    Source: RFC 6962, section 2.1.
    """
    if not leaves:
        return sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        above = [node_digest(*pair) for pair in zip(level[::2], level[1::2], strict=False)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def inclusion_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the digests that lead from a leaf up to the root, the lowest first.

    Source: RFC 6962, section 2.1.1.
    """
    if len(leaves) < 2:
        return []
    middle = split(len(leaves))
    if index < middle:
        return [*inclusion_path(index, leaves[:middle]), tree_root(leaves[middle:])]
    return [*inclusion_path(index - middle, leaves[middle:]), tree_root(leaves[:middle])]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a path leads from the digest of a leaf to the root of a tree of a size.

    Source: RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_digest(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_digest(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistency_path(size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return the digests that show a tree of a size to be the beginning of this one.

    Source: RFC 6962, section 2.1.2.
    """
    return _consistency(size, leaves, is_whole=True) if 0 < size < len(leaves) else []


def _consistency(size: int, leaves: Sequence[bytes], *, is_whole: bool) -> list[bytes]:
    if size == len(leaves):
        return [] if is_whole else [tree_root(leaves)]
    middle = split(len(leaves))
    if size <= middle:
        inner = _consistency(size, leaves[:middle], is_whole=is_whole)
        return [*inner, tree_root(leaves[middle:])]
    return [*_consistency(size - middle, leaves[middle:], is_whole=False),
            tree_root(leaves[:middle])]  # fmt: skip


def is_consistent(
    sizes: tuple[int, int], roots: tuple[bytes, bytes], path: Sequence[bytes]
) -> bool:
    """Tell whether a path shows the first of two trees to be the beginning of the second.

    Source: RFC 9162, section 2.1.4.2.
    """
    (size, later), (root, later_root) = sizes, roots
    if not 0 < size <= later:
        return False
    if size == later:
        return root == later_root and not path
    steps = [root, *path] if size & (size - 1) == 0 else list(path)
    if not steps:
        return False
    place, last = size - 1, later - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found = found_later = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            found, found_later = node_digest(step, found), node_digest(step, found_later)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found_later = node_digest(found_later, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root and found_later == later_root


def breaks(digests: Sequence[bytes], links: Sequence[tuple[str, str]], start: bytes) -> list[int]:
    """Return the positions, from 1, at which stored digests are not those of what is stored.

    links: received_at and line of each entry. A break does not hide a later one: each link is
    checked against the digest stored before it.
    """
    pairs = pairwise([start, *digests])
    return [
        position
        for position, ((before, after), link) in enumerate(zip(pairs, links, strict=True), 1)
        if linked(before, *link) != after
    ]
