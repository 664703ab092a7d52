"""The chart of vital signs is zoomed by hand and by keys, and says what it shows."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.integration.browser.conftest import PHONE, Visiting


def shown(page: Page) -> tuple[int, int]:
    """Return the seconds between which the plots show readings."""
    box = page.locator("#axis")
    return int(box.get_attribute("data-from") or 0), int(box.get_attribute("data-to") or 0)


def test_a_chart_is_zoomed_by_dragging_and_by_buttons(visit: Visiting) -> None:
    page = visit("rosa").practice("patients/pat_hal/vitals?stretch=30")
    assert page.locator(".axis-wide svg").is_visible()
    page.get_by_role("button", name="Zoom").click()
    plots = page.locator("#axis-plots .u-over")
    assert plots.count() >= 3
    assert not page.locator(".axis-wide svg").is_visible()
    begin, end = shown(page)
    assert end - begin in {30 * 86_400, 30 * 86_400 - 3600}
    box = plots.first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60, steps=4)
    page.mouse.up()
    page.wait_for_function(f"Number(document.getElementById('axis').dataset.from) > {begin + 1}")
    low, high = shown(page)
    assert begin < low < high < end
    assert abs((high - low) - (end - begin) / 4) < 86_400
    page.get_by_role("button", name="Closer").click()
    assert shown(page)[1] - shown(page)[0] < high - low
    page.get_by_role("button", name="Show all").click()
    assert shown(page) == (begin, end)
    assert "Shown: Feb 25" in page.locator("#axis-said").inner_text()
    page.get_by_role("button", name="Back to the drawing").click()
    assert page.locator(".axis-wide svg").is_visible()


def test_keys_are_enough(visit: Visiting) -> None:
    page = visit("rosa").practice("patients/pat_hal/")
    page.get_by_role("button", name="Zoom").focus()
    page.keyboard.press("Enter")
    begin, end = shown(page)
    page.get_by_role("button", name="Closer").press("Enter")
    page.get_by_role("button", name="Earlier").press("Enter")
    low, high = shown(page)
    assert low >= begin
    assert high - low < end - begin


def test_a_phone_gets_a_drawing_of_its_own(visit: Visiting) -> None:
    page = visit("rosa", size=PHONE).practice("patients/pat_hal/vitals")
    assert page.locator(".axis-narrow svg").is_visible()
    assert not page.locator(".axis-wide svg").is_visible()


def test_a_mark_leads_to_its_entry(visit: Visiting) -> None:
    page = visit("rosa").practice("patients/pat_hal/vitals")
    link = page.locator(".axis-wide svg a").first
    href = link.get_attribute("href") or ""
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith(href))
    assert page.locator(f"[id='{href.partition('#')[2]}']").count() == 1
