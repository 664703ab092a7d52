"""Whose a reading is and whether it was told before, over whatever may come, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from caretally.devices.binding import Bound, Unbound, bound
from caretally.devices.duplicates import is_same, told_before
from caretally.devices.rules import IMPOSSIBLE_LOCAL_TIME, NOT_ASSIGNED
from caretally.devices.seen import Seen
from caretally.devices.unpacked import Measured, VendorReading
from caretally.devices.zones import Zone
from caretally.journal.entries import Entry, EntryVoided, ReadingRecorded
from caretally.journal.quantities import convert

BEGIN = datetime(2026, 2, 20, tzinfo=UTC)
ZONES = ("America/Chicago", "America/Phoenix", "Pacific/Honolulu", "America/St_Johns")
MINUTE = timedelta(minutes=1)
minutes = st.integers(0, 60 * 24 * 40)
"""Into a stretch over which the clocks are put forward on 8 March."""


@dataclass(frozen=True)
class Stretch:
    """A stretch in which a device was in one place."""

    patient: str
    begins: datetime
    ends: datetime | None

    def holds_at(self, at: datetime) -> bool:
        """Tell whether it lasts at an instant."""
        return self.begins <= at and (self.ends is None or at < self.ends)


@st.composite
def custodies(draw: st.DrawFn) -> list[Stretch]:
    """Return where a device was: with patients, in stock, or nowhere on record."""
    edges = sorted(draw(st.sets(minutes, min_size=1, max_size=6)))
    bounds = [BEGIN + edge * MINUTE for edge in edges]
    holders = draw(st.lists(st.sampled_from(["", "pat_a", "pat_b", "pat_c"]),
                            min_size=len(edges), max_size=len(edges)))  # fmt: skip
    stretches = [
        Stretch(holder, *pair) for holder, pair in zip(holders, pairwise(bounds), strict=False)
    ]
    last = Stretch(holders[-1], bounds[-1], None)
    kept = [each for each in stretches if draw(st.booleans())]
    return [*kept, last]


def reading(**more: object) -> VendorReading:
    """Return a reading of a weight."""
    measured = (Measured("29463-7", Decimal("84.2"), "kg"),)
    return VendorReading(names=(("imei", "1"),), metric="29463-7", measured=measured,
                         origin="device", **more)  # type: ignore[arg-type] # fmt: skip


def home_of(patient: str) -> Zone:
    """Return another zone for each patient."""
    return Zone(of="patient", name=ZONES[len(patient) and ord(patient[-1]) - ord("a")])


@given(custodies(), minutes)
def test_a_reading_is_of_whoever_held_the_device_at_its_instant(
    custody: list[Stretch], minute: int
) -> None:
    at = BEGIN + minute * MINUTE
    held = [
        each.patient for each in custody if each.begins <= at and (not each.ends or at < each.ends)
    ]
    found = bound(reading(measured_at=at), "dev", custody, home_of)
    if held and held[0]:
        assert isinstance(found, Bound)
        assert (found.patient, found.placed.at) == (held[0], at)
    else:
        assert isinstance(found, Unbound)
        assert found.hold.rule == NOT_ASSIGNED


@given(custodies(), minutes)
def test_a_local_time_goes_to_somebody_who_held_the_device_when_it_was_so_late_there(
    custody: list[Stretch], minute: int
) -> None:
    wall = (BEGIN + minute * MINUTE).replace(tzinfo=None)
    found = bound(reading(wall=wall), "dev", custody, home_of)
    if isinstance(found, Bound):
        local = found.placed.at.astimezone(ZoneInfo(home_of(found.patient).name))
        assert local.replace(tzinfo=None) == wall
        assert [e.patient for e in custody if e.holds_at(found.placed.at)] == [found.patient]
    else:
        assert found.hold.rule in {NOT_ASSIGNED, IMPOSSIBLE_LOCAL_TIME}
        for holder in {each.patient for each in custody if each.patient}:
            at = wall.replace(tzinfo=ZoneInfo(home_of(holder).name)).astimezone(UTC)
            back = at.astimezone(ZoneInfo(home_of(holder).name)).replace(tzinfo=None)
            assert back != wall or all(e.patient != holder for e in custody if e.holds_at(at))


weights = st.decimals("30", "200", places=2)


@given(weights, st.sampled_from(["0.1", "1"]))
def test_what_was_rounded_is_the_same(value: Decimal, step: str) -> None:
    rounded = value.quantize(Decimal(step), ROUND_HALF_EVEN)
    assert is_same((value, "kg"), (rounded, "kg"))
    assert is_same((rounded, "kg"), (value, "kg"))
    pounds = convert(value, "kg", "[lb_av]")
    assert pounds is not None
    assert is_same((pounds.quantize(Decimal(step)), "[lb_av]"), (value, "kg"))
    assert is_same((value, "kg"), (pounds.quantize(Decimal(step)), "[lb_av]"))


@given(st.integers(40, 300), st.integers(40, 300))
def test_whole_numbers_in_one_unit_are_the_same_only_if_they_are(one: int, other: int) -> None:
    assert is_same((Decimal(one), "mm[Hg]"), (Decimal(other), "mm[Hg]")) == (one == other)


readings = st.lists(
    st.tuples(st.integers(0, 300), st.sampled_from(["84.2", "84.3", "90.0"]), st.integers(1, 2)),
    min_size=1, max_size=20, unique=True,
)  # fmt: skip


def entry(number: int, second: int, value: str) -> Entry:
    """Return the entry of a weight at a second."""
    at = BEGIN + timedelta(seconds=second)
    body = ReadingRecorded(device="dev", metric="29463-7", value=Decimal(value), unit="kg",
                           measured_at=at, origin="device")  # fmt: skip
    return Entry(id=f"e{number}", patient="pat_a", at=at, recorded_at=at, actor="device:dev",
                 body=body)  # fmt: skip


@given(readings, st.permutations(range(20)))
def test_what_is_told_again_by_another_route_adds_nothing_in_any_order(
    told: list[tuple[int, str, int]], order: list[int]
) -> None:
    """Each telling is kept unless another route told the same within a minute; none is lost."""
    seen, routes = Seen(), dict[str, int]()
    kept: list[tuple[int, str, int]] = []
    for number in (each for each in order if each < len(told)):
        second, value, route = told[number]
        made = entry(number, second, value)
        assert isinstance(made.body, ReadingRecorded)
        before = told_before(seen, made.body, routes.get, route)
        is_again = any(
            v == value and (s == second or (abs(s - second) <= 60 and r != route))
            for s, v, r in kept
        )
        assert (before is not None) == is_again
        if before is None:
            routes[made.id] = route
            seen.take([made])
            kept.append(told[number])
    assert all(
        any(v == value and abs(s - second) <= 60 for s, v, _ in kept) for second, value, _ in told
    )


@given(readings, st.integers(0, 19))
def test_what_was_voided_is_never_seen_again(told: list[tuple[int, str, int]], which: int) -> None:
    entries = [entry(number, second, value) for number, (second, value, _) in enumerate(told)]
    gone = entries[which % len(entries)]
    void = Entry(id="void", patient="pat_a", at=BEGIN, recorded_at=BEGIN, actor="system:intake",
                 reason="so", body=EntryVoided(entry=gone.id))  # fmt: skip
    with_void, without = Seen(), Seen()
    with_void.take([*entries, void])
    without.take([each for each in entries if each is not gone])
    for at in {each.at for each in entries}:
        near = [{e.id for e in seen.near(at, MINUTE)} for seen in (with_void, without)]
        assert near[0] == near[1]
        recent = [sorted(seen.recent("29463-7", at, timedelta(days=1), 30))
                  for seen in (with_void, without)]  # fmt: skip
        assert recent[0] == recent[1]
