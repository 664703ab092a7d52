"""Closing a month: checks, one immutable snapshot of decisions, and what stands of them.

Everything a close stores is stored in one transaction, or nothing is. It is named by what it was
made from: the same close again, after a crash or by a second person, stores nothing new.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from caretally.billability.close import closing_id, month_root
from caretally.clock import ServiceMonth
from caretally.errors import InputError, Problem
from caretally.journal.corrections import resolve
from caretally.journal.entries import DecisionMade, Entry, MonthClosed
from caretally.practice.closing_checks import Check, Findings, blocking
from caretally.practice.closing_freeze import Freeze, Told, in_silence
from caretally.practice.office import Office
from caretally.practice.roles import CLOSE_MONTH, SEE_PATIENTS
from caretally.store.billing_tables import REPLACED, SIGNED, ClosingRun, DecisionCard
from caretally.store.charts import practice_entries
from caretally.store.decision_cards import Line, decode_lines, decode_withheld
from caretally.store.models import Practice
from caretally.store.streams import locked_book

WAITING, RUNNING, CLOSED, FAILED = "waiting", "running", "closed", "failed"


EVERY = "all"
"""Stands for every check that warns."""
LEFT = timedelta(days=1)
"""A run that was broken off so long ago is begun anew, with what is known by then."""


class UnacceptedError(InputError):
    """Checks warn, and nobody let them pass; all that was checked is told."""

    exit_status = 1

    def __init__(self, problems: Sequence[Problem], checks: Sequence[Check]) -> None:
        """Keep what was checked beside the problems."""
        super().__init__(problems)
        self.checks = tuple(checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What somebody let pass.

    names: of checks that warn, or `all` alone. reason: why. wants_all: whether every check that
    warns must be among them.
    """

    names: tuple[str, ...] = ()
    reason: str = ""
    wants_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What a close, or its rehearsal, came to.

    entry: as it is stored; None where nothing was stored. is_new: whether this run stored it.
    """

    month: ServiceMonth
    decisions: int
    lines: int
    held: int
    facts: str
    entries: str
    checks: tuple[Check, ...] = ()
    entry: Entry | None = None
    is_new: bool = False

    @property
    def is_blocked(self) -> bool:
        """Whether something must be mended first."""
        return bool(blocking(self.checks))


def closed_months(office: Office) -> dict[str, Entry]:
    """Return the entries by which months were closed, by month."""
    entries = practice_entries(office.book(), office.journal.desk.shelf)
    if not any(isinstance(entry.body, MonthClosed) for entry in entries):
        return {}
    return {
        entry.body.month: entry
        for entry in resolve(entries).in_force
        if isinstance(entry.body, MonthClosed)
    }


def closing_of(office: Office, month: ServiceMonth) -> Closing | None:
    """Return the close of a month as it was stored; None where it is open."""
    entry = closed_months(office).get(str(month))
    return told_again(entry, month) if entry is not None else None


def told_again(entry: Entry, month: ServiceMonth) -> Closing:
    """Return a close that is stored already."""
    body = entry.body
    assert isinstance(body, MonthClosed)
    return Closing(
        month=month, decisions=body.decisions, lines=body.lines, held=body.held, facts=body.facts,
        entries=body.entries, entry=entry,
    )  # fmt: skip


def rehearse(office: Office, month: ServiceMonth, told: Told = in_silence) -> Closing:
    """Return what closing a month now would come to; nothing is stored.

    Raises:
        ForbiddenError: the caller may not close months.
    """
    office.caller.require(CLOSE_MONTH)
    freeze = Freeze(office=office, month=month, known_until=office.now, told=told)
    freeze.run()
    return summed(freeze.bodies, month, freeze.checks())


def close(
    office: Office,
    month: ServiceMonth,
    accepted: Accepted | None = None,
    *,
    told: Told = in_silence,
) -> Closing:
    """Close a month: all decisions and the close itself, or nothing.

    Where a check blocks, nothing is stored and the result says so.

    Raises:
        ForbiddenError: the caller may not close months.
        InputError: something was let pass that does not warn, or without a reason; or a warning
            was not let pass where all must be.
    """
    office.caller.require(CLOSE_MONTH)
    stored = closing_of(office, month)
    if stored is not None:
        return stored
    run = taken_up(office, month)
    freeze = Freeze(
        office=office, month=month, known_until=datetime.fromisoformat(run.known_until),
        told=counted(office, run, told),
    )  # fmt: skip
    freeze.run()
    checks = freeze.checks()
    let_pass = whole(accepted or Accepted(), checks)
    try:
        refuse_unfounded(let_pass, checks)
        if let_pass.wants_all and not blocking(checks):
            refuse_unaccepted(let_pass, checks)
    except InputError:
        ended(office, run, FAILED, told_checks(checks))
        raise
    if blocking(checks):
        ended(office, run, FAILED, told_checks(checks))
        return summed(freeze.bodies, month, checks)
    return store(office, freeze, run, (let_pass, checks))


def whole(accepted: Accepted, checks: Sequence[Check]) -> Accepted:
    """Return what was let pass by name, where somebody let all pass."""
    if accepted.names != (EVERY,):
        return accepted
    return replace(accepted, names=tuple(check.name for check in checks if check.warns))


def told_checks(checks: Sequence[Check]) -> str:
    """Return what checks found, to be kept on a run's row."""
    return json.dumps({"found": {check.name: check.count for check in checks if not check.holds}})


def checks_of(run: ClosingRun) -> tuple[Check, ...]:
    """Return what the checks of a run that failed had found; none where it says nothing of it."""
    if run.state != FAILED or not run.says.startswith("{"):
        return ()
    found = Findings()
    for name, count in json.loads(run.says).get("found", {}).items():
        found.add(str(name), int(count))
    return found.checks()


def taken_up(office: Office, month: ServiceMonth) -> ClosingRun:
    """Return the run of a month: one that was broken off keeps its time of knowing."""
    with office.db.atomic():
        locked_book(office.db, office.practice)
        begun = {
            "known_until": office.now.isoformat(), "begun_by": office.caller.actor,
            "begun_at": office.now, "state": RUNNING, "done": 0, "total": 0, "says": "",
            "ended_at": None,
        }  # fmt: skip
        practice = Practice.objects.using(office.db.alias).get(name=office.practice)
        runs = ClosingRun.objects.using(office.db.alias)
        run: ClosingRun
        run, is_new = runs.get_or_create(practice=practice, month=str(month), defaults=begun)
        is_left = run.state == RUNNING and run.begun_at < office.now - LEFT
        if not is_new and (run.state != RUNNING or is_left):
            again = {"state": RUNNING} if run.state == WAITING else begun
            runs.filter(pk=run.pk).update(**again)
            run.refresh_from_db(using=office.db.alias)
    return run


def counted(office: Office, run: ClosingRun, told: Told) -> Told:
    """Return a function that tells how far a run is, to whoever asks and on its row."""

    def tell(done: int, total: int) -> None:
        office.db.run(
            "UPDATE store_closingrun SET done = %s, total = %s WHERE id = %s", done, total, run.pk
        )
        told(done, total)

    return tell


def refuse_unfounded(accepted: Accepted, checks: Sequence[Check]) -> None:
    """Pass if only what warns was let pass, and with a reason.

    Raises:
        InputError: not so.
    """
    warning = sorted(check.name for check in checks if check.warns)
    problems = [
        Problem(where="close", field="accepted", found=repr(name),
                expected=" or ".join(warning) or "nothing: no check warns")
        for name in accepted.names
        if name not in warning
    ]  # fmt: skip
    if accepted.names and not accepted.reason.strip():
        problems.append(Problem(where="close", field="reason", found="nothing",
                                expected="why these may pass"))  # fmt: skip
    if problems:
        raise InputError(problems)


def refuse_unaccepted(accepted: Accepted, checks: Sequence[Check]) -> None:
    """Pass if every check that warns was let pass.

    Raises:
        UnacceptedError: not so; all of them are named.
    """
    problems = [
        Problem(where="close", field="accepted", found=f"{check.count} of {check.name}",
                expected="that somebody mends them or lets them pass, by name and with a reason")
        for check in checks
        if check.warns and check.name not in accepted.names
    ]  # fmt: skip
    if problems:
        raise UnacceptedError(problems, checks)


def store(
    office: Office, freeze: Freeze, run: ClosingRun, checked: tuple[Accepted, tuple[Check, ...]]
) -> Closing:
    """Store a close in one transaction; whoever grew meanwhile is decided again inside it."""
    accepted, checks = checked
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        stored = closing_of(office, freeze.month)
        if stored is not None:
            return stored
        grown = freeze.grown(book)
        if grown:
            freeze.decide_here(book, [each.id for each in grown])
        bodies = freeze.bodies
        found = summed(bodies, freeze.month, checks)
        entry = closing_entry(office, found, run, accepted)
        made = [made_entry(bodies[name], name, run) for name in sorted(bodies)]
        office.append([*made, entry])
        ended(office, run, CLOSED, "")
    return Closing(
        month=found.month, decisions=found.decisions, lines=found.lines, held=found.held,
        facts=found.facts, entries=found.entries, checks=checks, entry=entry, is_new=True,
    )  # fmt: skip


def ended(office: Office, run: ClosingRun, state: str, says: str) -> None:
    """Keep how a run ended."""
    runs = ClosingRun.objects.using(office.db.alias).filter(pk=run.pk)
    runs.update(state=state, says=says, ended_at=office.now)


def summed(
    bodies: Mapping[str, DecisionMade], month: ServiceMonth, checks: tuple[Check, ...]
) -> Closing:
    """Return what decisions come to together."""
    return Closing(
        month=month, decisions=len(bodies),
        lines=sum(len(body.lines) for body in bodies.values()),
        held=sum(bool(body.holds) for body in bodies.values()),
        facts=month_root({name: body.facts for name, body in bodies.items()}),
        entries=month_root({name: body.entries for name, body in bodies.items()}),
        checks=checks,
    )  # fmt: skip


def made_entry(body: DecisionMade, patient: str, run: ClosingRun) -> Entry:
    """Return the entry of a decision; it says nothing that another run of this close would not."""
    at = datetime.fromisoformat(run.known_until)
    return Entry(id=body.decision, patient=patient, at=at, recorded_at=at, actor=run.begun_by,
                 supersedes=None, reason=None, body=body)  # fmt: skip


def closing_entry(office: Office, found: Closing, run: ClosingRun, accepted: Accepted) -> Entry:
    """Return the entry that says a month was closed."""
    at = datetime.fromisoformat(run.known_until)
    body = MonthClosed(
        month=str(found.month), decisions=found.decisions, lines=found.lines, held=found.held,
        rulebook=office.journal.desk.judge.rulebook.digest, facts=found.facts,
        entries=found.entries, known_until=at, closed_by=run.begun_by, accepted=accepted.names,
    )  # fmt: skip
    name = closing_id(office.practice, found.month, found.facts, found.entries)
    return Entry(id=name, patient=None, at=at, recorded_at=at, actor=run.begun_by, supersedes=None,
                 reason=accepted.reason.strip() or None, body=body)  # fmt: skip


# --- what stands ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signed decision that nothing has changed since.

    lines: without those that the signer withheld.
    """

    card: DecisionCard
    lines: tuple[Line, ...]


def decision_in_force(office: Office, patient: str, month: ServiceMonth) -> DecisionCard | None:
    """Return the decision that stands on a patient's closed month; None where there is none."""
    cards = DecisionCard.objects.using(office.db.alias).filter(
        practice__name=office.practice, patient=patient, month=str(month)
    )
    found: DecisionCard | None = (
        cards.exclude(state=REPLACED).exclude(made_at="").order_by("-made_at", "-pk").first()
    )
    return found


def signed_decisions(office: Office, month: ServiceMonth) -> list[Signed]:
    """Return the signed decisions of a month that still say what the record makes, by patient.

    A decision of which the record makes something else by now is left out until it was decided and
    signed again.

    Raises:
        ForbiddenError: the caller may not see patients.
    """
    office.caller.require(SEE_PATIENTS)
    changed = changed_streams(office, month)
    cards = DecisionCard.objects.using(office.db.alias).filter(
        practice__name=office.practice, month=str(month), state=SIGNED
    )
    return [
        Signed(card=card, lines=standing_lines(card))
        for card in cards.exclude(made_at="").order_by("patient")
        if card.stream_id not in changed
    ]


def standing_lines(card: DecisionCard) -> tuple[Line, ...]:
    """Return the lines of a decision that were not withheld."""
    withheld = {(each.code, each.date_of_service) for each in decode_withheld(card.withheld)}
    return tuple(
        line
        for line in decode_lines(card.lines)
        if (line.code, line.date_of_service) not in withheld
    )


def changed_streams(office: Office, month: ServiceMonth) -> dict[int, str]:
    """Return the patients of whom the record makes another month than was decided, by stream.

    Where the rules are others than those of the close, such as after an update of the program,
    only other lines or holds count as a change.
    """
    rows = office.db.rows(
        "SELECT kept.stream_id, kept.patient, card.lines, card.holds, kept.lines, kept.holds "
        "FROM store_patientmonth AS kept LEFT JOIN store_decisioncard AS card "
        "ON card.stream_id = kept.stream_id AND card.month = kept.month "
        "AND card.state <> 'replaced' AND card.made_at <> '' "
        "WHERE kept.practice_id = %s AND kept.month = %s "
        "AND (card.digest <> kept.digest OR (card.digest IS NULL AND (kept.lines <> '[]' "
        "OR kept.management_seconds > 0 OR kept.data_days > 0)))",
        office.book().number, str(month),
    )  # fmt: skip
    if not rows:
        return {}
    closed = closing_of(office, month)
    body = closed.entry.body if closed is not None and closed.entry is not None else None
    own_rules = office.journal.desk.judge.rulebook.digest
    has_other_rules = isinstance(body, MonthClosed) and body.rulebook != own_rules
    return {
        row[0]: row[1]
        for row in rows
        if not (has_other_rules and row[2] is not None and says_the_same(row[2:]))
    }


def says_the_same(told: Sequence[str]) -> bool:
    """Tell whether a decision and what is kept of the month have the same lines and holds.

    told: lines and holds of the decision, lines and holds that are kept, as JSON.
    """
    lines, holds, kept_lines, kept_holds = told
    decided = {
        (line.code, line.units, line.date_of_service.isoformat()) for line in decode_lines(lines)
    }
    kept = {(line[0], line[1], line[2]) for line in json.loads(kept_lines)}
    return decided == kept and json.loads(holds) == json.loads(kept_holds)
