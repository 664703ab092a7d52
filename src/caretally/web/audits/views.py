"""The pages of the self-audit: all measures, one of them with its cases, and a mock audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString

from caretally.audit.findings import Case
from caretally.audit.measures import HOUSE, OIG, Taken
from caretally.clock import ServiceMonth
from caretally.practice.office import Office
from caretally.practice.roles import ISSUE_PACKETS, SEE_AUDIT
from caretally.practice.self_auditing import SelfAudit, Tally, self_audit
from caretally.practice.self_auditing_export import csv_of
from caretally.practice.self_auditing_pages import (
    patient_names,
    pictures_of,
    place_of,
    report_of,
    state_of,
)
from caretally.practice.self_auditing_sample import MOST, chosen, sample
from caretally.practice.staff_names import name_of, staff_names
from caretally.web.audits.drawing import months_line
from caretally.web.frame.asking import page
from caretally.web.patients.views import href_of, month_in
from caretally.web.reports.files import pdf_of
from caretally.web.reports.views import drawn, made_at, practice_name

MONTHS_OFFERED = 13
MONTHS_AT_ONCE = 2
"""Months for comparison that one request works out; the page asks on until all are in."""
SHOWN_CASES = 100
SIZES = (5, 10, 20, 30)
LONGEST_SEED = 40
STATE_CLASSES = {"Alarm": "state-unmet", "Quiet": "state-met", "Reported": "state-quiet"}
SECTIONS = (
    (OIG, "What OIG measures", "Of every practice, from claims; here from what may be billed."),
    (HOUSE, "House measures", "Of the record behind the claims: how time and notes came to be."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A measure in the overview; before: its figure of the month before."""

    taken: Taken
    state: str
    state_class: str
    before: str
    line: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A case with what to call those it names."""

    case: Case
    patient: str
    staff: str


def asked_month(request: HttpRequest, office: Office) -> tuple[ServiceMonth, ServiceMonth]:
    """Return the month an address asks for, and the current one at the practice."""
    today = office.today()
    current = ServiceMonth(today.year, today.month)
    return min(month_in(request.GET.get("month", "")) or current, current), current


def choosing(month: ServiceMonth, current: ServiceMonth) -> dict[str, Any]:
    """Return the months that a page can be turned to."""
    months = [current]
    while len(months) < MONTHS_OFFERED:
        months.append(months[-1].previous())
    if month not in months:
        months.append(month)
    return {"months": months, "month": month, "current": current}


@page(permission=SEE_AUDIT)
def overview(request: HttpRequest, office: Office) -> HttpResponse:
    """Show all measures of a month."""
    month, current = asked_month(request, office)
    audit = self_audit(office, month, most=MONTHS_AT_ONCE)
    sections = [
        (title, says, [row_of(audit, each) for each in audit.audit.taken
                       if each.measure.subject == subject])
        for subject, title, says in SECTIONS
    ]  # fmt: skip
    context = {
        "audit": audit, "sections": sections, "address": request.get_full_path(),
        **choosing(month, current),
    }  # fmt: skip
    return render(request, "audits/overview.html", context)


def row_of(audit: SelfAudit, taken: Taken) -> Row:
    """Return a measure as the overview shows it."""
    past = audit.past[taken.measure.name]
    state = state_of(taken)
    last = past[-1].tally
    own = Tally(taken.finding.figure, taken.finding.rings)
    return Row(
        taken=taken, state=state, state_class=STATE_CLASSES[state],
        before=last.figure.short if last else "",
        line=months_line([*(each.tally for each in past), own], line_words(audit, taken)),
    )  # fmt: skip


def line_words(audit: SelfAudit, taken: Taken) -> str:
    """Return the months of a measure in words."""
    told = [
        f"{each.month} {each.tally.figure.short}" for each in audit.past[taken.measure.name]
        if each.tally
    ]  # fmt: skip
    now = f"{audit.month} {taken.finding.figure.short}"
    return f"{taken.measure.title} by month: {', '.join([*told, now])}"


@page(permission=SEE_AUDIT)
def measure(request: HttpRequest, office: Office, name: str) -> HttpResponse:
    """Show a measure: what it is, its pictures, and the cases behind the figure."""
    month, current = asked_month(request, office)
    audit = self_audit(office, month, most=MONTHS_AT_ONCE)
    taken = audit.taken(name)
    names = staff_names(office)
    finding = taken.finding
    state = state_of(taken)
    context = {
        "audit": audit, "taken": taken, "measure": taken.measure, "finding": finding,
        "state": state, "state_class": STATE_CLASSES[state],
        "drawn": [drawn(each) for each in pictures_of(audit, taken, names)],
        "people": [(name_of(names, bar.staff), bar) for bar in finding.bars],
        "cases": shown(office, finding.cases[:SHOWN_CASES]),
        "more": finding.count - min(len(finding.cases), SHOWN_CASES),
        "address": request.get_full_path(), **choosing(month, current),
    }  # fmt: skip
    return render(request, "audits/measure.html", context)


def shown(office: Office, cases: Sequence[Case]) -> list[Shown]:
    """Return cases with the names of those they name."""
    patients = patient_names(office, (case.patient for case in cases if case.patient))
    names = staff_names(office)
    return [
        Shown(
            case=case, patient=patients.get(case.patient, case.patient),
            staff=name_of(names, case.staff) if case.staff else "",
        )
        for case in cases
    ]  # fmt: skip


@page(permission=SEE_AUDIT)
def evidence(request: HttpRequest, office: Office, entry: str) -> HttpResponse:
    """Lead to an entry on its patient's timeline, on whichever page it stands."""
    patient, number = place_of(office, entry)
    timeline = reverse("patient-timeline", kwargs={"practice": office.practice, "patient": patient})
    return redirect(f"{timeline}?page={number}#{entry}")


@page(permission=SEE_AUDIT)
def audit_csv(request: HttpRequest, office: Office) -> HttpResponse:
    """Return all measures and their cases as CSV."""
    month, _ = asked_month(request, office)
    audit = self_audit(office, month, most=0)
    return attached(csv_of([audit]).encode(), "text/csv; charset=utf-8", f"{month}.csv")


@page(permission=SEE_AUDIT)
def audit_pdf(request: HttpRequest, office: Office) -> HttpResponse:
    """Return all measures and the cases of those that ring as a PDF."""
    month, _ = asked_month(request, office)
    audit = self_audit(office, month, most=0)
    made = pdf_of(report_of(audit), practice_name(office), made_at(office))
    return attached(made, "application/pdf", f"{month}.pdf")


def attached(body: bytes, media: str, ending: str) -> HttpResponse:
    """Return a file to be kept."""
    answer = HttpResponse(body, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="self-audit-{ending}"'
    return answer


def asked_sample(request: HttpRequest) -> tuple[int, str]:
    """Return how many patient-months are asked for, and the word that draws them."""
    asked = request.GET.get("count", "")
    count = int(asked) if asked in {str(each) for each in SIZES} else SIZES[0]
    return min(count, MOST), request.GET.get("seed", "")[:LONGEST_SEED]


@page(permission=SEE_AUDIT)
def sample_list(request: HttpRequest, office: Office) -> HttpResponse:
    """Return what a word draws as a request list, from which packets are made; no chart is read."""
    month, _ = asked_month(request, office)
    count, seed = asked_sample(request)
    ids, _ = chosen(office, month, count=count, seed=seed)
    lines = ["patient,month", *(f"{patient},{month}" for patient in ids)]
    body = "".join(f"{line}\r\n" for line in lines).encode()
    return attached(body, "text/csv; charset=utf-8", f"sample-{month}.csv")


@page(permission=SEE_AUDIT)
def mock_audit(request: HttpRequest, office: Office) -> HttpResponse:
    """Draw patient-months and show what of each a reviewer would find."""
    month, current = asked_month(request, office)
    count, seed = asked_sample(request)
    found = sample(office, month, count=count, seed=seed) if seed else None
    may_issue = office.caller.may(ISSUE_PACKETS)
    packets = [
        (
            each,
            href_of("packet", practice=office.practice, patient=each.patient) if may_issue else "",
        )
        for each in (found.sampled if found else ())
    ]
    context = {
        "found": found, "sampled": packets, "count": count, "sizes": SIZES, "seed": seed,
        "proposed": f"{month}-{office.today():%Y%m%d}", "query": request.GET.urlencode(),
        "packets": href_of("packets", practice=office.practice) if may_issue else "",
        **choosing(month, current),
    }  # fmt: skip
    return render(request, "audits/sample.html", context)
