"""Mail over SMTP: one short text to one address.

The relay is named by an address such as `smtp://user:password@relay.example.org:587`. With `smtp`
the connection must be upgraded to TLS before anything is said, `smtps` begins with TLS, and
`smtp+plain` does without, for a relay on the same machine or network.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from caretally.errors import ExchangeError, InputError, Problem

SECONDS = 20
"""How long a relay may take for each answer."""
PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
MOST_ADDRESS = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A relay that takes mail. kind: smtp, smtps or smtp+plain."""

    kind: str
    host: str
    port: int
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message. id: the same for the same message, however often it is handed over."""

    id: str
    sender: str
    to: str
    subject: str
    text: str
    at: datetime


def relay_of(url: str, setting: str = "CARETALLY_SMTP_URL") -> Relay | None:
    """Return the relay of an address; None where none is named.

    Raises:
        InputError: the address is none of a relay. It is not repeated: it may hold a password.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in PORTS or not host or parts.path.strip("/") or parts.query:
        raise InputError([
            Problem(where=setting, found="no address of a mail relay",
                    expected="such as smtp://user:password@relay.example.org:587")
        ])  # fmt: skip
    return Relay(
        kind=parts.scheme, host=host, port=port or PORTS[parts.scheme],
        user=unquote(parts.username or ""), password=unquote(parts.password or ""),
    )  # fmt: skip


def checked_address(text: str, field: str = "address") -> str:
    """Return a mail address as it can be used.

    Raises:
        InputError: it is none.
    """
    name, address = parseaddr(text)
    local, _, host = address.partition("@")
    is_whole = not name and address == text.strip() and len(address) <= MOST_ADDRESS
    is_plain = address.isascii() and address.isprintable() and " " not in address
    if not (is_whole and is_plain and local and "." in host.strip(".")):
        raise InputError([Problem(where="the form", field=field, found="no mail address",
                                  expected="such as rosa@clinic.example")])  # fmt: skip
    return address


def message_of(mail: Mail) -> EmailMessage:
    """Return a message as it is handed over."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.sender, mail.to, mail.subject
    message["Message-ID"] = f"<{mail.id}@caretally>"
    message["Date"] = format_datetime(mail.at)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def send_mail(relay: Relay, mail: Mail) -> str:
    """Hand a message to a relay and return what it answered, in a word.

    Raises:
        ExchangeError: it was not taken; the text names neither address nor password.
    """
    try:
        with connected(relay) as talk:
            if relay.kind == "smtp":
                talk.starttls(context=ssl.create_default_context())
            if relay.user:
                talk.login(relay.user, relay.password)
            talk.send_message(message_of(mail))
    except smtplib.SMTPRecipientsRefused as error:
        status = next(iter(error.recipients.values()))[0]
        raise ExchangeError(f"the relay refused the address ({status})") from None
    except smtplib.SMTPResponseException as error:
        raise ExchangeError(f"the relay refused ({error.smtp_code})") from None
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise ExchangeError(f"the relay could not be reached ({type(error).__name__})") from None
    return "taken by the relay"


def connected(relay: Relay) -> smtplib.SMTP:
    """Return an open connection to a relay.

    Raises:
        OSError, smtplib.SMTPException: nobody answers, or not as agreed.
    """
    if relay.kind == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(relay.host, relay.port, timeout=SECONDS, context=context)
    return smtplib.SMTP(relay.host, relay.port, timeout=SECONDS)
