"""Tells whether a notification is Withings': by a secret in the address, and where it came from.

Withings signs nothing. The address given when subscribing ends in `?secret=…`, and the setting
`addresses` of the connection may name the networks that notifications come from.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from caretally.devices.signatures import GENUINE, any_equal, refused
from caretally.devices.unpacked import Posted, Verdict
from caretally.devices.vendors.withings.notification import unescaped

QUERY, ADDRESS = ":query", ":address"
"""Headers under which the query of the address and the caller's number are told."""
ADDRESSES = "addresses"
LONGEST_QUERY = 4096


def verify(posted: Posted, secrets: tuple[bytes, ...]) -> Verdict:
    """Hold a notification against the secrets and the allowed networks."""
    sent = secret_in(posted.headers.get(QUERY, ""))
    if not sent:
        return refused("the address holds no secret: subscribe with …?secret=…")
    if not any_equal(sent, (secret for secret in secrets if secret)):
        return refused("the secret in the address is another")
    return from_allowed(posted)


def secret_in(query: str) -> bytes:
    """Return the secret that a query holds; nothing where it holds none."""
    for part in query[:LONGEST_QUERY].split("&"):
        name, _, value = part.partition("=")
        if name == "secret":
            try:
                return unescaped(value.encode()).encode()
            except UnicodeDecodeError:
                return b""
    return b""


def from_allowed(posted: Posted) -> Verdict:
    """Tell whether a notification came from an allowed network; any is where none is named."""
    allowed = [each.strip() for each in posted.settings.get(ADDRESSES, "").split(",")]
    if not any(allowed):
        return GENUINE
    try:
        caller = ip_address(posted.headers.get(ADDRESS, ""))
        networks = [ip_network(each) for each in allowed if each]
    except ValueError:
        return refused("the caller's address or the setting addresses cannot be read")
    if any(caller in network for network in networks):
        return GENUINE
    return refused("the notification came from an address that is not allowed")
