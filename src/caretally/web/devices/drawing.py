"""Where a device has been, as a picture: a band of time, a stretch for each who had it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from caretally.clock import local_date
from caretally.practice.device_page import Place

WIDTH, BAND = 1000, 34
NARROWEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of the band, in units of its width; the title says who and when."""

    x: int
    width: int
    title: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The band: its stretches, and the dates at both ends."""

    stretches: tuple[Stretch, ...]
    first: str
    last: str
    width: int = WIDTH
    height: int = BAND


def picture_of(places: Sequence[Place], at: datetime, zone_name: str) -> Picture | None:
    """Return the picture of where a device was until an instant; None where that is not known."""
    if not places:
        return None
    begins = min(each.begins for each in places)
    whole = max(at - begins, timedelta(days=1))

    def place_on(instant: datetime) -> int:
        return int((instant - begins) / whole * WIDTH)

    return Picture(
        stretches=tuple(
            stretch_of(each, place_on(each.begins), place_on(min(each.ends or at, at)), zone_name)
            for each in places
        ),
        first=local_date(begins, zone_name).isoformat(),
        last=local_date(at, zone_name).isoformat(),
    )


def stretch_of(place: Place, start: int, end: int, zone_name: str) -> Stretch:
    """Return one stretch, wide enough to be seen."""
    width = max(end - start, NARROWEST)
    until = local_date(place.ends, zone_name).isoformat() if place.ends else "now"
    title = f"{place.who}, {local_date(place.begins, zone_name).isoformat()} to {until}"
    return Stretch(x=start, width=width, title=title, kind="stock" if place.is_stock else "held")
