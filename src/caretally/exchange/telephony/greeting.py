"""The first seconds of a call: is it a person who picked up, or a machine?

A person says a word or two and waits. A machine talks on, names itself, beeps, and does not react
to what it is asked. Nothing is said before this is settled, and to a machine only after its tone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from caretally.contacts.wellness_calls.greetings import is_machine
from caretally.exchange.telephony.hearing import Heard
from caretally.exchange.telephony.turn_taker import Utterance

LISTEN_MS = 2_500
"""How long we wait for a first word."""
LONG_GREETING_MS = 5_000
"""Whoever talks so long without a pause may be a machine; only what follows settles it."""
AWAIT_TONE_MS, LONGEST_MS = 1_500, 30_000
"""How long a tone may come after a greeting; how long a machine is listened to at most."""
Who: TypeAlias = Literal["person", "machine"]


@dataclass(slots=True, kw_only=True)
class Greeting:
    """What was learned of who picked up.

    is_suspect: they talked long without a pause, so that silence after a question makes a machine
    of them. heard: their words.
    """

    is_suspect: bool = False
    heard: Heard | None = None
    _names_itself: bool = False
    _quiet_since_ms: int | None = None

    def said(self, utterance: Utterance) -> None:
        """Take how long they talked."""
        is_long = utterance.to_ms - utterance.from_ms >= LONG_GREETING_MS
        self.is_suspect = self.is_suspect or utterance.is_cut or is_long

    def understood(self, heard: Heard, at_ms: int) -> None:
        """Take what they said."""
        self.heard = heard
        self._quiet_since_ms = at_ms
        self._names_itself = self._names_itself or any(map(is_machine, heard.texts))

    def verdict(self, at_ms: int, *, is_talking: bool, has_beeped: bool) -> Who | None:
        """Return who it is; None while that is open."""
        if self.heard is not None and self.heard.is_alarming and not self._names_itself:
            # Somebody who cries for help without a pause is not kept waiting for a tone.
            return "person"
        if has_beeped or at_ms >= LONGEST_MS:
            return "machine"
        if is_talking:
            return None
        if self._quiet_since_ms is None:
            return "person" if at_ms >= LISTEN_MS else None
        if self._names_itself or self.is_suspect:
            # A tone may follow; and a pause is no end of a greeting yet.
            waited = at_ms - self._quiet_since_ms
            who: Who = "machine" if self._names_itself else "person"
            return who if waited >= AWAIT_TONE_MS else None
        return "person"
