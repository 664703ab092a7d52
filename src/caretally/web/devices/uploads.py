"""The page on which a table of devices is looked through and then stored whole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from caretally.errors import InputError, Problem
from caretally.practice.device_upload import (
    COLUMNS,
    MOST_CHARACTERS,
    MOST_LINES,
    DevicePreview,
    DeviceTable,
    preview_devices,
    store_devices,
    undo_upload,
)
from caretally.practice.office import Office
from caretally.practice.roles import MANAGE_DEVICES
from caretally.web.frame.asking import page
from caretally.web.frame.fields import worded

UNPROCESSABLE = 422
BYTES_A_CHARACTER = 4
SAMPLE = {
    "device": "cuff-0141", "vendor": "tenovi", "model": "Tenovi BPM - L", "serial": "TB-0141",
    "imei": "352099001761481", "other_names": "tenovi:device 0f6a77aa-0000-4000-8000-000000000141",
    "medical_device": "yes", "parameters": "85354-9 8867-4",
}  # fmt: skip
MOST_SHOWN = 200


@page(permission=MANAGE_DEVICES)
def upload_devices(request: HttpRequest, office: Office) -> HttpResponse:
    """Take a table, show what it would store and what is wrong with it, then store it."""
    if request.method != "POST":
        return render(request, "devices/upload.html", about_tables(request))
    if request.POST.get("undo"):
        return taken_back(request, office)
    text = text_of(request)
    if isinstance(text, Problem):
        return shown(request, DevicePreview(problems=(text,)), DeviceTable(upload_id="", text=""))
    table = DeviceTable(upload_id=request.POST.get("upload_id") or office.new_id("upl"), text=text)
    if not request.POST.get("store"):
        return shown(request, preview_devices(office, table), table)
    try:
        count = store_devices(office, table)
    except InputError:
        return shown(request, preview_devices(office, table), table)
    answer = redirect("device-upload", practice=office.practice)
    answer["Location"] += f"?saved={table.upload_id}&count={count}"
    return answer


def taken_back(request: HttpRequest, office: Office) -> HttpResponse:
    """Take back a table that was stored just now."""
    try:
        undo_upload(office, request.POST["undo"], MOST_LINES)
    except InputError as error:
        found = DevicePreview(problems=error.problems)
        return shown(request, found, DeviceTable(upload_id="", text=""))
    messages.success(request, "The whole table was taken back.")
    return redirect("devices", practice=office.practice)


@page(permission=MANAGE_DEVICES)
def template(request: HttpRequest, office: Office) -> HttpResponse:
    """Return a table with all columns and one invented line."""
    lines = (",".join(COLUMNS), ",".join(SAMPLE.get(column, "") for column in COLUMNS))
    answer = HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="devices.csv"'
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


def shown(request: HttpRequest, found: DevicePreview, table: DeviceTable) -> HttpResponse:
    """Return the page with every line, what it would store and what is wrong with it."""
    wrong = [line for line in found.lines if line.problems]
    listed = (wrong or list(found.lines))[:MOST_SHOWN]
    lines = [
        {
            "number": line.number, "device": line.device, "patient": line.patient,
            "problems": [(each.field, worded(each)) for each in line.problems],
        }
        for line in listed
    ]  # fmt: skip
    context = {
        **about_tables(request), "table": table, "lines": lines, "wrong": len(wrong),
        "count": len(found.lines), "is_sound": bool(found.lines) and not found.every_problem,
        "table_problems": [(each.where, each.field, worded(each)) for each in found.problems],
    }  # fmt: skip
    status = UNPROCESSABLE if found.every_problem else 200
    return render(request, "devices/upload.html", context, status=status)


def about_tables(request: HttpRequest) -> dict[str, Any]:
    """Return what the page says about tables."""
    saved = request.GET.get("saved", "") if request.method == "GET" else ""
    return {"columns": COLUMNS, "most_lines": MOST_LINES, "saved": saved,
            "saved_count": request.GET.get("count", "")}  # fmt: skip
