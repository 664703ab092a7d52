"""The simulator: a clinician answers as a patient would; nobody is called and nothing is stored.

The lines typed so far travel with the form; every answer plays the call again from its beginning.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from caretally.contacts.wellness_calls.call_log import call_log
from caretally.contacts.wellness_calls.conditions import Measured
from caretally.contacts.wellness_calls.pack_reader import NAMES, installed
from caretally.contacts.wellness_calls.packs import LANGUAGES, Pack
from caretally.contacts.wellness_calls.record import Desk, record_of
from caretally.contacts.wellness_calls.states import Callee
from caretally.contacts.wellness_calls.transcripts import lines_of_log, rehearsed, rows_of
from caretally.journal.entries import ContactHeld
from caretally.practice.office import Office
from caretally.practice.roles import RUN_CALLS
from caretally.web.frame.asking import page

MOST_LINES, LONGEST_LINE = 200, 300
BEGINS_AT = datetime(2026, 3, 26, 14, 5, tzinfo=UTC)
QUICK = ("yes", "no", "#1", "#2", "#0", "#9", "silence", "nurse joins", "nurse unavailable",
         "wait", "hang up")  # fmt: skip
"""What a button types."""


@page(permission=RUN_CALLS)
def simulator(request: HttpRequest, office: Office) -> HttpResponse:
    """Show the call as it stands after what was typed."""
    asked = request.POST if request.method == "POST" else request.GET
    name, language = asked.get("protocol", NAMES[0]), asked.get("language", "en")
    pack = installed(name if name in NAMES else NAMES[0])
    language = language if language in LANGUAGES else "en"
    script, problem = script_of(request)
    values = {each: asked.get(f"device_{each}", "").strip() for each in pack.devices}
    devices, wrong = devices_of(pack, values)
    callee = Callee(
        name="Ada", birth_year=1950, practice="your practice", callback="555 0100",
        language=language, devices=devices,
    )  # fmt: skip
    context = {
        "pack": pack, "protocols": NAMES, "language": language, "languages": LANGUAGES,
        "devices": [(each, values[each], wrong.get(each, "")) for each in pack.devices],
        "quick": QUICK, "script": "\n".join(script), "problem": problem,
        "has_begun": request.method == "POST", **shown(pack, callee, script),
    }  # fmt: skip
    status = 422 if wrong or problem else 200
    return render(request, "calls/simulator.html", context, status=status)


def script_of(request: HttpRequest) -> tuple[list[str], str]:
    """Return the lines typed so far with the new one, and what is wrong with that."""
    if request.POST.get("again"):
        return [], ""
    lines = [each for each in request.POST.get("script", "").splitlines() if each.strip()]
    new = (request.POST.get("quick") or request.POST.get("line") or "").strip()
    if len(new) > LONGEST_LINE or len(lines) >= MOST_LINES:
        return lines[:MOST_LINES], f"up to {MOST_LINES} lines of {LONGEST_LINE} characters"
    return ([*lines, new] if new else lines), ""


def devices_of(
    pack: Pack, values: dict[str, str]
) -> tuple[dict[str, tuple[Measured, ...]], dict[str, str]]:
    """Return what devices hold, newest first and a day apart, and what is no number."""
    found, wrong = {}, {}
    for name, typed in values.items():
        try:
            numbers = [Decimal(each.strip()) for each in typed.split(",") if each.strip()]
        except InvalidOperation:
            numbers = [Decimal("NaN")]
        if not all(each.is_finite() for each in numbers):
            wrong[name] = "expected numbers with commas between, the newest first"
        elif numbers:
            found[name] = tuple(
                Measured(value=each, hours_before=24 * day) for day, each in enumerate(numbers)
            )
    return found, wrong


def shown(pack: Pack, callee: Callee, script: list[str]) -> dict[str, Any]:
    """Return the rows of the call, and the record it would leave once it is over."""
    log = call_log(pack, callee, rehearsed(pack, callee, script), answered_at=BEGINS_AT)
    found: dict[str, Any] = {
        "rows": list(rows_of(lines_of_log(log), pack, log)), "state": log.last,
        "is_over": bool(log.last.ended),
    }  # fmt: skip
    if log.last.ended:
        record = record_of(log, Desk(program="rpm", agent="stf_agent"))
        found["record"] = record
        found["bodies"] = [(each, isinstance(each, ContactHeld)) for each in record.bodies]
    return found
