"""The pages of reports: an index, one page a report, and the same figures as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from caretally.clock import ServiceMonth, zone
from caretally.errors import ForbiddenError, InputError
from caretally.practice.office import Office
from caretally.practice.reports import Asked, Cell, Picture
from caretally.practice.reports_catalogue import Kind, kind_named, kinds_for, knobs_of, report
from caretally.practice.roles import HANDLE_CLAIMS, SEE_PATIENTS, SEE_STAFF_LOAD
from caretally.web.charts.views import address
from caretally.web.frame.asking import page
from caretally.web.patients.views import month_in
from caretally.web.reports.drawing import NARROW, Sheet, drawing, rows_beside
from caretally.web.reports.files import csv_of, json_of, pdf_of

MONTHS_OFFERED = 13
CHARTS_AT_ONCE = 600
"""Charts read in one request at most; the page asks on until all are read."""
BEHIND = {
    "summary": (("month", "The services behind each line", SEE_PATIENTS),),
    "economics": (("claims", "Claims", HANDLE_CLAIMS), ("denials", "Denials", HANDLE_CLAIMS)),
    "adherence": (("readings-at-risk", "Whom to ask first today", SEE_PATIENTS),),
    "staffing": (("staff", "Staff week by week", SEE_STAFF_LOAD),),
}  # fmt: skip
"""Pages of other rooms that show what is behind a report: address, words, permission."""
RENDER = {
    "csv": (csv_of, "text/csv; charset=utf-8"), "json": (json_of, "application/json"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture as a page shows it: for desks and paper, for phones, and as a table."""

    picture: Picture
    wide: SafeString
    narrow: SafeString
    rows: list[tuple[Cell, ...]]


@page()
def index(request: HttpRequest, office: Office) -> HttpResponse:
    """Show which reports the caller may read."""
    kinds = kinds_for(office.caller)
    if not kinds:
        raise ForbiddenError("your roles in this practice do not allow you to read reports")
    cards = [(each, reverse(f"report-{each.name}", kwargs={"practice": office.practice}))
             for each in kinds]  # fmt: skip
    return render(request, "reports/index.html", {"cards": cards})


@page()
def report_page(request: HttpRequest, office: Office, name: str) -> HttpResponse:
    """Show a report; with assumptions that make no sense, say so at their fields."""
    kind = kind_named(name)
    office.caller.require(kind.permission)
    refused: InputError | None = None
    try:
        asked = asked_in(request.GET, office, kind)
    except InputError as error:
        refused, asked = error, asked_in(QueryDict(), office, kind)
    found = report(asked, name)
    context = {
        "report": found, "kind": kind, "asked": asked, "address": request.get_full_path(),
        "drawn": [drawn(each) for each in found.pictures if not each.is_empty],
        "knobs": knob_fields(request.GET, kind, refused), "query": request.GET.urlencode(),
        "files": [(each, reverse(f"report-{name}-{each}", kwargs={"practice": office.practice}))
                  for each in ("csv", "json", "pdf")],
        "behind": [(href, words) for name_of, words, permission in BEHIND.get(name, ())
                   if office.caller.may(permission)
                   and (href := address(name_of, practice=office.practice))],
        "sees_patients": office.caller.may(SEE_PATIENTS), **choosing(office, asked, kind),
    }  # fmt: skip
    return render(request, "reports/report.html", context, status=422 if refused else 200)


@page()
def report_file(request: HttpRequest, office: Office, name: str, kind: str) -> HttpResponse:
    """Return a report as a file; all charts are read for it."""
    wanted = kind_named(name)
    office.caller.require(wanted.permission)
    try:
        asked = asked_in(request.GET, office, wanted, most=None)
    except InputError as error:
        return HttpResponse(f"{error}\n", status=422, content_type="text/plain; charset=utf-8")
    found = report(asked, name)
    if kind == "pdf":
        answer = HttpResponse(pdf_of(found, practice_name(office), made_at(office)),
                              content_type="application/pdf")  # fmt: skip
    else:
        write, media = RENDER[kind]
        answer = HttpResponse(write(found), content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{asked.month}.{kind}"'
    return answer


def asked_in(
    query: QueryDict, office: Office, kind: Kind, *, most: int | None = CHARTS_AT_ONCE
) -> Asked:
    """Return what an address asks of a report.

    Raises:
        InputError: an assumption makes no sense.
    """
    today = office.today()
    current = ServiceMonth(today.year, today.month)
    wanted = month_in(query.get("month", "")) or current
    told = {key: str(value) for key, value in query.items()}
    return Asked(
        office=office, month=min(wanted, current), clinic=query.get("clinic", ""),
        knobs=knobs_of(kind, told), most=most,
    )  # fmt: skip


def choosing(office: Office, asked: Asked, kind: Kind) -> dict[str, Any]:
    """Return the months and clinics a page can be turned to."""
    months = [asked.current]
    while len(months) < MONTHS_OFFERED:
        months.append(months[-1].previous())
    if asked.month not in months:
        months.append(asked.month)
    allowed = office.clinics(kind.permission)
    places = sorted(office.register().practices.items(), key=lambda each: each[1].name)
    clinics = [(key, body.name) for key, body in places if allowed is None or key in allowed]
    return {"months": months, "current": asked.current, "clinics": clinics}


def drawn(picture: Picture) -> Drawn:
    """Return a picture as a page shows it."""
    return Drawn(
        picture=picture, wide=mark_safe(drawing(picture)),  # noqa: S308 - drawn here, escaped
        narrow=mark_safe(drawing(picture, Sheet(width=NARROW))),  # noqa: S308
        rows=list(rows_beside(picture)),
    )  # fmt: skip


def knob_fields(query: QueryDict, kind: Kind, refused: InputError | None) -> list[dict[str, Any]]:
    """Return the fields of assumptions, with what was typed and what is wrong with it."""
    wrong = (
        {each.field: f"expected {each.expected}" for each in refused.problems} if refused else {}
    )
    return [
        {"knob": knob, "error": wrong.get(knob.name, ""),
         "value": query.get(knob.name, "" if knob.default is None else f"{knob.default:f}")}
        for knob in kind.knobs
    ]  # fmt: skip


def practice_name(office: Office) -> str:
    """Return what the practice is called."""
    body = office.register().practices.get(office.practice)
    return body.name if body else office.practice


def made_at(office: Office) -> tuple[Any, str]:
    """Return the instant of the office, and the same in local words."""
    local = office.now.astimezone(zone(office.home_zone()))
    return office.now, f"{local:%Y-%m-%d %H:%M %Z}"
