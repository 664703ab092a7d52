"""The portal as Ada and Cleo's daughter see it: usable by everybody, in both themes, on a phone."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.integration.browser.conftest import PHONE, Visit, Visiting
from tests.integration.browser.test_every_page import keep_picture, too_wide, violations
from tests.integration.served import Server

PAGES = ("readings", "choices", "billed", "account")
BORN = {"Ada": ("8", "17", "1954"), "Cleo": ("5", "30", "1944")}
USED: dict[str, int] = {}
"""How many codes of each letter were used: each works once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What the server printed for somebody from outside."""

    number: str
    codes: tuple[str, ...]


def printed(server: Server, name: str) -> Printed:
    """Return the number and the codes that were printed for somebody."""
    found = re.search(
        rf"^  (\d{{8}}) (\w+) (\w+) (\w+) .*{name}", server.said.decode(), re.MULTILINE
    )
    assert found is not None
    return Printed(number=found[1], codes=found.groups()[1:])


def enter(found: Visit, name: str, address: str = "") -> Page:
    """Sign in to the portal with the next code of a letter.

    address: under which the server is asked; its own where none is named.
    """
    told = printed(found.server, name)
    code = told.codes[USED.get(told.number, 0)]
    USED[told.number] = USED.get(told.number, 0) + 1
    page = found.page
    page.goto(f"{address or found.server.address('')}/portal/sign-in")
    page.locator("#identity").fill(told.number)
    page.locator("#identity").press("Enter")
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")
    page.wait_for_url(lambda url: "/code" not in url)
    if "/join" in page.url:
        for field, value in zip(("month", "day", "year"), BORN[name], strict=True):
            page.locator(f"#{field}").fill(value)
        page.locator("#year").press("Enter")
        page.wait_for_url(lambda url: url.endswith("/portal/"))
    return page


@pytest.mark.parametrize(("name", "theme"), [("Ada", "light"), ("Ada", "dark"), ("Cleo", "light")])
def test_every_page_of_the_portal_can_be_used_by_everybody(
    visit: Visiting, name: str, theme: str
) -> None:
    guest = visit(theme=theme, size=PHONE)
    guest.open("/portal/sign-in")
    found = violations(guest) + too_wide(guest)
    page = enter(guest, name)
    for path in ("", *PAGES):
        guest.open(f"/portal/{path}")
        expect(page.locator("h1")).to_be_visible()
        found += violations(guest) + too_wide(guest)
        sizes = page.locator("main p, main li, main td, main button, main a").evaluate_all(
            "all => all.map(each => parseFloat(getComputedStyle(each).fontSize))"
        )
        assert min(sizes) >= 18
        keep_picture(guest, f"portal-{name}-{theme}")
    assert found == []


def test_a_passkey_is_added_and_opens_the_door(visit: Visiting) -> None:
    guest = visit()
    # an address of digits is no name that a passkey can be bound to
    local = guest.server.address("").replace("127.0.0.1", "localhost")
    page = enter(guest, "Cleo", local)
    maker = guest.context.new_cdp_session(page)
    maker.send("WebAuthn.enable")
    maker.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    page.goto(f"{local}/portal/account")
    page.locator("#passkey-add").click()
    expect(page.locator("main li form button")).to_have_count(1)
    page.locator("header form button").last.click()
    page.wait_for_url(re.compile("/portal/sign-in"))
    page.goto(f"{local}/portal/choices")
    assert "/portal/sign-in" in page.url
    page.locator("#passkey-go").click()
    page.wait_for_url(re.compile("/portal/$"))
    expect(page.locator("h1")).to_contain_text("Cleo Marchetti")
    guest.complaints[:] = [
        each for each in guest.complaints if not each.startswith(f"asked {local}")
    ]
