"""The list of patients whose readings have become few, as a page and as CSV."""

from __future__ import annotations

import csv
from io import StringIO

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from caretally.practice.office import Office
from caretally.practice.outreach import MOST_ON_CSV, AtRisk, readings_at_risk
from caretally.practice.roles import RECORD_CARE, SEE_PATIENTS
from caretally.web.charts.tables import harmless
from caretally.web.frame.asking import page

COLUMNS = (
    "patient", "reason", "to_do", "silent_days", "period_from", "period_to", "data_days",
    "days_left", "days_measured", "of_last_days", "outlook_least", "outlook_middle",
    "outlook_most", "goals",
)  # fmt: skip


@page(permission=SEE_PATIENTS)
def at_risk(request: HttpRequest, office: Office) -> HttpResponse:
    """Show whom to ask first."""
    text = request.GET.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    found = readings_at_risk(office, number)
    context = {
        "found": found, "may_record": office.caller.may(RECORD_CARE),
        "before": found.number - 1, "after": found.number + 1 if found.number < found.pages else 0,
    }  # fmt: skip
    return render(request, "outreach/at_risk.html", context)


@page(permission=SEE_PATIENTS)
def at_risk_csv(request: HttpRequest, office: Office) -> HttpResponse:
    """Return the list as CSV, by ids and without names."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in readings_at_risk(office, 1, MOST_ON_CSV).rows:
        writer.writerow([harmless(cell) for cell in cells_of(row)])
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="readings-at-risk.csv"'
    return answer


def cells_of(row: AtRisk) -> tuple[str, ...]:
    """Return a row as texts."""
    silent = row.waiting.silent_days
    goals = "; ".join(
        f"{goal.days} days: "
        + ("reached" if goal.is_reached else "out of reach" if goal.is_out
           else f"daily from {goal.last_on}, {goal.percent} % at this habit")
        for goal in row.goals
    )  # fmt: skip
    return (
        row.waiting.patient, row.reason, row.action, "" if silent is None else str(silent),
        str(row.period.from_on), str(row.period.to_on), str(row.period.data_days),
        str(row.days_left), str(row.habit.with_reading), str(row.habit.days),
        str(row.outlook.least), str(row.outlook.middle), str(row.outlook.most), goals,
    )  # fmt: skip
