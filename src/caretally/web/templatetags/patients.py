"""Filters of the pages about patients and their months: names, sources, states in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from caretally.billability.sheet_records import Source
from caretally.practice.codes_of_month import FLAG_WORDS, READING_WORDS
from caretally.practice.staff_names import name_of
from caretally.practice.vitals import plain, unit_words

register = template.Library()

STATE_WORDS = {
    "billable": "Billable", "at_risk": "Billable, at risk", "held": "Held",
    "reachable": "Reachable", "unreachable": "Unreachable", "quiet": "Not this month",
    "supported": "Supported", "no_activity": "No activity yet",
}  # fmt: skip
STATE_CLASSES = {
    "billable": "state-met", "at_risk": "state-open", "held": "state-unmet",
    "reachable": "state-info", "unreachable": "state-quiet", "quiet": "state-quiet",
    "supported": "state-info", "met": "state-met", "unmet": "state-unmet",
    "not_reached": "state-quiet", "open": "state-met", "new": "state-info", "ended": "state-quiet",
    "died": "state-quiet",
}  # fmt: skip


PAYER_WORDS = {
    "medicare_ffs": "Medicare", "medicare_advantage": "Medicare Advantage",
    "unitedhealthcare": "UnitedHealthcare", "bcbs_mississippi": "BCBS of Mississippi",
    "medicaid_md": "Medicaid, Maryland", "medicaid_nc": "Medicaid, North Carolina",
    "medicaid_ar": "Medicaid, Arkansas", "self_pay": "Self-pay",
}  # fmt: skip
LANGUAGE_WORDS = {
    "en": "English", "es": "Spanish", "zh": "Chinese", "vi": "Vietnamese", "ko": "Korean",
    "ru": "Russian", "ar": "Arabic", "fr": "French", "pl": "Polish", "tl": "Tagalog",
    "pt": "Portuguese", "de": "German", "hi": "Hindi", "it": "Italian", "ja": "Japanese",
}  # fmt: skip


@register.filter
def payer(name: str | None) -> str:
    """Return a payer as people call it."""
    return PAYER_WORDS.get(name or "", (name or "").replace("_", " ").capitalize())


@register.filter
def language(tag: str) -> str:
    """Return a language by its tag, such as `es` or `en-US`; a tag unknown here as it stands."""
    return LANGUAGE_WORDS.get(tag.partition("-")[0].lower(), tag)


@register.filter
def pick(items: Mapping[str, Any], key: str) -> Any:
    """Return an item by its key; None where there is none."""
    return items.get(key)


@register.simple_tag
def cites(keys: Iterable[str], sources: Mapping[str, Source]) -> SafeString:
    """Return citations as links to what they name."""
    return format_html(
        '<span class="cites">{}</span>',
        format_html_join(" ", "{}", ((cite(key, sources.get(key)),) for key in keys)),
    )


@lru_cache(maxsize=1024)
def cite(key: str, source: Source | None) -> SafeString:
    """Return one citation; without an address it is no link."""
    if source is None or not source.url:
        return format_html('<span title="{}">{}</span>', source.title if source else "", key)
    return format_html(
        '<a href="{}" title="{}, {}" target="_blank" rel="noopener noreferrer">{}'
        '<span class="visually-hidden">, {}, opens elsewhere</span></a>',
        source.url, source.title, source.publisher, key, source.title,
    )  # fmt: skip


@register.filter
def who(names: Mapping[str, str], actor: str) -> str:
    """Return what to call an actor or a staff id."""
    return name_of(names, actor)


@register.filter
def state_words(state: str) -> str:
    """Return a state in words."""
    return STATE_WORDS.get(state, state.replace("_", " "))


@register.filter
def state_class(state: str) -> str:
    """Return the class that gives a state its hue."""
    return STATE_CLASSES.get(state, "state-quiet")


@register.filter
def flag_words(flag: str) -> str:
    """Return a flag as a sentence."""
    return FLAG_WORDS.get(flag) or flag.replace("_", " ").capitalize() + "."


@register.filter
def reading_words(reading: str) -> str:
    """Return a contested reading of the rules in words."""
    return READING_WORDS.get(reading, reading.replace("_", " "))


@register.filter
def number(value: Any) -> str:
    """Return a decimal for reading."""
    return plain(value)


@register.filter
def unit(value: str) -> str:
    """Return a unit as people write it."""
    return unit_words(value)
