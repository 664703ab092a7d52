"""Closing a month: what a decision is named by, what it rests on, and what later entries change.

Pure: digests, roots and comparisons of what was decided. Nothing here stores, signs or claims, and
nothing that was decided is ever altered; another decision stands in for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from caretally.clock import ServiceMonth
from caretally.journal.chain import leaf_digest, tree_root
from caretally.journal.entries import DecidedLine, Entry, EntryVoided
from caretally.patient_months.ledgers import CUSTODY_KINDS, READING_KIND, SPAN_KINDS

STATEMENT = "2026-11"
"""Version of the text that practitioners sign."""
STATEMENTS: Mapping[str, str] = {
    "2026-11": (
        "I have looked at what this decision rests on. The services were furnished under my care "
        "as the entries say, they were needed for this patient, and the lines that I do not "
        "withhold may be billed in my name."
    ),
}
"""Every text that was ever signed, by version; a text is never changed, a new version is added."""

READ_BY_RULES = frozenset({
    *SPAN_KINDS, *CUSTODY_KINDS, READING_KIND, "practice_registered", "staff_registered",
    "patient_registered", "enrolled", "disenrolled", "consented", "consent_revoked", "ordered",
    "order_ended", "covered", "caregiver_authorized", "setup_completed", "condition_recorded",
    "stay_recorded", "global_surgery_recorded", "billed_elsewhere", "visit_billed", "authorized",
    "access_aligned", "died", "entry_voided",
})  # fmt: skip
"""Kinds of entries that a decision may rest on; those of other kinds change none."""
AFTER_DECIDING = frozenset({
    "decision_made", "decision_signed", "decision_returned", "decision_superseded",
    "packet_issued", "claim_prepared", "claim_submitted", "claim_acknowledged", "claim_paid",
    "claim_denied", "denial_worked",
})  # fmt: skip
"""Kinds of entries on a chart that follow from decisions; no patient-month changes by them."""

NONE, NEW, REPLACEMENT, VOID = "none", "new", "replacement", "void"
"""What another decision asks of a claim."""


# --- what a decision rests on ---------------------------------------------------------------------


def is_read(entry: Entry) -> bool:
    """Tell whether a decision may rest on an entry."""
    return entry.body.kind in READ_BY_RULES


def with_corrections(chosen: Iterable[Entry], known: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return chosen entries that are read, and what corrects or is corrected by them, by id.

    Whole families of corrections, so that what is returned can be resolved by itself.
    """
    found = {entry.id: entry for entry in chosen if is_read(entry) and not voided_by(entry)}
    links: dict[str, list[Entry]] = {}
    for entry in known:
        for target in targets(entry):
            links.setdefault(target, []).append(entry)
            links.setdefault(entry.id, []).append(entry)
    if links:
        by_id = {entry.id: entry for entry in known}
        waiting = [name for name in found if name in links]
        while waiting:
            for entry in links[waiting.pop()]:
                for name in (entry.id, *targets(entry)):
                    if name not in found and name in by_id:
                        found[name] = by_id[name]
                        waiting.append(name)
    return tuple(found[name] for name in sorted(found))


def targets(entry: Entry) -> tuple[str, ...]:
    """Return the ids of what an entry supersedes or voids."""
    earlier = () if entry.supersedes is None else (entry.supersedes,)
    return (*earlier, *voided_by(entry))


def voided_by(entry: Entry) -> tuple[str, ...]:
    """Return the id of what an entry voids."""
    return (entry.body.entry,) if isinstance(entry.body, EntryVoided) else ()


def entries_root(lines: Mapping[str, bytes]) -> str:
    """Return the root over the entries of a decision.

    lines: canonical lines without line feed, by entry id.
    """
    return leaves_root({name: leaf_digest(line) for name, line in lines.items()})


def leaves_root(leaves: Mapping[str, bytes]) -> str:
    """Return the root over the digests of leaves, in the order of the ids of their entries."""
    return worded(tree_root([leaves[name] for name in sorted(leaves)]))


def worded(digest: bytes) -> str:
    """Return a digest as entries write it."""
    return f"sha256:{digest.hex()}"


def plain(digest: str) -> bytes:
    """Return the bytes of a digest as entries write it."""
    return bytes.fromhex(digest.removeprefix("sha256:"))


# --- names and roots ------------------------------------------------------------------------------


def named(prefix: str, parts: Iterable[str]) -> str:
    """Return the name of what is made of these parts, the same whenever it is made again."""
    return f"{prefix}_{sha256(chr(10).join(parts).encode()).hexdigest()[:32]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What names a decision.

    rulebook, facts, entries: digests.
    """

    practice: str
    patient: str
    month: ServiceMonth
    payer: str | None
    policy: str
    rulebook: str
    facts: str
    entries: str

    @property
    def decision(self) -> str:
        """The id of the decision, and of its entry."""
        parts = (self.practice, self.patient, str(self.month), self.payer or "", self.policy,
                 self.rulebook, self.facts, self.entries)  # fmt: skip
        return named("dec", parts)


def month_root(digests: Mapping[str, str]) -> str:
    """Return the root over digests of all decisions of a month.

    digests: as entries write them, by patient; the order of patient ids counts.
    """
    return worded(tree_root([leaf_digest(plain(digests[name])) for name in sorted(digests)]))


def closing_id(practice: str, month: ServiceMonth, facts: str, entries: str) -> str:
    """Return the id of the entry that says a month was closed."""
    return named("clo", (practice, str(month), facts, entries))


# --- what is another afterwards -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """A line that is another in the later of two decisions; None where there is none of it."""

    code: str
    date_of_service: date
    before: int | None
    after: int | None


def line_changes(
    before: Sequence[DecidedLine], after: Sequence[DecidedLine]
) -> tuple[LineChange, ...]:
    """Return what changed from one decision to another, by date of service and code."""
    old = {(line.date_of_service, line.code): line.units for line in before}
    new = {(line.date_of_service, line.code): line.units for line in after}
    return tuple(
        LineChange(code=key[1], date_of_service=key[0], before=old.get(key), after=new.get(key))
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    )


def proposal(
    before: Sequence[DecidedLine], after: Sequence[DecidedLine], *, was_submitted: bool
) -> str:
    """Return what a later decision asks of the claim: none, new, replacement or void.

    was_submitted: whether a claim of the earlier one left. A claim that left is replaced or voided
    by another claim, never altered.
    """
    if not line_changes(before, after):
        return NONE
    if was_submitted:
        return REPLACEMENT if after else VOID
    return NEW if after else NONE


# --- four eyes ------------------------------------------------------------------------------------


def needs_other_eyes(*, logged_own_time: bool, four_eyes: bool, others: int) -> bool:
    """Tell whether somebody else must sign.

    logged_own_time: whether the signer logged time that the decision counts. others: how many
    other practitioners of the practice could sign; a solo practice may sign itself.
    """
    return four_eyes and logged_own_time and others > 0
