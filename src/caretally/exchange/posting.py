"""Posts to addresses that others chose, and never into our own house.

An address is looked up once, every number it stands for is checked, and that very number is called,
so that a name cannot point elsewhere a moment later. No redirect is followed, no proxy of the
surroundings is asked, and what is answered beyond the status is not read.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from caretally.errors import ExchangeError, InputError, Problem
from caretally.exchange.extras import httpx

SECONDS, CONNECT_SECONDS = 10, 5
NAT64 = ip_network("64:ff9b::/96")
Networks = Sequence[IPv4Network | IPv6Network]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is posted, and where to."""

    url: str
    body: bytes
    headers: Mapping[str, str]


def networks_of(text: str) -> Networks:
    """Return networks written with commas between them.

    Raises:
        InputError: one is none.
    """
    try:
        return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())
    except ValueError as error:
        raise InputError([
            Problem(where="CARETALLY_HOOK_NETWORKS", found=str(error),
                    expected="networks such as 10.1.0.0/16, separated by commas")
        ]) from None  # fmt: skip


def checked_url(url: str, networks: Networks) -> SplitResult:
    """Return the parts of an address that can be posted to; nothing is looked up.

    Raises:
        InputError: it is none of a web server, carries a password, or is a number of our house.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    fault = ""
    if parts.scheme not in {"https", "http"} or not host or not url.isascii() or " " in url:
        fault = "no address of a web server"
    elif parts.username or parts.password or parts.fragment:
        fault = "an address with a user name, password or fragment"
    elif parts.scheme == "http" and not networks:
        fault = "an address without TLS"
    elif is_number(host) and not is_allowed(host, networks):
        fault = "the number of a machine that may not be called"
    if fault:
        expected = "https://… of a machine on the public network"
        raise InputError([Problem(where="body", field="url", found=fault, expected=expected)])
    return parts


def is_number(host: str) -> bool:
    """Tell whether a host is written as a number."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_allowed(number: str, networks: Networks) -> bool:
    """Tell whether a machine may be called: one of the public network, or of those allowed."""
    address = ip_address(number.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        address = mapped
    if any(address in network for network in networks):
        return True
    wraps_another = address in NAT64 or any(
        getattr(address, name, None) is not None for name in ("sixtofour", "teredo")
    )
    return address.is_global and not address.is_multicast and not wraps_another


def number_of(parts: SplitResult, networks: Networks) -> str:
    """Return the number to call for an address.

    Raises:
        ExchangeError: the name is not known, or stands for a machine that may not be called.
    """
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ExchangeError("the name of the machine is not known") from None
    numbers = [str(each[4][0]) for each in found]
    if not numbers or not all(is_allowed(number, networks) for number in numbers):
        raise ExchangeError("the name stands for a machine that may not be called")
    inside = parts.scheme == "https" or any(
        ip_address(numbers[0]) in network for network in networks
    )
    if not inside:
        raise ExchangeError("an address without TLS is only called in allowed networks")
    return numbers[0]


def post(letter: Letter, networks: Networks = ()) -> int:
    """Post and return the status that was answered.

    Raises:
        ExchangeError: nothing was answered, or the address may not be called.
    """
    try:
        parts = checked_url(letter.url, networks)
    except InputError as error:
        raise ExchangeError(f"{error.problems[0].found} is not called") from None
    number = number_of(parts, networks)
    host = f"[{number}]" if ":" in number else number
    authority = f"{host}:{parts.port}" if parts.port else host
    called = parts._replace(netloc=authority).geturl()
    headers = {**letter.headers, "Host": parts.netloc}
    timeout = httpx.Timeout(SECONDS, connect=CONNECT_SECONDS)
    client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)
    try:
        with (
            client,
            client.stream(
                "POST", called, content=letter.body, headers=headers,
                extensions={"sni_hostname": parts.hostname},
            ) as answer,
        ):  # fmt: skip
            return int(answer.status_code)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise ExchangeError(f"no answer ({type(error).__name__})") from None
