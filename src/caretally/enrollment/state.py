"""The state of an enrollment: at which stage it is, and which evidence it still lacks.

A fold over entries; nothing of it is stored. An enrolled patient with gaps stays enrolled: the gaps
hold codes, not care.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from caretally.clock import ServiceMonth
from caretally.enrollment.consents import Consent, consents, consents_at
from caretally.enrollment.coverage import overlap
from caretally.enrollment.custody import Custody
from caretally.enrollment.episodes import Episode
from caretally.enrollment.evidence import EVIDENCE, care_team, is_asked
from caretally.enrollment.orders import orders
from caretally.enrollment.standing import Standing
from caretally.journal.entries import BilledElsewhere, StayRecorded

NOT_STARTED, GATHERING, READY = "not_started", "gathering", "ready"
ACTIVE, DISENROLLED, ENDED_BY_DEATH = "active", "disenrolled", "ended_by_death"
STAGES = (NOT_STARTED, GATHERING, READY, ACTIVE, DISENROLLED, ENDED_BY_DEATH)
BEFOREHAND = frozenset({"is_ordered", "has_consent", "is_covered"})
"""Evidence that can be on file before the enrollment that brings the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceState:
    """One piece of evidence as it stands.

    says: what is missing; empty where it is on file. codes: those that fall while it is missing.
    mend: what to do. command: the command that does it.
    """

    name: str
    says: str
    codes: tuple[str, ...]
    mend: str
    command: str

    @property
    def is_missing(self) -> bool:
        """Whether something is missing."""
        return bool(self.says)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something on file that a person should know about; it is no gap.

    name: `stay_in_month` or `billed_elsewhere`. entries: the ids of the entries.
    """

    name: str
    says: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollmentState:
    """A patient's state with a program at an instant.

    episode: the latest one, open or ended. payer: who is asked first on `day`. consents: those in
    force, of all scopes. evidence: in the order in which it is gathered.
    """

    patient: str
    program: str
    at: datetime
    day: date
    time_zone: str
    stage: str
    episode: Episode | None
    payer: str | None
    consents: tuple[Consent, ...]
    devices: tuple[Custody, ...]
    care_team: tuple[str, ...]
    evidence: tuple[EvidenceState, ...]
    notices: tuple[Notice, ...]

    @property
    def gaps(self) -> tuple[EvidenceState, ...]:
        """The evidence that is missing."""
        return tuple(each for each in self.evidence if each.is_missing)

    @property
    def held_codes(self) -> tuple[str, ...]:
        """The codes that fall while the gaps stand."""
        return tuple(sorted({code for gap in self.gaps for code in gap.codes}))


def enrollment_state(standing: Standing) -> EnrollmentState:
    """Return the state that a standing comes to."""
    evidence = evidence_of(standing)
    return EnrollmentState(
        patient=standing.record.patient,
        program=standing.program,
        at=standing.at,
        day=standing.day,
        time_zone=standing.zone_name,
        stage=stage_of(standing, evidence),
        episode=standing.latest,
        payer=standing.payer,
        consents=consents_at(standing.record, standing.at),
        devices=standing.devices,
        care_team=care_team(standing),
        evidence=evidence,
        notices=(*stays(standing), *claims_elsewhere(standing)),
    )


def evidence_of(standing: Standing) -> tuple[EvidenceState, ...]:
    """Return every piece of evidence that is asked for, as it stands."""
    return tuple(
        EvidenceState(
            name=each.name,
            says=each.missing(standing),
            codes=standing.fallen(each.criteria),
            mend=each.mend,
            command=_command(each.command, standing),
        )
        for each in EVIDENCE
        if is_asked(each, standing)
    )


def stage_of(standing: Standing, evidence: tuple[EvidenceState, ...]) -> str:
    """Return the stage."""
    if not standing.record.is_alive_at(standing.at):
        return ENDED_BY_DEATH
    if standing.episode:
        return ACTIVE
    if standing.latest:
        return DISENROLLED
    if not is_begun(standing):
        return NOT_STARTED
    lacking = {each.name for each in evidence if each.is_missing}
    return GATHERING if lacking & BEFOREHAND else READY


def is_begun(standing: Standing) -> bool:
    """Tell whether anything on file points to this program: an order, a consent, a device."""
    record, program = standing.record, standing.program
    begun = [*orders(record, program), *(each.stretch for each in consents(record, program))]
    return holds_device(standing) or any(each.begins <= standing.at for each in begun)


def holds_device(standing: Standing) -> bool:
    """Tell whether the patient holds a device of the program; those of RTM name a body system."""
    programs = {"rtm" if each.device.body_system else "rpm" for each in standing.devices}
    return standing.program in programs


def stays(standing: Standing) -> tuple[Notice, ...]:
    """Return the stays that touch the local month; they remove nothing, and are shown."""
    month = ServiceMonth(standing.day.year, standing.day.month)
    found = [
        each
        for each in standing.record.all_of(StayRecorded)
        if standing.record.day_of(each.body.from_at) <= month.last_day
        and (each.body.to_at is None or standing.record.day_of(each.body.to_at) >= month.first_day)
    ]
    if not found:
        return ()
    says = f"stays in {month}: {', '.join(sorted({each.body.setting for each in found}))}"
    return (Notice(name="stay_in_month", says=says, entries=tuple(each.id for each in found)),)


def claims_elsewhere(standing: Standing) -> tuple[Notice, ...]:
    """Return what other practices billed for days of the local month; a decision says the rest."""
    month = ServiceMonth(standing.day.year, standing.day.month)
    days = (month.first_day, month.last_day)
    return tuple(
        Notice(
            name="billed_elsewhere",
            says=f"{each.body.code} was billed elsewhere "
            f"for {each.body.from_on} to {each.body.to_on}",
            entries=(each.id,),
        )
        for each in standing.record.all_of(BilledElsewhere)
        if overlap(days, (each.body.from_on, each.body.to_on))
    )


def _command(command: str, standing: Standing) -> str:
    """Return the command that fits the stage: what is amended later is first given on enrolling."""
    if command == "amend_enrollment" and standing.episode is None:
        command = "enroll"
    return "re_enroll" if command == "enroll" and standing.latest else command
