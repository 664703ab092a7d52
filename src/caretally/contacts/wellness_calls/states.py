"""Where a call stands: everything the next step rests on, and nothing else. Frozen; replayable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from caretally.contacts.wellness_calls.conditions import Measured
from caretally.contacts.wellness_calls.packs import SEVERITIES
from caretally.contacts.wellness_calls.slots import Value

RINGING, ASKING, CONFIRMING, WAITING, BRIDGED, ENDED = (
    "ringing", "asking", "confirming", "waiting", "bridged", "ended",
)  # fmt: skip
BOTH, READ_BACK, KEYS, UNION, CONFIRMED = "both", "read_back", "keys", "union", "confirmed"
"""How an answer was accepted: both ears agreed, chosen of two, keyed, either ear, asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callee:
    """Whom the call is for, and what is known of them.

    devices: newest first. limits: the patient's own, before those of the pack.
    """

    name: str
    birth_year: int
    practice: str
    callback: str
    language: str = "en"
    devices: Mapping[str, tuple[Measured, ...]] = field(default_factory=dict)
    baselines: Mapping[str, Decimal] = field(default_factory=dict)
    limits: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An answer that counts.

    how: what made it certain. heard: what each recognizer wrote, or the keys.
    """

    question: str
    value: Value
    how: str
    at_ms: int
    heard: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An alert that was written."""

    flag: str
    severity: str
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The question that is asked.

    attempt: 1 is the first. with_keys: only keys are taken. candidates: what it may be, after two
    ears heard two things.
    """

    question: str
    attempt: int = 1
    with_keys: bool = False
    candidates: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An emergency only one ear heard, or one that may be another's; asked about once.

    question: whose answer it was; empty where it was said on the side.
    """

    flag: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A person was called.

    rung: how far up the ladder. resumes: whether the questions go on if nobody comes. told_ms: when
    the patient was last told that nobody came; 0 for not yet.
    """

    severity: str
    since_ms: int
    rung: int = 1
    resumes: bool = False
    told_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A call between two events.

    heard: symptoms any ear caught. denied: flags that were asked about and clearly denied. turns:
    events but ticks. asides: questions to us in a row. nurse: staff id of who joined. goodbye: why
    it was to end before somebody said at the goodbye what calls for a person.
    """

    callee: Callee
    phase: str = RINGING
    section: str = "identity"
    pending: Pending | None = None
    doubt: Doubt | None = None
    waiting: Waiting | None = None
    answers: tuple[Accepted, ...] = ()
    skipped: frozenset[str] = frozenset()
    raised: tuple[Raised, ...] = ()
    heard: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    is_verified: bool = False
    verified_ms: int = 0
    mismatches: int = 0
    silences: int = 0
    asides: int = 0
    turns: int = 0
    is_handed_over: bool = False
    nurse: str = ""
    ended: str = ""
    goodbye: str = ""

    @property
    def severity(self) -> str:
        """The most urgent of what was raised; empty where nothing was."""
        return max((each.severity for each in self.raised), key=SEVERITIES.index, default="")

    @property
    def open_severity(self) -> str:
        """The most urgent of what was raised and not clearly denied; a person closes both."""
        raised = (each.severity for each in self.raised if each.flag not in self.denied)
        return max(raised, key=SEVERITIES.index, default="")

    @property
    def values(self) -> Mapping[str, Value]:
        """The answers that count, by question."""
        return {each.question: each.value for each in self.answers}

    def has_raised(self, flag: str) -> bool:
        """Tell whether an alert of a flag was written."""
        return any(each.flag == flag for each in self.raised)
