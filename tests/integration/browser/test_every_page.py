"""Every page people can open, in both themes and two sizes: usable by everybody, and quiet.

Pages are found in the addresses of the program, so that a new page is tested without being named.
SCREENSHOTS names a folder to keep pictures in.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import expect

from tests.integration.browser.conftest import DESKTOP, PHONE, Visit, Visiting
from tests.integration.demonstrated import LAKESIDE

FILLED = {"practice": LAKESIDE, "patient": "pat_edie", "month": "2026-03", "program": "rpm"}
"""What stands for the parts of an address."""
OUTSIDE = ("api/", "metrics", "healthz", "static/")
UNKNOWN_LOGIN = ("rosa", "lin", "cora", "amir", "bea")
"""People who between them may open every page."""
SHOTS = os.environ.get("SCREENSHOTS", "")
WITHOUT_PAGE = {
    "theme", "account_logout", "account_signup", "account_inactive", "account_reauthenticate",
    "account_email", "account_email_verification_sent", "account_set_password",
    "account_confirm_login_code", "account_request_login_code",
}  # fmt: skip
"""Names that answer with no page of their own."""


PARTS = 4
"""The pages are visited in parts, so that several workers can share them."""
LEAST_SEEN = 10
"""Addresses of a part that answer with a page; fewer would mean that pages fell silent."""


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Yield the addresses of pages that need nothing but a practice, a patient, a month."""
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, route)
        elif each.name not in WITHOUT_PAGE and not route.startswith(OUTSIDE):
            filled = route
            for name, value in FILLED.items():
                for kind in ("str", "slug"):
                    filled = filled.replace(f"<{kind}:{name}>", value).replace(f"<{name}>", value)
            if "<" not in filled and "(" not in filled and "^" not in filled:
                yield f"/{filled}"


PAGES = sorted(set(addresses(get_resolver().url_patterns)))


def first_who_may(visits: dict[str, Visit], path: str) -> Visit | None:
    """Return the browser of somebody to whom the address answers with a page."""
    for found in visits.values():
        answer = found.context.request.get(found.server.address(path), max_redirects=3)
        assert answer.status < 500, f"{path} broke"
        kind = answer.headers.get("content-type", "")
        if answer.status == 200 and kind.startswith("text/html") and "<html" in answer.text():
            return found
    return None


def violations(visit: Visit) -> list[str]:
    """Return what axe finds on the page."""
    found = Axe().run(visit.page)
    return [
        f"{visit.page.url} {each['id']}: {[node['html'][:160] for node in each['nodes']][:4]}"
        for each in found.response["violations"]
    ]


def test_there_are_pages() -> None:
    assert len(PAGES) > 8
    assert f"/p/{LAKESIDE}/patients/pat_edie/" in PAGES


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_can_be_used_by_everybody(visit: Visiting, part: int) -> None:
    visits = {login: visit(login) for login in UNKNOWN_LOGIN}
    found: list[str] = []
    seen = 0
    for path in PAGES[part::PARTS]:
        who = first_who_may(visits, path)
        if who is None:
            continue
        seen += 1
        who.page.emulate_media(color_scheme="light")
        who.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
        who.open(path)
        found += violations(who)
        keep_picture(who, "desktop-light")
        who.page.emulate_media(color_scheme="dark")
        expect(who.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        found += violations(who)
        keep_picture(who, "desktop-dark")
        who.page.emulate_media(color_scheme="light")
        who.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        found += too_wide(who) + violations(who)
        keep_picture(who, "phone-light")
    assert found == []
    assert seen >= LEAST_SEEN


def too_wide(visit: Visit) -> list[str]:
    """Return that a page is wider than the window, so that one must scroll sideways to read."""
    wide = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{visit.page.url} is {wide} pixels wider than a phone"] if wide > 0 else []


def keep_picture(visit: Visit, kind: str) -> None:
    """Keep a picture of the page where a folder for it is named."""
    if SHOTS:
        folder = Path(SHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        name = visit.page.url.partition("://")[2].partition("/")[2].strip("/").replace("/", "_")
        name = name.replace(f"p_{LAKESIDE}_", "") or "home"
        visit.page.screenshot(path=folder / f"{name[:80]}-{kind}.png", full_page=True)


def test_the_door_can_be_used_by_everybody(visit: Visiting) -> None:
    for theme in ("light", "dark"):
        stranger = visit(theme=theme)
        stranger.open("/accounts/login/")
        assert violations(stranger) == []


def test_a_planted_fault_is_found(visit: Visiting) -> None:
    stranger = visit(theme="dark")
    stranger.open("/accounts/login/")
    assert violations(stranger) == []
    stranger.page.evaluate("document.querySelector('label[for=id_login]').style.color = '#333'")
    assert any("contrast" in each for each in violations(stranger))
    stranger.page.evaluate("document.querySelector('label[for=id_login]').remove()")
    assert any("label" in each for each in violations(stranger))
