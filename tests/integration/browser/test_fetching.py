"""The page by which a vendor is asked: usable by everybody, in both sizes."""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

from tests.integration.browser.conftest import DESKTOP, PHONE, Visiting
from tests.integration.demonstrated import LAKESIDE

SHOTS = os.environ.get("SCREENSHOTS", "")


def test_a_vendor_is_asked(visit: Visiting) -> None:
    found = visit("amir")
    page = found.open(f"/p/{LAKESIDE}/intake/connections/new/?vendor=withings")
    page.get_by_role("button", name="Make the connection").click()
    page.get_by_role("link", name="Key, patients who agreed").click()
    page.get_by_label("Secret").fill("short")
    page.get_by_role("button", name="Keep it").click()
    assert page.get_by_text("can be guessed").first.is_visible()
    page.get_by_label("Client id").fill("our-client")
    page.get_by_label("Secret").fill("a long client secret")
    page.get_by_role("button", name="Keep it").click()
    assert page.get_by_text("The key is kept").is_visible()
    for width, height in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert Axe().run(page).violations_count == 0
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"fetching-{width}.png", full_page=True)
