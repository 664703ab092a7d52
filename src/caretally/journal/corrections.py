"""Which entries count: what was superseded or voided is set aside, and stays visible.

The last known entry of a chain of corrections counts. A journal whose corrections contradict one
another is refused as a whole, with all contradictions named: here nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from caretally.errors import InputError, Problem
from caretally.journal.entries import Entry, EntryVoided
from caretally.journal.faults import cut

SUPERSEDED, VOIDED = "superseded", "voided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What counts and what does not, at a time of knowing.

    in_force: the entries that count, in the order given; acting voids among them.
    set_aside: why a known entry does not count, by its id: superseded or voided.
    known: everything recorded by then, in the order given.
    """

    in_force: tuple[Entry, ...]
    set_aside: Mapping[str, str]
    known: tuple[Entry, ...]


def resolve(
    entries: Iterable[Entry],
    as_of: datetime | None = None,
    *,
    where: Callable[[str], str] = "entry {}".format,
) -> Resolution:
    """Tell which entries count, knowing what was recorded by `as_of`, that instant included.

    where: says for the id of an entry where it stands, for messages.

    Raises:
        InputError: corrections contradict one another; judged over all entries, whenever recorded.
    """
    everything = _once_each(entries, where)
    known = everything
    if as_of is not None:
        known = tuple(entry for entry in everything if entry.recorded_at <= as_of)
    corrections = [entry for entry in everything if entry.supersedes is not None or _voids(entry)]
    if not corrections:
        return Resolution(in_force=known, set_aside={}, known=known)
    problems = _contradictions(everything, corrections, where)
    if problems:
        raise InputError(problems)
    set_aside = _set_aside(known, corrections)
    in_force = tuple(entry for entry in known if entry.id not in set_aside)
    return Resolution(in_force=in_force, set_aside=set_aside, known=known)


def _voids(entry: Entry) -> bool:
    return type(entry.body) is EntryVoided


def _voided_id(entry: Entry) -> str | None:
    return entry.body.entry if isinstance(entry.body, EntryVoided) else None


def _once_each(entries: Iterable[Entry], where: Callable[[str], str]) -> tuple[Entry, ...]:
    """Drop repetitions of an entry; other content under the same id is refused."""
    given = tuple(entries)
    by_id = {entry.id: entry for entry in given}
    if len(by_id) == len(given):
        return given
    first: dict[str, Entry] = {}
    problems = [
        Problem(
            where=where(entry.id),
            field="id",
            found=f"{cut(repr(entry.id))} with two contents",
            expected="one content for each id",
            hint="give the second an id of its own",
        )
        for entry in given
        if first.setdefault(entry.id, entry) != entry
    ]
    if problems:
        raise InputError(problems)
    return tuple(first.values())


def _set_aside(known: tuple[Entry, ...], corrections: list[Entry]) -> dict[str, str]:
    """Return why known entries do not count.

    An entry is superseded as soon as any later one of its chain is known, also where one between
    them is not. A void acts, while it counts itself, on the last known entry of the chain.
    """
    target = {entry.id: entry.supersedes for entry in corrections if entry.supersedes is not None}
    known_ids = {entry.id for entry in known}
    set_aside: dict[str, str] = {}
    for entry in corrections:
        earlier = target.get(entry.id) if entry.id in known_ids else None
        # What stands below an entry that is set aside was set aside with it.
        while earlier is not None and earlier not in set_aside:
            if earlier in known_ids:
                set_aside[earlier] = SUPERSEDED
            earlier = target.get(earlier)
    acting_ids = known_ids - set_aside.keys()
    acting = [entry for entry in corrections if entry.id in acting_ids]
    for entry in acting:
        voided = _voided_id(entry)
        while voided is not None and voided not in known_ids:
            voided = target.get(voided)
        if voided is not None:
            set_aside[voided] = VOIDED
    return set_aside


def _contradictions(
    everything: tuple[Entry, ...], corrections: list[Entry], where: Callable[[str], str]
) -> list[Problem]:
    """Return all that contract section 6, Corrections, refuses."""
    by_id = {entry.id: entry for entry in everything}
    superseding: dict[str, list[Entry]] = {}
    for entry in corrections:
        if entry.supersedes is not None:
            superseding.setdefault(entry.supersedes, []).append(entry)
    return [
        *_unknown_targets(corrections, by_id, where),
        *_forks(superseding, where),
        *_circles(corrections, by_id, where),
        *_wrong_voids(corrections, by_id, superseding, where),
    ]


def _unknown_targets(
    corrections: list[Entry], by_id: Mapping[str, Entry], where: Callable[[str], str]
) -> Iterable[Problem]:
    for entry in corrections:
        for field, target in (("supersedes", entry.supersedes), ("body.entry", _voided_id(entry))):
            if target is not None and target not in by_id:
                yield Problem(
                    where=where(entry.id),
                    field=field,
                    found=f"{cut(repr(target))}, which is no entry here",
                    expected="the id of an entry that is given too",
                    hint="add that entry, or correct the id",
                )


def _forks(
    superseding: Mapping[str, list[Entry]], where: Callable[[str], str]
) -> Iterable[Problem]:
    for target, rivals in superseding.items():
        for entry in rivals if len(rivals) > 1 else ():
            others = ", ".join(where(rival.id) for rival in rivals if rival is not entry)
            yield Problem(
                where=where(entry.id),
                field="supersedes",
                found=f"{cut(repr(target))}, which {cut(others)} supersedes too",
                expected="one entry at most that supersedes another",
                hint="let the second supersede the first, or void one",
            )


def _circles(
    corrections: list[Entry], by_id: Mapping[str, Entry], where: Callable[[str], str]
) -> Iterable[Problem]:
    """Name every entry that stands on a circle; those that lead into one are not at fault."""
    done: set[str] = set()  # walked before, so that each circle is told once
    for entry in corrections:
        path: dict[str, None] = {}
        step: Entry | None = entry
        while step is not None and step.id not in done and step.id not in path:
            path[step.id] = None
            step = by_id.get(step.supersedes) if step.supersedes is not None else None
        if step is not None and step.id in path:
            steps = list(path)
            circle = steps[steps.index(step.id) :]
            for member in circle:
                yield Problem(
                    where=where(member),
                    field="supersedes",
                    found=f"a circle of {len(circle)}: {cut(' > '.join([*circle, circle[0]]))}",
                    expected="a chain that ends",
                    hint="one of these entries must supersede nothing",
                )
        done.update(path)


def _wrong_voids(
    corrections: list[Entry],
    by_id: Mapping[str, Entry],
    superseding: Mapping[str, list[Entry]],
    where: Callable[[str], str],
) -> Iterable[Problem]:
    for entry in corrections:
        target = by_id.get(_voided_id(entry) or "")
        if target is None:
            continue
        if _voids(target):
            found, hint = "a void", "to take a void back, supersede it with the entry that holds"
        elif target.id in superseding:
            last = where(superseding[target.id][0].id)
            found, hint = "a superseded entry", f"void the last of the chain; {last} came after it"
        else:
            continue
        yield Problem(
            where=where(entry.id),
            field="body.entry",
            found=f"{cut(repr(target.id))}, {found}",
            expected="an entry that is the last of its chain and no void",
            hint=hint,
        )
