"""Corrections: which entries stand, which were superseded or voided, and which contradict.

Nothing is ever changed: an entry that supersedes another replaces it wholly, the last of a chain
counts, and a void of the last removes the chain and restores nothing. Contradictions are refused
over the whole journal, before any time of knowing (contract section 6, Corrections).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from caretally.errors import InputError, Problem
from caretally.journal.entries import Entry, EntryVoided

SUPERSEDED = "superseded"
VOIDED = "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A journal with its corrections applied.

    known: what was recorded by the time of knowing, in the order given.
    set_aside: id → superseded or voided, for known entries that no longer stand.
    """

    known: tuple[Entry, ...]
    set_aside: Mapping[str, str]

    @property
    def in_force(self) -> tuple[Entry, ...]:
        """The known entries that stand."""
        if not self.set_aside:
            return self.known
        return tuple(entry for entry in self.known if entry.id not in self.set_aside)


@dataclass(frozen=True, slots=True)
class _Journal:
    """The entries of a journal by id, and its corrections in the order given."""

    by_id: Mapping[str, Entry]
    replacing: Sequence[Entry]
    voids: Sequence[tuple[Entry, str]]


def resolve(entries: Iterable[Entry], as_of: datetime | None = None) -> Resolution:
    """Return what of a journal stands, as known at an instant (inclusive), or as it is now.

    Raises:
        InputError: corrections contradict one another; all contradictions are named.
    """
    everything = tuple(entries)
    replacing = [entry for entry in everything if entry.supersedes is not None]
    voids = [(e, e.body.entry) for e in everything if isinstance(e.body, EntryVoided)]
    known = everything
    if as_of is not None:
        known = tuple(entry for entry in everything if entry.recorded_at <= as_of)
    if not replacing and not voids:
        return Resolution(known=known, set_aside={})
    journal = _Journal({entry.id: entry for entry in everything}, replacing, voids)
    problems = faults(journal)
    if problems:
        raise InputError(problems)
    known_ids = {entry.id for entry in known}
    aside = {**superseded(journal, known_ids)}
    aside |= voided(journal, known_ids, aside)
    return Resolution(known=known, set_aside=aside)


def faults(journal: _Journal) -> list[Problem]:
    """Return every contradiction among the corrections of a journal."""
    successors: dict[str, list[str]] = {}
    found: list[Problem] = []
    for entry in journal.replacing:
        target = str(entry.supersedes)
        successors.setdefault(target, []).append(entry.id)
        if target not in journal.by_id:
            found.append(unknown_target(entry, "supersedes", target))
    for target, by in successors.items():
        if len(by) > 1:
            found.append(
                Problem(
                    where=f"entry {target}", field="supersedes",
                    found="several entries that supersede it: " + ", ".join(sorted(by)),
                    expected="at most one", hint="let one of them supersede the other",
                )
            )  # fmt: skip
    found += void_faults(journal, successors)
    found += [circle_fault(circle) for circle in circles(journal)]
    return found


def unknown_target(entry: Entry, field: str, target: str) -> Problem:
    """Return the problem of a correction whose target is not on record."""
    return Problem(
        where=f"entry {entry.id}", field=field, found=target,
        expected="the id of an entry on record", hint="add that entry or mend the id",
    )  # fmt: skip


def void_faults(journal: _Journal, successors: Mapping[str, Sequence[str]]) -> list[Problem]:
    """Return the contradictions of voids: of nothing, of a void, of what was superseded."""
    found = []
    for entry, target in journal.voids:
        voided_entry = journal.by_id.get(target)
        place = f"entry {entry.id}"
        if voided_entry is None:
            found.append(unknown_target(entry, "body.entry", target))
        elif isinstance(voided_entry.body, EntryVoided):
            found.append(
                Problem(
                    where=place, field="body.entry", found=f"{target}, which is a void",
                    expected="an entry that is no void", hint="write the entry anew instead",
                )
            )  # fmt: skip
        elif target in successors:
            last = ", ".join(sorted(successors[target]))
            found.append(
                Problem(
                    where=place, field="body.entry",
                    found=f"{target}, which was superseded by {last}",
                    expected="the last entry of its chain", hint="void that one",
                )
            )  # fmt: skip
    return found


def circles(journal: _Journal) -> list[list[str]]:
    """Return the circles of entries that supersede one another, each once, sorted by id."""
    targets = {entry.id: str(entry.supersedes) for entry in journal.replacing}
    done: set[str] = set()
    found: list[list[str]] = []
    for start in targets:
        path: list[str] = []
        at = start
        while at in targets and at not in done:
            done.add(at)
            path.append(at)
            at = targets[at]
        if at in path:
            found.append(sorted(path[path.index(at) :]))
    return found


def circle_fault(circle: Sequence[str]) -> Problem:
    """Return the problem of entries that supersede one another in a circle."""
    return Problem(
        where=f"entry {circle[0]}", field="supersedes",
        found="a circle: " + ", ".join(circle), expected="a chain with a first entry",
        hint="remove one of the links",
    )  # fmt: skip


def chain_below(journal: _Journal, last: Entry) -> Iterable[str]:
    """Yield the ids that an entry replaces, directly or through others."""
    target = last.supersedes
    while target is not None:
        yield target
        target = journal.by_id[target].supersedes


def superseded(journal: _Journal, known: set[str]) -> dict[str, str]:
    """Return the known entries that a known entry of their chain replaces."""
    return {
        target: SUPERSEDED
        for entry in journal.replacing
        if entry.id in known
        for target in chain_below(journal, entry)
        if target in known
    }


def voided(journal: _Journal, known: set[str], aside: Mapping[str, str]) -> dict[str, str]:
    """Return the known entries that a void in force removes; of a chain, the last one known.

    What the chain replaced before stays superseded: a void restores nothing.
    """
    found = {}
    for entry, target in journal.voids:
        if entry.id not in known or entry.id in aside:
            continue
        chain = [target, *chain_below(journal, journal.by_id[target])]
        last_known = next((each for each in chain if each in known), None)
        if last_known is not None:
            found[last_known] = VOIDED
    return found
