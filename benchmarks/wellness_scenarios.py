"""Does every cry for help bring help, and how soon? Calls by script, on time that jumps.

Every red flag of every protocol is cried out in every phase, heard by both recognizers or by one
alone; answers and devices raise theirs; healthy people chat, mumble and disagree with themselves.
What is played is what the recognizers wrote, not sound: how well they hear is `bench-speech`.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from caretally.contacts.wellness_calls.events import Interrupted
from caretally.contacts.wellness_calls.pack_reader import NAMES, installed
from caretally.contacts.wellness_calls.packs import EMERGENT, RECORDING, TOPICS, Pack
from caretally.contacts.wellness_calls.states import KEYS
from tests.integration.calls.matrix import (
    Case,
    Told,
    cases,
    latencies_ms,
    spoken_before_stored,
    to_person_ms,
    told,
    wrongs,
)
from tests.integration.calls.rehearsing import AGAIN, Rehearsal, Rehearsed, Reply, usual

SEED, HEALTHY_CALLS = 20_260_304, 200
DETECT_MS, CLEAR_MS = 2_000, 1_000
SMALL_TALK = (
    "no chest pain today thank God", "my daughter is here with me", "what was that again",
    "just a moment please", "I feel fine really", "the weather is nice", "um", "say that again",
    "no I can breathe just fine", "I had soup for lunch",
)  # fmt: skip
SAID_AS = {
    "yes": ("yes", "yes", "yes", "yeah", "yes I do", "guess", "yet"),
    "no": ("no", "no", "no", "nope", "no I don't", "know", "oh"),
}
"""What a recognizer writes of a yes and a no; the last two of each are wrong."""
Ways = tuple[str, ...]
NUMBERS: dict[str, tuple[tuple[int, ...], Ways, Ways]] = {
    "weight_told": (
        (182,), ("182", "180 2", "1 82", "192", "to 82"), ("one eighty two", "182", "one eighty"),
    ),
    "pressure_told": (
        (118, 76), ("118 over 76", "1.18 over 76", "180 over 76", "118"),
        ("one eighteen over seventy six", "118 over 76", "118 over 70", "one eighteen"),
    ),
    "saturation_told": ((95,), ("95", "90 5", "85", "nice"), ("ninety five", "95", "99")),
    "glucose_told": ((110,), ("110", "1 10", "101", "want 10"), ("one ten", "110", "one hundred")),
}  # fmt: skip
"""By question what is true, and what each recognizer makes of it, rightly and wrongly. They never
make the same mistake: that nobody can notice, and how seldom it is `bench-speech` measures."""
SMALL_TALK_RATE, UNCLEAR_RATE = 0.08, 0.25


@dataclass
class Found:
    """What calls came to."""

    cried: int = 0
    helped: int = 0
    troubles: list[str] = field(default_factory=list)
    detect_ms: list[int] = field(default_factory=list)
    person_ms: list[int] = field(default_factory=list)
    clear_ms: list[int] = field(default_factory=list)
    healthy: int = 0
    emergencies: int = 0
    to_person: int = 0
    completed: int = 0
    numbers: int = 0
    wrong: int = 0
    answers: int = 0
    asked_again: int = 0
    disclosed: int = 0
    to_disclose: int = 0
    opted_out: int = 0
    to_opt_out: int = 0
    call_ms: int = 0

    def add(self, other: Found) -> None:
        """Take in what other calls came to."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def cried(number: int) -> Found:
    """Rehearse a call of the matrix, by its number."""
    case = every()[number]
    call = case.rehearsal().run()
    troubles = wrongs(call, case.flag)
    late = [each for each in latencies_ms(call) if each > DETECT_MS]
    if late:
        troubles.append(f"alert after {late} ms")
    person = to_person_ms(call)
    found = Found(
        cried=1, helped=int(not troubles), troubles=[f"{case.name}: {each}" for each in troubles],
        detect_ms=latencies_ms(call), person_ms=[] if person is None else [person],
    )  # fmt: skip
    disclose(found, call)
    return found


@cache
def every() -> list[Case | Told]:
    """Return the whole matrix."""
    return [*cases(), *told()]


def healthy(number: int) -> Found:
    """Rehearse a call with somebody healthy, by its number."""
    pack = installed(NAMES[number % len(NAMES)])
    draw = random.Random(SEED + number)
    rehearsal = Rehearsal(pack, at=chatter(draw, pack), read_back=choice_of)
    call = rehearsal.run()
    state = call.ended.state
    values = [each for each in state.answers if each.question in NUMBERS and each.how != KEYS]
    found = Found(
        healthy=1, emergencies=int(EMERGENT in call.flags().values()),
        to_person=int(bool(state.nurse)),
        completed=int(call.why == "completed"), troubles=spoken_before_stored(call),
        numbers=len(values), wrong=sum(each.value != NUMBERS[each.question][0] for each in values),
        answers=len(state.answers),
        asked_again=sum(each.startswith(AGAIN) for each in rehearsal.asked),
    )  # fmt: skip
    disclose(found, call)
    return found


def chatter(draw: random.Random, pack: Pack) -> dict[str, list[Reply]]:
    """Return what somebody healthy says; each ear writes it in its own way."""
    at = {}
    for question in pack.questions:
        said = usual(question).said
        if question.id in NUMBERS:
            _, first, second = NUMBERS[question.id]
            at[question.id] = [Reply(said=(draw.choice(first), draw.choice(second)))]
        elif draw.random() < SMALL_TALK_RATE:
            at[question.id] = [Reply(said=(draw.choice(SMALL_TALK),))]
        elif said and draw.random() < UNCLEAR_RATE:
            ways = SAID_AS[said[0]]
            at[question.id] = [Reply(said=(draw.choice(ways), draw.choice(ways)))]
    return at


def choice_of(sentence: str) -> Reply:
    """Press the key of what is true where two candidates are offered, else 3."""
    offered = re.findall(r"[Ff]or ([\d. a-z]+), press", sentence)
    trues = {" over ".join(map(str, true)) for true, *_ in NUMBERS.values()}
    keys = [str(at) for at, each in enumerate(offered, 1) if each in trues]
    return Reply(keys=keys[0] if keys else "3")


def disclose(found: Found, call: Rehearsed) -> None:
    """Count whether the disclosures were heard whole, where anything of health was asked."""
    names, heard = call.call.names, call.call.patient.heard_whole
    topics = {q.id for q in call.call.pack.questions if q.section in TOPICS}
    begun = [names.get(text, "") for _, text in call.call.patient.sentences]
    whole = [names.get(text, "") for text in heard]
    found.call_ms += call.ended.end_ms
    if topics & set(begun):
        found.to_disclose += 1
        closing = call.why != "completed" or "closing" in whole
        is_disclosed = RECORDING in whole and closing
        found.disclosed += is_disclosed
        if not is_disclosed:
            found.troubles.append(f"not disclosed: {call.why} {begun} {whole}")


def interrupted(number: int) -> Found:
    """Speak into a question after so many tenths of a second; see when our words are cleared."""
    into = 1_000 + 100 * number
    reply = Reply(said=("yes",), into_ms=into)
    call = Rehearsal(installed("general"), at={"medicines_taken": [reply]}, word_ms=400).run()
    asked = next(at for at, said in call.call.patient.sentences if "your medicines" in said)
    cleared = [each.at_ms - asked - into for each in call.events(Interrupted)]
    return Found(clear_ms=cleared or [10 * CLEAR_MS], call_ms=call.ended.end_ms)


def opted_out(number: int) -> Found:
    """Opt out at a question, by key or by word."""
    pack = installed("general")
    question = pack.questions[number // 2]
    reply = Reply(keys="9") if number % 2 else Reply(said=("please stop calling me",))
    call = Rehearsal(pack, at={question.id: [reply]}).run()
    recorded = "opted_out" in [each.what for each in call.kinds("recorded")]
    is_honored = recorded and call.why == "opted_out"
    is_asked = question.id in call.call.asked
    return Found(to_opt_out=int(is_asked), opted_out=int(is_honored), call_ms=call.ended.end_ms)


def measure(*, quick: bool) -> Found:
    """Rehearse all calls."""
    step, count = (13, 25) if quick else (1, HEALTHY_CALLS)
    work: list[tuple[Callable[[int], Found], range]] = [
        (cried, range(0, len(every()), step)), (healthy, range(count)),
        (interrupted, range(0, 20, 1 + step // 4)),
        (opted_out, range(0, 2 * len(installed("general").questions), 1 + step // 4)),
    ]  # fmt: skip
    found = Found()
    with ProcessPoolExecutor(max_workers=2) as pool:
        for rehearse, numbers in work:
            for each in pool.map(rehearse, numbers, chunksize=8):
                found.add(each)
    return found


class Row(NamedTuple):
    """One figure: asked, measured, and whether that is enough."""

    what: str
    asked: str
    measured: str
    holds: bool


def rows(found: Found) -> list[Row]:
    """Return the figures beside what was asked."""
    wrong = found.wrong / max(found.numbers, 1)
    return [
        Row(f"red flags, {found.cried:,} calls: alert stored first, help as specified", "100 %",
            f"{found.helped / max(found.cried, 1):.1%}", found.helped == found.cried),
        Row("patient stops to alert stored, of alerts by voice", f"≤ {DETECT_MS / 1000:.1f} s",
            f"{max(found.detect_ms) / 1000:.2f} s worst (recognizers take 0.57 s here)",
            max(found.detect_ms) <= DETECT_MS),
        Row("alert to a person on the line", "reported",
            f"{statistics.median(found.person_ms) / 1000:.1f} s median, "
            f"{max(found.person_ms) / 1000:.1f} s worst", holds=True),
        Row("interruption to silence", f"≤ {CLEAR_MS / 1000:.1f} s",
            f"{max(found.clear_ms) / 1000:.2f} s worst", max(found.clear_ms) <= CLEAR_MS),
        Row("wrong numbers accepted", "≤ 1 %", f"{found.wrong} of {found.numbers} ({wrong:.1%})",
            wrong <= 0.01),
        Row("disclosure heard whole", "100 %", f"{found.disclosed} of {found.to_disclose}",
            found.disclosed == found.to_disclose),
        Row("opting out honored", "100 %", f"{found.opted_out} of {found.to_opt_out}",
            found.opted_out == found.to_opt_out),
        Row(f"healthy calls, {found.healthy}: false emergencies", "reported",
            f"{found.emergencies} ({found.emergencies / found.healthy:.1%})", holds=True),
        Row("healthy calls that went to a person", "reported",
            f"{found.to_person} ({found.to_person / found.healthy:.1%})", holds=True),
        Row("healthy calls completed", "reported",
            f"{found.completed} ({found.completed / found.healthy:.1%})", holds=True),
        Row("questions asked again, of answers", "reported",
            f"{found.asked_again / max(found.answers, 1):.1%}", holds=True),
        Row("other troubles", "0", str(len(found.troubles)), not found.troubles),
    ]  # fmt: skip


def main(given: Sequence[str] | None = None) -> int:
    """Print the figures; 1 where a floor is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="every 13th call")
    quick = parser.parse_args(given).quick
    began = time.monotonic()
    found = measure(quick=quick)
    took = time.monotonic() - began
    told_rows = rows(found)
    for row in told_rows:
        print(f"{'ok  ' if row.holds else 'MISS'}  {row.what:62} {row.asked:>9}  {row.measured}")
    print(f"{found.call_ms / 3_600_000:.1f} hours of calls in {took:.0f} s")
    for each in found.troubles[:20]:
        print(f"      {each}")
    return int(not all(row.holds for row in told_rows))


if __name__ == "__main__":
    sys.exit(main())
