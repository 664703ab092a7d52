"""Which notes say the same: texts reduced to words, and words to sets of three in a row.

Exact copies meet by their words. Near copies meet by MinHash: of every set the smallest of some
fixed scramblings is kept, sets that share a band of them are compared, and only sets that share
nine tenths count. Small, and the same on every machine; no package is needed for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

from caretally.contacts.copies import SHINGLE, words_of

LEAST_WORDS = 10
"""Shorter notes say too little to be told apart."""
BANDS, ROWS = 6, 3
SAME_TENTHS = 9
PRIME = (1 << 61) - 1
SCRAMBLES = tuple((7_919 * n + 1_000_003, 104_729 * n + 15_485_863) for n in range(BANDS * ROWS))


class Text(NamedTuple):
    """A note made ready: its place, its words as one text, and its sets of three."""

    place: int
    words: str
    shingles: frozenset[int]


def made_ready(place: int, text: str) -> Text | None:
    """Return a note made ready; None where it is too short to be compared."""
    words = words_of(text)
    if len(words) < LEAST_WORDS:
        return None
    runs = (" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1))
    return Text(place, " ".join(words), frozenset(crc32(run.encode()) for run in runs))


def signature(shingles: frozenset[int]) -> tuple[int, ...]:
    """Return the smallest of a set under each scrambling."""
    return tuple(min((a * each + b) % PRIME for each in shingles) for a, b in SCRAMBLES)


def bands_of(shingles: frozenset[int]) -> Iterator[tuple[int, ...]]:
    """Yield the bands of a set's signature, each with its number."""
    kept = signature(shingles)
    for band in range(BANDS):
        yield (band, *kept[band * ROWS : (band + 1) * ROWS])


def is_alike(one: frozenset[int], other: frozenset[int]) -> bool:
    """Tell whether two sets share nine tenths of what they hold together."""
    shared = len(one & other)
    return 10 * shared >= SAME_TENTHS * (len(one) + len(other) - shared)


def prepared(texts: Iterable[str]) -> list[Text]:
    """Return those texts that are long enough, made ready, in their order."""
    return [each for place, text in enumerate(texts) if (each := made_ready(place, text))]


def copies(ready: Iterable[Text]) -> list[list[int]]:
    """Return groups of texts that say the same, or nearly so, as places; the largest first."""
    first: dict[str, Text] = {}
    groups: dict[int, list[int]] = {}
    for each in ready:
        groups.setdefault(first.setdefault(each.words, each).place, []).append(each.place)
    joined = near(list(first.values()))
    merged: dict[int, list[int]] = {}
    for place, members in groups.items():
        merged.setdefault(joined.get(place, place), []).extend(members)
    found = [sorted(members) for members in merged.values() if len(members) > 1]
    return sorted(found, key=lambda members: (-len(members), members))


def near(texts: Sequence[Text]) -> dict[int, int]:
    """Return for every text the place of the first that it nearly repeats, itself included."""
    leader = {each.place: each.place for each in texts}
    by_place = {each.place: each for each in texts}
    buckets: dict[tuple[int, ...], int] = {}
    for each in texts:
        for band in bands_of(each.shingles):
            other = buckets.setdefault(band, each.place)
            found = leader[other]
            if found != leader[each.place] and is_alike(each.shingles, by_place[found].shingles):
                leader[each.place] = found
    return leader
