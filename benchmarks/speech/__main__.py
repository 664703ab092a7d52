"""How well are spoken answers understood, and is a wrong one ever accepted?

58 sentences in five synthetic voices by telephone, numbers recorded by a person, speech off the
topic, and a line on which nobody speaks: all through both recognizers and the code that calls use.
Exit status 1 where a floor is not kept. Synthetic speakers are no old patients with COPD on a
speakerphone: these figures are upper bounds, and a deployment needs its own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain
from pathlib import Path

from benchmarks.speech import hearing, sounds
from benchmarks.speech.judging import (
    AGAIN,
    BOTH,
    EARS,
    RIGHT,
    WRONG,
    Judged,
    is_answered,
    judged,
    share,
)
from benchmarks.speech.sentences import (
    ASKED,
    NUMBERS,
    OFF_TOPIC,
    Sentence,
    in_full,
    sentences,
)

OUT = Path("bench-out")
HUMAN = "human"
MOST_WRONG_PERCENT, LEAST_SYMPTOM_PERCENT = 1, 93
SINGLE_VALUES = ("yes_no", *NUMBERS)
OFF_TOPIC_ASKED = SINGLE_VALUES
OFF_TOPIC_VOICE = "flite-rms"
PARTS = ("voices", "human", "off-topic")

Said = tuple[str, Sentence, bytes]
"""Voice, sentence, sound."""


def said_by(voice: str, options: argparse.Namespace) -> Iterator[Said]:
    """Yield the sentences of a seed in a voice."""
    chosen = sentences(options.seed)[:: options.every]
    recordings = sounds.spoken(voice, [each.text for each in chosen])
    for sentence, (samples, rate) in zip(chosen, recordings, strict=True):
        name = f"{options.seed} {voice} {sentence.text}"
        yield voice, sentence, sounds.telephoned(samples, rate, options.noise, name)


def said_by_a_person(options: argparse.Namespace) -> Iterator[Said]:
    """Yield numbers put together from recordings of a person, asked for as blood sugars."""
    folder = sounds.human_folder()
    if folder is None:
        print("human voice: asterisk-core-sounds-en-wav is not installed; make system installs it")
        return
    for number in sounds.human_numbers(78, options.seed)[:: options.every]:
        sentence = Sentence("glucose", f"{in_full(number)}.", (Decimal(number),))
        samples, rate = sounds.recorded(number, folder)
        yield HUMAN, sentence, sounds.telephoned(samples, rate, options.noise, f"human {number}")


def said_off_topic(options: argparse.Namespace) -> Iterator[Said]:
    """Yield what answers nothing, to every kind of question; and silence."""
    texts = OFF_TOPIC[:: options.every]
    recordings = sounds.spoken(OFF_TOPIC_VOICE, texts)
    for text, (samples, rate) in zip(texts, recordings, strict=True):
        pcm = sounds.telephoned(samples, rate, options.noise, text)
        for kind in OFF_TOPIC_ASKED:
            yield OFF_TOPIC_VOICE, Sentence(kind, text, None), pcm
    for kind in OFF_TOPIC_ASKED:
        pcm = sounds.silence(1.5, 20, kind)
        yield "nobody", Sentence(kind, "", None), pcm


def listened(said: Sequence[Said]) -> list[Judged]:
    """Return how all that was said fared."""
    heard = hearing.heard([hearing.Utterance(pcm, s.question) for _, s, pcm in said])
    return [judged(voice, s, texts) for (voice, s, _), texts in zip(said, heard, strict=True)]


def percent(part: int, whole: int) -> str:
    """Return a share to a tenth."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def cell(rows: Sequence[Judged], ear: str) -> str:
    """Return right and wrong of some rows, in percent."""
    right, whole = share(rows, ear, RIGHT)
    wrong, _ = share(rows, ear, WRONG)
    return f"{100 * right / whole:.0f}/{100 * wrong / whole:.0f}" if whole else "–"


def print_table(rows: Sequence[Judged], title: str) -> None:
    """Print right and wrong by ear and kind."""
    kinds = [each for each in ASKED if any(r.sentence.kind == each for r in rows)]
    print(f"\n{title}: right/wrong in percent, the rest is asked again", flush=True)
    print(f"{'':20}" + "".join(f"{each:>9}" for each in ("all", *kinds)))
    for ear in EARS:
        cells = [cell(rows, ear)]
        cells += [cell([r for r in rows if r.sentence.kind == each], ear) for each in kinds]
        print(f"{ear:20}" + "".join(f"{each:>9}" for each in cells))


def print_misses(rows: Sequence[Judged]) -> None:
    """Print what both together did not get right, with what was heard."""
    for each in rows:
        if each.verdicts[BOTH] != RIGHT or each.false_flags:
            flags = f" also {sorted(each.false_flags)}" if each.false_flags else ""
            print(f"  {each.verdicts[BOTH]:6} {each.voice:12} {each.sentence.kind:8}"
                  f" {each.sentence.text!r} -> {each.texts}{flags}")  # fmt: skip


def floors(
    rows: Sequence[Judged], human: Sequence[Judged], off_topic: Sequence[Judged]
) -> Iterator[tuple[str, str, bool]]:
    """Yield each floor: what, how it came out, whether it is kept."""
    values = [each for each in (*rows, *human) if each.sentence.kind in SINGLE_VALUES]
    if values:
        wrong, whole = share(values, BOTH, WRONG)
        yield (f"wrong values accepted by agreement <= {MOST_WRONG_PERCENT} %",
               f"{wrong} of {whole}", 100 * wrong <= MOST_WRONG_PERCENT * whole)  # fmt: skip
    symptoms = [each for each in rows if each.sentence.kind == "symptom"]
    if symptoms:
        found, asked = share(symptoms, BOTH, RIGHT)
        yield (f"symptoms heard by either >= {LEAST_SYMPTOM_PERCENT} %",
               f"{found} of {asked}, {percent(found, asked)}",
               100 * found >= LEAST_SYMPTOM_PERCENT * asked)  # fmt: skip
    numbers = [each for each in off_topic if each.sentence.kind in NUMBERS]
    if numbers:
        taken = [each for each in numbers if is_answered(each.sentence, each.texts)]
        yield "numbers accepted off the topic: 0", f"{len(taken)} of {len(numbers)}", not taken


def print_off_topic(rows: Sequence[Judged]) -> None:
    """Print how much speech off the topic each ear takes for an answer."""
    print("\noff the topic and silence: taken for an answer (whisper, pocketsphinx, both)")
    for kind in OFF_TOPIC_ASKED:
        here = [each for each in rows if each.sentence.kind == kind]
        ears = [lambda t: (t[0],), lambda t: (t[1],), tuple]
        taken = [sum(is_answered(r.sentence, ear(r.texts)) for r in here) for ear in ears]
        flags = sum(bool(each.false_flags) for each in here)
        print(f"  {kind:8} {taken[0]:3} {taken[1]:3} {taken[2]:3} of {len(here)};"
              f" symptoms heard in {flags}")  # fmt: skip


def kept(rows: Sequence[Judged]) -> list[list[object]]:
    """Return what was heard, so that it can be read again without a sound."""
    return [[r.voice, r.sentence.kind, r.sentence.text, r.texts] for r in rows]


def main() -> int:
    """Run it."""
    options = parsed()
    absent = [*map(sounds.missing, options.voices)]
    if any(absent):
        print("\n".join(dict.fromkeys(filter(None, absent))), file=sys.stderr)
        return 2
    line = f"{options.noise} dB" if options.noise is not None else "no noise"
    print(f"telephone, {line}; seed {options.seed}; English")
    is_done = {each: options.only in {each, None} for each in PARTS}
    rows = list(chain.from_iterable(by_voice(options))) if is_done["voices"] else []
    human = listened(list(said_by_a_person(options))) if is_done["human"] else []
    if human:
        print_table(human, f"{len(human)} numbers recorded by a person")
    off_topic = listened(list(said_off_topic(options))) if is_done["off-topic"] else []
    if off_topic:
        print_off_topic(off_topic)
    if rows:
        print_table(rows, f"{len(rows)} utterances, {len(options.voices)} voices")
        extra = sum(bool(each.false_flags) for each in rows)
        print(f"symptoms nobody spoke of, heard by either: in {extra} of {len(rows)}")
    if options.misses:
        for title, those in (("voices", rows), ("human", human), ("off topic", off_topic)):
            print(f"\n{title}: not right, or more than was said")
            print_misses([r for r in those if r.sentence.text or r.verdicts[BOTH] != AGAIN])
    OUT.mkdir(exist_ok=True)
    (OUT / "speech.json").write_text(json.dumps([kept(rows), kept(human), kept(off_topic)]))
    found = list(floors(rows, human, off_topic))
    print()
    for what, came_out, holds in found:
        print(f"{'kept ' if holds else 'NOT KEPT'} {what}: {came_out}")
    return 0 if all(holds for _, _, holds in found) else 1


def by_voice(options: argparse.Namespace) -> Iterator[list[Judged]]:
    """Yield how each voice fared, and print it at once."""
    for voice in options.voices:
        rows = listened(list(said_by(voice, options)))
        print_table(rows, voice)
        yield rows


def parsed() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--noise", type=lambda each: None if each == "none" else int(each),
                        default=30, help="dB below the speech, or none")  # fmt: skip
    parser.add_argument("--voices", nargs="+", default=sounds.VOICES, choices=sounds.VOICES)
    parser.add_argument("--every", type=int, default=1, help="take every n-th sentence")
    parser.add_argument("--only", choices=PARTS, help="one part of it")
    parser.add_argument("--misses", action="store_true", help="print what was not right")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
