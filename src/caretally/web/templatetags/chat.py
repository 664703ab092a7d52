"""Words and times of conversations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django import template

from caretally.clock import zone
from caretally.journal.entries import ChatSpan
from caretally.practice.messaging_lists import REASON_WORDS, TOPIC_WORDS
from caretally.practice.staff_names import name_of

register = template.Library()


@register.simple_tag
def clock_at(at: datetime, zone_name: str, *, seconds: bool = False) -> str:
    """Return the local date and time of an instant."""
    local = at.astimezone(zone(zone_name))
    return local.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%b %-d, %H:%M")


@register.simple_tag
def span_seconds(span: ChatSpan) -> int:
    """Return how many seconds a span has."""
    return (span.end - span.start).seconds


@register.filter
def reason_words(name: str) -> str:
    """Return what is missing in a conversation, in a sentence."""
    return REASON_WORDS.get(name, name)


@register.filter
def topic_words(name: str) -> str:
    """Return a topic in words."""
    return TOPIC_WORDS.get(name, name)


@register.filter
def plain_name(name: str) -> str:
    """Return the name of a number in words."""
    return name.replace("_", " ").capitalize()


@register.filter
def called(staff: str, names: Mapping[str, str]) -> str:
    """Return what to call somebody of the staff."""
    return name_of(names, staff)
