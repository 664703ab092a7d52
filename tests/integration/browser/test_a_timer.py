"""A timer in a real browser: it runs on the server, outlives it, and counts nobody's absence."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.integration.browser.conftest import Visiting
from tests.integration.served import Server

HAL = "patients/pat_hal/"


def start(page: Page, category: str = "review") -> None:
    """Start a timer for the patient of the page."""
    page.locator("#timer-slot summary.timer-start").click()
    page.locator("#timer-category").select_option(category)
    page.locator("#timer-slot button", has_text="Start").first.click()
    expect(page.locator("#timer-slot [data-clock]")).to_be_visible()


def stop(page: Page, note: str) -> None:
    """Stop the timer and log what it measured."""
    page.locator('#timer-slot summary[title="Stop"]').click()
    page.locator("#timer-note").fill(note)
    page.locator("#timer-slot button", has_text="Stop and log").click()
    expect(page.locator("#timer-slot [data-clock]")).to_have_count(0)


def test_a_timer_counts_on_every_page_and_is_logged(visit: Visiting) -> None:
    nurse = visit("rosa")
    page = nurse.practice(HAL)
    start(page)
    shown = page.locator("#timer-slot [data-clock]")
    expect(shown).to_have_text(re.compile(r"0:0[2-9]"), timeout=10_000)
    page = nurse.practice("patients/")
    expect(page.locator("#timer-slot [data-clock]")).to_be_visible()
    stop(page, "Looked through the weights.")
    page = nurse.practice("time/")
    expect(page.locator("main")).to_contain_text("Hal")


def test_one_person_has_one_timer_in_all_windows(visit: Visiting) -> None:
    nurse = visit("rosa")
    first = nurse.practice(HAL)
    start(first)
    second = nurse.context.new_page()
    second.goto(nurse.server.address("/p/prac_lakeside/patients/pat_ada/"))
    expect(second.locator("#timer-slot [data-clock]")).to_be_visible()
    expect(second.locator("#timer-slot summary.timer-start")).to_have_text("Switch")
    stop(first, "Weights.")
    second.reload()
    expect(second.locator("#timer-slot [data-clock]")).to_have_count(0)


def test_a_timer_outlives_the_server_and_cuts_off_an_empty_room(
    visit: Visiting, server: Server
) -> None:
    nurse = visit("tom")
    page = nurse.practice(HAL)
    start(page, "documentation")
    page.close()
    server.later(minutes=6)
    nurse.page = nurse.context.new_page()
    page = nurse.practice("patients/")
    slot = page.locator("#timer-slot")
    expect(slot).to_contain_text("page was closed")
    shown = slot.locator("[data-clock]").inner_text()
    assert int(shown.split(":")[0]) < 2, shown
    stop(page, "Wrote the summary.")


def test_a_forgotten_timer_waits_for_somebody_to_attest(visit: Visiting, server: Server) -> None:
    first = visit("tom")
    start(first.practice(HAL), "review")
    shown = first.page.locator("#timer-slot [data-clock]")
    expect(shown).to_have_text(re.compile(r"0:0[2-9]"), timeout=10_000)
    first.page.mouse.move(300, 300)
    with first.page.expect_response(re.compile("/timer/beat")):
        first.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    first.page.close()
    server.later(hours=3)
    again = visit("tom")
    page = again.practice("time/")
    expect(page.locator("#timer-slot")).to_contain_text("forgotten")
    expect(page.locator("#forgotten")).to_be_visible()
