"""Was it a two-way conversation? Computed from the log of a call, under a policy with a version.

No regulator gives numbers: every threshold is a value of the policy, kept in the record beside what
was observed. Whether seconds of an agent count is the payer policy's question, never this one's.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median_low

from caretally.contacts.wellness_calls.call_log import CallLog, Stretch
from caretally.contacts.wellness_calls.events import Answered, KeyPressed
from caretally.contacts.wellness_calls.packs import NAME, TOPICS


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePolicy:
    """The thresholds, by a version that the record keeps."""

    version: str = "two-way 1"
    clinical_answers: int = 3
    content_sections: int = 2
    alternations: int = 4
    patient_speech_ms: int = 5_000
    key_answers: int = 3
    median_latency_ms: int = 8_000
    longest_silence_ms: int = 15_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One threshold beside what was observed.

    unit: ms, or empty for a count.
    """

    name: str
    observed: int
    required: int
    holds: bool
    unit: str = ""

    def says(self, value: int) -> str:
        """Return a number of this check with its unit."""
        return f"{value} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the log shows.

    creditable_seconds: of the agent, whatever the checks say; they count only where all hold and
    a payer policy credits them.
    """

    policy: str
    checks: tuple[Check, ...]
    creditable_seconds: int

    @property
    def is_two_way(self) -> bool:
        """Whether every check holds."""
        return all(each.holds for each in self.checks)

    @property
    def reasons(self) -> tuple[str, ...]:
        """The checks that do not hold."""
        return tuple(each.name for each in self.checks if not each.holds)


STANDARD = EvidencePolicy()


def evidence_of(log: CallLog, policy: EvidencePolicy = STANDARD) -> Evidence:
    """Return the two-way evidence of a call."""
    last = log.last
    sections = {each.id: each.section for each in log.pack.questions}
    clinical = [each for each in last.answers if sections[each.question] in TOPICS]
    keys = sum(isinstance(each.event, KeyPressed) for each in log.moments)
    speech = sum(each.event.speech_ms for each in log.moments if isinstance(each.event, Answered))
    took = median_low(log.latencies() or [0])
    checks = (
        _at_least("liveness_passed", int(NAME in last.values), 1),
        _at_least("identity_verified", int(last.is_verified), 1),
        _at_least("clinical_answers", len(clinical), policy.clinical_answers),
        _at_least(
            "content_sections", len({sections[each.question] for each in clinical}),
            policy.content_sections,
        ),
        _at_least("alternations", log.alternations(), policy.alternations),
        Check(
            name="patient_spoke_or_keyed", observed=speech, required=policy.patient_speech_ms,
            holds=speech >= policy.patient_speech_ms or keys >= policy.key_answers, unit="ms",
        ),
        Check(
            name="answers_are_prompt", observed=took, required=policy.median_latency_ms,
            holds=took <= policy.median_latency_ms, unit="ms",
        ),
        _at_least("no_voicemail", int(last.ended != "voicemail"), 1),
    )  # fmt: skip
    seconds = creditable_ms(log, policy) // 1000
    return Evidence(policy=policy.version, checks=checks, creditable_seconds=seconds)


def excluded(log: CallLog, policy: EvidencePolicy = STANDARD) -> tuple[Stretch, ...]:
    """Return what nobody may count of our part, in order and apart: menu, silences, ringing."""
    verified = log.last.verified_ms if log.last.is_verified else log.agent_end_ms
    found = [
        Stretch(from_ms=0, to_ms=verified, why="menu"), *log.waits(),
        *log.silences(policy.longest_silence_ms),
    ]  # fmt: skip
    apart: list[Stretch] = []
    reached = 0
    for each in sorted(found, key=lambda stretch: (stretch.from_ms, stretch.to_ms)):
        start, end = max(each.from_ms, reached), min(each.to_ms, log.agent_end_ms)
        if start < end:
            apart.append(Stretch(from_ms=start, to_ms=end, why=each.why))
            reached = end
    return tuple(apart)


def creditable_ms(log: CallLog, policy: EvidencePolicy = STANDARD) -> int:
    """Return our milliseconds from the first verified turn on, without what is excluded."""
    away = sum(each.to_ms - each.from_ms for each in excluded(log, policy))
    return max(log.agent_end_ms - away, 0)


def _at_least(name: str, observed: int, required: int) -> Check:
    return Check(name=name, observed=observed, required=required, holds=observed >= required)
