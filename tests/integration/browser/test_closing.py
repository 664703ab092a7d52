"""The close in a browser: checks, the close itself, decisions by exception, a signature."""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

from tests.integration.browser.conftest import PHONE, Visit, Visiting

SHOTS = os.environ.get("SCREENSHOTS", "")


def looked_at(visit: Visit, name: str) -> None:
    """Hold a page to axe, wide and narrow, and keep a picture where a folder for it is named."""
    wide = visit.page.viewport_size
    assert wide is not None
    for size in ((wide["width"], wide["height"]), PHONE):
        visit.page.set_viewport_size({"width": size[0], "height": size[1]})
        found = Axe().run(visit.page).response["violations"]
        assert [f"{name} {each['id']}: {each['nodes'][0]['html'][:200]}" for each in found] == []
        assert visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            visit.page.screenshot(path=Path(SHOTS) / f"{name}-{size[0]}.png", full_page=True)
    visit.page.set_viewport_size(wide)


def test_a_month_is_closed_and_signed(visit: Visiting) -> None:
    bea = visit("bea")
    bea.practice("close/")
    looked_at(bea, "months")
    bea.page.get_by_role("link", name="2026-02", exact=True).click()
    looked_at(bea, "open")
    for box in bea.page.get_by_role("checkbox").all():
        box.check()
    bea.page.get_by_label("Why these may pass").fill("looked at each of them")
    bea.page.get_by_role("button", name="Close 2026-02").click()
    bea.page.get_by_text("2026-02 is closed.").wait_for()
    looked_at(bea, "closed")
    lin = visit("lin", theme="dark")
    lin.practice("close/2026-02/")
    looked_at(lin, "closed-dark")
    lin.page.get_by_role("link", name="Hal").first.click()
    looked_at(lin, "decision-dark")
    lin.page.get_by_role("button", name="Sign", exact=True).click()
    lin.page.get_by_text("Signed.", exact=True).wait_for()
    light = visit("lin")
    light.practice("close/2026-02/pat_hal/")
    looked_at(light, "signed")


def test_the_list_is_walked_with_the_keyboard(visit: Visiting) -> None:
    """Runs after the month was closed by the test before."""
    lin = visit("lin")
    lin.practice("close/2026-02/?kind=look")
    first = lin.page.locator("tbody th a").first
    first.focus()
    lin.page.keyboard.press("Enter")
    lin.page.get_by_role("button", name="Sign and go to the next").focus()
    lin.page.keyboard.press("Enter")
    lin.page.get_by_text("Signed.", exact=True).wait_for()
