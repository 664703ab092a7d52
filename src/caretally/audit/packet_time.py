"""The work of the month: conversations with what was found, attempts, and every second twice.

Two clocks run through the table of spans: after each entry it says where live and management time
stand. They end at the totals of the decision, or the packet says that they do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeGuard

from caretally.audit.packet_calls import call_lines
from caretally.audit.packet_source import Block, Source, para, plural, section, sub, table
from caretally.audit.proof import TakenSpan
from caretally.billability.decision import reasons_of
from caretally.billability.judged_months import Counted
from caretally.clock import seconds_of
from caretally.contacts.notes import MODE_WORDS, TOPIC_WORDS, clock, talked_seconds
from caretally.journal.entries import ContactAttempted, ContactHeld, Entry, TimeLogged
from caretally.journal.entries.envelope import Body

Span = ContactHeld | ContactAttempted | TimeLogged
LATE = timedelta(hours=72)


class Row(NamedTuple):
    """A span of the month with what it came to, and both clocks after it."""

    entry: Entry
    body: Span
    counted: Counted
    live: int
    management: int


def is_span(body: Body) -> TypeGuard[Span]:
    """Tell whether a body is work or contact."""
    return isinstance(body, ContactHeld | ContactAttempted | TimeLogged)


def rows_of(source: Source) -> list[Row]:
    """Return the spans of the month in order of time, with running totals."""
    found = [
        (entry, counted)
        for counted in source.decision.month.entries
        if (entry := source.entries.get(counted.id)) is not None and is_span(entry.body)
    ]
    rows, live, management = [], 0, 0
    for entry, counted in sorted(found, key=lambda each: (each[0].at, each[0].id)):
        body = entry.body
        assert is_span(body)
        if body.program == source.program and not is_marked(body):
            live += counted.live_seconds
            management += counted.counted_seconds
        rows.append(Row(entry, body, counted, live, management))
    return rows


def is_marked(body: Span) -> bool:
    """Tell whether time serves a code of its own and stands on neither clock."""
    return isinstance(body, TimeLogged) and body.intended_code is not None


def performers_of(body: Span) -> tuple[str, ...]:
    """Return the staff ids behind a span."""
    return (body.performer,) if isinstance(body, TimeLogged) else body.performers


# --- conversations --------------------------------------------------------------------------------


def conversations(source: Source, rows: Sequence[Row]) -> Block:
    """Return live interactive communication: each conversation, AI calls, and attempts."""
    facts = source.decision.month.decided
    held = [row for row in rows if isinstance(row.body, ContactHeld)]
    calls = [row for row in held if is_ai(row)]
    live = [row for row in held if not is_ai(row)]
    count = facts.qualifying_contacts
    words = (
        f"{plural(count, 'conversation')} of the month "
        f"{'is' if count == 1 else 'are'} live, two-way and clinical."
    )
    blocks: list[Block] = [para(words, "plain" if count else "warn")]
    blocks += [note(source, row) for row in live]
    if calls:
        blocks.append(sub("Calls by an AI agent"))
        blocks.append(para("AI time has a total of its own and is on neither clock.", "quiet"))
        blocks += [note(source, row) for row in calls]
    attempts = [row for row in rows if isinstance(row.body, ContactAttempted)]
    if attempts:
        heads = ("When", "How", "What came of it*", "By*", "Entry")
        lines = [attempt_row(source, row.entry, row.body) for row in attempts
                 if isinstance(row.body, ContactAttempted)]  # fmt: skip
        blocks += [sub("Attempts"), table("Attempts; none of them counts", heads, lines)]
    return section("Live interactive communication", *blocks)


def is_ai(row: Row) -> bool:
    """Tell whether an AI agent held a conversation."""
    return isinstance(row.body, ContactHeld) and row.body.mode == "ai_telephone"


def note(source: Source, row: Row) -> Block:
    """Return the note of a conversation, from what was recorded and nothing else."""
    entry, body = row.entry, row.body
    assert isinstance(body, ContactHeld)
    day = source.day(body.start)
    people = "; ".join(source.credentialed(each, day) for each in body.performers) or "nobody"
    lasted = clock(seconds_of(body.end) - seconds_of(body.start))
    head = f"{MODE_WORDS[body.mode]} with {other_side(body.spoke_with)}, {source.at(body.start)}"
    lines = [
        ["By", people],
        ["Lasted", (f"{lasted}, until {source.at(body.end)[11:]}; {clock(talked_seconds(body))} of "
                   f"conversation; counted {clock(row.counted.counted_seconds)}, "
                   f"live {clock(row.counted.live_seconds)}")],
        ["Two-way", "yes" if body.two_way else "no"],
        *(["Left out", f"{leg.why.replace('_', ' ')}, {clock(span_seconds(leg.start, leg.end))}"]
          for leg in body.excluded),
        *findings(body),
        *([["Summary", body.summary]] if body.summary else []),
        *(["Action", action] for action in body.actions),
        *([["Escalated to", source.who(body.escalated_to)]] if body.escalated_to else []),
        *([["Protocol", body.protocol]] if body.protocol else []),
        *([["Reasons", why_less(source, row)]] if why_less(source, row) else []),
        *call_lines(source, entry.id),
        ["Entry", written(source, entry)],
    ]  # fmt: skip
    return {"kind": "note", "head": head, "lines": lines}


def findings(body: ContactHeld) -> Iterator[list[str]]:
    """Yield what it was about, and what was found, topic by topic."""
    topics = ", ".join(TOPIC_WORDS[topic].lower() for topic in body.topics)
    yield ["Topics", topics or "none written down"]
    for each in body.findings:
        yield [TOPIC_WORDS[each.topic], each.says]


def other_side(who: str) -> str:
    """Return who was on the other side."""
    kind, _, name = who.partition(":")
    return {"patient": "the patient", "other": "another party"}.get(kind, f"caregiver {name}")


def span_seconds(start: datetime, end: datetime) -> int:
    """Return the whole seconds between two instants."""
    return seconds_of(end) - seconds_of(start)


def attempt_row(source: Source, entry: Entry, body: ContactAttempted) -> tuple[str, ...]:
    """Return the row of an attempt."""
    day = source.day(entry.at)
    who = ", ".join(f"{source.who(each)} ({source.role(each, day)})" for each in body.performers)
    outcome = body.outcome.replace("_", " ")
    return source.at(entry.at), MODE_WORDS[body.mode], outcome, who, entry.id


def written(source: Source, entry: Entry) -> str:
    """Return id, writer and instant of writing of an entry, and why it was late or is another."""
    told = f"{entry.id}, written {source.at(entry.recorded_at)} by {source.actor(entry.actor)}"
    if entry.supersedes:
        told += f", in place of {entry.supersedes}"
    return f"{told}: {entry.reason}" if entry.reason else told


def why_less(source: Source, row: Row) -> str:
    """Return why a span counts less than it lasted, in words."""
    names = reasons_of(row.counted.reasons)
    if isinstance(row.body, ContactAttempted):
        names = [name for name in names if name != "not_a_contact"]
    return "; ".join(source.reasons.get(name, name.replace("_", " ")) for name in names)


# --- every span -----------------------------------------------------------------------------------


def time(source: Source, rows: Sequence[Row]) -> Block:
    """Return the table of all spans with both clocks, and what kept staff elsewhere."""
    totals = source.decision.totals_json()
    blocks: list[Block] = [clocks(source, totals)]
    if rows:
        heads = ("From, to", "Work*", "Lasted#", "Counted#", "Live#", "Management so far#",
                 "Live so far#")  # fmt: skip
        lines = [line_of(source, row) for row in rows]
        blocks.append({**table("Every span of the month", heads, lines), "kind": "spans"})
    else:
        blocks.append(para("No work and no contact is on record in this month."))
    if rows and (rows[-1].management, rows[-1].live) != (
        totals["management_seconds"], totals["live_seconds"]
    ):  # fmt: skip
        words = "The last sums of the table are not the totals of the decision."
        blocks.append(para(words, "warn"))
    blocks += list(elsewhere(source))
    blocks += list(unwritten(source, rows))
    return section("Time", *blocks)


def clocks(source: Source, totals: dict[str, int]) -> Block:
    """Return the totals, each apart."""
    shown = [
        ["Management", clock(totals["management_seconds"]), f"{totals['management_seconds']} s"],
        ["Live", clock(totals["live_seconds"]), f"{totals['live_seconds']} s"],
        ["AI", clock(totals["ai_seconds"]), f"{totals['ai_seconds']} s"],
        ["Chat", clock(totals["chat_seconds"]), f"{totals['chat_seconds']} s"],
    ]
    if totals["review_seconds"]:
        marked = totals["review_seconds"]
        shown.append(["Marked 99091", clock(marked), f"{marked} s"])
    says = (
        "Live time is part of management time. Minutes and seconds; nothing is rounded. "
        f"Days and months in {source.zone}."
    )
    return {"kind": "clocks", "totals": shown, "says": says}


def line_of(source: Source, row: Row) -> list[str]:
    """Return the cells of a span; below the work stands what else must be said of it."""
    entry, body, counted = row.entry, row.body, row.counted
    start = body.start or entry.at
    day = source.day(start)
    people = "; ".join(
        f"{source.who(each)}, {source.role(each, day)}" for each in performers_of(body)
    )
    told = [entry.id, *remarks(source, row, start)]
    return [
        f"{source.at(start)[5:]} to {source.at(body.end)[11:] if body.end else '–'}",
        f"{work(source, body)}, {people or 'nobody'}\n{'; '.join(told)}",
        clock(span_seconds(start, body.end)) if body.end else "–", clock(counted.counted_seconds),
        clock(counted.live_seconds), clock(row.management), clock(row.live),
    ]  # fmt: skip


def remarks(source: Source, row: Row, start: datetime) -> Iterator[str]:
    """Yield what must be said of a span: note, who vouches, why late, why it counts less."""
    entry, body = row.entry, row.body
    if isinstance(body, TimeLogged) and body.note:
        yield body.note
    if isinstance(body, TimeLogged) and body.attested_by:
        yield f"attested by {source.who(body.attested_by)}"
    if entry.recorded_at - (body.end or start) > LATE:
        yield f"written {source.at(entry.recorded_at)}: {entry.reason or 'no reason'}"
    if why := why_less(source, row):
        yield f"counts less: {why}"


def work(source: Source, body: Span) -> str:
    """Return what kind of work a span was."""
    other = f" ({body.program.upper()})" if body.program != source.program else ""
    if isinstance(body, TimeLogged):
        marked = f" for {body.intended_code}" if body.intended_code else ""
        return f"{body.category.replace('_', ' ')}{marked}{other}"
    mode = MODE_WORDS[body.mode].lower().replace("telephone call", "call")
    if isinstance(body, ContactAttempted):
        return f"attempt: {mode}{other}"
    return f"contact: {mode}, {other_side(body.spoke_with)}{other}"


def elsewhere(source: Source) -> Iterator[Block]:
    """Yield when performers of this month were with other patients."""
    spans: Sequence[TakenSpan] = source.proof.spans_elsewhere
    if not spans:
        return
    yield sub("When the same people were with other patients")
    rows = []
    for span in spans:
        taken = [tuple(map(datetime.fromisoformat, each)) for each in span.taken]
        total = sum(span_seconds(*each) for each in taken)
        rows.append((
            source.who(span.performer), source.at(datetime.fromisoformat(span.start)),
            source.at(datetime.fromisoformat(span.end))[11:], clock(total), span.leaf[:16],
        ))  # fmt: skip
    heads = ("Person*", "From", "To", "Taken from here#", "Digest of the entry")
    yield table("Seconds that belong to work for somebody else", heads, rows)
    words = "Of that work, proof.json holds performer, start, end and digest, and nothing else."
    yield para(words, "quiet")


def unwritten(source: Source, rows: Sequence[Row]) -> Iterator[Block]:
    """Yield entries of the month that were superseded or voided, which stay visible."""
    named = [row.entry.id for row in rows if row.entry.id in source.set_aside]
    if named:
        yield para(
            f"Superseded or voided entries stay in the table and count nothing: "
            f"{', '.join(named)}.", "quiet",
        )  # fmt: skip
