"""The page on which a table of new patients is looked through and then stored whole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from caretally.errors import InputError, Problem
from caretally.practice.enrolling_upload import (
    COLUMNS,
    MOST_CHARACTERS,
    MOST_LINES,
    Preview,
    Upload,
    preview,
    store_upload,
)
from caretally.practice.office import Office
from caretally.practice.roles import ENROLL
from caretally.web.enrollment.papers import sentence
from caretally.web.enrollment.words import kind_words
from caretally.web.frame.asking import page

WRONG = 422
BYTES_A_CHARACTER = 4
SAMPLE = {
    "name": "Ina Sorensen", "birth_date": "1951-06-02", "sex": "female", "language": "en",
    "street": "2 Rowan Close", "city": "Chicago", "state": "IL", "postal_code": "606141109",
    "payer": "medicare_ffs", "member_id": "TEST-1", "covered_from": "2026-01-01",
    "consent": "verbal", "consent_text": "2026-01", "cost_share_told": "yes", "program": "rpm",
    "diagnoses": "I10 I50.9", "established_on": "2025-10-14",
}  # fmt: skip


@page(permission=ENROLL)
def upload_patients(request: HttpRequest, office: Office) -> HttpResponse:
    """Take a table, show what it would store and what is wrong with it, then store it."""
    if request.method != "POST":
        return render(request, "enrollment/upload.html", about_tables())
    text = text_of(request)
    if isinstance(text, Problem):
        return shown(request, office, Preview(problems=(text,)), Upload(upload_id="", text=""))
    upload = Upload(upload_id=request.POST.get("upload_id") or office.new_id("upl"), text=text)
    if not request.POST.get("store"):
        return shown(request, office, preview(office, upload), upload)
    try:
        count = store_upload(office, upload)
    except InputError:
        return shown(request, office, preview(office, upload), upload)
    people = "1 patient was" if count == 1 else f"{count} patients were"
    messages.success(request, f"{people} added.")
    return redirect("patients", practice=office.practice)


@page(permission=ENROLL)
def template(request: HttpRequest, office: Office) -> HttpResponse:
    """Return a table with all columns and one invented line."""
    lines = (",".join(COLUMNS), ",".join(SAMPLE.get(column, "") for column in COLUMNS))
    answer = HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="new-patients.csv"'
    return answer


def text_of(request: HttpRequest) -> str | Problem:
    """Return the table that was sent, as a file or from the page that showed it before."""
    sent = request.FILES.get("table")
    if sent is None:
        text = request.POST.get("text", "")
        return text or Problem(where="the form", field="table", found="no file", expected="a table")
    if (sent.size or 0) > MOST_CHARACTERS * BYTES_A_CHARACTER:
        return Problem(where="the file", field="table", found="a file that is too large",
                       expected=f"at most {MOST_LINES} lines")  # fmt: skip
    try:
        return str(sent.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Problem(where="the file", field="table", found="bytes that are no UTF-8 text",
                       expected="a table saved as CSV in UTF-8")  # fmt: skip


def shown(request: HttpRequest, office: Office, found: Preview, upload: Upload) -> HttpResponse:
    """Return the page with every line, what it would store and what is wrong with it."""
    zone_name = office.home_zone()
    lines = [
        {
            "number": line.number,
            "name": line.name,
            "stores": [kind_words(kind) for kind in line.kinds],
            "problems": [(p.field, sentence(p, zone_name)) for p in line.problems],
        }
        for line in found.lines
    ]
    context = {
        **about_tables(),
        "upload": upload,
        "lines": lines,
        "wrong": sum(1 for line in found.lines if line.problems),
        "is_sound": bool(found.lines) and not found.every_problem,
        "table_problems": [(p.where, p.field, sentence(p, zone_name)) for p in found.problems],
    }
    status = WRONG if found.every_problem else 200
    return render(request, "enrollment/upload.html", context, status=status)


def about_tables() -> dict[str, Any]:
    """Return what the page says about tables."""
    return {"columns": COLUMNS, "most_lines": MOST_LINES}
