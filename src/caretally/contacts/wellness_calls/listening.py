"""What an utterance, keys or silence mean: red-flag words first, then the ladder of acceptance.

Two recognizers agree and the value is plausible: accepted. Else both candidates are offered; else
keys are asked for; else a person comes. An emergency needs one ear only.
"""

from __future__ import annotations

import re

from caretally.contacts.wellness_calls import asking
from caretally.contacts.wellness_calls.events import Answered, Happening, KeyPressed
from caretally.contacts.wellness_calls.packs import (
    BIRTH_YEAR,
    EMERGENT,
    SEVERITIES,
    URGENT,
    Question,
    RedFlag,
)
from caretally.contacts.wellness_calls.slots import (
    FREE_TEXT,
    NO,
    NUMERIC,
    OPT_OUT_KEY,
    PERSON_KEY,
    SYMPTOM_SET,
    WORDS,
    YES,
    Value,
)
from caretally.contacts.wellness_calls.states import (
    ASKING,
    BOTH,
    BRIDGED,
    CONFIRMED,
    CONFIRMING,
    KEYS,
    READ_BACK,
    UNION,
    Doubt,
    Pending,
)
from caretally.contacts.wellness_calls.symptoms import is_in_doubt, plain, symptoms_in
from caretally.contacts.wellness_calls.turns import Turn
from caretally.contacts.wellness_calls.understanding import (
    asks_whether_robot,
    echoes_of,
    keyed,
    parse,
    wants_out,
    wants_person,
    yes_or_no,
)

EARS = 2
MOST_SILENCES, MOST_ASIDES = 3, 3
CHOICES = {"first": 0, "one": 0, "1": 0, "primero": 0, "second": 1, "two": 1, "2": 1, "segundo": 1}


def heard(turn: Turn, event: Happening) -> None:
    """Take an utterance: screen it in every phase, then read it as an answer."""
    assert isinstance(event, Answered)
    if turn.state.phase == BRIDGED:
        return
    texts = event.hypotheses
    if screened(turn, texts) or turn.state.phase not in {ASKING, CONFIRMING}:
        return
    if event.is_early:
        # A no from before the question denies nothing.
        (escalate_doubt if turn.state.phase == CONFIRMING else again)(turn)
    elif any(map(asks_whether_robot, texts)):
        tell_robot(turn)
    elif turn.state.phase == CONFIRMING:
        settle(turn, [yes_or_no(each, echoes_of_doubt(turn)) for each in texts], texts)
    else:
        answer(turn, texts)


def screened(turn: Turn, texts: tuple[str, ...]) -> bool:
    """Take what must be taken from words in every phase; tell whether the turn is taken by it."""
    if screen(turn, texts):
        return True
    if any(map(wants_out, texts)):
        opt_out(turn)
        return True
    if turn.state.phase in {ASKING, CONFIRMING} and any(map(wants_person, texts)):
        ask_for_person(turn)
        return True
    return False


def keyed_in(turn: Turn, event: Happening) -> None:
    """Take keys: 0 is a person, 9 opts out, others answer; keys are exact."""
    assert isinstance(event, KeyPressed)
    if turn.state.phase == BRIDGED:
        return
    if event.keys == OPT_OUT_KEY:
        opt_out(turn)
    elif turn.state.phase not in {ASKING, CONFIRMING}:
        return
    elif event.keys == PERSON_KEY:
        ask_for_person(turn)
    elif turn.state.phase == CONFIRMING:
        said = {"1": YES, "2": NO}.get(event.keys.removesuffix("#"))
        settle(turn, [said, said], (event.keys,))
    else:
        _keyed_answer(turn, event.keys)


def silent(turn: Turn, event: Happening) -> None:
    """Take silence: in doubt it is no denial, before anybody answered it is nobody, else we ask."""
    state = turn.state
    if state.phase == CONFIRMING:
        escalate_doubt(turn)
    elif state.phase == ASKING and state.pending:
        turn.change(silences=state.silences + 1)
        question = turn.pack.question(state.pending.question)
        if not question.required:
            turn.record("skipped", question.id)
            turn.change(skipped=state.skipped | {question.id}, silences=0)
            asking.go_on(turn)
        elif turn.state.silences >= MOST_SILENCES and not state.answers:
            turn.end("no_answer")
        elif turn.state.silences >= MOST_SILENCES:
            turn.raise_alert("fell_silent", URGENT)
            turn.call_person(URGENT, "person")
        else:
            turn.ask(question, Pending(question=question.id, attempt=state.pending.attempt,
                                       with_keys=state.pending.with_keys))  # fmt: skip


def screen(turn: Turn, texts: tuple[str, ...]) -> bool:
    """Raise what words call for, whatever was asked; tell whether the turn is taken by it."""
    each_heard = [symptoms_in(text) for text in texts]
    names = frozenset().union(*each_heard)
    turn.change(heard=turn.state.heard | names)
    flags = {
        flag.id: (flag, name) for name in sorted(names) for flag in turn.pack.flags_heard(name)
    }
    known = {each.flag for each in turn.state.raised} - turn.state.denied
    open_flags = [pair for pair in flags.values() if pair[0].id not in known]
    if not open_flags:
        return False
    flag, symptom = max(open_flags, key=lambda pair: SEVERITIES.index(pair[0].severity))
    by_all = len(texts) >= EARS and all(symptom in each for each in each_heard)
    is_sure = by_all and not any(map(is_in_doubt, texts))
    for each, _ in open_flags:
        turn.raise_alert(each.id, each.severity, is_confirmed=is_sure)
    turn.change(denied=turn.state.denied - {each.id for each, _ in open_flags})
    return act_on(turn, flag, is_sure=is_sure)


def act_on(turn: Turn, flag: RedFlag, *, is_sure: bool) -> bool:
    """Call a person for a flag, or ask once where only one ear heard an emergency."""
    if flag.severity == EMERGENT and (is_sure or turn.state.phase == CONFIRMING):
        turn.call_person(EMERGENT, flag.script)
        return True
    if turn.state.phase not in {ASKING, CONFIRMING}:
        # Somebody is on the way; what is worse than they know calls them again.
        if flag.severity == EMERGENT:
            turn.call_person(EMERGENT, flag.script)
        return True
    if flag.severity == EMERGENT:
        turn.confirm(Doubt(flag=flag.id, question=""))
        return True
    if flag.severity == URGENT and turn.may_tell and not turn.state.is_handed_over:
        turn.call_person(URGENT, flag.script, resumes=True)
        return True
    return False


def echoes_of_doubt(turn: Turn) -> frozenset[str]:
    """Return the words that an answer to what was just asked may repeat."""
    name = turn.state.doubt.flag if turn.state.doubt else ""
    asked = (q for q in turn.pack.questions for f, _ in turn.pack.alarming(q.id) if f.id == name)
    question = next(asked, None)
    return echoes_of(question, turn.state.callee.language) if question else frozenset()


def settle(turn: Turn, said: list[str | None], heard_as: tuple[str, ...]) -> None:
    """End a doubt: only a clear no from both ears denies it."""
    doubt = turn.state.doubt
    assert doubt is not None
    if len(said) < EARS or any(each != NO for each in said):
        escalate_doubt(turn)
        return
    turn.record("denied", doubt.flag)
    denied = turn.state.denied | {doubt.flag}
    turn.change(doubt=None, phase=ASKING, denied=denied)
    if doubt.question:
        question = turn.pack.question(doubt.question)
        asking.accept(turn, question, NO, CONFIRMED, heard_as)
    else:
        again(turn)


def escalate_doubt(turn: Turn) -> None:
    """Take what was not clearly denied for true."""
    doubt = turn.state.doubt
    flag = turn.pack.flag(doubt.flag) if doubt else None
    turn.record("not_denied", doubt.flag if doubt else "")
    turn.call_person(EMERGENT, flag.script if flag else "emergent")


def opt_out(turn: Turn) -> None:
    """Stop these calls, at once; whoever waits for a person still gets one."""
    turn.record("opted_out")
    if turn.state.phase in {ASKING, CONFIRMING}:
        turn.end("opted_out", "opted_out")


def ask_for_person(turn: Turn) -> None:
    """Bring a person, as asked; what was in doubt stays an emergency."""
    if turn.state.doubt:
        escalate_doubt(turn)
        return
    turn.raise_alert("asked_for_person", URGENT)
    turn.call_person(URGENT, "person")


def tell_robot(turn: Turn) -> None:
    """Say what is speaking; in doubt of an emergency nothing else is talked about."""
    if turn.state.phase == CONFIRMING:
        escalate_doubt(turn)
        return
    turn.change(asides=turn.state.asides + 1)
    turn.say("robot")
    if turn.state.asides >= MOST_ASIDES:
        missed(turn)
    else:
        again(turn)


def again(turn: Turn) -> None:
    """Ask the open question once more; it costs no attempt."""
    pending = turn.state.pending
    if pending is None:
        asking.go_on(turn)
        return
    question = turn.pack.question(pending.question)
    turn.ask(question, Pending(question=question.id, attempt=pending.attempt,
                               with_keys=pending.with_keys))  # fmt: skip


def answer(turn: Turn, texts: tuple[str, ...]) -> None:
    """Read an utterance as the answer of the open question."""
    pending = turn.state.pending
    if pending is None:
        return
    question = turn.pack.question(pending.question)
    if pending.candidates and _chosen(turn, question, texts):
        return
    values = [parse(question, text, turn.state.callee.language) for text in texts]
    if _alarmed(turn, question, values):
        return
    agreed = agreed_value(question, values)
    if agreed is not None and not (pending.with_keys and question.slot.kind in NUMERIC):
        how = UNION if question.slot.kind == SYMPTOM_SET else BOTH
        asking.accept(turn, question, agreed, how, texts)
        return
    found = list(dict.fromkeys(each for each in values if each is not None))
    is_number = question.slot.kind in NUMERIC and question.id != BIRTH_YEAR
    may_offer = is_number and not pending.candidates and not pending.with_keys
    if len(found) == EARS and may_offer and pending.attempt < question.max_attempts:
        offered = (found[0], found[1])
        turn.change(
            pending=Pending(question=question.id, attempt=pending.attempt + 1, candidates=offered)
        )
        turn.read_back(question, offered)
    else:
        missed(turn)


def agreed_value(question: Question, values: list[Value | None]) -> Value | None:
    """Return what both recognizers heard; of symptoms what either did; None where they differ."""
    if len(values) < EARS or any(each is None for each in values):
        return None
    if question.slot.kind == SYMPTOM_SET:
        return frozenset().union(*(each for each in values if isinstance(each, frozenset)))
    if question.slot.kind == FREE_TEXT and WORDS in values:
        return WORDS
    first = values[0]
    is_same = all(each == first for each in values)
    return first if is_same and first is not None and question.slot.is_plausible(first) else None


def missed(turn: Turn) -> None:
    """Ask again with keys; the last miss brings a person."""
    pending = turn.state.pending
    assert pending is not None
    question = turn.pack.question(pending.question)
    if pending.attempt >= question.max_attempts:
        turn.raise_alert("not_understood", URGENT)
        turn.call_person(URGENT, "not_understood")
    else:
        with_keys = bool(pending.candidates) or pending.attempt >= EARS
        turn.ask(question, Pending(question=question.id, attempt=pending.attempt + 1,
                                   with_keys=with_keys))  # fmt: skip


def _alarmed(turn: Turn, question: Question, values: list[Value | None]) -> bool:
    """Ask once where one ear heard the answer that is an emergency, and the other did not."""
    for flag, alarming in turn.pack.alarming(question.id):
        if alarming in values and any(each != alarming for each in values):
            turn.raise_alert(flag.id, flag.severity, is_confirmed=False)
            turn.confirm(Doubt(flag=flag.id, question=question.id))
            return True
    return False


def _chosen(turn: Turn, question: Question, texts: tuple[str, ...]) -> bool:
    """Take the first or the second of two candidates; a bare yes chooses neither."""
    assert turn.state.pending is not None
    candidates = turn.state.pending.candidates
    picked: list[Value | None] = []
    for text in texts:
        places = {CHOICES[w] for w in re.findall(r"\w+", plain(text)) if w in CHOICES}
        value = parse(question, text, turn.state.callee.language)
        by_place = candidates[next(iter(places))] if len(places) == 1 else None
        picked.append(value if value in candidates else by_place)
    if len(picked) < EARS or picked[0] is None or any(each != picked[0] for each in picked):
        return False
    if not question.slot.is_plausible(picked[0]):
        return False
    asking.accept(turn, question, picked[0], READ_BACK, texts)
    return True


def _keyed_answer(turn: Turn, keys: str) -> None:
    pending = turn.state.pending
    if pending is None:
        return
    question = turn.pack.question(pending.question)
    pressed = keys.removesuffix("#")
    if pending.candidates and pressed in {"1", "2"}:
        value: Value | None = pending.candidates[int(pressed) - 1]
        how = READ_BACK
    else:
        value, how = keyed(question, keys), KEYS
    if value is None:
        missed(turn)
    else:
        asking.accept(turn, question, value, how, (keys,))
