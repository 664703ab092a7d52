"""Reads Validic's deliveries: what its stream told for a while, and batches that were pushed."""

from __future__ import annotations

from collections.abc import Iterator

from caretally.devices.documents import Found, Item, Node, each_of, listed, never_silent, opened
from caretally.devices.refusals import Misread
from caretally.devices.unpacked import Passed, Posted, Unpacked
from caretally.devices.vendors.validic.events import (
    CONNECTION,
    DATA,
    POKE,
    RULE,
    Event,
    events_in,
)
from caretally.devices.vendors.validic.records import of_connection, of_record

LISTS = ("data", "records", "measurements", "cgm", "summaries", "workouts", "sleep", "nutrition")
"""Fields under which batches and pages hold their records."""


def parse(posted: Posted) -> Unpacked:
    """Return what a batch, a page or a piece of the stream holds."""
    found = Found()
    try:
        if posted.body.lstrip()[:1] in {b"{", b"["}:
            found.add(of_document(opened(posted.body)))
        else:
            found.add(of_stream(posted.body))
    except Misread as misread:
        found.add([misread.fault])
    return found.unpacked()


def of_document(document: object) -> Iterator[Item]:
    """Yield what a batch or a page holds: one record, a list of them, or lists by kind.

    Raises:
        Misread: it is none of these.
    """
    if isinstance(document, list):
        yield from never_silent(each_of(listed(document), of_record), "")
        return
    node = Node(document if isinstance(document, dict) else {})
    names = [name for name in LISTS if node.has(name)]
    if node.has("metrics") or node.has("log_id") or not names:
        yield from each_of([(document, "")], of_record)
        return
    for name in names:
        records = each_of(listed(node.parts(name), node.at(name)), of_record)
        yield from never_silent(records, node.at(name))


def of_stream(stream: bytes) -> Iterator[Item]:
    """Yield what a piece of the stream holds.

    Raises:
        Misread: it is no stream of events.
    """
    events, pokes = tuple(events_in(stream)), 0
    if not events:
        raise Misread("", "not_readable", "neither JSON nor a stream of events")
    for event in events:
        if event.name == POKE:
            pokes += 1
        else:
            yield from of_event(event)
    if pokes:
        yield Passed(path="/", says="events of the kind poke, which say that the stream is alive")


def of_event(event: Event) -> Iterator[Item]:
    """Yield what an event holds; one that is misread costs no other."""
    path = f"/{event.number}"
    try:
        if event.name == RULE:
            yield Passed(path=path, says="a rule at the vendor's fired; our own rules judge")
            return
        document = opened(event.body)
    except Misread as misread:
        yield type(misread)(path, misread.fault.code, misread.fault.says).fault
        return
    if event.name == DATA and isinstance(document, list):
        yield from never_silent(each_of(listed(document, path), of_record), path)
    elif event.name == DATA:
        yield from each_of([(document, path)], of_record)
    elif event.name == CONNECTION:
        yield from each_of([(document, path)], of_connection)
    else:
        yield Misread(path, "not_the_shape", "a kind of event that is not known").fault
