"""Sign-in: second factor, log-off, lock-out, sessions; with real codes, through the real pages."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from caretally import clock
from caretally.journal.entries import PolicyAdopted
from caretally.practice import people
from caretally.web.frame.held import forget
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

PASSWORD = "a long and plain sentence"  # noqa: S105 - of a test
PATIENTS = f"/p/{LAKESIDE}/patients/"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Forget the attempts of the test before."""
    cache.clear()


def adopt(demo: Demo, policy: str, value: str) -> None:
    """Let the practice adopt a policy today."""
    office = demo.office("amir")
    body = PolicyAdopted(policy=policy, value=value, owner="Amir", from_on=date(2026, 3, 1))
    office.append([office.filing(None).entry(body)])
    forget(LAKESIDE)


def sign_in(login: str, password: str = PASSWORD, address: str = "10.0.0.1") -> tuple[Client, int]:
    """Sign in through the page; returns the browser and the status of the answer."""
    client = Client(REMOTE_ADDR=address)
    answer = client.post("/accounts/login/", {"login": login, "password": password})
    return client, answer.status_code


def give_password(login: str) -> None:
    """Give an account the password of these tests."""
    user = get_user_model().objects.get(username=login)
    user.set_password(PASSWORD)
    user.save()


def code_of(secret: str) -> str:
    """Return the code that an authenticator app shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def confirm(client: Client) -> None:
    """Give the password again, as sensitive pages ask."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def set_up_factor(client: Client) -> str:
    """Set up an authenticator app through the page and return its secret."""
    confirm(client)
    answer = client.get("/accounts/2fa/totp/activate/")
    page = answer.content.decode()
    found = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)
    assert found, (answer.status_code, answer.headers, page)
    secret = found[1]
    assert "data:image/svg+xml" in page
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content.decode()
    return secret


def test_a_policy_makes_everybody_set_up_a_second_factor(demo: Demo) -> None:
    give_password("rosa")
    client, _ = sign_in("rosa")
    assert client.get(PATIENTS).status_code == 200
    adopt(demo, "require_mfa", "yes")
    answer = client.get(PATIENTS)
    assert answer["Location"] == "/accounts/2fa/totp/activate/"
    set_up_factor(client)
    assert client.get(PATIENTS).status_code == 200


def test_with_a_second_factor_a_password_alone_opens_nothing(demo: Demo) -> None:
    give_password("rosa")
    first, _ = sign_in("rosa")
    secret = set_up_factor(first)
    cache.clear()
    client, _ = sign_in("rosa")
    assert client.get(PATIENTS).status_code == 302
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert client.get(PATIENTS).status_code == 302
    answer = client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert answer.status_code == 302
    assert client.get(PATIENTS).status_code == 200


def test_a_recovery_code_works_once(demo: Demo) -> None:
    give_password("rosa")
    first, _ = sign_in("rosa")
    set_up_factor(first)
    page = first.get("/accounts/2fa/recovery-codes/").content.decode()
    codes = re.findall(
        r"\b[0-9a-z]{8}\b", page.split("<textarea")[1].split("</textarea>")[0].split(">", 1)[1]
    )
    assert len(codes) == 10
    for expected in (302, 200):
        cache.clear()
        client, _ = sign_in("rosa")
        answer = client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert answer.status_code == expected


def test_a_session_that_nobody_uses_ends_as_the_policy_says(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt(demo, "log_off_minutes", "5")
    give_password("rosa")
    client, _ = sign_in("rosa")
    assert client.get(PATIENTS).status_code == 200
    start = clock.ahead()
    clock.set_ahead(start + timedelta(minutes=5))
    assert client.get("/session/beat").status_code == 204
    clock.set_ahead(start + timedelta(minutes=5, seconds=40))
    answer = client.get(PATIENTS)
    assert answer["Location"].startswith("/accounts/login/?idle=1&next=%2Fp%2F")
    assert client.get(PATIENTS)["Location"].startswith("/accounts/login/?next=")


def test_signs_of_use_keep_a_session_and_what_pages_ask_by_themselves_does_not(demo: Demo) -> None:
    adopt(demo, "log_off_minutes", "5")
    give_password("rosa")
    client, _ = sign_in("rosa")
    client.get(PATIENTS)
    start = clock.ahead()
    for minutes, address in ((4, "use"), (8, "use"), (12, "beat")):
        clock.set_ahead(start + timedelta(minutes=minutes))
        assert client.get(f"/session/{address}").status_code == 204
    clock.set_ahead(start + timedelta(minutes=14))
    assert client.get("/session/beat").status_code == 302


def test_part_of_a_page_leads_the_whole_page_to_the_door(demo: Demo, enter: Enter) -> None:
    client = enter("rosa")
    client.get(PATIENTS)
    clock.set_ahead(clock.ahead() + timedelta(hours=1))
    answer = client.get(PATIENTS, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/login/?idle=1")


def test_five_wrong_passwords_lock_the_account_there_until_an_administrator_unlocks(
    demo: Demo,
) -> None:
    give_password("rosa")
    statuses = [sign_in(name, "wrong")[1] for name in ("rosa", "Rosa", "ROSA", "rosa", "rosa")]
    assert statuses == [200, 200, 200, 200, 429]
    assert sign_in("rosa")[1] == 429
    assert sign_in("rosa", address="10.0.0.2")[1] == 302, "a stranger elsewhere locks nobody out"
    office = demo.office("amir")
    rosa = next(each for each in people.people(office) if each.user.get_username() == "rosa")
    assert rosa.is_locked
    people.unlock(office, rosa.user.pk)
    assert sign_in("rosa")[1] == 302


def test_another_session_of_ones_own_can_be_ended(demo: Demo) -> None:
    give_password("rosa")
    first, _ = sign_in("rosa")
    second, _ = sign_in("rosa", address="10.0.0.9")
    page = second.get("/accounts/sessions/").content.decode()
    assert "10.0.0.1" in page
    address = re.search(r'action="(/session/\d+/end)"', page)
    assert address
    stranger, _ = (give_password("tom"), sign_in("tom"))[1]
    stranger.post(address[1])
    assert first.get(PATIENTS).status_code == 200
    second.post(address[1])
    assert first.get(PATIENTS).status_code == 302


def test_an_address_is_taken_from_a_proxy_only_where_there_is_one(
    demo: Demo, monkeypatch: pytest.MonkeyPatch, settings_of_proxy: None
) -> None:
    give_password("rosa")
    for _ in range(5):
        Client().post("/accounts/login/", {"login": "rosa", "password": "wrong"},
                      headers={"X-Forwarded-For": "1.1.1.1, 9.9.9.9"})  # fmt: skip
    answer = Client().post("/accounts/login/", {"login": "rosa", "password": PASSWORD},
                           headers={"X-Forwarded-For": "invented, 9.9.9.9"})  # fmt: skip
    assert answer.status_code == 429


@pytest.fixture
def settings_of_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program stand behind a proxy with TLS."""
    name = "django.conf.settings.SECURE_PROXY_SSL_HEADER"
    monkeypatch.setattr(name, ("HTTP_X_FORWARDED_PROTO", "https"))


@pytest.mark.parametrize("path", [
    "login/", "password/change/", "2fa/", "2fa/totp/activate/", "2fa/recovery-codes/generate/",
    "2fa/webauthn/", "2fa/webauthn/add/", "sessions/", "logout/", "reauthenticate/",
])  # fmt: skip
def test_pages_of_ones_account_have_the_look_of_the_house(demo: Demo, path: str) -> None:
    give_password("rosa")
    client, _ = sign_in("rosa")
    if "reauth" not in path:
        confirm(client)
    if "recovery" in path:
        set_up_factor(client)
    if path == "login/":
        client = Client()
    answer = client.get(f"/accounts/{path}", follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="account card' in page
    assert "style=" not in page


def test_a_factor_belongs_to_its_account(demo: Demo) -> None:
    give_password("rosa")
    client, _ = sign_in("rosa")
    set_up_factor(client)
    kinds = set(Authenticator.objects.values_list("user__username", "type"))
    assert kinds == {("rosa", "totp"), ("rosa", "recovery_codes")}
