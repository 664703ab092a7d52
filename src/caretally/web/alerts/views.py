"""Pages of alerts: the list, its part on other pages, one alert, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from caretally.codes import ALERT_OUTCOMES
from caretally.errors import InputError
from caretally.journal.entries import ContactHeld
from caretally.practice import alerts as answers
from caretally.practice.alert_lists import (
    LEVEL_WORDS,
    OUTCOME_WORDS,
    Alerts,
    Told,
    closed_alerts,
    open_alerts,
    stamp,
    tell_access,
    told_of,
)
from caretally.practice.alerts import Answered
from caretally.practice.office import Office
from caretally.practice.roles import ANSWER_ALERTS, SEE_PATIENTS
from caretally.practice.staff_names import name_of, staff_names
from caretally.triage.sources import SOURCES
from caretally.triage.thresholds import words_of
from caretally.triage.vitals import BY_CODE
from caretally.web.alerts.words import HUES, cards_of, clock_words, span_words
from caretally.web.frame.asking import page
from caretally.web.frame.fields import LONG, SELECT, Field, shown, typed_in

UNPROCESSABLE = 422
Act = Callable[[Office, Answered], None]


def open_context(office: Office, found: Alerts) -> dict[str, Any]:
    """Return what the list of open alerts is rendered from."""
    ids = (office.new_id("ent") for _ in found.rows)
    return {
        "alerts": found, "alert_cards": cards_of(found.rows, staff_names(office), ids, office.now),
        "may_answer": office.caller.may(ANSWER_ALERTS) and bool(office.caller.staff),
        "alert_counts": [(LEVEL_WORDS[name], HUES[name], count)
                         for name, count in found.counts.items()],
        "alerts_now": office.now,
    }  # fmt: skip


@page(permission=SEE_PATIENTS)
def alerts(request: HttpRequest, office: Office) -> HttpResponse:
    """List the alerts that wait for an outcome, and those closed last."""
    found = open_alerts(office)
    tell_access(office, found)
    done = closed_alerts(office)
    ids = ("" for _ in done)
    context = {
        **open_context(office, found), "outcomes": OUTCOME_WORDS,
        "closed": cards_of(done, staff_names(office), ids, office.now),
    }  # fmt: skip
    return render(request, "alerts/list.html", context)


@page(permission=SEE_PATIENTS)
def open_part(request: HttpRequest, office: Office) -> HttpResponse:
    """Answer 304 while an open list of alerts is up to date, else the list anew."""
    unchanged = get_conditional_response(request, etag=f'"{stamp(office)}"')
    if unchanged is not None:
        return unchanged
    found = open_alerts(office)
    tell_access(office, found)
    answer = render(request, "alerts/open.html", open_context(office, found))
    answer["ETag"] = f'"{found.stamp}"'
    answer["Cache-Control"] = "private, no-cache"
    return answer


@page(permission=SEE_PATIENTS)
def alert(request: HttpRequest, office: Office, patient: str, alert: str) -> HttpResponse:
    """Show one alert: why, readings, rule, what was done, and what to do."""
    return alert_page(request, office, told_of(office, patient, alert))


def alert_page(
    request: HttpRequest, office: Office, told: Told, refused: tuple[str, InputError] | None = None
) -> HttpResponse:
    """Return the page of an alert; with a refused form, that form with what is wrong."""
    names = staff_names(office)
    which, error = refused or ("", None)
    typed = typed_in(request) if refused else {}
    metric = BY_CODE.get(told.alert.metric)
    rule = told.rule
    forms = {"close": close_fields(told, names), "assign": assign_fields(told, names)}
    fields = {
        name: shown(made, typed if name == which else {}, error if name == which else None)
        for name, made in forms.items()
    }
    context = {
        "told": told, "chart": told.chart, "card": told.chart.card, "alert": told.alert,
        "level": LEVEL_WORDS[told.alert.level], "hue": HUES[told.alert.level],
        "age": span_words(office.now - told.alert.raised_at),
        "clock": clock_words(told.alert.answer_by, office.now), "now": office.now,
        "is_overdue": told.alert.is_overdue(office.now),
        "rule": rule, "rule_words": words_of(rule, metric.says if metric else "") if rule else "",
        "signer": name_of(names, rule.set_by) if rule and rule.set_by else "",
        "sources": [SOURCES[key] for key in rule.cites] if rule else [],
        "outcome": OUTCOME_WORDS.get(told.alert.outcome, ""), "names": names,
        "owner": name_of(names, told.alert.owner) if told.alert.owner else "",
        "taken_by": name_of(names, told.alert.acknowledged_by),
        "story": [(each, name_of(names, getattr(each.body, "by", None) or each.actor),
                   [name_of(names, who) for who in getattr(each.body, "told", ())])
                  for each in told.story],
        "closed_by": name_of(names, told.alert.closed_by or "system:alerts"),
        "may_answer": office.caller.may(ANSWER_ALERTS) and bool(office.caller.staff),
        "close_fields": fields["close"], "assign_fields": fields["assign"],
        "error": error, "entries": [office.new_id("ent") for _ in range(4)],
        "other_messages": others(error, fields.get(which, ())),
    }  # fmt: skip
    return render(request, "alerts/alert.html", context, status=UNPROCESSABLE if error else 200)


def others(error: InputError | None, fields: tuple[Field, ...]) -> list[str]:
    """Return what is wrong and stands at no field."""
    if error is None or any(field.messages for field in fields):
        return []
    return [str(each) for each in error.problems]


def close_fields(told: Told, names: Any) -> tuple[Field, ...]:
    """Return the fields with which an alert is closed."""
    talks = tuple(
        (each.id, f"{each.at:%Y-%m-%d %H:%M} UTC, "
         + ", ".join(name_of(names, who) for who in each.body.performers))
        for each in told.talks if isinstance(each.body, ContactHeld)
    )  # fmt: skip
    outcomes = tuple((name, OUTCOME_WORDS[name]) for name in ALERT_OUTCOMES)
    return (
        Field(name="outcome", label="What came of it", kind=SELECT,
              choices=(("", "choose"), *outcomes)),
        Field(name="contact", label="Conversation about it", kind=SELECT, is_optional=True,
              choices=(("", "none on record since"), *talks)),
        Field(name="note", label="Note", kind=LONG, is_optional=True,
              hint="Needed where the reading was wrong or no action was needed."),
    )  # fmt: skip


def assign_fields(told: Told, names: Any) -> tuple[Field, ...]:
    """Return the field with which an alert is given to somebody."""
    staff = tuple((each, name_of(names, each)) for each in told.staff)
    return (
        Field(name="owner", label="Who answers for it", kind=SELECT, value=told.alert.owner,
              choices=(("", "choose"), *staff)),
    )  # fmt: skip


def done(
    request: HttpRequest, office: Office, typed: Answered, act: tuple[str, Act, str]
) -> HttpResponse:
    """Do something about an alert and go on, or show its page with what is wrong.

    act: name of the form, what is done, and what to say then.
    """
    which, command, said = act
    try:
        command(office, typed)
    except InputError as error:
        told = told_of(office, typed.patient, typed.alert)
        return alert_page(request, office, told, (which, error))
    messages.success(request, said)
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/"):
        return redirect(back)
    return redirect("alert", practice=office.practice, patient=typed.patient, alert=typed.alert)


def typed_of(request: HttpRequest, patient: str, alert: str) -> Answered:
    """Return what was typed about an alert."""
    typed = typed_in(request)
    known = ("entry", "outcome", "note", "contact", "owner", "reason")
    return Answered(patient=patient, alert=alert, **{name: typed.get(name, "") for name in known})


@require_POST
@page(permission=ANSWER_ALERTS)
def acknowledge(request: HttpRequest, office: Office, patient: str, alert: str) -> HttpResponse:
    """Take an alert on."""
    typed = typed_of(request, patient, alert)
    said = "You took the alert on. It can be undone on its page."
    return done(request, office, typed, ("acknowledge", answers.acknowledge, said))


@require_POST
@page(permission=ANSWER_ALERTS)
def assign(request: HttpRequest, office: Office, patient: str, alert: str) -> HttpResponse:
    """Give an alert to somebody."""
    typed = typed_of(request, patient, alert)
    return done(request, office, typed, ("assign", answers.assign, "The alert has an owner."))


@require_POST
@page(permission=ANSWER_ALERTS)
def close(request: HttpRequest, office: Office, patient: str, alert: str) -> HttpResponse:
    """Close an alert with what came of it."""
    typed = typed_of(request, patient, alert)
    return done(request, office, typed, ("close", answers.close, "The alert is closed."))


@require_POST
@page(permission=ANSWER_ALERTS)
def undo(request: HttpRequest, office: Office, patient: str, alert: str) -> HttpResponse:
    """Take back what was done last about an alert."""
    typed = typed_of(request, patient, alert)
    return done(request, office, typed, ("undo", answers.undo, "Taken back."))
