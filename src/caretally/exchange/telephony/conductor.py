"""One call from the first sound to the last: frames become turns, turns events, events actions.

Time is that of the frames. Nothing leaves a call but through its desk, and whatever fails here
brings a person.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from caretally.contacts.wellness_calls.engine import due_ms
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
    Overheard,
    PickedUp,
    Silence,
    SpokeAtGoodbye,
    Spoken,
    Ticked,
    VoicemailDetected,
    WrongPerson,
)
from caretally.contacts.wellness_calls.greetings import is_wrong_number
from caretally.contacts.wellness_calls.handover import announcement, briefing
from caretally.contacts.wellness_calls.packs import Pack
from caretally.contacts.wellness_calls.slots import NUMERIC, OPT_OUT_KEY, PERSON_KEY, SYMPTOM_SET
from caretally.contacts.wellness_calls.states import (
    ASKING,
    BRIDGED,
    CONFIRMING,
    RINGING,
    WAITING,
    Callee,
    State,
)
from caretally.errors import ExchangeError
from caretally.exchange.speech.ports import Ear, Hint, Recognizer, Voice
from caretally.exchange.telephony.beeps import BeepEar
from caretally.exchange.telephony.bridging import Attempt, Briefing, Ladder
from caretally.exchange.telephony.desk_port import CallDesk
from caretally.exchange.telephony.dialogue import Dialogue
from caretally.exchange.telephony.greeting import Greeting
from caretally.exchange.telephony.hearing import Heard, Hearing
from caretally.exchange.telephony.links import FRAME_MS, CallControl, Frame, Key, Leg
from caretally.exchange.telephony.mouth import Mouth
from caretally.exchange.telephony.turn_taker import (
    Habits,
    Keys,
    Onset,
    Taken,
    TurnTaker,
    Utterance,
)

LOST_SECONDS, FRAMES_A_WATCH = 5, 50
"""Without frames for so long, nobody can be heard any more; how many frames must come meanwhile."""
ASK_DESK_MS = 1_000
"""How often it is looked up whether somebody took an alert on."""
LONGEST_GOODBYE_MS = 40_000
STANDARD = Habits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """A call that is to be led: a leg that was picked up, and all that is needed for it."""

    leg: Leg
    control: CallControl
    desk: CallDesk
    pack: Pack
    callee: Callee
    recognizers: tuple[Recognizer, ...]
    voice: Voice
    ear: Ear
    habits: Habits = STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Conducted:
    """A call that is over.

    failure: what the desk raised first, if it did; whoever runs calls must look at it.
    """

    state: State
    events: tuple[Happening, ...]
    end_ms: int
    failure: Exception | None = None


async def conduct(call: Conduct) -> Conducted:
    """Lead a call to its end, and put the phone down."""
    conductor = Conductor(call)
    try:
        await conductor.lead()
    finally:
        await conductor.dialogue.mouth.stop()
        await call.control.hangup(call.leg)
    talk = conductor.dialogue
    return Conducted(
        state=talk.state, events=tuple(talk.events), end_ms=talk.at_ms, failure=talk.failure
    )


@dataclass(slots=True)
class Conductor:
    """A call while it is led."""

    call: Conduct
    dialogue: Dialogue = field(init=False)
    turns: TurnTaker = field(init=False)
    greeting: Greeting | None = field(default_factory=Greeting)
    beeps: BeepEar = field(default_factory=BeepEar)
    hearing: Hearing | None = None
    carried: Utterance | None = None
    was_suspect: bool = False
    was_speaking: bool = False
    voice_failed: bool = False
    has_hung_up: bool = False
    is_gone: bool = False
    quiet_since_ms: int = 0
    asked_desk_ms: int = 0
    ended_ms: int = 0
    held_keys: str = ""

    def __post_init__(self) -> None:
        """Lay everything out; nothing is said yet."""
        call = self.call
        mouth = Mouth(call.leg.link, call.voice, call.callee.language)
        talk = Dialogue(pack=call.pack, callee=call.callee, desk=call.desk, mouth=mouth)
        talk.ladder = Ladder(
            control=call.control, voice=call.voice, note=talk.note,
            briefing=Briefing(
                announced=lambda: announcement(talk.state),
                told=lambda: briefing(call.pack, talk.state),
            ),
        )  # fmt: skip
        self.dialogue = talk
        self.turns = TurnTaker(call.ear, call.habits)

    @property
    def state(self) -> State:
        """Where the dialogue stands."""
        return self.dialogue.state

    @property
    def at_ms(self) -> int:
        """Now, of the call."""
        return self.dialogue.at_ms

    async def lead(self) -> None:
        """Take frames and keys until the call is over."""
        while not self._is_done():
            try:
                async with asyncio.timeout(LOST_SECONDS):
                    await self._listen()
            except (TimeoutError, ExchangeError):
                self.dialogue.at_ms += LOST_SECONDS * 1_000
                await self._gone(MediaLost(at_ms=self.at_ms))
            if self.has_hung_up and not self.is_gone:
                await self._gone(HungUp(at_ms=self.at_ms))
            if self.dialogue.ladder.came is not None and self.state.phase == WAITING:
                await self._join(self.dialogue.ladder.came)
        if self.hearing is not None:
            self.hearing.cancel()
        # Who is on the way is still told what happened, so that they call back.
        await self.dialogue.ladder.finish()

    async def _listen(self) -> None:
        """Take frames and keys for a while; one watch over many frames costs less than one each."""
        for _ in range(FRAMES_A_WATCH):
            item = await self.call.leg.link.recv()
            if item is None:
                self.has_hung_up = True
                return
            if isinstance(item, Key):
                await self._key(item)
            else:
                await self._frame(item)
            is_joined = self.state.phase == WAITING and self.dialogue.ladder.came is not None
            if is_joined or self._is_done():
                return

    def _is_done(self) -> bool:
        """Tell whether the goodbye was said, and nobody speaks into it."""
        if not self.state.ended or self.is_gone:
            return self.is_gone
        self.ended_ms = self.ended_ms or self.at_ms
        is_busy = self.dialogue.mouth.is_speaking or self.turns.is_talking or self.hearing
        return not is_busy or self.at_ms - self.ended_ms > LONGEST_GOODBYE_MS

    async def _frame(self, frame: Frame) -> None:
        talk = self.dialogue
        talk.at_ms = frame.at_ms + FRAME_MS
        await self._follow_mouth()
        has_beeped = not self.state.is_verified and self.beeps.feed(frame.pcm)
        taken = self.turns.frame(frame, is_playing=talk.mouth.is_audible)
        if isinstance(taken, Utterance):
            self._hear(taken)
        elif isinstance(taken, Onset):
            self._hear_on()
        heard = self.hearing.poll(self.at_ms) if self.hearing else None
        if self.greeting is not None:
            await self._greeted(self.greeting, taken, heard, has_beeped=has_beeped)
            return
        if has_beeped and self.state.phase in {ASKING, CONFIRMING}:
            await talk.mouth.stop()
            await talk.happen(VoicemailDetected(at_ms=self.at_ms))
        if isinstance(taken, Onset):
            await self._interrupted()
        elif isinstance(taken, Keys):
            await self._keys(taken)
        if heard is not None:
            await self._heard(heard)
        await self._silence()
        await self._person()

    async def _greeted(
        self, greeting: Greeting, taken: Taken | None, heard: Heard | None, *, has_beeped: bool
    ) -> None:
        """Settle who picked up, then begin."""
        if isinstance(taken, Utterance):
            greeting.said(taken)
        if heard is not None:
            self._drop(heard)
            greeting.understood(heard, self.at_ms)
        is_busy = self.turns.is_talking or self.hearing is not None
        who = greeting.verdict(self.at_ms, is_talking=is_busy, has_beeped=has_beeped)
        if who is None:
            return
        self.greeting = None
        self.was_suspect, self.quiet_since_ms = greeting.is_suspect, self.at_ms
        texts = greeting.heard.texts if greeting.heard else ()
        if who == "machine":
            await self.dialogue.happen(VoicemailDetected(at_ms=self.at_ms))
        elif texts and all(map(is_wrong_number, texts)):
            await self.dialogue.happen(WrongPerson(at_ms=self.at_ms))
        elif any(texts):
            await self.dialogue.happen(Overheard(at_ms=self.at_ms, hypotheses=texts))
        else:
            await self.dialogue.happen(PickedUp(at_ms=self.at_ms))
        if greeting.heard and greeting.heard.failed:
            await self._failed(greeting.heard.failed)

    def _hear(self, utterance: Utterance) -> None:
        """Let the recognizers hear an utterance, with what a short pause had cut off from it."""
        whole = self.carried.with_more(utterance) if self.carried else utterance
        self.carried = None
        if self.hearing is not None:
            self.hearing.cancel()
        self.dialogue.note("stopped_speaking", of=f"{whole.from_ms}-{whole.to_ms}")
        self.hearing = Hearing(whole, self._hint(), self.call.recognizers, at_ms=self.at_ms)

    def _hear_on(self) -> None:
        """Somebody goes on after a pause: what they said before belongs to it, if not too long."""
        hearing, longest = self.hearing, self.call.habits.longest_turn_ms
        if hearing is None or hearing.was_early or hearing.utterance.is_cut:
            return
        if self.at_ms - hearing.utterance.from_ms < longest:
            hearing.cancel()
            self.carried, self.hearing = hearing.utterance, None

    def _hint(self) -> Hint:
        question, language = self.dialogue.question, self.call.callee.language
        if self.state.phase == CONFIRMING:
            return Hint(kind="yes_no", language=language)
        if self.state.phase != ASKING or question is None:
            return Hint(kind="none", language=language)
        words = (word for each in question.slot.options.values() for word in each.get(language, ()))
        return Hint(kind=question.slot.kind, language=language, words=tuple(words))

    def _drop(self, heard: Heard) -> None:
        """Hear no more of an utterance, but for an ear that is late."""
        if heard.is_whole:
            self.hearing = None

    async def _heard(self, heard: Heard) -> None:
        """Tell the engine what was said."""
        was_early = self.hearing is not None and self.hearing.was_early
        self._drop(heard)
        self.quiet_since_ms = self.at_ms
        if heard.failed:
            # First, so that the words of the other ear are screened and answer nothing.
            await self._failed(heard.failed)
        if heard.is_whole and was_early and not heard.is_new_alarm:
            return
        event = self._event_of(heard)
        if event is not None:
            await self.dialogue.happen(event)

    def _event_of(self, heard: Heard) -> Happening | None:
        """Return what words mean at this place of the call; None of a noise."""
        talk, texts, spoken = self.dialogue, heard.texts, heard.utterance
        if not any(texts) and self.state.phase != CONFIRMING:
            return None
        if self.state.ended:
            return SpokeAtGoodbye(at_ms=self.at_ms, hypotheses=texts)
        if not self.state.is_verified and len(texts) > 1 and all(map(is_wrong_number, texts)):
            return WrongPerson(at_ms=self.at_ms)
        if talk.must_be_heard:
            return Overheard(at_ms=self.at_ms, hypotheses=texts)
        early_ms = self.call.habits.early_ms
        is_early = talk.asked_ms is None or spoken.from_ms < talk.asked_ms + early_ms
        return Answered(
            at_ms=self.at_ms, hypotheses=texts, speech_ms=spoken.speech_ms, is_early=is_early
        )

    async def _failed(self, parts: tuple[str, ...]) -> None:
        for each in parts:
            await self.dialogue.happen(EngineFailed(at_ms=self.at_ms, what=each))

    async def _interrupted(self) -> None:
        """Stop our words for somebody's, but for those that must be heard, and a goodbye."""
        talk = self.dialogue
        self.quiet_since_ms = self.at_ms
        if talk.mouth.is_speaking and not talk.must_be_heard and not self.state.ended:
            self.was_speaking = False
            await talk.happen(Interrupted(at_ms=self.at_ms))

    async def _key(self, key: Key) -> None:
        # A pound key that ends nothing follows a key that was enough; it answers no next question.
        is_trailing = key.key == "#" and not self.turns.is_keying
        if self.greeting is not None or self.state.ended or is_trailing:
            return
        question, pending = self.dialogue.question, self.state.pending
        is_long = question is not None and question.slot.kind in {*NUMERIC, SYMPTOM_SET}
        is_chosen = pending is not None and pending.candidates
        self.turns.takes_one_key = not is_long or bool(is_chosen) or self.state.phase != ASKING
        await self._interrupted()
        keys = self.turns.key(key)
        if keys is not None:
            await self._keys(keys)

    async def _keys(self, keys: Keys) -> None:
        """Tell the engine of keys; what answers a disclosure waits until that was heard."""
        self.quiet_since_ms = self.at_ms
        if self.dialogue.must_be_heard and keys.keys not in {PERSON_KEY, OPT_OUT_KEY}:
            self.held_keys = keys.keys
            return
        if self.dialogue.must_be_heard:
            await self.dialogue.mouth.stop()
        await self.dialogue.happen(KeyPressed(at_ms=self.at_ms, keys=keys.keys))

    async def _follow_mouth(self) -> None:
        """Notice when our words become audible, when they end, and when they fail."""
        talk = self.dialogue
        if talk.asked_ms is None and talk.mouth.is_audible:
            talk.asked_ms = self.at_ms
        is_speaking = talk.mouth.is_speaking
        has_ended = self.was_speaking and not is_speaking
        self.was_speaking = is_speaking
        if talk.mouth.has_failed and not self.voice_failed:
            self.voice_failed = True
            await self._failed(("voice",))
        elif has_ended:
            self.quiet_since_ms = self.at_ms
            talk.must_be_heard = False
            await talk.happen(Spoken(at_ms=self.at_ms))
            if self.held_keys:
                keys, self.held_keys = self.held_keys, ""
                await talk.happen(KeyPressed(at_ms=self.at_ms, keys=keys))

    async def _silence(self) -> None:
        talk = self.dialogue
        is_busy = (
            talk.mouth.is_speaking or self.turns.is_talking or self.turns.is_keying
            or self.hearing is not None
        )  # fmt: skip
        if is_busy or self.state.phase not in {ASKING, CONFIRMING}:
            return
        if self.at_ms - self.quiet_since_ms < self.call.habits.silence_ms:
            return
        self.quiet_since_ms = self.at_ms
        # Who talked long and then did not react to a question is a machine.
        is_machine = self.was_suspect and not self.state.answers
        kind = VoicemailDetected if is_machine else Silence
        await talk.happen(kind(at_ms=self.at_ms))

    async def _person(self) -> None:
        """Follow who is rung while the patient waits."""
        talk, ladder = self.dialogue, self.dialogue.ladder
        if self.state.phase != WAITING:
            if ladder.attempts and not self.state.ended:
                await ladder.let_go()
            return
        if self.at_ms - self.asked_desk_ms >= ASK_DESK_MS:
            self.asked_desk_ms = self.at_ms
            talk.look_for_acknowledgment()
        if ladder.came is not None:
            return
        if talk.nobody or (ladder.attempts and not ladder.is_ringing):
            talk.nobody = False
            ladder.attempts.clear()
            await talk.happen(NurseUnavailable(at_ms=self.at_ms))
        elif not ladder.is_taken and self.at_ms >= (due_ms(self.state) or self.at_ms + 1):
            await talk.happen(Ticked(at_ms=self.at_ms))

    async def _join(self, attempt: Attempt) -> None:
        """Connect who came with the patient, until one of them hangs up."""
        talk = self.dialogue
        assert attempt.leg is not None
        await talk.ladder.let_go(but=attempt)
        await talk.mouth.stop()
        await talk.happen(NurseJoined(at_ms=self.at_ms, staff=attempt.rung.staff))
        if self.state.phase == BRIDGED:
            talk.note("bridged", attempt.rung.staff)
            # Frames go past us now; how long they talk is told by the loop's own time.
            loop = asyncio.get_running_loop()
            began, began_ms = loop.time(), self.at_ms
            with suppress(ExchangeError):
                await self.call.control.bridge(self.call.leg, attempt.leg)
            talk.at_ms = began_ms + round((loop.time() - began) * 1_000)
        await self.call.control.hangup(attempt.leg)
        talk.note("leg_ended", attempt.rung.staff)
        self.is_gone = True
        await talk.happen(HungUp(at_ms=self.at_ms))

    async def _gone(self, event: Happening) -> None:
        """Hear the last words to their end before the line's end is told."""
        self.is_gone = True
        last = self.turns.finish()
        if last is not None:
            self._hear(last)
        if self.hearing is not None:
            heard = await self.hearing.wait()
            if self.state.phase != RINGING:
                await self._heard(heard)
            elif heard.is_alarming:
                await self.dialogue.happen(Overheard(at_ms=self.at_ms, hypotheses=heard.texts))
        await self.dialogue.mouth.stop()
        await self.dialogue.happen(event)
