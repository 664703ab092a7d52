"""What contradicts a patient's record: each check adds to a draft what it finds.

A contradiction is refused, a gap is not: missing evidence is named by the state of the enrollment,
and a decision holds the codes it concerns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from caretally.enrollment.coverage import overlap
from caretally.enrollment.episodes import episode_at, episodes, programs_at
from caretally.enrollment.evidence import CAREGIVER
from caretally.enrollment.orders import ORDERING_ROLES
from caretally.enrollment.record import PatientRecord
from caretally.journal.drafts import Draft
from caretally.journal.entries import Body, CaregiverAuthorized, Covered, Enrolled

ICD10 = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")
RIVALS = {"rpm": "rtm", "rtm": "rpm"}


@dataclass(frozen=True, slots=True)
class Case:
    """A draft and the record it is held against."""

    draft: Draft
    record: PatientRecord

    @property
    def day(self) -> date:
        """The local date on which the draft takes effect."""
        return self.record.day_of(self.draft.at)

    def is_alive(self) -> None:
        """Refuse what takes effect after death."""
        if not self.record.is_alive_at(self.draft.at):
            self.draft.refuse(
                "at",
                found=self.draft.at.isoformat(),
                expected="an instant before the death on file",
                hint="if the death is wrong, void it first",
            )

    def is_enrolled(self, program: str) -> None:
        """Refuse what needs an open episode where there is none."""
        if episode_at(self.record, program, self.draft.at) is None:
            self.draft.refuse(
                "body.program",
                found=f"no episode of {program} open at {self.draft.at.isoformat()}",
                expected="a program the patient is enrolled in at that instant",
                hint="enroll first, or correct the instant",
            )

    def opens_an_episode(self, program: str) -> None:
        """Refuse an enrollment inside another, before one that stands, or beside its rival."""
        at = self.draft.at
        if episode_at(self.record, program, at):
            self.draft.refuse(
                "body.program",
                found=f"an open episode of {program}",
                expected="a program the patient is not in",
                hint="amend the enrollment, or disenroll first",
            )
        later = [each.number for each in episodes(self.record, program) if each.begins > at]
        if later:
            self.draft.refuse(
                "at",
                found=f"{at.isoformat()}, before episode {later[0]} begins",
                expected="an instant after the episodes on file",
                hint="to move a beginning, supersede the enrollment on file",
            )
        rival = RIVALS.get(program)
        if rival in programs_at(self.record, at):
            self.draft.refuse(
                "body.program",
                found=f"{program} while {rival} is open",
                expected="one monitoring program at a time",
                hint=f"disenroll from {rival} first; with both open neither is billable",
            )

    def has_role(self, field: str, staff: str | None, roles: Iterable[str] = ()) -> None:
        """Refuse a staff member who is not registered, or not in one of the roles, on the date."""
        if staff is None:
            return
        held = self.record.register.roles_on(staff, self.day)
        wanted = frozenset(roles)
        if held and (not wanted or held & wanted):
            return
        self.draft.refuse(
            field,
            found=f"{staff!r}, {' and '.join(sorted(held)) or 'not registered'} on {self.day}",
            expected=f"a registered {' or '.join(sorted(wanted))}"
            if wanted
            else "registered staff",
            hint="register the role with its dates, or name somebody else",
        )

    def is_practitioner(self, field: str, staff: str | None) -> None:
        """Refuse somebody who may neither order nor bill."""
        self.has_role(field, staff, ORDERING_ROLES)

    def may_speak(self, field: str, who: str | None) -> None:
        """Refuse words of a caregiver who has no authority on the date."""
        if who is None or not who.startswith(CAREGIVER):
            return
        self.knows_caregiver(field, who.removeprefix(CAREGIVER))

    def knows_caregiver(self, field: str, caregiver: str) -> None:
        """Refuse a caregiver without authority on the date."""
        if not self.record.register.has_authority(self.record.patient, caregiver, self.day):
            self.draft.refuse(
                field,
                found=f"caregiver {caregiver!r} without authority on {self.day}",
                expected="a caregiver authorized on that date",
                hint="record the authority with its dates first",
            )

    def enrolls_soundly(self, body: Enrolled) -> None:
        """Refuse details of an enrollment that cannot be."""
        practices = self.record.register.practices
        if body.practice is not None and body.practice not in practices:
            self.draft.refuse(
                "body.practice",
                found=f"{body.practice!r}, which is not registered",
                expected=f"one of {', '.join(sorted(practices)) or 'the practices on file'}",
                hint="register the practice first",
            )
        self.is_practitioner("body.billing_provider", body.billing_provider)
        if body.established_on is not None and body.established_on > self.day:
            self.draft.refuse(
                "body.established_on",
                found=f"{body.established_on}, after the enrollment of {self.day}",
                expected="the date of an earlier visit",
            )
        self.are_diagnoses("body.diagnoses", body.diagnoses)
        self.are_different("body.diagnoses", body.diagnoses)

    def are_diagnoses(self, field: str, codes: Iterable[str]) -> None:
        """Refuse what is not shaped like an ICD-10-CM code."""
        for position, code in enumerate(codes):
            if not ICD10.fullmatch(code):
                self.draft.refuse(
                    f"{field}[{position}]",
                    found="a text that is no code",
                    expected="an ICD-10-CM code such as I10 or I50.9",
                )

    def are_different(self, field: str, words: tuple[str, ...]) -> None:
        """Refuse a list in which something stands twice."""
        repeated = sorted({word for word in words if words.count(word) > 1})
        if repeated:
            self.draft.refuse(
                field,
                found=f"{', '.join(repeated)} more than once",
                expected="each once",
            )

    def begins_by_now(self, field: str, day: date) -> None:
        """Refuse a date that is yet to come where the entry is written down."""
        today = self.record.day_of(self.draft.entry.recorded_at)
        if day > today:
            self.draft.refuse(field, found=f"{day}, yet to come", expected=f"a date up to {today}")

    def is_said_once(self, field: str, body: Body) -> None:
        """Refuse what another entry in force says in the same words."""
        same = [each.id for each in self.record.entries(type(body)) if each.body == body]
        if same:
            self.draft.refuse(
                field,
                found=f"the same in entry {same[0]}",
                expected="something that is not on file",
            )

    def covers_alone(self, body: Covered) -> None:
        """Refuse a coverage that shares its place in line, or its payer, with another on a date."""
        for each in self.record.all_of(Covered):
            shared = overlap((body.from_on, body.to_on), (each.body.from_on, each.body.to_on))
            if shared is None:
                continue
            until = shared[1] or "further notice"
            if each.body.priority == body.priority:
                field, found = "body.priority", f"priority {body.priority}"
            elif (each.body.payer, each.body.member_id) == (body.payer, body.member_id):
                field, found = "body.payer", f"payer {body.payer!r} as the same member"
            else:
                continue
            self.draft.refuse(
                field,
                found=f"{found}, as in entry {each.id}, from {shared[0]} until {until}",
                expected="one coverage of a priority, and one of a member, on a date",
                hint="end the earlier coverage, or give this one another priority",
            )

    def authorizes_anew(self, body: CaregiverAuthorized) -> None:
        """Refuse a second authority of a caregiver on the same dates."""
        for each in self.record.all_of(CaregiverAuthorized):
            if each.body.caregiver != body.caregiver:
                continue
            shared = overlap((body.from_on, body.to_on), (each.body.from_on, each.body.to_on))
            if shared is not None:
                self.draft.refuse(
                    "body.from",
                    found=f"authority on file since {each.body.from_on} in entry {each.id}",
                    expected="dates on which the caregiver has none yet",
                    hint="end the earlier authority, or supersede it",
                )
