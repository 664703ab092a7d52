"""Turns by frames: when a voice begins, ends, interrupts, and what is kept of it."""

from __future__ import annotations

import pytest

from caretally.exchange.telephony.links import FRAME_BYTES, FRAME_MS, Frame, Key
from caretally.exchange.telephony.turn_taker import Habits, Keys, Onset, TurnTaker, Utterance

HABITS = Habits()


class LevelEar:
    """Takes the first byte of a frame for its probability in percent."""

    def feed(self, pcm: bytes) -> float:
        return pcm[0] / 100


def frame(at: int, percent: int) -> Frame:
    return Frame(at_ms=at * FRAME_MS, pcm=bytes([percent]) + bytes([at % 256]) * (FRAME_BYTES - 1))


def play(taker: TurnTaker, *stretches: tuple[int, int], is_playing: bool = False) -> list:
    """Feed stretches of (milliseconds, percent) after each other; return what was taken."""
    taken, at = [], 0
    for milliseconds, percent in stretches:
        for _ in range(milliseconds // FRAME_MS):
            found = taker.frame(frame(at, percent), is_playing=is_playing)
            at += 1
            if found is not None:
                taken.append(found)
    return taken


def taker() -> TurnTaker:
    return TurnTaker(LevelEar(), HABITS)


def test_a_turn_ends_when_nobody_spoke_for_its_time_and_keeps_what_was_before() -> None:
    onset, said = play(taker(), (2_000, 0), (500, 90), (1_000, 0))
    assert isinstance(onset, Onset)
    assert isinstance(said, Utterance)
    assert (said.from_ms, said.to_ms, said.speech_ms) == (2_000, 2_500, 500)
    # Sound of a second before the voice was noticed, and of the silence that ended it.
    heard_from = said.pieces[0][1] * FRAME_MS
    assert said.from_ms - heard_from >= HABITS.pre_roll_ms - HABITS.onset_ms
    assert len(said.pcm) == len(said.pieces) * FRAME_BYTES
    assert len(said.pieces) * FRAME_MS == said.to_ms - heard_from + HABITS.end_of_turn_ms


@pytest.mark.parametrize(("pause", "turns"), [(780, 1), (800, 2)])
def test_a_pause_ends_a_turn_at_its_length_and_not_before(pause: int, turns: int) -> None:
    taken = play(taker(), (500, 90), (pause, 0), (500, 90), (1_000, 0))
    assert sum(isinstance(each, Utterance) for each in taken) == turns


@pytest.mark.parametrize(("milliseconds", "turns"), [(200, 0), (220, 0), (240, 1)])
def test_what_is_shorter_than_speech_is_no_turn(milliseconds: int, turns: int) -> None:
    taken = play(taker(), (100, 0), (milliseconds, 90), (1_000, 0))
    assert sum(isinstance(each, Utterance) for each in taken) == turns


@pytest.mark.parametrize(("milliseconds", "begins"), [(40, False), (60, True)])
def test_a_voice_begins_a_turn_in_silence(milliseconds: int, *, begins: bool) -> None:
    assert bool(play(taker(), (100, 0), (milliseconds, 90))) == begins


@pytest.mark.parametrize(("milliseconds", "begins"), [(220, False), (240, True)])
def test_a_voice_into_our_words_must_last_longer(milliseconds: int, *, begins: bool) -> None:
    taken = play(taker(), (100, 0), (milliseconds, 90), is_playing=True)
    assert bool(taken) == begins


@pytest.mark.parametrize(("percent", "begins"), [(49, False), (50, True)])
def test_a_frame_is_voice_from_its_probability_on(percent: int, *, begins: bool) -> None:
    assert bool(play(taker(), (400, percent))) == begins


def test_who_goes_on_and_on_is_heard_in_pieces() -> None:
    taken = play(taker(), (HABITS.longest_turn_ms + 2_000, 90), (1_000, 0))
    said = [each for each in taken if isinstance(each, Utterance)]
    assert [each.is_cut for each in said] == [True, False]


def test_what_follows_a_short_pause_joins_what_was_before() -> None:
    first, later = (
        play(taker(), (at, 0), (500, 90), (1_000, 0))[1] for at in (200, 2_000)
    )  # fmt: skip
    whole = first.with_more(later)
    assert (whole.from_ms, whole.to_ms, whole.speech_ms) == (200, 2_500, 1_000)
    assert whole.pcm == first.pcm + later.pcm


def test_a_line_that_dies_gives_what_was_being_said() -> None:
    one = taker()
    play(one, (100, 0), (500, 90))
    said = one.finish()
    assert said is not None
    assert (said.is_cut, said.speech_ms) == (True, 500)
    assert one.finish() is None


def test_keys_are_one_group_until_a_pound_key_or_a_pause() -> None:
    one = taker()
    assert [one.key(Key(at_ms=0, key=each)) for each in "195"] == [None] * 3
    assert one.key(Key(at_ms=60, key="#")) == Keys(at_ms=60, keys="195#")
    one.key(Key(at_ms=0, key="4"))
    (group,) = play(one, (HABITS.keys_pause_ms + 100, 0))
    assert group == Keys(at_ms=HABITS.keys_pause_ms, keys="4")
    one.takes_one_key = True
    assert one.key(Key(at_ms=0, key="1")) == Keys(at_ms=0, keys="1")
