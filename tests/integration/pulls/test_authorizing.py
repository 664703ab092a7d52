"""Patients agree on the vendor's page; the code they bring back opens their values alone."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing

from caretally.errors import ConflictError, ExchangeError, InputError, UnknownError
from caretally.practice.authorizing import authorization_address, fetching, practice_in, take_code
from caretally.practice.caller import system_caller
from caretally.practice.connections import end
from caretally.practice.office import Office
from caretally.store.models import Connection, Secret
from tests.integration.pulls.conftest import AT, PRACTICE, House
from tests.integration.pulls.fake import told

BACK = "https://rpm.example.org/connections/callback"


def sent_to(house: House, made: Connection) -> dict[str, str]:
    """Return what the vendor's page is asked with."""
    address = authorization_address(house.office(), made.name, BACK)
    return {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}


def test_a_patient_agrees_at_withings(house: House) -> None:
    made = house.connect("withings")
    house.fake.answers["/v2/oauth2"] = house.fake.withings_token
    asked = sent_to(house, made)
    assert asked["client_id"] == "our-client"
    assert asked["redirect_uri"] == BACK
    assert asked["scope"] == "user.metrics"
    assert practice_in(asked["state"]) == PRACTICE
    assert take_code(house.office(), asked["state"], "the-code") == "withings:user 363"
    (token,) = house.fake.asked
    assert token.form["action"] == "requesttoken"
    assert token.form["redirect_uri"] == BACK
    (standing,) = fetching(house.office(), made.name)
    assert (standing.name, standing.state) == ("withings:user 363", "live")
    assert standing.reached_at is None
    house.fake.answers["/measure"] = lambda _: told({"status": 0, "body": {"measuregrps": []}})
    house.pull()
    assert house.mark(made).watermark == AT


def test_a_patient_agrees_at_dexcom_which_says_who_it_is_when_asked(house: House) -> None:
    made = house.connect("dexcom")
    house.fake.answers["/v3/oauth2/token"] = house.fake.token
    house.fake.answers["/v3/users/self/dataRange"] = lambda _: told({"userId": "079a"})
    address = authorization_address(house.office(), made.name, BACK)
    assert address.startswith(f"{house.fake.address}/v3/oauth2/login?")
    state = sent_to(house, made)["state"]
    assert take_code(house.office(), state, "the-code") == "dexcom:user 079a"
    assert house.fake.asked[-1].bearer == "access-1"


def test_tokens_of_nobody_are_not_kept(house: House) -> None:
    made = house.connect("dexcom")
    house.fake.answers["/v3/oauth2/token"] = house.fake.token
    house.fake.answers["/v3/users/self/dataRange"] = lambda _: told({})
    with pytest.raises(ExchangeError, match="whose values"):
        take_code(house.office(), sent_to(house, made)["state"], "the-code")
    assert fetching(house.office(), made.name) == []


@pytest.mark.parametrize("vendor", ["withings", "dexcom"])
def test_a_code_that_is_none_is_refused(house: House, vendor: str) -> None:
    made = house.connect(vendor)
    house.fake.answers["/v3/oauth2/token"] = house.fake.token
    house.fake.answers["/v2/oauth2"] = house.fake.withings_token
    with pytest.raises(ExchangeError, match="agree"):
        take_code(house.office(), sent_to(house, made)["state"], "a-guess")


def test_a_note_that_is_not_ours_takes_no_code(house: House) -> None:
    made = house.connect("withings")
    state = sent_to(house, made)["state"]
    forged = signing.dumps({"practice": PRACTICE, "connection": made.name}, salt="other")
    for wrong in (forged, state[:-1], "", "x" * 10_000):
        with pytest.raises(InputError, match="not ours or too old"):
            take_code(house.office(), wrong, "the-code")
    other = Office(journal=house.journal, caller=system_caller(PRACTICE, "mallory"), now=AT)
    with pytest.raises(InputError, match="somebody else"):
        take_code(other, state, "the-code")
    assert house.fake.asked == []


def test_agreeing_again_lets_it_be_asked_again(house: House) -> None:
    made = house.connect("withings")
    house.agree(made, "withings:user 363")
    house.fake.tokens, house.fake.refreshes = set(), {}
    house.fake.answers["/v2/oauth2"] = house.fake.withings_token
    house.fake.answers["/measure"] = lambda _: told({"status": 401, "body": {}})
    house.pull()
    assert house.mark(made).state == "refused"
    take_code(house.office(AT + timedelta(hours=1)), sent_to(house, made)["state"], "the-code")
    assert (house.mark(made).state, house.mark(made).says) == ("live", "")


def test_an_ended_connection_forgets_all_keys(house: House) -> None:
    made = house.connect("withings")
    house.agree(made, "withings:user 363")
    end(house.office(), made.name)
    assert not Secret.objects.using(house.db.alias).exists()
    assert house.pull() == 0
    with pytest.raises(ConflictError):
        authorization_address(house.office(), made.name, BACK)


def test_a_connection_without_client_cannot_send_anybody(house: House) -> None:
    made = house.connect("withings")
    Secret.objects.using(house.db.alias).filter(purpose__endswith="/own").delete()
    with pytest.raises(UnknownError):
        authorization_address(house.office(), made.name, BACK)
