"""Roles, the second factor and the locked door, in a real browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct

from playwright.sync_api import expect

from caretally.clock import outside
from tests.integration.browser.conftest import Visiting, sign_in


def one_time(secret: str, step: int = 0) -> str:
    """Return the one-time password of a secret (RFC 6238: SHA-1, 30 seconds, six digits)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    moment = int(outside().timestamp()) // 30 + step
    digest = hmac.new(key, struct.pack(">Q", moment), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_an_administrator_reads_no_chart(visit: Visiting) -> None:
    keeper = visit("amir")
    page = keeper.practice("patients/pat_ada/")
    expect(page.locator("h1")).to_contain_text("do not allow")
    assert "Ada" not in page.content()


def test_an_auditor_reads_and_writes_nothing(visit: Visiting) -> None:
    page = visit("otto").practice("patients/pat_ada/")
    expect(page.locator("h1")).to_contain_text("Ada")
    expect(page.locator("main a", has_text="Log time")).to_have_count(0)
    expect(page.locator("#timer-slot")).to_have_count(0)
    page = visit("otto").practice("patients/pat_ada/contact/")
    expect(page.locator("h1")).to_contain_text("do not allow")


def test_a_nurse_of_another_practice_finds_nothing(visit: Visiting) -> None:
    page = visit("nora").practice("patients/pat_ada/")
    expect(page.locator("h1")).to_contain_text("Nothing here")
    assert "Ada" not in page.content()


def test_a_second_factor_is_set_up_and_asked_for(visit: Visiting) -> None:
    doctor = visit("lin")
    page = doctor.open("/accounts/2fa/totp/activate/")
    if "reauthenticate" in page.url:
        page.locator('input[type="password"]').fill(doctor.server.password)
        page.locator("main form button").first.click()
    fields = page.locator("main input").all()
    secrets = [each.input_value() for each in fields if each.get_attribute("type") != "hidden"]
    found = next(filter(None, (re.fullmatch(r"[A-Z2-7]{32}", each) for each in secrets)))
    page.locator('[name="code"]').fill("000000")
    page.locator("main form button.btn-primary, main form button").last.click()
    page.locator('[name="code"]').fill(one_time(found[0]))
    page.locator("main form button.btn-primary, main form button").last.click()
    page.wait_for_url(re.compile("recovery|2fa/$"))
    doctor.context.clear_cookies()
    page = doctor.open("/accounts/login/")
    page.get_by_label("User name").fill("lin")
    page.get_by_label("Password").fill(doctor.server.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("2fa/authenticate"))
    page = doctor.practice("patients/")
    assert "/accounts/" in page.url
    assert "Ada" not in page.content()
    page.locator('[name="code"]').fill(one_time(found[0], step=1))
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile("/p/"))


def test_guessing_locks_the_door(visit: Visiting) -> None:
    guesser = visit()
    for guess in range(6):
        page = guesser.open("/accounts/login/")
        if not page.get_by_label("User name").count():
            break
        page.get_by_label("User name").fill("bea")
        page.get_by_label("Password").fill(f"wrong {guess}")
        page.get_by_role("button", name="Sign in").click()
    expect(guesser.page.locator("h1")).to_contain_text("Too many")
    owner = visit("rosa")
    expect(owner.practice("patients/").locator("h1")).to_contain_text("Patients")


def test_a_session_can_be_ended_from_another(visit: Visiting) -> None:
    first, second = visit("tom"), visit("tom")
    page = second.open("/accounts/sessions/")
    page.locator("main form button").first.click()
    page = first.practice("patients/")
    assert "/accounts/login" in page.url
    sign_in(first, "tom")
