"""Sentences of synthetic patients, by telephone, through both recognizers: a part of the bench.

Slots are asserted, never what was written: the same model writes a little differently on another
processor. Nothing wrong is accepted, without slack; rates have some, for the floors of
`make bench-speech` are of many more sentences than these.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.audio.absent import LISTENING, lacking

if reason := lacking(*LISTENING):
    pytest.skip(reason, allow_module_level=True)

from benchmarks.speech import hearing, sounds
from benchmarks.speech.judging import BOTH, RIGHT, WRONG, Judged, is_answered, judged, share
from benchmarks.speech.sentences import NUMBERS, OFF_TOPIC, Sentence, in_full, sentences
from caretally.exchange.speech.silero import SileroEar

VOICES = (sounds.PIPER, "flite-rms")
PARTS = {"yes_no": 4, "bp": 3, "weight": 2, "spo2": 2, "glucose": 2, "symptom": 8, "person": 1}
"""How many of each kind are taken in each voice."""
NOISE_DB = 30
LEAST_RIGHT_PERCENT = 50
MOST_MISSED = 2
"""Of red flags and wishes, by both recognizers."""
FRAME = 320

pytestmark = [
    pytest.mark.skipif(bool(reason), reason=reason) for reason in map(sounds.missing, VOICES)
]


def chosen() -> list[Sentence]:
    """Return the part of the bench's sentences that is spoken here."""
    found = sentences(6)
    return [
        each
        for kind, count in PARTS.items()
        for each in [one for one in found if one.kind == kind][:count]
    ]


def by_telephone(voice: str, texts: list[str]) -> list[bytes]:
    """Return texts as they arrive by telephone."""
    return [
        sounds.telephoned(samples, rate, NOISE_DB, f"{voice} {text}")
        for text, (samples, rate) in zip(texts, sounds.spoken(voice, texts), strict=True)
    ]


def listened(said: list[tuple[str, Sentence, bytes]]) -> list[Judged]:
    """Return what was made of sounds."""
    heard = hearing.heard([hearing.Utterance(pcm, each.question) for _, each, pcm in said])
    return [judged(voice, each, texts) for (voice, each, _), texts in zip(said, heard, strict=True)]


@pytest.fixture(scope="module")
def rows() -> list[Judged]:
    """What was made of every sentence in every voice."""
    asked = chosen()
    return listened(
        [
            (voice, each, pcm)
            for voice in VOICES
            for each, pcm in zip(asked, by_telephone(voice, [e.text for e in asked]), strict=True)
        ]
    )


def test_no_wrong_value_is_accepted(rows: list[Judged]) -> None:
    assert [(r.voice, r.sentence.text, r.texts) for r in rows if r.verdicts[BOTH] == WRONG] == []


def test_what_was_said_is_accepted_more_often_than_not(rows: list[Judged]) -> None:
    values = [each for each in rows if each.sentence.kind in {"yes_no", *NUMBERS}]
    right, whole = share(values, BOTH, RIGHT)
    assert whole == len(VOICES) * sum(PARTS[each] for each in ("yes_no", *NUMBERS))
    assert 100 * right >= LEAST_RIGHT_PERCENT * whole


def test_one_of_two_ears_hears_symptoms_and_wishes(rows: list[Judged]) -> None:
    those = [each for each in rows if each.sentence.kind in {"symptom", "person"}]
    assert len(those) == len(VOICES) * (PARTS["symptom"] + PARTS["person"])
    missed = [(r.voice, r.sentence.text, r.texts) for r in those if r.verdicts[BOTH] != RIGHT]
    assert len(missed) <= MOST_MISSED, missed


def test_no_number_comes_from_speech_off_the_topic_nor_from_an_empty_line() -> None:
    texts = list(OFF_TOPIC[:6])
    spoken = zip(texts, by_telephone(sounds.PIPER, texts), strict=True)
    said = [("off topic", Sentence(NUMBERS[at % 4], text, None), pcm)
            for at, (text, pcm) in enumerate(spoken)]  # fmt: skip
    said += [("nobody", Sentence(kind, "", None), sounds.silence(1.5, 20, kind))
             for kind in ("yes_no", "bp")]  # fmt: skip
    found = listened(said)
    assert [r.texts for r in found if is_answered(r.sentence, r.texts)] == []


@pytest.mark.skipif(
    sounds.human_folder() is None, reason="asterisk-core-sounds-en-wav: make system installs it"
)
def test_numbers_recorded_by_a_person_are_right_or_asked_again() -> None:
    folder = sounds.human_folder()
    assert folder is not None
    said = []
    for number in (58, 96, 142, 205, 271, 318):
        samples, rate = sounds.recorded(number, folder)
        sentence = Sentence("glucose", in_full(number), (Decimal(number),))
        said.append(("human", sentence, sounds.telephoned(samples, rate, NOISE_DB, str(number))))
    found = listened(said)
    assert [(r.sentence.text, r.texts) for r in found if r.verdicts[BOTH] == WRONG] == []
    assert any(each.verdicts[BOTH] == RIGHT for each in found)


def test_an_ear_tells_a_voice_from_an_empty_line() -> None:
    [voice] = by_telephone(sounds.PIPER, ["Yes, I took all of my pills this morning."])
    empty = sounds.silence(2, 30, "nobody")
    assert max(probabilities(voice)) > 0.8
    assert max(probabilities(empty)) < 0.5


def probabilities(pcm: bytes) -> list[float]:
    """Return what an ear says of each frame."""
    ear = SileroEar()
    return [ear.feed(pcm[at : at + FRAME]) for at in range(0, len(pcm) - FRAME + 1, FRAME)]
