"""A person's own day, and the timers that wait for somebody to vouch for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from caretally.clock import zone
from caretally.errors import ForbiddenError, InputError
from caretally.practice.office import Office
from caretally.practice.roles import ATTEST_FOR_OTHERS, RECORD_CARE
from caretally.practice.timing import running
from caretally.practice.timing_day import WIDTH, day_of
from caretally.practice.timing_forgotten import Forgotten, forgotten
from caretally.practice.timing_forgotten import attest as attested
from caretally.practice.timing_forgotten import let_go as gone
from caretally.practice.timing_local import LocalTime, instant_after, typed_from
from caretally.practice.timing_people import WITHOUT_STAFF_ID
from caretally.timekeeping.spans import Span
from caretally.web.frame.asking import page


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A measured stretch as the form shows it, local to the practice."""

    number: int
    day: str
    start: str
    end: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A forgotten timer with its stretches."""

    found: Forgotten
    stretches: tuple[Stretch, ...]


@page()
def day(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the person's day, and what waits for attestation."""
    _check(office)
    return shown(request, office)


@require_POST
@page()
def attest(request: HttpRequest, office: Office, timer: str) -> HttpResponse:
    """Log what the person vouches for of a forgotten timer."""
    _check(office)
    found = next((each for each in forgotten(office) if each.timer.id == timer), None)
    try:
        kept = kept_of(request, office, found) if found is not None else ()
        done = attested(office, timer, kept, request.POST.get("reason", "").strip())
    except InputError as error:
        return shown(request, office, error=error, failed=timer)
    words = "The attested time is logged." if done.accepted else "Nothing of it was logged."
    messages.success(request, words)
    return redirect("time", practice=office.practice)


@require_POST
@page()
def let_go(request: HttpRequest, office: Office, timer: str) -> HttpResponse:
    """Settle a forgotten timer; nothing of it is logged."""
    _check(office)
    gone(office, timer)
    messages.success(request, "The timer is settled; nothing was logged.")
    return redirect("time", practice=office.practice)


def shown(
    request: HttpRequest, office: Office, *, error: InputError | None = None, failed: str = ""
) -> HttpResponse:
    """Return the page."""
    running(office)  # a timer forgotten by now is put aside, and waits below
    today = office.today()
    try:
        wanted = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        wanted = today
    found = day_of(office, min(wanted, today))
    context = {
        "day": found, "today": today, "before": found.day - timedelta(days=1),
        "after": found.day + timedelta(days=1), "width": WIDTH,
        "waiting": [waiting(office, each) for each in forgotten(office)],
        "error": error, "failed": failed, "without_staff_id": WITHOUT_STAFF_ID,
        "typed": request.POST if error is not None else {},
    }  # fmt: skip
    return render(request, "timers/day.html", context, status=200 if error is None else 422)


def waiting(office: Office, found: Forgotten) -> Waiting:
    """Return a forgotten timer as the page shows it."""
    zone_name = office.home_zone()
    stretches = []
    for number, span in enumerate(found.timer.measured):
        start, end = typed_from(span.start, zone_name), typed_from(span.end, zone_name)
        stretches.append(
            Stretch(
                number=number, day=start.day, start=start.time, end=end.time, seconds=span.seconds
            )
        )
    return Waiting(found=found, stretches=tuple(stretches))


def kept_of(request: HttpRequest, office: Office, found: Forgotten) -> tuple[Span, ...]:
    """Return the stretches that the person keeps, shortened where that was typed.

    Raises:
        InputError: nothing is kept, or a time is none.
    """
    zone_name, kept = office.home_zone(), []
    for number, span in enumerate(found.timer.measured):
        if request.POST.get(f"keep-{number}") != "1":
            continue
        typed = (request.POST.get(f"from-{number}", ""), request.POST.get(f"to-{number}", ""))
        was = (typed_from(span.start, zone_name), typed_from(span.end, zone_name))
        # What nobody changed stays to the second, also in an hour that came twice.
        start, end = span.start, span.end
        day_typed = f"{span.start.astimezone(zone(zone_name)):%Y-%m-%d}"
        if typed[0] != was[0].time:
            local = LocalTime(day=day_typed, time=typed[0])
            start = instant_after(local, span.start, zone_name, field="kept")
        if typed[1] != was[1].time:
            local = LocalTime(day=day_typed, time=typed[1])
            end = instant_after(local, span.start, zone_name, field="kept")
        kept.append(Span(start, end))
    return tuple(kept)


def _check(office: Office) -> None:
    if not (office.caller.may(RECORD_CARE) or office.caller.may(ATTEST_FOR_OTHERS)):
        raise ForbiddenError("your roles in this practice record no time")
