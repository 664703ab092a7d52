"""The pages of the self-audit: what they show, to whom, and where evidence leads."""

from __future__ import annotations

import csv
import re
from io import StringIO

import pytest
from django.urls import reverse

from caretally.audit.measures import MEASURES
from caretally.practice.self_auditing import MEMORY
from caretally.store.access_pages import Wanted, access_lines
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

pytestmark = pytest.mark.usefixtures("demo", "forgetful")


@pytest.fixture
def forgetful() -> None:
    """Let nothing be remembered from another test."""
    MEMORY.whole.clear()
    MEMORY.short.clear()


def at(name: str, query: str = "", /, **named: str) -> str:
    """Return an address in the practice."""
    return reverse(name, kwargs={"practice": LAKESIDE, **named}) + query


def test_the_overview_shows_every_measure_and_goes_on_by_itself(enter: Enter) -> None:
    client = enter("cora")
    page = client.get(at("self-audit")).content.decode()
    for measure in MEASURES.values():
        assert at("self-audit-measure", name=measure.name) in page
    assert "Working out 10 more months" in page
    for _ in range(5):
        page = client.get(at("self-audit")).content.decode()
    assert "more month" not in page
    assert page.count('<svg class="trend"') == len(MEASURES)
    assert re.search(r"Alarms</dt><dd><span class=\"report-figure\">2<", page)


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_has_its_page(enter: Enter, name: str) -> None:
    page = enter("otto").get(at("self-audit-measure", "?month=2026-03", name=name))
    measure = MEASURES[name]
    assert page.status_code == 200
    assert measure.title in page.content.decode()


def test_a_case_leads_to_the_patient_by_name_and_to_the_entry(enter: Enter, demo: Demo) -> None:
    client = enter("cora")
    page = client.get(at("self-audit-measure", name="no_management")).content.decode()
    assert f'{at("patient", patient="pat_ben")}?month=2026-03">Ben' in page
    cloned = client.get(at("self-audit-measure", name="cloned_notes")).content.decode()
    entries = re.findall(r"self-audit/entries/([^/]+)/", cloned)
    assert entries
    answer = client.get(at("self-audit-entry", entry=entries[-1]), follow=True)
    address, _ = answer.redirect_chain[-1]
    assert address.endswith(f"#{entries[-1]}")
    assert f'id="{entries[-1]}"' in answer.content.decode()


@pytest.mark.parametrize("login", ["rosa", "lin", "bea", "amir"])
def test_whoever_does_not_audit_sees_nothing_of_it(enter: Enter, login: str) -> None:
    client = enter(login)
    for name in (
        "self-audit",
        "self-audit-csv",
        "self-audit-pdf",
        "self-audit-sample",
        "self-audit-list",
    ):
        assert client.get(at(name)).status_code == 403
    assert client.get(at("self-audit-measure", name="no_management")).status_code == 403
    assert client.get(at("self-audit-entry", entry="ent_gus_0015")).status_code == 403


@pytest.mark.parametrize("login", ["cora", "otto"])
def test_the_bar_leads_there(enter: Enter, login: str) -> None:
    page = enter(login).get(at("worklist")).content.decode()
    assert f'href="{at("self-audit")}"' in page


def test_what_is_not_there(enter: Enter) -> None:
    client = enter("cora")
    assert client.get(at("self-audit-measure", name="luck")).status_code == 404
    assert client.get(at("self-audit-entry", entry="ent_nobody")).status_code == 404
    assert client.get(at("self-audit", "?month=March")).status_code == 404
    empty = client.get(at("self-audit", "?month=2025-01")).content.decode()
    assert "Nothing is on record in 2025-01" in empty


def test_downloads(enter: Enter) -> None:
    client = enter("cora")
    table = client.get(at("self-audit-csv", "?month=2026-03"))
    rows = list(csv.DictReader(StringIO(table.content.decode())))
    assert {row["measure"] for row in rows} == set(MEASURES)
    ringing = {row["measure"] for row in rows if row["alarm"] == "rings"}
    assert ringing == {"no_management", "several_practices"}
    assert "Ben" not in table.content.decode()
    report = client.get(at("self-audit-pdf", "?month=2026-03"))
    assert report["Content-Type"] == "application/pdf"
    assert report.content.startswith(b"%PDF-")


def test_the_mock_audit_draws_the_same_again_and_tells_that_charts_were_read(
    enter: Enter, demo: Demo
) -> None:
    client = enter("cora")
    assert "Nothing is drawn yet" in client.get(at("self-audit-sample")).content.decode()
    address = at("self-audit-sample", "?month=2026-03&count=5&seed=spring")
    first, second = (client.get(address).content.decode() for _ in range(2))
    names = re.findall(r"patients/(pat_\w+)/\?month", first)
    assert len(names) == 5
    assert names == re.findall(r"patients/(pat_\w+)/\?month", second)
    other = client.get(address.replace("spring", "autumn")).content.decode()
    assert names != re.findall(r"patients/(pat_\w+)/\?month", other)
    assert "Live conversation" in first
    assert "decision not signed" in first
    packet = at("packet", "?month=2026-03", patient=names[0])
    assert packet in first
    assert client.get(packet).status_code == 200
    asked = client.get(at("self-audit-list", "?month=2026-03&count=5&seed=spring"))
    lines = asked.content.decode().splitlines()
    assert lines == ["patient,month", *(f"{name},2026-03" for name in names)]
    wanted = Wanted(patient=names[0], words="mock audit")
    assert access_lines(demo.office("cora").book(), wanted, 5)
    none = client.get(at("self-audit-sample", "?month=2025-01&seed=x")).content.decode()
    assert "nothing to draw" in none
