"""A patient from the first page to a billable month, in a real browser."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

from playwright.sync_api import Page, expect

from tests.integration.browser.conftest import Visit, Visiting
from tests.integration.demonstrated import LAKESIDE
from tests.integration.served import PATIENCE, Server

STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("rosa", "add_coverage", {
        "payer": "medicare_ffs", "member_id": "TEST-IRIS-1", "from": "2026-01-01",
    }),
    ("rosa", "record_consent", {
        "scope": "rpm", "method": "verbal", "given_by": "patient", "text_version": "2026-01",
        "cost_share_told": "yes",
    }),
    ("lin", "order", {"ordering_provider": "stf_lin", "parameters": ["8480-6", "8462-4"]}),
    ("rosa", "enroll", {
        "practice": LAKESIDE, "billing_provider": "stf_lin", "diagnoses": "I10",
        "established_on": "2025-10-14",
    }),
    ("rosa", "assign_device", {
        "device": "dev_iris_cuff", "medical_device": "yes", "parameters": ["8480-6", "8462-4"],
        "serial": "SN-IRIS-1",
    }),
    ("rosa", "complete_setup", {
        "device": "dev_iris_cuff", "educated_by": "stf_rosa", "method": "video",
    }),
    ("rosa", "name_care_team", {"members": ["stf_rosa", "stf_lin"]}),
)  # fmt: skip
"""Who fills in which form, and how."""


def fill(page: Page, name: str, value: str | list[str]) -> None:
    """Fill in a field as a person does, whatever sort of field it is."""
    fields = page.locator(f'main [name="{name}"]')
    kind = fields.first.evaluate("field => field.type || field.tagName.toLowerCase()")
    if kind in {"checkbox", "radio"}:
        for each in [value] if isinstance(value, str) else value:
            page.locator(f'main [name="{name}"][value="{each}"]').check(force=True)
    elif kind.startswith("select"):
        fields.first.select_option(value)
    else:
        assert isinstance(value, str)
        fields.first.fill(value)


def send_form(visit: Visit, patient: str, work: str, filled: dict[str, Any]) -> None:
    """Fill in a form of the enrollment and send it."""
    page = visit.practice(f"patients/{patient}/enrollment/{work}/?program=rpm")
    for name, value in filled.items():
        fill(page, name, value)
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url(re.compile("saved="))


def test_from_the_first_page_to_a_billable_month(visit: Visiting, server: Server) -> None:
    kept: dict[str, str] = {}
    a_nurse_opens_a_chart(visit, kept)
    the_evidence_is_gathered(visit, kept)
    a_reading_comes_in_and_is_seen(visit, server, kept)
    a_call_makes_the_month_billable_on_every_open_page(visit, kept)
    a_voicemail_never_is_a_contact(visit, kept)


def a_nurse_opens_a_chart(visit: Visiting, kept: dict[str, str]) -> None:
    """Open a chart; what is missing is said, and what was typed is kept."""
    page = visit("rosa").practice("patients/new/")
    page.locator('main [name="name"]').fill("Iris Calloway")
    page.locator("main form button.btn-primary").click()
    expect(page.locator("main")).to_contain_text("birth")  # what is missing is said, the name kept
    expect(page.locator('main [name="name"]')).to_have_value("Iris Calloway")
    page.locator('main [name="birth_date"]').fill("1949-02-11")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile("enrollment"))
    kept["patient"] = page.url.split("/patients/")[1].split("/")[0]
    expect(page.locator("main")).to_contain_text("Iris Calloway")


def the_evidence_is_gathered(visit: Visiting, kept: dict[str, str]) -> None:
    visits = {login: visit(login) for login in ("rosa", "lin")}
    for login, work, filled in STEPS:
        send_form(visits[login], kept["patient"], work, filled)
    page = visits["rosa"].practice(f"patients/{kept['patient']}/enrollment/?program=rpm")
    expect(page.locator("main")).to_contain_text("Enrolled")
    expect(page.locator("main")).not_to_contain_text(": missing")


def token_of(server: Server) -> str:
    """Return a token that may write entries."""
    made = server.run("token", "create", "--user", "cora", "--scopes", "write_entries",
                      "--practice", LAKESIDE)  # fmt: skip
    return next(word for word in made.stdout.split() if word.startswith("ct_"))


def measure(server: Server, token: str, patient: str, at: str) -> None:
    """Let the cuff send a reading through the API."""
    entry = {
        "id": f"ent_{patient}_reading", "kind": "reading_recorded", "patient": patient, "at": at,
        "actor": "device:dev_iris_cuff",
        "body": {"device": "dev_iris_cuff", "metric": "8480-6", "value": "148", "unit": "mm[Hg]",
                 "measured_at": at, "origin": "device"},
    }  # fmt: skip
    asked = urllib.request.Request(
        server.address("/api/v1/entries"), data=json.dumps([entry]).encode(), method="POST",
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        assert json.loads(answer.read())["accepted"] == [entry["id"]]


def a_reading_comes_in_and_is_seen(visit: Visiting, server: Server, kept: dict[str, str]) -> None:
    token = token_of(server)
    server.later(minutes=45)
    measure(server, token, kept["patient"], "2026-03-26T09:20:00-05:00")
    page = visit("rosa").practice(f"patients/{kept['patient']}/")
    expect(page.locator("main")).to_contain_text("148")


def a_call_makes_the_month_billable_on_every_open_page(
    visit: Visiting, kept: dict[str, str]
) -> None:
    watching = visit("lin")
    seen = watching.practice(f"patients/{kept['patient']}/")
    expect(seen.locator("main")).to_contain_text("0:00")
    nurse = visit("rosa")
    page = nurse.practice(f"patients/{kept['patient']}/contact/")
    page.locator('label[for="outcome-talked"]').click()
    page.locator('label[for="mode-telephone"]').click()
    page.locator("#start").fill("09:22:00")
    page.locator("#end").fill("09:44:00")
    page.get_by_label("Iris", exact=False).first.check() if page.get_by_label(
        "Iris", exact=False
    ).count() else page.locator('[name="spoke_with"]').first.check()
    page.locator('label[for="two_way-yes"]').click()
    page.locator("#finding-symptoms").fill("No headache, sleeps well.")
    page.locator("#finding-device_data").fill("148 this morning before her tablets.")
    page.locator(".save-bar button.btn-primary").click()
    page.wait_for_url(re.compile(r"/contact/ent_"))
    expect(page.locator("main")).to_contain_text("22:00")
    expect(page.locator("main")).to_contain_text("Symptoms: No headache, sleeps well.")
    # the colleague's page was open all the time, and nobody touched it
    expect(seen.locator("main")).to_contain_text("22:00", timeout=15_000)
    row = seen.locator("main").get_by_text("99457").first
    expect(row).to_be_visible()
    page = nurse.practice(f"patients/{kept['patient']}/")
    line = page.locator("main details, main li, main tr").filter(has_text="99457").first
    expect(line).to_contain_text("Billable")


def a_voicemail_never_is_a_contact(visit: Visiting, kept: dict[str, str]) -> None:
    page = visit("rosa").practice(f"patients/{kept['patient']}/attempt/")
    page.locator('label[for="outcome-voicemail"]').click()
    page.locator(".save-bar button.btn-primary").click()
    page.wait_for_url(re.compile(r"/contact/ent_"))
    expect(page.locator("main")).to_contain_text("No conversation; no time counts.")
