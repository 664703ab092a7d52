"""What is said on one leg: sentences made into sound one after the other, and stopped at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque

from caretally.exchange.speech.ports import Voice
from caretally.exchange.telephony.links import MediaLink

SPEAK_SECONDS = 8
"""A voice that needs longer for a sentence has failed."""
MOST_KEPT = 500


class KeptVoice:
    """A voice that makes each sentence once; most sentences of a protocol are always the same."""

    def __init__(self, voice: Voice) -> None:
        """Begin with nothing kept."""
        self._voice = voice
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    @property
    def name(self) -> str:
        """The name of the voice."""
        return self._voice.name

    async def speak(self, text: str, language: str) -> bytes:
        """Return the sound of a sentence."""
        known = self._kept.get((text, language))
        if known is None:
            known = self._kept[text, language] = await self._voice.speak(text, language)
        self._kept.move_to_end((text, language))
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return known


class Mouth:
    """Speaks on one leg, in order."""

    def __init__(self, link: MediaLink, voice: Voice, language: str) -> None:
        """Begin in silence."""
        self.has_failed = False
        self._link, self._voice, self._language = link, voice, language
        self._texts: deque[str] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_speaking(self) -> bool:
        """Whether something is still to be said, or to be played."""
        is_making = self._task is not None and not self._task.done()
        return is_making or self._link.queued_ms() > 0

    @property
    def is_audible(self) -> bool:
        """Whether sound is on the line."""
        return self._link.queued_ms() > 0

    def say(self, text: str) -> None:
        """Say a sentence after those before."""
        self._texts.append(text)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._speak())

    async def stop(self) -> None:
        """Say no more, and nothing of what is queued."""
        self._texts.clear()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self._link.clear()

    async def _speak(self) -> None:
        while self._texts:
            text = self._texts.popleft()
            try:
                async with asyncio.timeout(SPEAK_SECONDS):
                    pcm = await self._voice.speak(text, self._language)
            except Exception:  # noqa: BLE001 - whatever a voice raises, somebody waits on the line
                self.has_failed = True
                self._texts.clear()
                return
            await self._link.send(pcm)
