"""What people do with their timer; every answer is the clock again, or the page they came from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from caretally.clock import seconds_of
from caretally.contacts.notes import clock
from caretally.errors import CaretallyError, ConflictError, UnknownError
from caretally.practice import timing
from caretally.practice.office import Office
from caretally.practice.roles import RECORD_CARE
from caretally.practice.timing import Outcome
from caretally.store.cards import Card
from caretally.timekeeping.timers import Work
from caretally.web.frame.asking import page
from caretally.web.frame.middleware import note_use
from caretally.web.timers.slot import Slot, is_for, slot_of

PUT_ASIDE = "Nobody stopped this timer. It was put aside; attest to its time under My time."


@require_POST
@page()
def beat(request: HttpRequest, office: Office) -> HttpResponse:
    """Take a sign of life of a page; say how the clock stands, and what to show where it changed.

    Whether the page was used decides about the timer and keeps the session; a beat alone does not.
    """
    is_used = request.POST.get("used") == "1"
    if is_used:
        note_use(request, seconds_of(office.now))
    if not is_for(office):
        return JsonResponse({"key": "", "seconds": None, "html": ""})
    timing.beat(office, is_used=is_used)
    path = request.GET.get("path", "")
    slot = slot_of(office, card_at(office, path))
    answer: dict[str, object] = {"key": slot.key, "seconds": None, "runs": False, "html": ""}
    if slot.running is not None:
        answer |= {"seconds": slot.seconds, "runs": slot.running.timer.is_running}
    if request.POST.get("key") != slot.key:
        answer["html"] = slot_html(request, slot, path)
    return JsonResponse(answer)


@require_POST
@page(permission=RECORD_CARE)
def start(request: HttpRequest, office: Office) -> HttpResponse:
    """Start the person's timer; one that runs is only stopped where the person said so."""
    asked = (
        request.POST.get("patient", ""), request.POST.get("program", ""),
        request.POST.get("category", ""),
    )  # fmt: skip
    work = Work(patient=asked[0], program=asked[1], category=asked[2])
    try:
        done = timing.start(office, work, stops_other=request.POST.get("stops_other") == "1")
    except ConflictError:
        return asking(request, office, asked)
    except UnknownError:
        raise
    except CaretallyError as error:
        return answered(request, office, str(error), is_error=True)
    return answered(request, office, said(office, done) if done.logged or done.forgotten else "")


def asking(request: HttpRequest, office: Office, asked: tuple[str, str, str]) -> HttpResponse:
    """Ask whether the other timer is to stop."""
    path = path_of(request, office)
    slot = replace(slot_of(office, card_at(office, path)), asks=asked)
    if is_htmx(request):
        return HttpResponse(slot_html(request, slot, path))
    context = {"asks": asked, "other": slot}
    return render(request, "timers/switch.html", context, status=409)


@require_POST
@page(permission=RECORD_CARE)
def pause(request: HttpRequest, office: Office) -> HttpResponse:
    """Pause the timer."""
    return done_with(request, office, timing.pause)


@require_POST
@page(permission=RECORD_CARE)
def resume(request: HttpRequest, office: Office) -> HttpResponse:
    """Go on with the timer."""
    return done_with(request, office, timing.take_up)


@require_POST
@page(permission=RECORD_CARE)
def stop(request: HttpRequest, office: Office) -> HttpResponse:
    """Stop the timer and log its time."""
    note = request.POST.get("note", "").strip()
    try:
        done = timing.stop(office, request.POST.get("timer", ""), note=note)
    except CaretallyError as error:
        return answered(request, office, str(error), is_error=True)
    return answered(request, office, said(office, done))


@require_POST
@page(permission=RECORD_CARE)
def hand_over(request: HttpRequest, office: Office) -> HttpResponse:
    """Let a colleague go on."""
    try:
        done = timing.hand_over(
            office, request.POST.get("timer", ""), request.POST.get("colleague", "")
        )
    except ConflictError:
        words = "Your colleague has a timer that is not stopped; nothing was handed over."
        return answered(request, office, words, is_error=True)
    except CaretallyError as error:
        return answered(request, office, str(error), is_error=True)
    return answered(request, office, f"Handed over. {said(office, done)}")


def done_with(
    request: HttpRequest, office: Office, action: Callable[[Office, str], Outcome]
) -> HttpResponse:
    """Do something with the timer that the form names, and answer."""
    try:
        done = action(office, request.POST.get("timer", ""))
    except CaretallyError as error:
        return answered(request, office, str(error), is_error=True)
    return answered(request, office, PUT_ASIDE if done.forgotten else "")


def said(office: Office, done: Outcome) -> str:
    """Return what was logged, with both clocks of the month."""
    if done.forgotten:
        return PUT_ASIDE
    if not done.logged:
        return "Nothing to log: no second was measured that is not on record already."
    entry = done.logged[-1]
    card = office.card(entry.patient or "")
    month = office.chart(card).month_of(entry.at)
    both = timing.clocks(office, card.patient, month)
    return (
        f"Logged {clock(done.seconds)}. {month}: {clock(both.management_seconds)} management, "
        f"{clock(both.live_seconds)} live."
    )


def answered(
    request: HttpRequest, office: Office, says: str, *, is_error: bool = False
) -> HttpResponse:
    """Answer with the clock, or without scripts with the page the person came from."""
    path = path_of(request, office)
    if is_htmx(request):
        slot = slot_of(office, card_at(office, path), says=says, is_error=is_error)
        answer = HttpResponse(slot_html(request, slot, path))
        answer["HX-Trigger"] = "caretally:totals"
        return answer
    if says:
        messages.add_message(request, messages.ERROR if is_error else messages.SUCCESS, says)
    return redirect(path)


def is_htmx(request: HttpRequest) -> bool:
    """Tell whether a part of a page is wanted."""
    return bool(request.headers.get("HX-Request") == "true")


def path_of(request: HttpRequest, office: Office) -> str:
    """Return the page the person came from; never one of another site."""
    path = request.POST.get("path", "")
    is_ours = path.startswith("/p/") and "//" not in path and "\\" not in path
    return path if is_ours else f"/p/{office.practice}/time/"


def card_at(office: Office, path: str) -> Card | None:
    """Return the card of the patient whose page a path is, if the caller may see one."""
    start_of = f"/p/{office.practice}/patients/"
    patient = path.removeprefix(start_of).partition("/")[0] if path.startswith(start_of) else ""
    try:
        return office.card(patient) if patient else None
    except CaretallyError:
        return None


def slot_html(request: HttpRequest, slot: Slot, path: str) -> str:
    """Return the clock as a part of a page."""
    context = {"slot": slot, "practice": slot.practice, "path": path}
    return str(render_to_string("timers/slot.html", context, request=request))
