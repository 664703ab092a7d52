"""Filters of the pages of claims: states in hues and words, money, instants."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django import template

from caretally.clock import zone
from caretally.store.billing_tables import (
    ACCEPTED,
    DENIED,
    PAID,
    PARTIAL,
    PREPARED,
    REJECTED,
    REVERSED,
    SUBMITTED,
)

register = template.Library()
HUES = {
    PREPARED: "open", SUBMITTED: "info", ACCEPTED: "info", REJECTED: "unmet", PAID: "met",
    PARTIAL: "open", DENIED: "unmet", REVERSED: "open",
}  # fmt: skip
WORDS = {PREPARED: "prepared, not sent", PARTIAL: "paid in part"}
KINDS = {"1": "first claim", "7": "in place of another", "8": "takes one back"}


@register.filter
def claim_hue(state: str) -> str:
    """Return the hue of a claim's state."""
    return HUES.get(state, "quiet")


@register.filter
def claim_words(state: str) -> str:
    """Return a claim's state in words."""
    return WORDS.get(state, state)


@register.filter
def frequency_words(frequency: str) -> str:
    """Return in words what a claim is to others."""
    return KINDS.get(frequency, frequency)


@register.filter
def usd(amount: Decimal | None) -> str:
    """Return an amount in dollars; a dash for none."""
    return "–" if amount is None else f"${amount:,.2f}"


@register.filter
def at_zone(instant: str, zone_name: str) -> str:
    """Return an ISO instant as date and time in a zone."""
    return f"{datetime.fromisoformat(instant).astimezone(zone(zone_name)):%Y-%m-%d %H:%M}"


@register.filter
def field_words(field: str) -> str:
    """Return the name of a field of a claim in words."""
    return field.replace("_", " ").replace(".", " › ").replace("[", " ").replace("]", "")
