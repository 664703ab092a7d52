"""One utterance before two recognizers; a slow one keeps no emergency waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from caretally.contacts.wellness_calls.symptoms import symptoms_in
from caretally.exchange.speech.ports import Hint, Hypothesis, Recognizer
from caretally.exchange.telephony.turn_taker import Utterance

SOON_MS, LONGEST_MS = 1_000, 4_000
"""When one ear that heard an emergency goes alone; when an ear that said nothing has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of an utterance.

    failed: the recognizers that raised, or said nothing in time. is_whole: all ears were waited
    for. is_new_alarm: an ear that was late heard a symptom too.
    """

    utterance: Utterance
    hypotheses: tuple[Hypothesis, ...]
    failed: tuple[str, ...] = ()
    is_whole: bool = True
    is_new_alarm: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """What each ear wrote."""
        return tuple(each.text for each in self.hypotheses)

    @property
    def is_alarming(self) -> bool:
        """Whether an ear heard a symptom."""
        return any(map(symptoms_in, self.texts))


class Hearing:
    """An utterance that is being heard."""

    def __init__(
        self, utterance: Utterance, hint: Hint, recognizers: Sequence[Recognizer], *, at_ms: int
    ) -> None:
        """Let all recognizers begin at once."""
        self.utterance = utterance
        self._since_ms = at_ms
        pcm = utterance.pcm
        self._ears = {
            each.name: asyncio.ensure_future(each.hear(pcm, hint)) for each in recognizers
        }
        self._early: frozenset[str] = frozenset()

    def poll(self, at_ms: int) -> Heard | None:
        """Return what was heard once it is enough; None while it is waited for."""
        waited = at_ms - self._since_ms
        if waited >= LONGEST_MS or all(each.done() for each in self._ears.values()):
            return self._result(is_whole=True)
        if waited >= SOON_MS and not self._early:
            so_far = self._result(is_whole=False)
            if so_far.is_alarming:
                self._early = frozenset(each.engine for each in so_far.hypotheses)
                return so_far
        return None

    @property
    def was_early(self) -> bool:
        """Whether one ear went alone; what the other hears then can only add to it."""
        return bool(self._early)

    async def wait(self) -> Heard:
        """Return what was heard, when no frames tell the time any more."""
        await asyncio.wait(self._ears.values(), timeout=LONGEST_MS / 1000)
        return self._result(is_whole=True)

    def cancel(self) -> None:
        """Hear no more."""
        for each in self._ears.values():
            each.cancel()

    def _result(self, *, is_whole: bool) -> Heard:
        found, failed = [], []
        for name, ear in self._ears.items():
            if ear.done() and not ear.cancelled() and ear.exception() is None:
                found.append(ear.result())
            elif is_whole:
                ear.cancel()
                failed.append(name)
        late = [each for each in found if each.engine not in self._early]
        return Heard(
            utterance=self.utterance, hypotheses=tuple(found), failed=tuple(failed),
            is_whole=is_whole, is_new_alarm=any(symptoms_in(each.text) for each in late),
        )  # fmt: skip
