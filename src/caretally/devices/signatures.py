"""Holds deliveries against secrets: signatures, fixed headers and passwords, in constant time.

Several secrets may hold at once while one is being replaced. What a verdict says is for the
operator; the sender is told nothing but no.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from caretally.devices.unpacked import Posted, Verdict, Verify

GENUINE = Verdict(is_genuine=True)
REPLAY_WINDOW = timedelta(minutes=5)
LONGEST_HEADER = 4096


def refused(says: str) -> Verdict:
    """Return that a delivery is from nobody known, and why."""
    return Verdict(is_genuine=False, says=says)


def any_equal(sent: bytes, wanted: Iterable[bytes]) -> bool:
    """Tell whether one of several is the same; all are compared, however early one is."""
    found = False
    for each in wanted:
        found |= hmac.compare_digest(sent, each)
    return found


def header_of(posted: Posted, name: str) -> bytes:
    """Return a header; nothing where it is absent or longer than any signature."""
    value = posted.headers.get(name, "").strip()
    return value.encode("utf-8", "replace") if len(value) <= LONGEST_HEADER else b""


def fixed_header(name: str, *, prefix: str = "") -> Verify:
    """Return a check that a header holds the secret itself, after a prefix if there is one."""

    def verify(posted: Posted, secrets: tuple[bytes, ...]) -> Verdict:
        sent = header_of(posted, name)
        if not sent:
            return refused(f"the header {name} is missing")
        wanted = (prefix.encode() + secret for secret in secrets if secret)
        return GENUINE if any_equal(sent, wanted) else refused(f"the header {name} is another")

    return verify


def chosen_header(usual: str) -> Verify:
    """Return a check of a secret in a header that the connection's setting `secret_header` names.

    `Bearer ` or `Api-Key ` may stand before the secret, as vendors' forms put it there.
    """

    def verify(posted: Posted, secrets: tuple[bytes, ...]) -> Verdict:
        name = (posted.settings.get("secret_header") or usual).lower()
        sent = header_of(posted, name)
        if not sent:
            return refused(f"the header {name} is missing")
        wanted = [
            prefix + secret for secret in secrets if secret
            for prefix in (b"", b"Bearer ", b"Api-Key ")
        ]  # fmt: skip
        return GENUINE if any_equal(sent, wanted) else refused(f"the header {name} is another")

    return verify


def hexadecimal(digest: bytes) -> bytes:
    """Return a digest as people write it."""
    return digest.hex().encode()


def signed_body(name: str, *, prefix: str = "") -> Verify:
    """Return a check of an HMAC-SHA256 over the body, in hexadecimal or base64."""

    def verify(posted: Posted, secrets: tuple[bytes, ...]) -> Verdict:
        sent = header_of(posted, name)
        if not sent:
            return refused(f"the header {name} is missing")
        bare = sent.removeprefix(prefix.encode())
        digests = [hmac.digest(secret, posted.body, "sha256") for secret in secrets if secret]
        as_text = any_equal(bare.lower(), map(hexadecimal, digests))
        as_base64 = any_equal(bare, map(base64.b64encode, digests))
        return GENUINE if as_text or as_base64 else refused(f"the signature in {name} is another")

    return verify


def timestamped(name: str, *, window: timedelta = REPLAY_WINDOW) -> Verify:
    """Return a check of `t=…,v1=…`: an HMAC-SHA256 over `t.body`, no older than the window."""

    def verify(posted: Posted, secrets: tuple[bytes, ...]) -> Verdict:
        time, signatures = split_signature(header_of(posted, name))
        if not time or not signatures:
            return refused(f"the header {name} is missing or is not written t=…,v1=…")
        sent_at = datetime.fromtimestamp(int(time), UTC)
        message = time + b"." + posted.body
        digests = [hexadecimal(hmac.digest(secret, message, "sha256"))
                   for secret in secrets if secret]  # fmt: skip
        # All signatures are compared before the verdict: the time taken tells nobody which failed.
        if not sum(any_equal(each.lower(), digests) for each in signatures):
            return refused(f"the signature in {name} is another")
        if abs(posted.received_at - sent_at) > window:
            return refused(f"the signature in {name} is too old or from the future")
        return GENUINE

    return verify


def split_signature(header: bytes) -> tuple[bytes, list[bytes]]:
    """Return the time, in seconds, and the signatures of `t=…,v1=…,v1=…`; nothing where wrong."""
    pairs = [part.strip().partition(b"=") for part in header.split(b",")[:16]]
    times = [value for name, _, value in pairs if name == b"t"]
    signatures = [value for name, _, value in pairs if name == b"v1" and value]
    is_time = len(times) == 1 and times[0].isdigit() and len(times[0]) <= 10
    return (times[0], signatures) if is_time else (b"", [])


def basic(posted: Posted, secrets: tuple[bytes, ...]) -> Verdict:
    """Check HTTP Basic; a secret is `user:password`, or a password alone for any user name."""
    scheme, _, sent = header_of(posted, "authorization").partition(b" ")
    if scheme.lower() != b"basic" or not sent:
        return refused("the header authorization is missing or is not Basic")
    try:
        told = base64.b64decode(sent.strip(), validate=True)
    except ValueError:
        return refused("the header authorization is not Basic")
    wanted = [secret for secret in secrets if secret]
    if any_equal(told, wanted) | any_equal(told.partition(b":")[2], wanted):
        return GENUINE
    return refused("the user name or password is another")


def basic_or_chosen(posted: Posted, secrets: tuple[bytes, ...]) -> Verdict:
    """Check HTTP Basic, or the header that the connection's setting `secret_header` names."""
    if posted.settings.get("secret_header"):
        return chosen_header("")(posted, secrets)
    return basic(posted, secrets)


def body_signature(secret: bytes, body: bytes) -> str:
    """Return the signature that `signed_body` takes, in hexadecimal."""
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


def time_signature(secret: bytes, body: bytes, at: datetime) -> str:
    """Return the header that `timestamped` takes."""
    seconds = str(int(at.timestamp()))
    message = seconds.encode() + b"." + body
    return f"t={seconds},v1={hmac.new(secret, message, hashlib.sha256).hexdigest()}"


def basic_header(secret: bytes) -> str:
    """Return the header that `basic` takes."""
    told = secret if b":" in secret else b"caretally:" + secret
    return "Basic " + base64.b64encode(told).decode()
