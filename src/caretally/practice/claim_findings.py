"""What stops claims from leaving: every check, held against the record as it is now."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from caretally.claims import checks
from caretally.claims.edits import examine
from caretally.claims.findings import STOP, Around, Finding
from caretally.claims.icd10 import Diagnoses, diagnoses, fiscal_year_of_file
from caretally.claims.records import VOID, Claim
from caretally.clock import ServiceMonth
from caretally.enrollment.record import PatientRecord
from caretally.journal.entries import Covered, Enrolled, Ordered
from caretally.practice.claim_checks import adopted_checks
from caretally.practice.claiming import Bench, bench
from caretally.practice.closing import signed_decisions
from caretally.practice.office import Office
from caretally.settings import Settings
from caretally.store.billing_tables import OUTDATED, REJECTED, REVERSED, VOIDED, ClaimCard

NOT_LIVE = (OUTDATED, VOIDED, REJECTED, REVERSED)
FOLDER = "icd10cm"
NOT_OF_VOIDS = frozenset({
    "coverage_is_in_force", "service_comes_after_enrollment", "service_is_within_filing_time",
    "filing_time_is_not_short", "codes_are_on_no_other_live_claim", "diagnoses_can_be_checked",
    "diagnoses_are_valid_and_complete", "charges_are_above_nothing", "decisions_are_signed",
})  # fmt: skip
"""Checks of what a claim that takes another back repeats as it was, right or wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A claim with what was found in it."""

    card: ClaimCard
    claim: Claim
    findings: tuple[Finding, ...]

    @property
    def leaves(self) -> bool:
        """Whether nothing stops it."""
        return not any(each.stops for each in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """What claims of a month are held against, read once for all.

    lines: code and date of the patients' lines that may still be paid, with the claim, by patient.
    """

    desk: Bench
    diagnoses: Diagnoses
    today: date
    signed: frozenset[str]
    lines: Mapping[str, Sequence[tuple[str, str, date]]]
    adopted: tuple[checks.Check, ...]


def standards(office: Office, month: ServiceMonth) -> Standards:
    """Return what claims of a month are held against."""
    decided = signed_decisions(office, month)
    return Standards(
        desk=bench(office, month, [each.card.patient for each in decided]),
        diagnoses=lists_of_codes(Settings.read(os.environ).home), today=office.today(),
        signed=frozenset(each.card.decision for each in decided),
        lines=live_lines(office, month), adopted=adopted_checks(office),
    )  # fmt: skip


def live_lines(office: Office, month: ServiceMonth) -> dict[str, list[tuple[str, str, date]]]:
    """Return claim, code and date of all lines near a month that may still be paid, by patient."""
    near = (str(month.previous()), str(month), str(month.next()))
    cards = ClaimCard.objects.using(office.db.alias).filter(
        practice__name=office.practice, month__in=near
    )
    found: dict[str, list[tuple[str, str, date]]] = {}
    for card in cards.exclude(state__in=NOT_LIVE).exclude(frequency=VOID):
        found.setdefault(card.patient, []).extend(
            (card.claim, line["code"], date.fromisoformat(line["on"]))
            for line in json.loads(card.lines)
        )
    return found


def examined(held: Standards, card: ClaimCard) -> Examined:
    """Return a claim that was prepared, with what is wrong with it now."""
    claim = held.desk.content(card.patient, card.claim)
    record = held.desk.record(card.patient)
    found = examine(claim, around(held, card, claim, record))
    if claim.frequency == VOID:
        found = tuple(each for each in found if each.edit not in NOT_OF_VOIDS)
    return Examined(card=card, claim=claim, findings=(*found, *stricter(held, claim, record)))


def around(held: Standards, card: ClaimCard, claim: Claim, record: PatientRecord) -> Around:
    """Return what one claim is held against."""
    told = held.desk.base.profiles.payers.get(claim.coverage.payer)
    begun = [record.day_of(each.at) for each in record.all_of(Enrolled)]
    mine = {card.claim, claim.replaces}
    return Around(
        rulebook=held.desk.base.rulebook, fees=held.desk.base.fees, diagnoses=held.diagnoses,
        today=held.today, signed=held.signed, enrolled_on=min(begun, default=None),
        coverages=tuple(
            (each.body.payer, each.body.from_on, each.body.to_on) for each in record.all_of(Covered)
        ),
        live=tuple((code, on) for name, code, on in held.lines.get(card.patient, ())
                   if name not in mine),
        filing_days=told.filing_days if told else None, stated_total=Decimal(card.total) / 100,
    )  # fmt: skip


def stricter(held: Standards, claim: Claim, record: PatientRecord) -> Iterable[Finding]:
    """Return what the practice's own stricter checks find."""
    if claim.frequency == VOID:
        return ()
    ordered = [record.day_of(each.at) for each in record.all_of(Ordered)]
    broken = (checks.broken(each, claim, min(ordered, default=None)) for each in held.adopted)
    return tuple(
        Finding(edit=each.check.kind, severity=STOP, field=each.field, found=each.found,
                mend=each.fix, source="adopted by this practice because of its denials")
        for each in broken
        if each is not None
    )  # fmt: skip


def lists_of_codes(home: Path) -> Diagnoses:
    """Return the lists of diagnoses at hand: the installed one, and those in the home folder."""
    folder = home / FOLDER
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    wanted = [file for file in files if fiscal_year_of_file(file.name) is not None]
    return read_lists(tuple((str(file), file.stat().st_mtime_ns) for file in wanted))


@lru_cache(maxsize=2)
def read_lists(files: tuple[tuple[str, int], ...]) -> Diagnoses:
    """Return lists read once, until a file changes."""
    return diagnoses((Path(name).name, Path(name).read_text("utf-8")) for name, _ in files)
