"""Pages by which a vendor is asked: the key, the way to the vendor's page and back."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import override_settings

from caretally.practice.connections import Wanted, connect
from caretally.store.models import Connection, PullMark, Secret
from tests.integration.demonstrated import LAKESIDE, Demo, Enter
from tests.integration.pulls.fake import Fake, listening


@pytest.fixture
def fake() -> Iterator[Fake]:
    """Run a vendor made up, which may be asked."""
    with listening() as made, override_settings(HOOK_NETWORKS="127.0.0.0/8"):
        made.answers["/v2/oauth2"] = made.withings_token
        yield made


def connected(demo: Demo, vendor: str, **settings: str) -> tuple[str, str]:
    """Connect a vendor; returns its name and the address of its page."""
    made, _ = connect(demo.office("amir"), Wanted(vendor=vendor, settings=settings))
    return made.name, f"/p/{LAKESIDE}/intake/connections/{made.name}/fetching/"


def test_a_patient_agrees_in_the_browser(demo: Demo, enter: Enter, fake: Fake) -> None:
    name, page = connected(demo, "withings", address=fake.address)
    client = enter("amir")
    assert "Nobody has agreed yet" in client.get(page).content.decode()
    kept = client.post(page, {"number": "our-client", "secret": "client-secret"}, follow=True)
    assert "The key is kept" in kept.content.decode()
    assert "client-secret" not in kept.content.decode()
    away = client.get(page.replace("fetching", "authorize"))
    assert away.status_code == 302
    sent = parse_qs(urlsplit(away["Location"]).query)
    assert sent["redirect_uri"] == ["http://testserver/connections/callback"]
    query = {"state": sent["state"][0], "code": "the-code"}
    back = client.get("/connections/callback", query, follow=True)
    assert "withings:user 363 agreed" in back.content.decode()
    assert PullMark.objects.get().name == "withings:user 363"
    assert Connection.objects.get(name=name).pull_due_at is not None


def test_a_code_is_taken_from_who_set_out_alone(demo: Demo, enter: Enter, fake: Fake) -> None:
    _, page = connected(demo, "withings", address=fake.address)
    client = enter("amir")
    client.post(page, {"number": "our-client", "secret": "client-secret"})
    away = client.get(page.replace("fetching", "authorize"))
    query = {"state": parse_qs(urlsplit(away["Location"]).query)["state"][0], "code": "the-code"}
    assert enter("nora").get("/connections/callback", query).status_code == 404
    assert enter("rosa").get("/connections/callback", query).status_code == 403
    forged = client.get("/connections/callback", {**query, "state": "x"}, follow=True)
    assert "not ours or too old" in forged.content.decode()
    guess = client.get("/connections/callback", {**query, "code": "a guess"}, follow=True)
    assert "Nobody was added" in guess.content.decode()
    assert not PullMark.objects.exists()


def test_what_is_missing_is_said_at_its_field(demo: Demo, enter: Enter, fake: Fake) -> None:
    _, page = connected(demo, "tenovi")
    refused = enter("amir").post(page, {"secret": "short"})
    assert refused.status_code == 422
    said = refused.content.decode()
    assert "can be guessed" in said
    assert "settings.domain" in said
    assert not Secret.objects.filter(purpose__endswith="/own").exists()


def test_only_administrators_see_it_and_only_of_vendors_that_are_asked(
    demo: Demo, enter: Enter
) -> None:
    _, page = connected(demo, "withings")
    assert enter("rosa").get(page).status_code == 403
    _, pushed = connected(demo, "terra")
    assert enter("amir").get(pushed).status_code == 404
    shown = enter("amir").get(page.replace("fetching/", "")).content.decode()
    assert page in shown
    assert "fetching/" not in enter("amir").get(pushed.replace("fetching/", "")).content.decode()
