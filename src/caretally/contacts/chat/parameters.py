"""The numbers of the algorithm, and the version under which results are recorded.

No regulator gives these numbers. They stand in every record, so that an auditor can compute it
again, or with numbers of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from caretally.journal.entries import ChatParameter

ALGORITHM = "live-chat-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What is long, what is short and what is enough.

    offline_lag_seconds: a message that took longer from its author was written offline.
    run_gap_seconds: a longer silence ends a run.
    answer_gap_seconds: an answer that took longer is none given at once.
    least_answered_pairs: so many a run needs; one lucky reply is no conversation.
    composing_cap_seconds: most that counts of the typing before a run's first message.
    least_patient_messages: that say more than thank you.
    """

    offline_lag_seconds: int = 30
    run_gap_seconds: int = 180
    answer_gap_seconds: int = 120
    least_answered_pairs: int = 2
    composing_cap_seconds: int = 60
    least_patient_messages: int = 2


def listed(parameters: Parameters) -> tuple[ChatParameter, ...]:
    """Return parameters as they are recorded."""
    return tuple(
        ChatParameter(name=each.name, value=getattr(parameters, each.name))
        for each in fields(Parameters)
    )


def parameters_of(recorded: Iterable[ChatParameter]) -> Parameters:
    """Return parameters from a record.

    Raises:
        TypeError: one of them is unknown to this version.
    """
    return Parameters(**{each.name: each.value for each in recorded})
