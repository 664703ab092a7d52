"""Pages of calls: the roster of a week, shifts, ladders, drills, and the log of notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.clock import instant_of, midnight
from caretally.codes import ALERT_LEVELS
from caretally.errors import InputError
from caretally.practice.bell import bell_of, log_of
from caretally.practice.contact_points import reachable_by
from caretally.practice.drills import DRILL, answer_drill, begin_drill, would_tell
from caretally.practice.enrolling_times import typed_instant
from caretally.practice.office import Office
from caretally.practice.on_call import (
    Post,
    add_shift,
    clinics_of,
    days_of,
    hand_over,
    my_post,
    remove_shift,
    shift_named,
    sign,
)
from caretally.practice.roles import ANSWER_ALERTS, KEEP_ROSTER, SIGN_RULES
from caretally.practice.staff_names import staff_names
from caretally.triage.ladders import RECIPIENTS
from caretally.triage.rosters import doubles
from caretally.web.frame.asking import page
from caretally.web.frame.fields import HIDDEN, SELECT, Field
from caretally.web.frame.sheets import Sheet, filled_in
from caretally.web.oncall.forms import (
    ladder_body,
    ladder_fields,
    ladder_typed,
    people,
    shift_body,
    shift_fields,
)

WEEK = 7
FORM = "oncall/form.html"


@page(permission=KEEP_ROSTER)
def roster(request: HttpRequest, office: Office) -> HttpResponse:
    """Show a week of the roster, who is on call now, and what is wrong with it."""
    post, zone, today = my_post(office), office.home_zone(), office.today()
    monday = monday_of(request.GET.get("week", ""), today)
    days = [monday + timedelta(days=n) for n in range(WEEK)]
    spans = [(instant_of(midnight(day, zone)), instant_of(midnight(day + timedelta(days=1), zone)))
             for day in days]  # fmt: skip
    level = request.GET.get("level", "")
    level = level if level in ALERT_LEVELS else ALERT_LEVELS[0]
    context = {
        "zone": zone, "days": zip(days, days_of(post, spans), strict=True), "today": today,
        "before": monday - timedelta(days=WEEK), "after": monday + timedelta(days=WEEK),
        "monday": monday, "now_on": post.on_call(office.now, ""), "gaps": post.gaps(office.now),
        "doubles": doubles([each for each in post.shifts if each.ends > office.now]),
        "has_roster": bool(post.shifts), "clinics": clinics_of(post), "now": office.now,
        "names": staff_names(office), "reach": reachable_by(office.db, office.practice),
        **preview(office, post, level),
    }  # fmt: skip
    return render(request, "oncall/roster.html", context)


def preview(office: Office, post: Post, level: str) -> dict[str, Any]:
    """Return who would be told of an alert now."""
    reach, ladder = reachable_by(office.db, office.practice), post.ladder(level, "")
    found = []
    for step in would_tell(post, level, "", office.now):
        missing = [
            (staff, channel) for staff in step.told.staff for channel in step.channels
            if channel in {"email", "sms"} and channel not in reach.get(staff, ())
        ]  # fmt: skip
        found.append({"step": step, "to": RECIPIENTS[step.to], "missing": missing})
    return {"level": level, "levels": ALERT_LEVELS, "steps": found, "ladder": ladder}


def monday_of(text: str, today: date) -> date:
    """Return the Monday of the week that an address names; of this week where it names none."""
    try:
        day = date.fromisoformat(text) if text else today
        return day - timedelta(days=day.weekday())
    except (ValueError, OverflowError):
        raise Http404("no such week") from None


@page(permission=KEEP_ROSTER)
def shift_new(request: HttpRequest, office: Office) -> HttpResponse:
    """Put somebody on call."""
    post, zone = my_post(office), office.home_zone()

    def save(typed: dict[str, str]) -> None:
        add_shift(office, office.filing(None, entry_id=typed.get("entry", "")),
                  shift_body(typed, zone))  # fmt: skip

    begins = office.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    start = {
        "staff": office.caller.staff, "from_at": typed_instant(begins, zone),
        "to_at": typed_instant(begins + timedelta(hours=12), zone), "rank": "1",
    }  # fmt: skip
    sheet = Sheet(
        title="Put somebody on call", fields=shift_fields(post, staff_names(office), zone),
        save=save, back="oncall", done="The shift is on the roster.",
    )  # fmt: skip
    return filled_in(request, office, sheet, start, template=FORM)


@page(permission=KEEP_ROSTER)
def shift_hand_over(request: HttpRequest, office: Office, entry: str) -> HttpResponse:
    """Let another person take the rest of a shift."""
    post, names = my_post(office), staff_names(office)
    if request.method == "POST" and entry not in {each.entry for each in post.shifts}:
        return redirect("oncall", practice=office.practice)
    shift = shift_named(office, entry)

    def save(typed: dict[str, str]) -> None:
        hand_over(office, shift, typed.get("staff", ""),
                  office.filing(None, entry_id=typed.get("entry", "")))  # fmt: skip

    fields = (
        Field(name="entry", label="", kind=HIDDEN),
        Field(name="staff", label="Who takes over", kind=SELECT, choices=people(post, names)),
    )
    who = names.get(shift.staff, shift.staff)
    sheet = Sheet(
        title="Hand a shift over", fields=fields, save=save, back="oncall", button="Hand over",
        said=f"The rest of the shift of {who}, from now on.", done="The shift was handed over.",
    )  # fmt: skip
    return filled_in(request, office, sheet, {}, template=FORM)


@page(permission=KEEP_ROSTER)
def shift_remove(request: HttpRequest, office: Office, entry: str) -> HttpResponse:
    """Take a shift off the roster."""
    if request.method == "POST" and entry not in {each.entry for each in my_post(office).shifts}:
        return redirect("oncall", practice=office.practice)
    shift = shift_named(office, entry)

    def save(typed: dict[str, str]) -> None:
        filing = office.filing(
            None, entry_id=typed.get("entry", ""), reason=typed.get("reason", "")
        )
        remove_shift(office, shift, filing)

    fields = (Field(name="entry", label="", kind=HIDDEN), Field(name="reason", label="Why"))
    sheet = Sheet(
        title="Take a shift off the roster", fields=fields, save=save, back="oncall",
        button="Take it off", said="It stays in the journal, with your reason.",
        done="The shift is off the roster.",
    )  # fmt: skip
    return filled_in(request, office, sheet, {}, template=FORM)


@page(permission=KEEP_ROSTER)
def ladders(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the ladder of every level."""
    post = my_post(office)
    found = [post.ladder(level, "") for level in ALERT_LEVELS]
    context = {
        "ladders": found, "recipients": RECIPIENTS, "names": staff_names(office),
        "own": own_ladders(post), "may_sign": office.caller.may(SIGN_RULES),
    }  # fmt: skip
    return render(request, "oncall/ladders.html", context)


def own_ladders(post: Post) -> list[Mapping[str, str]]:
    """Return for which clinics and levels a ladder of their own holds."""
    return [
        {"clinic": name, "level": level}
        for clinic, name in clinics_of(post).items()
        for level in ALERT_LEVELS
        if post.ladder(level, clinic).clinic == clinic
    ]


@page(permission=SIGN_RULES)
def ladder_sign(request: HttpRequest, office: Office, level: str) -> HttpResponse:
    """Sign who is told of alerts of a level."""
    if level not in ALERT_LEVELS:
        raise Http404("no such level")
    post = my_post(office)

    def save(typed: dict[str, str]) -> None:
        body = ladder_body(typed, level, office.caller.staff)
        sign(office, office.filing(None, entry_id=typed.get("entry", "")), body)

    sheet = Sheet(
        title=f"Ladder of {level} alerts", fields=ladder_fields(post, staff_names(office)),
        save=save, back="oncall-ladders", button="Sign",
        said="Signed with your name, it holds from now on for alerts that nobody took on yet.",
        done="The ladder is signed.",
    )  # fmt: skip
    return filled_in(request, office, sheet, ladder_typed(post.ladder(level, "")), template=FORM)


@page(permission=KEEP_ROSTER)
def notices(request: HttpRequest, office: Office) -> HttpResponse:
    """Show whom the program told of what, and what became of it."""
    rows = log_of(office)
    context = {
        "rows": rows, "names": staff_names(office), "zone": office.home_zone(),
        "lost": [each for each in rows if each.state == "given_up" and each.answer
                 and not each.answer.startswith(("no longer", "not needed", "answered"))],
    }  # fmt: skip
    return render(request, "oncall/notices.html", context)


@require_POST
@page(permission=KEEP_ROSTER)
def drill(request: HttpRequest, office: Office) -> HttpResponse:
    """Send a test alert through a ladder."""
    try:
        begin_drill(office, request.POST.get("level", ""), "")
    except InputError as error:
        messages.error(request, str(error.problems[0]))
    else:
        messages.success(request, "The drill has begun. Whoever is told answers it on any page.")
    return redirect("oncall", practice=office.practice)


@require_POST
@page(permission=ANSWER_ALERTS)
def drill_answer(request: HttpRequest, office: Office) -> HttpResponse:
    """Answer a drill."""
    name = request.POST.get("drill", "")
    if name.startswith(DRILL):
        answer_drill(office, name)
        messages.success(request, "You answered the drill; nobody is told of it any more.")
    if office.caller.may(KEEP_ROSTER):
        return redirect("oncall", practice=office.practice)
    return redirect("home")


@page()
def bell(request: HttpRequest, office: Office) -> HttpResponse:
    """Return the bell anew, for a page that asks by itself."""
    return render(request, "oncall/bell.html", {"bell": bell_of(office)})
