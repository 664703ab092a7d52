"""Text messages through whatever gateway the practice has: one HTTP POST made from a template.

A template is JSON, such as `{"to": "{to}", "body": "{text}"}`, or a form, such as
`To={to}&Body={text}`. What is put in is quoted as the template's kind asks; nothing else of the
template is touched.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from caretally.errors import ExchangeError, InputError, Problem
from caretally.exchange.posting import Letter, Networks, checked_url, post

NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
SETTING = "CARETALLY_SMS_BODY"
MOST_TEXT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """A gateway for text messages.

    url: where it takes them. body: the template. authorization: a header of that name; empty for
    none. networks: of one's own in which it may stand.
    """

    url: str
    body: str
    authorization: str = ""
    networks: Networks = ()


def gateway_of(url: str, body: str, authorization: str, networks: Networks) -> Gateway | None:
    """Return the gateway of settings; None where none is named.

    Raises:
        InputError: the address cannot be posted to, or the template lacks a place.
    """
    if not url:
        return None
    checked_url(url, networks)
    made = Gateway(url=url, body=body, authorization=authorization, networks=networks)
    filled(made, "+15550100000", "text")
    return made


def checked_number(text: str, field: str = "address") -> str:
    """Return a telephone number in the international form.

    Raises:
        InputError: it is none.

    Example:
        >>> checked_number("+1 (555) 010-0000")
        '+15550100000'
    """
    found = re.sub(r"[\s().-]", "", text)
    if not NUMBER.fullmatch(found):
        raise InputError([Problem(where="the form", field=field, found="no telephone number",
                                  expected="with country code, such as +15550100000")])  # fmt: skip
    return found


def filled(gateway: Gateway, to: str, text: str) -> tuple[str, bytes]:
    """Return the kind and the body of what is posted.

    Raises:
        InputError: the template is neither JSON nor a form, or lacks a place.
    """
    template = gateway.body
    if "{to}" not in template or "{text}" not in template:
        raise InputError([Problem(where=SETTING, found="a template without {to} or {text}",
                                  expected="both")])  # fmt: skip
    if template.lstrip().startswith("{"):
        try:
            found = json.loads(template)
        except ValueError:
            expected = 'such as {"to": "{to}", "body": "{text}"}'
            problem = Problem(where=SETTING, found="no JSON", expected=expected)
            raise InputError([problem]) from None
        return "application/json", json.dumps(put_in(found, to, text)).encode()
    pairs = parse_qsl(template, keep_blank_values=True)
    form = urlencode([(name, put_in(value, to, text)) for name, value in pairs])
    return "application/x-www-form-urlencoded", form.encode()


def put_in(template: object, to: str, text: str) -> object:
    """Return a template with the places filled, however deep they stand."""
    if isinstance(template, str):
        return template.replace("{to}", to).replace("{text}", text)
    if isinstance(template, dict):
        return {name: put_in(value, to, text) for name, value in template.items()}
    if isinstance(template, list):
        return [put_in(value, to, text) for value in template]
    return template


def send_text(gateway: Gateway, to: str, text: str, key: str) -> str:
    """Hand a text message to the gateway and return what it answered, in a word.

    key: the same for the same message; sent as `Idempotency-Key`, which many gateways honor.

    Raises:
        ExchangeError: it was not taken; the text names no number.
    """
    kind, body = filled(gateway, to, text[:MOST_TEXT])
    headers = {"Content-Type": kind, "User-Agent": "Caretally", "Idempotency-Key": key}
    if gateway.authorization:
        headers["Authorization"] = gateway.authorization
    status = post(Letter(url=gateway.url, body=body, headers=headers), gateway.networks)
    if not 200 <= status < 300:
        raise ExchangeError(f"the gateway refused ({status})")
    return f"taken by the gateway ({status})"
