"""Tags and filters of the contact pages: people by name, fields in words, what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import template

from caretally.contacts.notes import clock
from caretally.practice.office import Office
from caretally.web.contacts.forms import FIELD_WORDS

register = template.Library()

ANCHORS = {"at": "start", "findings": "topics", "spoke_with": "spoke_with"}
"""Where on the page a field stands, where it is not under its own name."""


@register.simple_tag(takes_context=True)
def fresh_id(context: template.Context) -> str:
    """Return a new id of an entry, so that a form sent twice is stored once."""
    office: Office = context["office"]
    return office.new_id("ent")


@register.filter
def people(staff: Iterable[str], names: Mapping[str, str]) -> str:
    """Return staff ids as names."""
    return ", ".join(names.get(each, each) for each in staff) or "nobody"


@register.filter
def person(staff: str, names: Mapping[str, str]) -> str:
    """Return a staff id as a name."""
    return names.get(staff, staff)


@register.filter
def listed(names: Iterable[str]) -> str:
    """Return names of the program as a list of words."""
    return ", ".join(each.replace("_", " ") for each in names)


@register.filter
def field_name(field: str) -> str:
    """Return the name of a field of the form from that of an entry: `body.findings[0].says`."""
    return field.removeprefix("body.").partition("[")[0]


@register.filter
def field_words(name: str) -> str:
    """Return what to call a field."""
    return FIELD_WORDS.get(name, name.replace("_", " "))


@register.filter
def anchor(name: str) -> str:
    """Return where on the page a field stands."""
    return ANCHORS.get(name, name)


@register.filter
def missing_words(missing: Mapping[str, int]) -> str:
    """Return what a code lacks, in words."""
    said = []
    for name, amount in missing.items():
        what = name.removesuffix("_seconds").replace("_", " ")
        is_time = name.endswith("_seconds")
        said.append(f"{clock(amount)} {what} time" if is_time else f"{amount} {what}")
    return " and ".join(said)
