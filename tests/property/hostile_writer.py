"""Writes entries for the hostile generator: ids, instants of recording, corrections, voids."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from caretally.journal import entries as kinds
from caretally.journal.entries import Body, Entry

# Ids compare as Unicode strings: capitals before small letters, the astral plane last.
PREFIXES = ("a", "B", "z", "é", "𝔸", "10", "9")


class Writer:
    """Collects entries; makes ids whose order has nothing to do with the order of writing."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.entries: list[Entry] = []
        self.count = 0

    def number(self) -> Decimal:
        """A measured value."""
        return Decimal(self.rng.randrange(40, 180))

    def new_id(self) -> str:
        """An unused id."""
        self.count += 1
        return f"{self.rng.choice(PREFIXES)}{self.count}"

    def add(
        self,
        body: Body,
        *,
        at: datetime,
        patient: str | None = None,
        recorded_at: datetime | None = None,
    ) -> Entry:
        """Write one entry; without an instant of recording it is that of its end."""
        ends = getattr(body, "ends", None)
        end = getattr(body, ends) if ends is not None else None
        recorded = recorded_at or end or at
        late = recorded - at > timedelta(hours=72)
        entry = Entry(
            id=self.new_id(),
            patient=patient,
            at=at,
            recorded_at=recorded,
            actor="system:hostile",
            reason="late" if late else None,
            body=body,
        )
        self.entries.append(entry)
        return entry

    def correct(self) -> None:
        """Supersede some entries, at times more than once, and void some that stand last."""
        rng = self.rng
        for entry in list(self.entries):
            busy = entry.kind in ("contact_held", "time_logged", "contact_attempted")
            share = 0.1 if busy else 0.01 if entry.patient is not None else 0.0
            if rng.random() > share:
                continue
            last = entry
            for _ in range(rng.choice((0, 1, 1, 2))):
                last = self.replace_entry(last)
            if last is entry or rng.random() < 0.25:
                self.void(last)

    def replace_entry(self, entry: Entry) -> Entry:
        """Write a new version of an entry, perhaps with another end, perhaps unchanged."""
        rng = self.rng
        body = entry.body
        if isinstance(body, kinds.ContactHeld | kinds.TimeLogged) and rng.random() < 0.8:
            body = replace(body, end=body.end + timedelta(seconds=rng.choice((-60, -1, 0, 1, 300))))
        newer = replace(
            entry,
            id=self.new_id(),
            recorded_at=entry.recorded_at + timedelta(hours=rng.choice((0, 1, 80))),
            supersedes=entry.id,
            reason="written down wrong",
            body=body,
        )
        self.entries.append(newer)
        return newer

    def void(self, entry: Entry) -> None:
        """Void an entry."""
        moment = entry.recorded_at + timedelta(hours=self.rng.choice((0, 1, 30)))
        self.entries.append(
            Entry(
                id=self.new_id(),
                patient=entry.patient,
                at=moment,
                recorded_at=moment,
                actor="system:hostile",
                reason="entered in error",
                body=kinds.EntryVoided(entry=entry.id),
            )
        )
