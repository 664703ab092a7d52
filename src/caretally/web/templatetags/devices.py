"""Filters of the pages of devices and of what arrives from them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlencode

from django import template

register = template.Library()


@register.filter
def percent(value: Decimal | None) -> str:
    """Return a battery's charge in words."""
    return "not told" if value is None else f"{value.normalize():f} %"


@register.filter
def count(counts: Mapping[str, int], name: str) -> int:
    """Return a count by its name; none where it is not counted."""
    return counts.get(name, 0)


@register.filter
def query(fields: Mapping[str, str]) -> str:
    """Return fields as the query of an address."""
    return urlencode(fields)
