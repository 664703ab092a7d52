"""A SIP trunk in one line: what is read, what is refused, and what is dialed."""

from __future__ import annotations

import pytest

from caretally.errors import InputError
from caretally.exchange.telephony.sip_account import account_of, place_of, uri_of

FULL = (
    "sip://clinic:p%40ss@sip.example.org:5061"
    "?transport=tls&srtp=required&register=600&auth_user=u1&proxy=edge.example.org&ca_file=/etc/ca.pem"
)


def test_a_full_line_is_read() -> None:
    account = account_of(FULL)
    assert (account.user, account.password, account.domain) == (
        "clinic",
        "p@ss",
        "sip.example.org:5061",
    )
    assert (account.transport, account.srtp, account.register_seconds) == ("tls", "srtp-mand", 600)
    assert (account.auth_user, account.proxy) == ("u1", "edge.example.org")
    assert account.ca_file == "/etc/ca.pem"


def test_a_short_line_places_calls_directly() -> None:
    account = account_of("sip://clinic@10.1.2.3")
    assert (account.transport, account.srtp, account.register_seconds) == ("udp", "", 0)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "clinic@sip.example.org",
        "https://clinic:pass@sip.example.org",
        "sip://sip.example.org",
        "sip://clinic@sip.example.org:99999",
        "sip://clinic@sip.example.org/path",
        "sip://clinic@sip.example.org?transport=pigeon",
        "sip://clinic@sip.example.org?srtp=maybe",
        "sip://clinic@sip.example.org?register=often",
        "sip://clinic@sip.example.org?register=-1",
        "sip://clinic@sip.example.org?tranpsort=tls",
        "sip://clinic@sip.example.org?transport=tls&transport=udp",
    ],
)
def test_what_is_no_account_is_refused_and_no_password_is_shown(url: str) -> None:
    with pytest.raises(InputError) as refused:
        account_of(url.replace("clinic@", "clinic:hushhush@"))
    assert "CARETALLY_SIP_URL" in str(refused.value)
    assert "hushhush" not in str(refused.value)


@pytest.mark.parametrize(
    ("listens", "ports"),
    [
        ("10.1.2.3:99999", ""),
        ("10.1.2.3 5060", ""),
        ("", "16000"),
        ("", "17000-16000"),
        ("", "16000-70000"),
    ],
)
def test_places_that_cannot_be_listened_on_are_refused(listens: str, ports: str) -> None:
    with pytest.raises(InputError):
        place_of(listens, ports)


def test_the_place_is_the_stacks_choice_where_nothing_is_said() -> None:
    place = place_of("", "")
    assert (place.address, place.port, place.sound_ports) == ("", 0, "")


def test_an_extension_of_the_house_is_dialed_at_the_trunk() -> None:
    assert uri_of("555", account_of("sip://clinic@sip.example.org")) == "sip:555@sip.example.org"


NOT_DIALED = ["", "rosa", "+1555", "sip:", "sip:a b@h", "sip:r@h;x\r\nEvil: 1", "tel:+15550100000"]


@pytest.mark.parametrize("address", NOT_DIALED)
def test_what_cannot_be_dialed_is_refused(address: str) -> None:
    with pytest.raises(InputError):
        uri_of(address, account_of("sip://clinic@sip.example.org"))
