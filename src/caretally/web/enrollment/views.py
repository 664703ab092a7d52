"""The page of an enrollment, its forms, and taking back what was entered by mistake."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from caretally.codes import PROGRAMS
from caretally.errors import InputError
from caretally.journal.entries import Entry
from caretally.practice.enrolling import WORKS, Written, take_back, undo, write
from caretally.practice.enrolling_people import account_names
from caretally.practice.enrolling_state import Enrolling, enrolling, entry_named
from caretally.practice.office import Office
from caretally.practice.roles import ENROLL, SEE_PATIENTS
from caretally.web.enrollment.forms import FORMS
from caretally.web.enrollment.options import desk_of
from caretally.web.enrollment.papers import Paper, filled_paper, fresh_paper, sentence, written
from caretally.web.enrollment.steps import pieces_of, saved_entry, steps_of
from caretally.web.enrollment.words import PATH, STAGE_WORDS, STEPS, kind_words, says
from caretally.web.frame.asking import page

WRONG = 422


@page(permission=SEE_PATIENTS)
def enrollment(request: HttpRequest, office: Office, patient: str) -> HttpResponse:
    """Show what is on file and what is missing, step by step."""
    chart = office.open_chart(patient, purpose="enrollment page")
    found = enrolling(office, chart, request.GET.get("program", ""))
    pieces = pieces_of(found)
    context = {
        "chart": chart,
        "enrolling": found,
        "state": found.state,
        "stage_words": STAGE_WORDS[found.state.stage],
        "path": path_of(found),
        "pieces": pieces,
        "gaps": [piece for piece in pieces if piece.state.is_missing],
        "steps": steps_of(office, found),
        "programs": [
            {
                "name": name,
                "stage": STAGE_WORDS[found.stages[name]],
                "is_here": name == found.program,
            }
            for name in PROGRAMS
        ],
        "may_enroll": office.caller.may(ENROLL),
        "saved": saved_entry(office, found, request.GET.get("saved", "")),
        "is_saved": entry_named(chart, request.GET.get("saved", "")) is not None,
        "is_undone": bool(request.GET.get("undone")),
        "undo_id": office.new_id("ent"),
    }
    return render(request, "enrollment/page.html", context)


@page(permission=ENROLL)
def form(request: HttpRequest, office: Office, patient: str, work: str) -> HttpResponse:
    """Show a form, or store what was filled in."""
    wanted = FORMS.get(work)
    if wanted is None:
        raise Http404("no such form")
    office.caller.require(WORKS[work].permission)
    chart = office.open_chart(patient, purpose="enrollment form", permission=ENROLL)
    found = enrolling(office, chart, request.POST.get("program") or request.GET.get("program", ""))
    supersedes = request.POST.get("supersedes") or request.GET.get("supersedes", "")
    corrects = entry_named(chart, supersedes)
    if corrects is not None and corrects.kind != wanted.kind:
        raise Http404("no such entry of this kind")
    desk = desk_of(office, found)
    if request.method != "POST":
        if supersedes and corrects is None:
            raise Http404("no such entry")
        return shown(request, fresh_paper(wanted, desk, corrects))
    paper = filled_paper(wanted, desk, corrects, request.POST)
    try:
        entry_id = write(office, patient, written(paper))
    except InputError as error:
        return shown(request, replace(paper, error=error))
    return gone_to(request, office, patient, {"program": found.program, "saved": entry_id})


@page(permission=ENROLL)
def void(request: HttpRequest, office: Office, patient: str, entry: str) -> HttpResponse:
    """Ask why an entry is taken back, and take it back."""
    chart = office.open_chart(patient, purpose="enrollment correction", permission=ENROLL)
    found = enrolling(office, chart, request.GET.get("program", ""))
    why, error = request.POST.get("why", ""), None
    if request.method == "POST":
        filled = Written(work="", reason=why, entry_id=request.POST.get("entry_id", ""))
        try:
            take_back(office, patient, entry, filled)
        except InputError as refusal:
            error = refusal
        else:
            return gone_to(request, office, patient, {"program": found.program, "undone": "1"})
    known = entry_named(chart, entry)
    if known is None and error is None:
        raise Http404("no such entry")
    context = {
        "chart": chart,
        "enrolling": found,
        "kind": kind_words(known.kind) if known else "",
        "words": words_of(office, found, known) if known else "",
        "entry_id": request.POST.get("entry_id") or office.new_id("ent"),
        "why": why,
        "errors": told(error, found.state.time_zone) if error else [],
    }
    return render(request, "enrollment/void.html", context, status=WRONG if error else 200)


@require_POST
@page(permission=ENROLL)
def undo_entry(request: HttpRequest, office: Office, patient: str, entry: str) -> HttpResponse:
    """Take back what the caller wrote just now."""
    program = request.POST.get("program", "")
    try:
        undo(office, patient, entry, void_id=request.POST.get("entry_id", ""))
    except InputError as error:
        chart = office.open_chart(patient, purpose="enrollment page", permission=ENROLL)
        errors = told(error, chart.record.register.zone_of(patient, office.now))
        context = {"chart": chart, "program": program, "errors": errors}
        return render(request, "enrollment/not_undone.html", context, status=WRONG)
    return gone_to(request, office, patient, {"program": program, "undone": "1"})


def told(error: InputError, zone_name: str) -> list[str]:
    """Return all that is wrong in words."""
    return [sentence(problem, zone_name) for problem in error.problems]


def shown(request: HttpRequest, paper: Paper) -> HttpResponse:
    """Return a form, in place where the page asked for it, else as a page of its own."""
    name = "enrollment/_form.html" if is_in_place(request) else "enrollment/form.html"
    step = dict(STEPS)[paper.form.step]
    context = {"paper": paper, "enrolling": paper.desk.enrolling, "step": step,
               "chart": paper.desk.enrolling.chart}  # fmt: skip
    return render(request, name, context, status=WRONG if paper.error else 200)


def gone_to(
    request: HttpRequest, office: Office, patient: str, query: dict[str, str]
) -> HttpResponse:
    """Return to the page of the enrollment; in place, let the page load itself anew."""
    address = reverse("enrollment", kwargs={"practice": office.practice, "patient": patient})
    target = f"{address}?{urlencode({key: value for key, value in query.items() if value})}"
    if is_in_place(request):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = target
        return answer
    return redirect(target)


def is_in_place(request: HttpRequest) -> bool:
    """Tell whether a page asks for a part of itself."""
    return bool(request.headers.get("HX-Request") == "true")


def path_of(found: Enrolling) -> list[dict[str, Any]]:
    """Return the stages of being taken in, and which is now; others stand after the last."""
    stage = found.state.stage
    stages = PATH if stage in PATH else (*PATH, stage)
    here = stages.index(stage)
    return [
        {"words": STAGE_WORDS[name], "is_here": place == here, "is_done": place < here}
        for place, name in enumerate(stages)
    ]


def words_of(office: Office, found: Enrolling, entry: Entry) -> str:
    """Return in a line what an entry says."""
    return says(entry, account_names(office), found.state.time_zone)
