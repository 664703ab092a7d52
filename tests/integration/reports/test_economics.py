"""Money of claims: sums by month and code, what is left out, what is not known, and who sees it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from caretally.clock import ServiceMonth
from caretally.errors import ForbiddenError
from caretally.practice.reports import Asked, Report
from caretally.practice.reports_catalogue import KINDS, knobs_of, report
from caretally.store.database import scoped
from caretally.store.models import ClaimCard, Practice, Stream
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

FEBRUARY = ServiceMonth(2026, 2)


def claim(patient: str, name: str, **more: Any) -> None:
    """Put a claim of two lines into the projection, as answers would leave it."""
    practice = Practice.objects.get(name=LAKESIDE)
    stream = Stream.objects.get(practice=practice, name=f"patient/{patient}")
    lines = [
        {"line": f"{name}-1", "code": "99454", "units": 1, "on": "2026-02-10", "charge": 11500,
         "expected": 5211, "allowed": 5211, "paid": 4169, "share": 1042},
        {"line": f"{name}-2", "code": "99457", "units": 1, "on": "2026-02-28", "charge": 11000,
         "expected": None, "allowed": 0, "paid": 0, "share": 0},
    ]  # fmt: skip
    made = {
        "practice": practice, "stream": stream, "patient": patient, "month": "2026-02",
        "claim": f"clm_{name}", "control_number": name, "frequency": "1", "payer": "medicare_ffs",
        "state": "partial", "total": 22500, "expected": None, "allowed": 5211, "paid": 4169,
        "patient_share": 1042, "prepared_on": "2026-03-02", "lines": json.dumps(lines),
    } | more  # fmt: skip
    ClaimCard.objects.create(**made)


@pytest.fixture(params=["demo", "demo_postgres"])
def demo_with_claims(request: pytest.FixtureRequest) -> Demo:
    """Return the demonstration with four claims of February, of which two stand."""
    demo: Demo = request.getfixturevalue(request.param)
    with scoped(LAKESIDE):
        claim("pat_ada", "A1")
        claim("pat_cleo", "C1", state="prepared", allowed=0, paid=0, patient_share=0, lines="[]")
        claim("pat_hal", "H1", state="outdated")
        claim("pat_hal", "H8", frequency="8", state="submitted")
        yield demo


def economics(demo: Demo, **knobs: str) -> Report:
    """Return the economics of February."""
    told = knobs_of(KINDS["economics"], knobs)
    return report(Asked(office=demo.office("bea"), month=FEBRUARY, knobs=told), "economics")


def shown(found: Report) -> dict[str, str]:
    """Return the figures as they are shown."""
    return {each.label: each.cell.shown for each in found.figures}


def test_claims_that_stand_are_summed_and_others_are_not(demo_with_claims: Demo) -> None:
    found = economics(demo_with_claims)
    figures = shown(found)
    assert figures["Charged"] == "$450.00"
    assert (figures["Allowed"], figures["Paid"]) == ("$52.11", "$41.69")
    assert figures["Patients' share"] == "$10.42"
    notes = {each.label: each.note for each in found.figures}
    assert notes["Expected"] == "1 line without"
    assert notes["Allowed"].startswith("100.0 % of what was expected")
    months = {row[0].value: [cell.plain for cell in row] for row in found.tables[0].rows}
    assert months["2026-02"][4:10] == ["2", "450.00", "52.11", "52.11", "41.69", "10.42"]
    assert months["2026-01"][4:10] == ["0", "", "", "", "", ""]
    codes = {row[0].value: [cell.plain for cell in row[4:10]] for row in found.tables[1].rows}
    assert codes["99454"] == ["1", "115.00", "52.11", "52.11", "41.69", "10.42"]
    assert codes["99457"] == ["1", "110.00", "", "0.00", "0.00", "0.00"]
    rest = codes.keys() - {"99454", "99457"}
    assert rest
    assert all(codes[code] == ["0", "", "", "", "", ""] for code in rest)


def test_costs_are_those_typed_and_nothing_else(demo_with_claims: Demo) -> None:
    assert "Cost of devices" not in shown(economics(demo_with_claims))
    figures = shown(economics(demo_with_claims, device_cost="12.50"))
    assert figures["Cost of devices"] == "$100.00"
    assert figures["Cost of staff"] == "–"
    assert figures["Paid less these costs"] == "-$58.31"


def test_an_hour_is_paid_by_measured_time_alone(demo_with_claims: Demo) -> None:
    found = economics(demo_with_claims)
    row = next(row for row in found.tables[0].rows if row[0].value == "2026-02")
    seconds = row[10].value
    assert isinstance(seconds, int)
    assert row[11].value == (2 * 4169 * 3600 + seconds) // (2 * seconds)


def test_who_may_not_see_money_sees_none(demo: Demo, enter: Enter) -> None:
    with pytest.raises(ForbiddenError):
        report(Asked(office=demo.office("rosa"), month=FEBRUARY), "economics")
    for login in ("rosa", "lin", "amir"):
        client = enter(login)
        for kind in ("economics/", "economics.csv", "economics.pdf", "economics.json"):
            assert client.get(f"/p/{LAKESIDE}/reports/{kind}").status_code == 403
    told = report(Asked(office=demo.office("rosa"), month=FEBRUARY), "summary")
    cells = [f.cell for f in told.figures] + [c for t in told.tables for r in t.rows for c in r]
    assert "cents" not in {cell.kind for cell in cells}
    page = enter("rosa").get(f"/p/{LAKESIDE}/reports/summary/?month=2026-02").content.decode()
    assert "$" not in page.partition('id="content"')[2]
    assert "$" in enter("bea").get(f"/p/{LAKESIDE}/reports/summary/").content.decode()


def test_each_sees_the_reports_of_the_role(enter: Enter) -> None:
    seen = {}
    for login in ("rosa", "lin", "bea", "amir", "cora"):
        page = enter(login).get(f"/p/{LAKESIDE}/reports/").content.decode()
        seen[login] = [name for name in KINDS if f"/reports/{name}/" in page]
    assert seen == {
        "rosa": ["summary", "adherence", "outcomes"],
        "lin": ["summary", "adherence", "outcomes", "staffing"],
        "bea": ["summary", "economics", "adherence", "outcomes"],
        "amir": ["staffing"], "cora": list(KINDS),
    }  # fmt: skip
    staffing = enter("amir").get(f"/p/{LAKESIDE}/reports/staffing/")
    assert staffing.status_code == 200
    assert "pat_" not in staffing.content.decode()


def test_an_assumption_that_makes_no_sense_is_refused_at_its_field(enter: Enter) -> None:
    answer = enter("lin").get(f"/p/{LAKESIDE}/reports/staffing/?overhead=much&hours=100")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Expected a number from 0 to 500" in page
    assert 'value="much"' in page
    assert enter("lin").get(f"/p/{LAKESIDE}/reports/staffing.csv?hours=0").status_code == 422


def test_assumptions_change_the_plan_as_they_should(demo: Demo) -> None:
    def need(**told: str) -> list[str]:
        """Return what a patient's month is made of."""
        knobs = knobs_of(KINDS["staffing"], told)
        found = report(Asked(office=demo.office("lin"), month=FEBRUARY, knobs=knobs), "staffing")
        rows = next(each.rows for each in found.tables if each.name == "need")
        return [row[1].plain for row in rows]

    assert need(overhead="0", alert_minutes="0")[1:3] == ["0:00:00", "0:00:00"]
    whole = need(overhead="100", alert_minutes="0")
    assert whole[0] == whole[1]


def test_an_empty_month_says_what_to_do(enter: Enter) -> None:
    for name in KINDS:
        page = enter("cora").get(f"/p/{LAKESIDE}/reports/{name}/?month=2024-05")
        assert page.status_code == 200
        assert 'class="card empty"' in page.content.decode(), name
