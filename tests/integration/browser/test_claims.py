"""Claims in a browser: prepared, checked, sent, and a price on a small screen."""

from __future__ import annotations

from tests.integration.browser.conftest import Visit, Visiting
from tests.integration.browser.test_closing import looked_at

MONTH = "2026-02"


def close_if_open(bea: Visit) -> None:
    """Close the month, where no other test did."""
    bea.practice(f"close/{MONTH}/")
    button = bea.page.get_by_role("button", name=f"Close {MONTH}")
    if button.count():
        for box in bea.page.get_by_role("checkbox").all():
            box.check()
        bea.page.get_by_label("Why these may pass").fill("looked at each of them")
        button.click()


def sign_if_waiting(lin: Visit, patient: str) -> None:
    """Sign a decision, where no other test did."""
    lin.practice(f"close/{MONTH}/{patient}/")
    button = lin.page.get_by_role("button", name="Sign", exact=True)
    if button.count():
        button.click()


def test_a_signed_month_becomes_a_file(visit: Visiting) -> None:
    bea = visit("bea")
    bea.practice(f"claims/?month={MONTH}")
    looked_at(bea, "claims-before")
    close_if_open(bea)
    lin = visit("lin")
    for patient in ("pat_hal", "pat_ada", "pat_dev"):
        sign_if_waiting(lin, patient)
    bea.practice(f"claims/?month={MONTH}")
    bea.page.get_by_role("button", name="Prepare claims").click()
    assert "claims prepared" in bea.page.content()
    looked_at(bea, "claims-prepared")
    bea.page.get_by_role("link", name="Check and send…").click()
    looked_at(bea, "claims-send")
    dark = visit("bea", theme="dark")
    dark.practice(f"claims/send/?month={MONTH}")
    looked_at(dark, "claims-send-dark")
    bea.page.get_by_role("button", name="Write the file").click()
    assert "Files that left" in bea.page.content()
    looked_at(bea, "claims-sent")
    bea.page.locator("table.claims tbody td a").first.click()
    looked_at(bea, "claim")
    dark.page.goto(bea.page.url)
    looked_at(dark, "claim-dark")
    dark.practice(f"claims/?month={MONTH}")
    looked_at(dark, "claims-sent-dark")


def test_prices_and_parties(visit: Visiting) -> None:
    bea, dark = visit("bea"), visit("bea", theme="dark")
    for path, name in (("claims/prices/", "prices"), ("claims/parties/", "parties"),
                       ("claims/parties/practice/prac_lakeside/", "profile"),
                       ("claims/prices/start", "start")):  # fmt: skip
        bea.practice(path)
        looked_at(bea, name)
        dark.practice(path)
        looked_at(dark, f"{name}-dark")
