"""Three requests to Twilio: place a call whose sound comes to our stream, ask after it, end it.

Numbers stand in the body alone, never in an address, a log or an error.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.sax.saxutils import quoteattr

from caretally.errors import ExchangeError, InputError, Problem
from caretally.exchange.calling import options
from caretally.exchange.extras import httpx
from caretally.exchange.posting import Networks, checked_url
from caretally.exchange.telephony.twilio_messages import TOKEN

VERSION = "2010-04-01"
log = logging.getLogger("caretally.telephony")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioAccount:
    """An account, the number that is shown to whom it calls, and where its streams reach us.

    api_url: without name and password. stream_url: begins with wss.
    """

    sid: str
    token: str
    number: str
    stream_url: str
    api_url: str = "https://api.twilio.com"
    networks: Networks = ()

    def __repr__(self) -> str:
        """Show no token."""
        return f"TwilioAccount(sid={self.sid!r})"


def account_of(url: str, number: str, stream_url: str, networks: Networks) -> TwilioAccount:
    """Return the account of the settings twilio_url, twilio_number and twilio_stream_url.

    Raises:
        InputError: one of them cannot be used; no message shows the token.
    """
    problems = []
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        api_url = f"{parts.scheme}://{host}{f':{port}' if port else ''}"
        checked_url(api_url, networks)
        if not parts.username or not parts.password:
            raise ValueError
        sid, token = unquote(parts.username), unquote(parts.password)
    except (ValueError, InputError):
        sid = token = api_url = ""
        problems.append(Problem(where="CARETALLY_TWILIO_URL", found="no account",
                                expected="https://AC…:token@api.twilio.com"))  # fmt: skip
    if not number.startswith("+") or not number[1:].isdigit():
        problems.append(Problem(where="CARETALLY_TWILIO_NUMBER", found=repr(number),
                                expected="a number such as +15550100000"))  # fmt: skip
    if not is_stream(stream_url, networks):
        where, expected = (
            "CARETALLY_TWILIO_STREAM_URL",
            "wss://… without ?, where Twilio reaches us",
        )
        problems.append(Problem(where=where, found=repr(stream_url), expected=expected))
    if problems:
        raise InputError(problems)
    return TwilioAccount(sid=sid, token=token, number=number, stream_url=stream_url,
                         api_url=api_url, networks=networks)  # fmt: skip


def is_stream(url: str, networks: Networks) -> bool:
    """Tell whether an address can take a stream; without TLS only where own networks are named."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "wss" or (parts.scheme == "ws" and bool(networks))
    return is_safe and bool(parts.hostname) and not parts.query and not parts.fragment


@dataclass(frozen=True, slots=True)
class TwilioRest:
    """The REST side of an account; each request blocks."""

    account: TwilioAccount

    def place(self, to: str, stream_token: str, ring_seconds: int) -> str:
        """Place a call and return its id.

        Raises:
            ExchangeError: it was not taken; the text names no number.
        """
        said = self._ask("POST", "Calls.json", {
            "To": to, "From": self.account.number, "Timeout": str(ring_seconds),
            "Twiml": twiml(self.account.stream_url, stream_token),
        })  # fmt: skip
        return str(said.get("sid", ""))

    def status(self, call: str) -> str:
        """Return how a call stands, in Twilio's word.

        Raises:
            ExchangeError: no answer.
        """
        return str(self._ask("GET", f"Calls/{quote(call, safe='')}.json").get("status", ""))

    def end(self, call: str) -> None:
        """End a call, also one that still rings.

        Raises:
            ExchangeError: no answer.
        """
        self._ask("POST", f"Calls/{quote(call, safe='')}.json", {"Status": "completed"})

    def _ask(self, method: str, what: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        account = self.account
        url = f"{account.api_url}/{VERSION}/Accounts/{quote(account.sid, safe='')}/{what}"
        try:
            with httpx.Client(**options(account.networks)) as client:
                answer = client.request(method, url, data=form, auth=(account.sid, account.token))
            said = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ExchangeError(f"the carrier did not answer: {type(error).__name__}") from None
        if not answer.is_success or not isinstance(said, dict):
            code = said.get("code") if isinstance(said, dict) else None
            log.warning("Twilio refused a request: status %s, code %s", answer.status_code, code)
            raise ExchangeError(f"the carrier refused ({answer.status_code}, code {code})")
        return said


def twiml(stream_url: str, stream_token: str) -> str:
    """Return what a call does when somebody picks up: its sound comes to us, and nothing else.

    Example:
        >>> twiml("wss://calls.example.org/stream", "abc").count("abc")
        1
    """
    parameter = f"<Parameter name={quoteattr(TOKEN)} value={quoteattr(stream_token)}/>"
    stream = f"<Stream url={quoteattr(stream_url)}>{parameter}</Stream>"
    return f"<Response><Connect>{stream}</Connect></Response>"
