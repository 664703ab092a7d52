"""Pages of campaigns: the list, a new one with its outlook, how far one is, begin and stop."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from caretally.errors import InputError
from caretally.practice.campaign_pages import Progress, listed, outlook, progress
from caretally.practice.campaign_work import (
    CampaignWanted,
    begin,
    campaign_named,
    draft,
    problems_of,
    require_all,
    stop,
)
from caretally.practice.office import Office
from caretally.practice.roles import RUN_CALLS
from caretally.practice.staff_names import name_of, staff_names
from caretally.store.call_tables import DRAFT, RUNNING, STOPPED, Campaign
from caretally.web.campaigns.forms import WEEKDAYS, campaign_fields, campaign_wanted
from caretally.web.frame.asking import page
from caretally.web.frame.fields import shown, typed_in
from caretally.web.reports.drawing import NARROW, WIDE, Sheet, drawing

UNPROCESSABLE = 422
STATE_WORDS = {
    DRAFT: ("draft", "quiet"), RUNNING: ("running", "met"), STOPPED: ("stopped", "unmet"),
    "ended": ("over", "quiet"),
}  # fmt: skip


@page(permission=RUN_CALLS)
def campaigns(request: HttpRequest, office: Office) -> HttpResponse:
    """List the campaigns."""
    rows = [{"each": each, "state": STATE_WORDS[each.row.state]} for each in listed(office)]
    return render(request, "campaigns/list.html", {"rows": rows})


@page(permission=RUN_CALLS)
def campaign_new(request: HttpRequest, office: Office) -> HttpResponse:
    """Set up a campaign; `do=preview` shows whom it would call and saves nothing."""
    require_all(office)
    typed, error, found = typed_in(request), None, None
    if request.method == "POST":
        try:
            wanted = campaign_wanted(typed)
            if typed.get("do") != "preview":
                draft(office, typed.get("campaign", ""), wanted)
                messages.success(request, "The draft is saved. Nobody is called before it begins.")
                return redirect("campaign", practice=office.practice, campaign=typed["campaign"])
            if problems := problems_of(wanted, office.today()):
                raise InputError(problems)
            found = outlook(office, unsaved(wanted))
        except InputError as refused:
            error = refused
    else:
        typed = {"campaign": office.new_id("cmp")}
    fields = shown(campaign_fields(office.today()), typed, error)
    is_told = any(field.messages for field in fields)
    context = {
        "fields": fields, "error": error, "outlook": found,
        "other_messages": [str(e) for e in error.problems] if error and not is_told else [],
    }  # fmt: skip
    status = UNPROCESSABLE if error is not None else 200
    return render(request, "campaigns/new.html", context, status=status)


def unsaved(wanted: CampaignWanted) -> Campaign:
    """Return a campaign that is nowhere stored."""
    return Campaign(
        campaign="", name=wanted.name, program=wanted.program, protocol=wanted.protocol,
        begins_on=wanted.begins_on.isoformat(), ends_on=wanted.ends_on.isoformat(),
        weekdays=wanted.weekdays, from_time=wanted.from_time, to_time=wanted.to_time,
        every_days=wanted.every_days, capacity=wanted.capacity,
        retries=json.dumps(wanted.retries),
    )  # fmt: skip


@page(permission=RUN_CALLS)
def campaign(request: HttpRequest, office: Office, campaign: str) -> HttpResponse:
    """Show a campaign: how far it is, and what can be done about it."""
    require_all(office)
    row = campaign_named(office, campaign)
    names, far = staff_names(office), progress(office, row)
    context = {
        "row": row, "state": STATE_WORDS[row.state], "far": far, "zone": office.home_zone(),
        "weekdays": dict(WEEKDAYS).get(row.weekdays, row.weekdays), "drawn": drawn(far),
        "made_by": name_of(names, row.made_by), "stopped_by": name_of(names, row.stopped_by),
        "retries": {name: ", ".join(map(str, waits))
                    for name, waits in json.loads(row.retries).items()},
        "outlook": outlook(office, row) if row.state in (DRAFT, STOPPED) else None,
        "may_begin": row.state in (DRAFT, STOPPED) and row.ends_on >= str(office.today()),
    }  # fmt: skip
    return render(request, "campaigns/campaign.html", context)


def drawn(far: Progress) -> dict[str, Any] | None:
    """Return the picture with its table; None where there is nothing to draw."""
    picture = far.picture
    if picture.is_empty:
        return None
    columns = zip(*(series.values for series in picture.series), strict=True)
    return {
        "picture": picture,
        # Drawn by the program from numbers and its own words; nothing typed by anybody is in it.
        "wide": mark_safe(drawing(picture, Sheet(width=WIDE))),  # noqa: S308
        "narrow": mark_safe(drawing(picture, Sheet(width=NARROW))),  # noqa: S308
        "rows": list(zip(picture.labels, columns, strict=True)),
    }


@page(permission=RUN_CALLS)
def campaign_outlook(request: HttpRequest, office: Office, campaign: str) -> HttpResponse:
    """Show whom a campaign calls and why the others not, as of now."""
    require_all(office)
    row = campaign_named(office, campaign)
    context = {"row": row, "outlook": outlook(office, row), "state": STATE_WORDS[row.state]}
    return render(request, "campaigns/outlook.html", context)


@require_POST
@page(permission=RUN_CALLS)
def campaign_act(request: HttpRequest, office: Office, campaign: str) -> HttpResponse:
    """Begin, stop or go on, by what `do` says."""
    try:
        if request.POST.get("do") == "stop":
            count = stop(office, campaign)
            messages.success(
                request,
                f"Stopped. Calls taken out of the line: {count}. "
                "A conversation that is running is not cut off.",
            )
        else:
            count = begin(office, campaign)
            messages.success(request, f"Running. Calls put in line: {count}.")
    except InputError as error:
        messages.error(request, str(error))
    return redirect("campaign", practice=office.practice, campaign=campaign)
