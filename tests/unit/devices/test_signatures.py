"""Deliveries held against secrets: what is genuine, what is forged, and what is too old."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from caretally.devices.signatures import (
    basic,
    basic_header,
    basic_or_chosen,
    body_signature,
    chosen_header,
    fixed_header,
    signed_body,
    time_signature,
    timestamped,
)
from caretally.devices.unpacked import Posted, Verify

AT = datetime(2026, 11, 2, 13, 10, tzinfo=UTC)
SECRET, OTHER = b"correct horse battery", b"another staple"
BODY = b'{"metric":"pulse"}'


def sent(headers: dict[str, str], at: datetime = AT, **settings: str) -> Posted:
    """Return a delivery with headers."""
    return Posted(body=BODY, headers=headers, received_at=at, settings=settings)


def takes(verify: Verify, posted: Posted, *secrets: bytes) -> bool:
    """Tell whether a delivery is taken for genuine."""
    return verify(posted, secrets or (SECRET,)).is_genuine


def by_hand(secret: bytes, message: bytes) -> bytes:
    """Return a signature as the standard library makes it."""
    return hmac.new(secret, message, hashlib.sha256).digest()


def test_a_fixed_header_holds_the_secret_itself() -> None:
    verify = fixed_header("x-secret", prefix="Token ")
    assert takes(verify, sent({"x-secret": f"Token {SECRET.decode()}"}))
    assert not takes(verify, sent({"x-secret": SECRET.decode()}))
    assert not takes(verify, sent({"x-secret": "Token "}), b"")


def test_a_connection_may_name_the_header() -> None:
    verify = chosen_header("authorization")
    for told in ("", "Bearer ", "Api-Key "):
        assert takes(verify, sent({"authorization": told + SECRET.decode()}))
    mine = {"x-mine": SECRET.decode()}
    assert takes(verify, sent(mine, secret_header="X-Mine"))  # noqa: S106 - a header's name
    assert not takes(verify, sent(mine))
    assert takes(verify, sent({"authorization": SECRET.decode()}, secret_header=""))


@pytest.mark.parametrize("write", [bytes.hex, lambda digest: base64.b64encode(digest).decode()])
def test_a_signature_of_the_body_may_be_written_in_two_ways(write: object) -> None:
    assert callable(write)
    verify = signed_body("x-signature", prefix="sha256=")
    good = sent({"x-signature": f"sha256={write(by_hand(SECRET, BODY))}"})
    assert takes(verify, good)
    assert takes(verify, good, OTHER, SECRET)
    assert not takes(verify, good, OTHER)
    changed = Posted(body=BODY + b" ", headers=good.headers, received_at=AT)
    assert not takes(verify, changed)


def test_what_samples_are_signed_with_is_what_is_checked() -> None:
    assert body_signature(SECRET, BODY) == by_hand(SECRET, BODY).hex()
    assert takes(timestamped("s"), sent({"s": time_signature(SECRET, BODY, AT)}))
    assert takes(basic, sent({"authorization": basic_header(SECRET)}))


@pytest.mark.parametrize(
    ("off", "is_taken"),
    [(0, True), (299, True), (300, True), (301, False), (-300, True), (-301, False)],
)
def test_a_signature_is_good_for_five_minutes(off: int, is_taken: bool) -> None:
    header = time_signature(SECRET, BODY, AT)
    assert takes(timestamped("s"), sent({"s": header}, AT + timedelta(seconds=off))) is is_taken


@pytest.mark.parametrize(
    "header",
    ["", "t=1", "v1=ab", "t=,v1=ab", "t=1,t=2,v1=ab", "t=x,v1=ab", "t=99999999999,v1=ab",
     f"t={int(AT.timestamp())},v1=", f"t={int(AT.timestamp())},v1=00", "t=1;v1=ab", "=" * 50],
)  # fmt: skip
def test_a_signature_with_a_time_that_is_none_is_refused(header: str) -> None:
    assert not takes(timestamped("s"), sent({"s": header}))


def test_one_of_several_signatures_is_enough() -> None:
    good = time_signature(SECRET, BODY, AT)
    time = good.partition(",")[0]
    both = f"{time},v1={'0' * 64},{good.partition(',')[2]}"
    assert takes(timestamped("s"), sent({"s": both}))


def test_a_password_may_come_with_any_user_name() -> None:
    def header(text: bytes) -> dict[str, str]:
        return {"authorization": "Basic " + base64.b64encode(text).decode()}

    assert takes(basic, sent(header(b"anybody:" + SECRET)))
    assert takes(basic, sent(header(b"user:pass word")), b"user:pass word")
    assert not takes(basic, sent(header(b"other:pass word")), b"user:pass word")
    assert not takes(basic, sent(header(b"anybody:wrong")))
    assert not takes(basic, sent({"authorization": "Basic ===="}))
    assert not takes(basic, sent({"authorization": "Bearer x"}))


def test_a_header_may_stand_in_for_a_password() -> None:
    posted = sent({"x-mine": SECRET.decode()}, secret_header="x-mine")  # noqa: S106 - a header
    assert takes(basic_or_chosen, posted)
    assert not takes(basic_or_chosen, sent({"x-mine": SECRET.decode()}))
