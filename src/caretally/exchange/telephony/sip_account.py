"""The account of a SIP trunk as one line says it, and whom it can ring.

    sip://user:password@sip.example.org:5061?transport=tls&srtp=required&register=600

user and password may be escaped with percent signs. In the query stand, each once: `transport`
(udp, tcp or tls), `srtp` (required, offered or off), `register` (seconds between registrations;
without it calls are placed directly, as trunks by address want it), `auth_user` (where the name for
the password is another than the user), `proxy` (where requests go instead of to the host) and
`ca_file` (whom TLS trusts instead of whom this machine trusts).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from caretally.errors import InputError, Problem

SETTING = "CARETALLY_SIP_URL"
TRANSPORTS, SRTP = ("udp", "tcp", "tls"), {"required": "srtp-mand", "offered": "srtp", "off": ""}
KNOWN = ("transport", "srtp", "register", "auth_user", "proxy", "ca_file")
LONGEST_REGISTRATION = 86_400
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
EXTENSION = re.compile(r"[0-9*#]{2,15}")
URI = re.compile(r"sips?:[A-Za-z0-9+._~*#%!-]{1,64}@[A-Za-z0-9.-]{1,200}(:[0-9]{1,5})?")
LISTENS = re.compile(
    r"(?P<address>[0-9.]+|\[[0-9A-Fa-f:]+\]|[A-Za-z][A-Za-z0-9.-]*)(:(?P<port>[0-9]{1,5}))?"
)
PORTS = re.compile(r"(?P<first>[0-9]{4,5})-(?P<last>[0-9]{4,5})")


@dataclass(frozen=True, slots=True, kw_only=True)
class SipAccount:
    """Who we are to a SIP trunk.

    domain: its host, with a port where it names one. register_seconds: 0 registers nowhere.
    srtp: what the stack calls it; empty sends sound unencrypted.
    """

    user: str
    password: str = field(repr=False)
    domain: str
    transport: str = "udp"
    srtp: str = ""
    register_seconds: int = 0
    auth_user: str = ""
    proxy: str = ""
    ca_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SipPlace:
    """Where our own end of signaling and sound stands.

    address: of this machine; empty lets the stack choose. port: 0 takes any. sound_ports: first and
    last for sound, for whoever opens them in a firewall; empty takes any.
    """

    address: str = ""
    port: int = 0
    sound_ports: str = ""


def account_of(url: str) -> SipAccount:
    """Return the account that a setting names.

    Raises:
        InputError: it is none; the message never shows the password.

    Example:
        >>> account_of("sip://clinic:s3cret@sip.example.org?transport=tls&srtp=required").domain
        'sip.example.org'
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _problem("no address", "sip://user:password@host:port") from None
    if parts.scheme != "sip" or not host or not parts.username or parts.path not in {"", "/"}:
        raise _problem("no SIP account", "sip://user:password@host:port")
    said = _query_of(parts.query)
    return SipAccount(
        user=unquote(parts.username), password=unquote(parts.password or ""),
        domain=f"{host}:{port}" if port else host,
        transport=_one_of(said, "transport", TRANSPORTS),
        srtp=SRTP[_one_of(said, "srtp", tuple(SRTP), otherwise="off")],
        register_seconds=_seconds(said.get("register", "0")),
        auth_user=said.get("auth_user", ""), proxy=said.get("proxy", ""),
        ca_file=said.get("ca_file", ""),
    )  # fmt: skip


def place_of(listens: str, sound_ports: str) -> SipPlace:
    """Return where our end stands, from the settings sip_listen and sip_rtp_ports.

    Raises:
        InputError: one of them cannot be used.

    Example:
        >>> place_of("10.1.2.3:5060", "16000-16999").port
        5060
    """
    found = LISTENS.fullmatch(listens) if listens else None
    ports = PORTS.fullmatch(sound_ports) if sound_ports else None
    problems = []
    if listens and (found is None or int(found["port"] or 0) > 65_535):
        expected = "an address of this machine, such as 10.1.2.3:5060"
        problems.append(
            Problem(where="CARETALLY_SIP_LISTEN", found=repr(listens), expected=expected)
        )
    if sound_ports and (
        ports is None or not int(ports["first"]) + 3 < int(ports["last"]) <= 65_535
    ):
        problems.append(Problem(where="CARETALLY_SIP_RTP_PORTS", found=repr(sound_ports),
                                expected="first and last port, such as 16000-16999"))  # fmt: skip
    if problems:
        raise InputError(problems)
    return SipPlace(
        address=found["address"].strip("[]") if found else "",
        port=int(found["port"] or 0) if found else 0,
        sound_ports=sound_ports,
    )


def uri_of(address: str, account: SipAccount) -> str:
    """Return what the stack dials for a telephone number, an extension or a SIP address.

    Raises:
        InputError: it is none of these.

    Example:
        >>> trunk = account_of("sip://clinic@sip.example.org")
        >>> uri_of("+1 (555) 010-0000", trunk), uri_of("sip:rosa@10.1.2.3:5060", trunk)
        ('sip:+15550100000@sip.example.org', 'sip:rosa@10.1.2.3:5060')
    """
    if URI.fullmatch(address):
        return address
    called = re.sub(r"[\s().-]", "", address)
    if NUMBER.fullmatch(called) or EXTENSION.fullmatch(called):
        return f"sip:{called.replace('#', '%23')}@{account.domain}"
    expected = "a number such as +15550100000, or sip:name@host"
    found = "nothing that can be dialed"
    raise InputError([Problem(where="the call", field="address", found=found, expected=expected)])


def _query_of(query: str) -> Mapping[str, str]:
    pairs = parse_qsl(query, keep_blank_values=True)
    said = dict(pairs)
    unknown = sorted(set(said) - set(KNOWN))
    if unknown or len(said) != len(pairs):
        raise _problem(f"?{unknown[0]}" if unknown else "a word said twice", ", ".join(KNOWN))
    return said


def _one_of(
    said: Mapping[str, str], name: str, allowed: tuple[str, ...], *, otherwise: str = ""
) -> str:
    """Return a word of the query; the first of the allowed ones where it is not said."""
    found = said.get(name, otherwise or allowed[0])
    if found not in allowed:
        raise _problem(f"{name}={found}", " or ".join(allowed))
    return found


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= LONGEST_REGISTRATION):
        raise _problem(f"register={text}", f"seconds up to {LONGEST_REGISTRATION}")
    return int(text)


def _problem(found: str, expected: str) -> InputError:
    return InputError([Problem(where=SETTING, found=found, expected=expected)])
