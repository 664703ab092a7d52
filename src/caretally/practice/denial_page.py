"""One denial: what was answered, the criterion as it stood when the month was signed, what to do.

The evidence is decided again from what was known at the close, with the same rules; nothing that
was written later can make it look better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from caretally.clock import ServiceMonth
from caretally.codes import DENIAL_ACTIONS
from caretally.enrollment.record import PatientRecord
from caretally.errors import InputError, Problem, UnknownError
from caretally.journal.answered import Answer
from caretally.journal.drafts import Draft
from caretally.journal.entries import (
    ClaimPrepared,
    DecisionMade,
    DecisionSigned,
    DenialWorked,
    Entry,
    EntryVoided,
    RemittanceReceived,
)
from caretally.practice.denials import DenialRow, all_rows
from caretally.practice.office import Chart, Office
from caretally.practice.remitting_claims import stored_ids
from caretally.practice.roles import HANDLE_CLAIMS
from caretally.store.alerts import in_force_of
from caretally.store.billing_tables import CLEARED
from caretally.store.charts import practice_entries
from caretally.store.denials import Story, stories_of
from caretally.store.streams import PATIENT, named_streams

NEEDS_NOTE = frozenset({"written_off", "no_action"})
"""What is given up needs a word why."""
UNDONE = "taken back by who wrote it down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A criterion of a line, as it was decided.

    observed, required: whole numbers, as facts are counted. says: the sentence.
    """

    name: str
    status: str
    observed: Any
    required: Any
    says: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """What the claim rests on.

    decision: id, empty where none is on record. is_same_rules: whether the rules installed now are
    those of then. criteria: those the denial is about. others: the rest of the line's criteria.
    """

    decision: str = ""
    signed_by: str = ""
    known_until: datetime | None = None
    is_same_rules: bool = True
    criteria: tuple[Criterion, ...] = ()
    others: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something in the history of a claim: an answer or what was done about it.

    file: name of the stored file an answer came in; empty where it is not known.
    """

    entry: str
    at: datetime
    actor: str
    answer: Answer | None = None
    worked: DenialWorked | None = None
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialPage:
    """One denial with everything to look at.

    siblings: other denials of the same claim. undo: id of the last thing done, if it can be undone.
    """

    row: DenialRow
    prepared: ClaimPrepared | None
    stood: Stood
    history: tuple[Said, ...]
    siblings: tuple[DenialRow, ...]
    undo: str

    @property
    def is_cleared(self) -> bool:
        """Whether a later answer paid."""
        return self.row.state == CLEARED


def found(office: Office, claim: str, line: str) -> tuple[DenialRow, tuple[DenialRow, ...]]:
    """Return a denial and the others of its claim.

    Raises:
        ForbiddenError: the caller may not handle claims.
        UnknownError: no such denial, or not for this caller.
    """
    rows = all_rows(office, claim=claim)
    for each in rows:
        if each.key == line:
            return each, tuple(other for other in rows if other is not each)
    raise UnknownError("no denial of this name is open to you")


def denial_page(office: Office, claim: str, line: str) -> DenialPage:
    """Return one denial; the look is told in the access chain.

    Raises:
        ForbiddenError, UnknownError: the caller may not see it.
    """
    row, siblings = found(office, claim, line)
    chart = office.open_chart(row.patient, purpose="denial", permission=HANDLE_CLAIMS)
    story = story_of(office, row)
    worked = [(place, entry) for place, entry, body in story.worked
              if body.line in {None, row.line or None}]  # fmt: skip
    last = max(worked, key=lambda pair: pair[0])[1].id if worked else ""
    return DenialPage(
        row=row, prepared=story.prepared, stood=stood(office, chart, story, row),
        history=history(office, story), siblings=siblings, undo=last,
    )  # fmt: skip


def story_of(office: Office, row: DenialRow) -> Story:
    """Return what is on record of the claim of a denial."""
    book = office.book()
    name = PATIENT + row.patient
    stream = named_streams(book, [name])[name]
    return stories_of(in_force_of(book, office.journal.desk.shelf, stream))[row.claim]


def history(office: Office, story: Story) -> tuple[Said, ...]:
    """Return answers and what was done, in their order."""
    files = files_of(office)
    said = [
        (place, Said(entry=entry.id, at=entry.at, actor=entry.actor, answer=body,
                     file=files.get(body.remittance, "")))
        for place, entry, body in story.replies
    ]  # fmt: skip
    said += [
        (place, Said(entry=entry.id, at=entry.at, actor=entry.actor, worked=body))
        for place, entry, body in story.worked
    ]
    return tuple(each for _, each in sorted(said, key=lambda pair: pair[0]))


def files_of(office: Office) -> dict[str, str]:
    """Return the name of the stored file of each remittance."""
    entries = practice_entries(office.book(), office.journal.desk.shelf)
    bodies = (each.body for each in entries)
    return {
        body.remittance: f"ans_{body.file.removeprefix('sha256:')[:32]}"
        for body in bodies
        if isinstance(body, RemittanceReceived)
    }


def stood(office: Office, chart: Chart, story: Story, row: DenialRow) -> Stood:
    """Return how the criteria stood when the claim's month was decided."""
    made = decision_of(chart.stored, story.prepared)
    month = row.month or (story.prepared.month if story.prepared else "")
    if not month:
        return Stood()
    until = made.known_until if made is not None else prepared_at(chart.stored, row.claim)
    decision = office.journal.decision(
        office.practice, row.patient, ServiceMonth.parse(month), as_of=until,
        policy=made.policy if made is not None else None,
    )  # fmt: skip
    told = decision.to_json()
    criteria = criteria_of(told, row.code)
    named = [name for reason in row.known for name in reason.criteria]
    signed = [each.body for each in chart.stored if isinstance(each.body, DecisionSigned)
              and made is not None and each.body.decision == made.decision]  # fmt: skip
    return Stood(
        decision=made.decision if made is not None else "",
        signed_by=signed[-1].signed_by if signed else "", known_until=until,
        is_same_rules=made is None or made.rulebook == told["rulebook"],
        criteria=tuple(each for each in criteria if each.name in named),
        others=tuple(each for each in criteria if each.name not in named),
    )  # fmt: skip


def decision_of(entries: Sequence[Entry], prepared: ClaimPrepared | None) -> DecisionMade | None:
    """Return the decision that a claim was made from, the last of several."""
    wanted = prepared.decisions if prepared is not None else ()
    made = [each.body for each in entries if isinstance(each.body, DecisionMade)]
    return next((body for body in reversed(made) if body.decision in wanted), None)


def prepared_at(entries: Sequence[Entry], claim: str) -> datetime | None:
    """Return when a claim was made; None where that is not on record."""
    return next((each.recorded_at for each in entries if claim_told(each) == claim), None)


def claim_told(entry: Entry) -> str:
    """Return the claim that an entry makes; empty where it makes none."""
    return entry.body.claim if isinstance(entry.body, ClaimPrepared) else ""


def criteria_of(told: Mapping[str, Any], code: str) -> tuple[Criterion, ...]:
    """Return the criteria of a code as a decision tells them."""
    listed = told["codes"].get(code, {}).get("criteria", ())
    return tuple(
        Criterion(
            name=each["name"], status=each["status"], observed=each.get("observed"),
            required=each.get("required"), says=each["says"], cites=tuple(each.get("cites", ())),
        )
        for each in listed
    )  # fmt: skip


# --- doing something about it ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What somebody did about a denial."""

    action: str
    note: str = ""
    entry_id: str = ""


def work(office: Office, claim: str, line: str, done: Done) -> None:
    """Write down what was done about a denial; the same form again writes nothing.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this.
        InputError: no such action, a note is missing, or it was paid meanwhile.
    """
    row, _ = found(office, claim, line)
    if done.entry_id and stored_ids(office, [done.entry_id]):
        return
    problems = problems_of(row, done)
    if problems:
        raise InputError(problems)

    def command(_: PatientRecord) -> Sequence[Entry]:
        body = DenialWorked(claim=row.claim, line=row.line or None, action=done.action,
                            note=done.note or None)  # fmt: skip
        return Draft.of(office.filing(row.patient, entry_id=done.entry_id), body).filed()

    office.act(row.patient, command, permission=HANDLE_CLAIMS)


def problems_of(row: DenialRow, done: Done) -> list[Problem]:
    """Return what speaks against writing down that something was done."""
    found: list[Problem] = []
    if done.action not in DENIAL_ACTIONS:
        found.append(Problem(where="form", field="action", found="nothing chosen",
                             expected="what was done"))  # fmt: skip
    if done.action in NEEDS_NOTE and not done.note:
        found.append(Problem(where="form", field="note", found="an empty text",
                             expected="why nothing more is done"))  # fmt: skip
    if row.state == CLEARED:
        found.append(Problem(where="form", field="action", found="a denial that was paid since",
                             expected="one that still stands"))  # fmt: skip
    return found


def undo(office: Office, claim: str, line: str, taken: tuple[str, str]) -> None:
    """Take back what was written down last about a denial.

    taken: id of that entry, and of the one that takes it back.

    Raises:
        ForbiddenError, UnknownError: the caller may not do this.
        InputError: it was taken back already.
    """
    row, _ = found(office, claim, line)
    entry, void = taken
    story = story_of(office, row)
    if entry not in {each.id for _, each, _ in story.worked}:
        raise InputError([Problem(where="form", field="undo", found="nothing to take back",
                                  expected="what stands on this page")])  # fmt: skip

    def command(_: PatientRecord) -> Sequence[Entry]:
        filing = office.filing(row.patient, entry_id=void, reason=UNDONE)
        return Draft.of(filing, EntryVoided(entry=entry)).filed()

    office.act(row.patient, command, permission=HANDLE_CLAIMS)
