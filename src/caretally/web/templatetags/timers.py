"""The tag with which every page shows the clock."""

from __future__ import annotations

from typing import Any

from django import template

from caretally.web.timers.slot import is_for, slot_of

register = template.Library()


@register.inclusion_tag("timers/slot.html", takes_context=True)
def timer_slot(context: template.Context) -> dict[str, Any]:
    """Return what the clock shows on this page; nothing for those who record no care."""
    office = context.get("office")
    if office is None or not is_for(office):
        return {"slot": None}
    request = context.get("request")
    return {
        "slot": slot_of(office, context.get("chart")),
        "practice": office.practice,
        "path": request.path if request is not None else "",
        "is_whole": True,
    }
