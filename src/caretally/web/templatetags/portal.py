"""How pages of the portal say something in the language of who reads."""

from __future__ import annotations

from typing import Any

from django import template

from caretally.practice.portal_wording import wording

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], name: str, /, **filled: object) -> str:
    """Return a sentence of the portal, filled in."""
    words = context.get("words") or wording("en")
    return str(words.say(name, **filled))
