"""Filters of the pages of calls."""

from __future__ import annotations

from datetime import datetime

from django import template

from caretally.clock import zone

register = template.Library()


@register.filter
def to_the_second(instant: datetime | None, zone_name: str) -> str:
    """Return an instant as local time of the day with seconds; a dash for none."""
    return "–" if instant is None else f"{instant.astimezone(zone(zone_name)):%H:%M:%S}"
