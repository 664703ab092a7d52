"""What a clinician types for a patient, as events on a virtual clock: a call without a telephone.

One line is one thing that happens. Two recognizers are heard apart with a stroke between them:
`140 over 91 | 142 over 91`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from caretally.contacts.wellness_calls.events import (
    Answered,
    EngineFailed,
    Happening,
    HungUp,
    Interrupted,
    KeyPressed,
    MediaLost,
    NurseJoined,
    NurseUnavailable,
    Silence,
    Ticked,
    VoicemailDetected,
    WrongPerson,
)

SPEECH_MS_A_WORD, SHORTEST_SPEECH_MS = 400, 500
REPLY_MS, SILENCE_MS, TICK_MS = 1_200, 10_000, 30_000
LINES: Mapping[str, Callable[[int], Happening]] = {
    "silence": lambda at: Silence(at_ms=at + SILENCE_MS),
    "hang up": lambda at: HungUp(at_ms=at),
    "voicemail": lambda at: VoicemailDetected(at_ms=at),
    "wrong person": lambda at: WrongPerson(at_ms=at),
    "interrupt": lambda at: Interrupted(at_ms=at),
    "engine fails": lambda at: EngineFailed(at_ms=at, what="recognizer"),
    "media lost": lambda at: MediaLost(at_ms=at),
    "nurse joins": lambda at: NurseJoined(at_ms=at, staff="stf_nurse"),
    "nurse unavailable": lambda at: NurseUnavailable(at_ms=at),
    "wait": lambda at: Ticked(at_ms=at + TICK_MS),
}
"""Lines that are no speech."""


def event_of(line: str, at_ms: int, *, reply_ms: int = REPLY_MS) -> Happening:
    """Return what a line means, at or after a time of the call.

    Example:
        >>> event_of("#1", 0, reply_ms=0)
        KeyPressed(at_ms=0, keys='1')
    """
    typed = line.strip()
    if typed.lower() in LINES:
        return LINES[typed.lower()](at_ms)
    if typed.startswith("#"):
        return KeyPressed(at_ms=at_ms + reply_ms, keys=typed[1:].replace(" ", ""))
    heard = tuple(each.strip() for each in typed.split("|")) if "|" in typed else (typed, typed)
    speech = max(SHORTEST_SPEECH_MS, SPEECH_MS_A_WORD * max(len(h.split()) for h in heard))
    return Answered(at_ms=at_ms + reply_ms + speech, hypotheses=heard, speech_ms=speech)
