"""What must hold of the table of spans before the fold may be run: numbers, lists and order."""

from __future__ import annotations

from collections.abc import Iterator

from caretally.patient_months.column_checks import (
    Fault,
    Lists,
    falling,
    falls,
    outside,
    told,
    told_of_items,
)
from caretally.patient_months.columns import TIME, Performances
from caretally.patient_months.extras import np
from caretally.patient_months.part_tables import Array, PartTables, SpanTable
from caretally.patient_months.table_bounds import INSTANT, SPANS, Bound, position_in

EVEN = "an even number: begin and end of each leg"
OWNER = "the patient whose row it is by the counts of patients"
SORTED = "spans of a patient by start"
SORTED_PLACES = "places by performer, then start"
TURNS = "lists one after the other"


def span_faults(tables: PartTables) -> Iterator[Fault]:
    """Yield everything wrong with spans but their places; the counts by patient hold."""
    yield from number_faults(tables)
    performers, places, legs = lists_of(tables.spans)
    loose = [*turn_faults(performers), *turn_faults(places), *turn_faults(legs)]
    if loose:
        yield from loose
        return
    yield from performer_faults(tables, performers)
    last = len(places.items) - 1
    bound = Bound(0, last, f"0 to {last}, a place among the part's performances")
    yield from told_of_items(places, outside(places.items, bound), bound)
    yield from leg_faults(legs)


def number_faults(tables: PartTables) -> Iterator[Fault]:
    """Yield what is wrong with the columns that hold one number a row."""
    spans, counts = tables.spans, tables.span_counts
    owners = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    foreign = np.flatnonzero(spans.patient != owners)
    yield from told("spans", "patient", spans.patient, foreign, OWNER)
    for column, bound in SPANS.items():
        values = getattr(spans, column)
        yield from told("spans", column, values, outside(values, bound), bound)
    yield from told("spans", "start", spans.start, falling(spans.start, counts), SORTED)


def lists_of(spans: SpanTable) -> tuple[Lists, Lists, Lists]:
    """Return the performers, their places, and the excluded legs."""
    return (
        Lists("performers", spans.first_performer, spans.performers),
        Lists("places", spans.first_performer, spans.places),
        Lists("excluded", spans.first_excluded, spans.excluded),
    )


def turn_faults(lists: Lists) -> Iterator[Fault]:
    """Yield the fault of lists that do not follow one another from the first item to the last."""
    first, items = lists.first, len(lists.items)
    found = f"lists from {first[0]} to {first[-1]} of {items} items"
    if first[0] != 0 or first[-1] != items or falls(first).any():
        row = int(np.argmax(falls(first))) if len(first) > 1 else 0
        yield Fault("spans", lists.column, row, found, TURNS)


def performer_faults(tables: PartTables, performers: Lists) -> Iterator[Fault]:
    """Yield performers without a number of their own, and logged time without its one."""
    counts = np.diff(performers.first)
    lonely = np.flatnonzero((tables.spans.kind == TIME) & (counts != 1))
    yield from told("spans", "performers", counts, lonely, "one performer, for logged time")
    bound = position_in("staff", len(tables.words.staff))
    yield from told_of_items(performers, outside(performers.items, bound), bound)


def place_faults(spans: SpanTable, performances: Performances) -> Iterator[Fault]:
    """Yield places taken twice, or in another order than person and start; all else holds."""
    places = lists_of(spans)[1]
    chosen = places.items.astype(np.intp)
    # There are as many places as performances: where one stays free another is taken twice.
    by_staff: Array = performances.by_staff
    if (by_staff < 0).any():
        order = np.argsort(chosen, kind="stable")
        is_taken = np.diff(chosen[order]) == 0
        yield from told_of_items(places, np.sort(order[1:][is_taken]), "every place once")
        return
    staff: Array = np.empty(len(chosen), dtype=np.int32)
    starts: Array = np.empty(len(chosen), dtype=np.int64)
    staff[chosen] = spans.performers
    starts[chosen] = spans.start[performances.span]
    wrong = np.flatnonzero(falls(staff) | ((staff[1:] == staff[:-1]) & falls(starts))) + 1
    if len(wrong):
        items = np.flatnonzero(np.isin(chosen, wrong))
        yield from told_of_items(places, items, SORTED_PLACES)


def leg_faults(legs: Lists) -> Iterator[Fault]:
    """Yield excluded legs that lack an end, or are no instants."""
    lengths = np.diff(legs.first)
    yield from told("spans", "excluded", lengths, np.flatnonzero(lengths & 1), EVEN)
    yield from told_of_items(legs, outside(legs.items, INSTANT), INSTANT)
