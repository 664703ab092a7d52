"""The self-audit as rows for a table, and as JSON: for the command line and for downloads.

Ids only; no name of anybody stands in them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from caretally.audit.findings import Case, Figure
from caretally.audit.measures import Taken
from caretally.practice.self_auditing import SelfAudit

HEAD = (
    "practice", "month", "subject", "measure", "alarm", "part", "whole", "permille", "says",
    "patient", "staff", "on", "entries",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be worked out by a spreadsheet."""


def csv_of(audits: list[SelfAudit]) -> str:
    """Return self-audits as CSV: a row a measure, and a row for each of its cases."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    for audit in audits:
        for row in rows_of(audit):
            writer.writerow([safe(each) for each in row])
    return out.getvalue()


def safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def rows_of(audit: SelfAudit) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a self-audit."""
    for measure, finding in audit.audit.taken:
        whole, permille = whole_of(finding.figure)
        head = (audit.practice, str(audit.month), measure.subject, measure.name)
        alarm = "rings" if finding.rings else "quiet"
        yield (*head, alarm, str(finding.figure.part), whole, permille, finding.says,
               "", "", "", "")  # fmt: skip
        for case in finding.cases:
            yield (*head, "case", "", "", "", case.says, case.patient, case.staff, case.on,
                   " ".join(case.entries))  # fmt: skip


def whole_of(figure: Figure) -> tuple[str, str]:
    """Return the whole of a share and its thousandths; empty for a count."""
    return ("", "") if figure.whole is None else (str(figure.whole), str(figure.permille))


def json_of(audit: SelfAudit) -> dict[str, object]:
    """Return a self-audit as JSON has it."""
    return {
        "practice": audit.practice,
        "month": str(audit.month),
        "patients": audit.audit.patients,
        "stretches": audit.audit.stretches,
        "alarms": [each.measure.name for each in audit.ringing],
        "measures": [measure_json(audit, each) for each in audit.audit.taken],
    }


def measure_json(audit: SelfAudit, taken: Taken) -> dict[str, object]:
    """Return a measure as JSON has it."""
    measure, finding = taken
    return {
        "name": measure.name, "subject": measure.subject, "says": measure.says,
        "how": measure.how, "published": measure.published, "sources": list(measure.sources),
        "alarm_rings_at": measure.alarm, "confidence": measure.confidence,
        "figure": figure_json(finding.figure), "found": finding.says, "alarm": finding.rings,
        "before": [
            {"month": str(each.month), "figure": figure_json(each.tally.figure),
             "alarm": each.tally.rings}
            for each in audit.past[measure.name] if each.tally is not None
        ],
        "people": [
            {"staff": bar.staff, "figure": figure_json(bar.figure), "alarm": bar.rings}
            for bar in finding.bars
        ],
        "histogram": [
            {"from_seconds": each.begins, "to_seconds": each.ends, "months": each.months}
            for each in finding.bins
        ],
        "case_count": finding.count, "cases": [case_json(each) for each in finding.cases],
    }  # fmt: skip


def figure_json(figure: Figure) -> dict[str, int]:
    """Return a figure as JSON has it."""
    return {"part": figure.part} | ({} if figure.whole is None else {"whole": figure.whole})


def case_json(case: Case) -> dict[str, object]:
    """Return a case as JSON has it; what is empty is left out."""
    told = {"says": case.says, "patient": case.patient, "staff": case.staff, "on": case.on,
            "entries": list(case.entries)}  # fmt: skip
    return {name: value for name, value in told.items() if value}
