"""Pages of rules: what holds for whom and why, what was signed, and a form to sign another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from caretally.errors import InputError
from caretally.practice.alert_lists import LEVEL_WORDS
from caretally.practice.alert_rules import (
    MOST_TRIED,
    TRIED_DAYS,
    Trial,
    rules_of_patient,
    rules_signed,
    shelf_of,
    sign,
    trial,
)
from caretally.practice.alerts import staff_of
from caretally.practice.office import Office
from caretally.practice.roles import SEE_PATIENTS, SIGN_RULES
from caretally.practice.staff_names import name_of, staff_names
from caretally.triage.rules import Rule
from caretally.triage.sources import SOURCES
from caretally.triage.starting_points import CONDITION_WORDS, CRISIS_RULES
from caretally.triage.thresholds import words_of
from caretally.triage.vitals import BY_CODE
from caretally.web.alerts.rule_forms import Typed, body_of, rule_fields, typed_from
from caretally.web.alerts.words import HUES
from caretally.web.frame.asking import page
from caretally.web.frame.fields import shown, typed_in

UNPROCESSABLE = 422
PLACES = ("rule", "scope", "program", "condition")


def told(rule: Rule, names: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """Return a rule in words."""
    vital = BY_CODE.get(rule.metric)
    return {
        "rule": rule, "title": (rule.title or rule.rule.replace("_", " ")).capitalize(),
        "says": words_of(rule, vital.says if vital else ""), "level": LEVEL_WORDS[rule.level],
        "hue": HUES[rule.level], "place": place_words(rule),
        "signer": name_of(names, rule.set_by) if rule.set_by else "",
        "sources": [SOURCES[key] for key in rule.cites], **more,
    }  # fmt: skip


def place_words(rule: Rule) -> str:
    """Return whom a rule is for, in words."""
    if rule.scope == "condition":
        words = CONDITION_WORDS.get(rule.condition, "")
        return f"{words} ({rule.condition})" if words else rule.condition
    if rule.scope == "program":
        return rule.program.upper()
    return "this patient" if rule.scope == "patient" else "everybody"


def order(rule: Rule) -> tuple[Any, ...]:
    """Return by what rules are sorted: the widest first, then by name."""
    return (*rule.nearness, rule.condition, rule.program, rule.metric, rule.rule)


def may_sign(office: Office) -> bool:
    """Tell whether the caller may sign rules."""
    return office.caller.may(SIGN_RULES) and bool(office.caller.staff)


@page(permission=SEE_PATIENTS)
def rules(request: HttpRequest, office: Office) -> HttpResponse:
    """List the rules of the practice, by whom they are for."""
    shelf, names = shelf_of(office), staff_names(office)
    groups: dict[str, list[dict[str, Any]]] = {}
    for rule in sorted(shelf.rules, key=order):
        earlier = [told(each, names) for each in shelf.earlier(rule)]
        group = place_words(rule).partition(" (")[0]
        groups.setdefault(group, []).append(told(rule, names, earlier=earlier))
    context = {
        "groups": list(groups.items()), "may_sign": may_sign(office), "zone": office.home_zone(),
        "crisis": [told(each, names) for each in CRISIS_RULES],
    }  # fmt: skip
    return render(request, "alerts/rules.html", context)


@page(permission=SEE_PATIENTS)
def patient_rules(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Show every rule meant for a patient, which of them holds, and what it took the place of."""
    chart, found = rules_of_patient(office, patient)
    names = staff_names(office)
    rows = [told(each.rule, names, holds=each.holds and each.rule.is_active, is_nearest=each.holds)
            for each in found]  # fmt: skip
    rows.sort(key=lambda each: (each["rule"].metric, each["rule"].test, each["rule"].rule,
                                not each["holds"]))  # fmt: skip
    history = rules_signed((e for e in chart.record.in_force), patient)
    context = {
        "chart": chart, "card": chart.card, "rows": rows, "may_sign": may_sign(office),
        "zone": chart.record.register.zone_of(patient, office.now),
        "history": [told(each, names) for each in reversed(history)],
    }  # fmt: skip
    return render(request, "alerts/patient_rules.html", context)


@page(permission=SIGN_RULES)
def rule_form(request: HttpRequest, office: Office) -> HttpResponse:
    """Sign a rule of the practice, or try it out on the readings of the last days."""
    return filled_in(request, office, None, shelf_of(office).rules)


@page(permission=SIGN_RULES)
def patient_rule_form(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Sign a rule of one patient, or try it out."""
    office.card(patient, permission=SIGN_RULES)
    _, found = rules_of_patient(office, patient)
    return filled_in(request, office, patient, [each.rule for each in found])


def filled_in(
    request: HttpRequest, office: Office, patient: str | None, known: Iterable[Rule]
) -> HttpResponse:
    """Show the form of a rule; try it out, or sign it and go on."""
    fields = rule_fields(is_of_patient=patient is not None)
    typed = {"entry": office.new_id("ent"), "scope": "practice", **start(request, known)}
    error: InputError | None = None
    tried: Trial | None = None
    if request.method == "POST":
        typed = typed_in(request)
        try:
            body = body_of(typed, staff_of(office), is_of_patient=patient is not None)
            filing = office.filing(patient, entry_id=typed.get("entry", ""))
            if "preview" in typed:
                tried = trial(office, filing, body)
            else:
                sign(office, filing, body)
                messages.success(request, "Signed. Readings of the last days are judged anew.")
                return back(office, patient)
        except InputError as found:
            error = found
    made = shown(fields, typed, error)
    at_fields = any(field.messages for field in made)
    context = {
        "fields": made, "error": error, "tried": tried, "patient": patient,
        "days": TRIED_DAYS, "most": MOST_TRIED, "signer": office.caller.staff,
        "other_messages": [] if at_fields or error is None else [str(e) for e in error.problems],
    }  # fmt: skip
    return render(request, "alerts/rule_form.html", context, status=UNPROCESSABLE if error else 200)


def start(request: HttpRequest, known: Iterable[Rule]) -> Typed:
    """Return what stands in the form at first: the rule that the address names, if any."""
    asked = {name: request.GET.get(name, "") for name in PLACES}
    if not asked["rule"]:
        return {}
    for rule in known:
        if all(getattr(rule, name) == (value or getattr(rule, name))
               for name, value in asked.items()):  # fmt: skip
            off = {"active": "no"} if request.GET.get("off") else {}
            return {**typed_from(rule), **off}
    return {}


def back(office: Office, patient: str | None) -> HttpResponse:
    """Return to the rules that a form came from."""
    if patient is None:
        return redirect("rules", practice=office.practice)
    return redirect("patient-rules", practice=office.practice, patient=patient)
