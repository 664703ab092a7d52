"""Tags and filters of all pages: instants and dates in the zone that counts, seconds as clocks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from caretally.clock import now, zone
from caretally.contacts.notes import clock
from caretally.errors import InputError

register = template.Library()


@register.simple_tag(takes_context=True)
def now_here(context: template.Context) -> str:
    """Return the present instant at the practice; in UTC where there is none."""
    office = context.get("office")
    where = zone(office.home_zone()) if office is not None else ZoneInfo("UTC")
    return f"{now().astimezone(where):%Y-%m-%d %H:%M %Z}"


@register.filter
def local(instant: datetime | None, zone_name: str) -> str:
    """Return an instant as local date and time, such as `2026-03-04 10:15 CST`."""
    return "" if instant is None else f"{instant.astimezone(zone(zone_name)):%Y-%m-%d %H:%M %Z}"


@register.filter
def local_day(instant: datetime | None, zone_name: str) -> str:
    """Return the local date of an instant."""
    return "" if instant is None else f"{instant.astimezone(zone(zone_name)):%Y-%m-%d}"


@register.filter
def minutes(seconds: int | None) -> str:
    """Return seconds as minutes and seconds, nothing rounded."""
    return "" if seconds is None else clock(int(seconds))


@register.filter
def words(name: str | None) -> str:
    """Return a name of the program as words: `is_ordered` as `is ordered`."""
    return (name or "").replace("_", " ")


@register.filter
def errors_of(error: InputError | None, field: str) -> list[str]:
    """Return what is wrong with a field of a body, in words for the person who filled it in."""
    if error is None:
        return []
    named = {field, f"body.{field}"}
    return [
        "; ".join(filter(None, (f"found {p.found}" if p.found else "",
                                f"expected {p.expected}" if p.expected else "", p.hint)))
        for p in error.problems
        if p.field in named or p.field.removeprefix("body.").partition("[")[0] == field
    ]  # fmt: skip
