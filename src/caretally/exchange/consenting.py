"""OAuth 2.0 with vendors: the page where a person agrees, tokens for a code, tokens anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from caretally.devices.pulls import Consent
from caretally.errors import ExchangeError
from caretally.exchange.calling import options
from caretally.exchange.extras import authlib_oauth2, httpx
from caretally.exchange.posting import Networks

REFUSED = {"invalid_grant", "invalid_token", "unauthorized_client", "access_denied"}
"""Errors after which only the person can help, by agreeing again."""


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What a vendor gave. expires_at: seconds since 1970. user: where the vendor names one."""

    access: str
    refresh: str = ""
    expires_at: int = 0
    user: str = ""


class ConsentRefusedError(ExchangeError):
    """The vendor takes the code or token no more; the person must agree again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """We, as a vendor knows us."""

    number: str
    secret: str
    address: str
    networks: Networks = ()

    def url(self, place: str) -> str:
        """Return the whole address of a place at the vendor's."""
        return place if "://" in place else self.address.rstrip("/") + place


@contextmanager
def opened(client: Client, consent: Consent, **more: Any) -> Iterator[Any]:
    """Open an OAuth client of the vendor.

    It asks through our own kind of client: authlib's ready one takes whichever library of this
    family it finds installed, and only ours keeps to where we may call.
    """
    with httpx.Client(**options(client.networks)) as session:
        made = authlib_oauth2.OAuth2Client(
            session, client.number, client.secret, scope=consent.scope, **more
        )
        if consent.wrapped_in:
            for hook in ("access_token_response", "refresh_token_response"):
                made.register_compliance_hook(hook, unwrapping(consent.wrapped_in))
        yield made


def signed(client: Client) -> dict[str, Any]:
    """Return what makes a request for tokens ours: who we are stands in its form."""
    return {"client_id": client.number, "client_secret": client.secret, "auth": as_it_is}


def as_it_is(request: Any) -> Any:
    """Return a request without anything added to its head."""
    return request


def unwrapping(name: str) -> Callable[[Any], Any]:
    """Return a function that takes the tokens out of an answer that wraps them."""

    def unwrap(answer: Any) -> Any:
        told = answer.json()
        inner = told.get(name) if isinstance(told, dict) else None
        if isinstance(inner, dict) and inner.get("access_token"):
            return httpx.Response(200, json=inner, request=answer.request)
        # Such vendors answer 200 and say inside that they refuse.
        return httpx.Response(200, json={"error": "invalid_grant"}, request=answer.request)

    return unwrap


def page_of(client: Client, consent: Consent, redirect: str, state: str) -> str:
    """Return the address where a person agrees."""
    with opened(client, consent, redirect_uri=redirect) as made:
        url, _ = made.create_authorization_url(client.url(consent.asks_at), state=state)
    return str(url)


def tokens_for(client: Client, consent: Consent, code: str, redirect: str) -> Tokens:
    """Return tokens for the code that the person brought.

    Raises:
        ConsentRefusedError: the vendor does not take the code.
        ExchangeError: nothing was answered, or no tokens.
    """

    def fetch(made: Any) -> Any:
        return made.fetch_token(
            client.url(consent.token_path), code=code, grant_type="authorization_code",
            **signed(client), **dict(consent.extra),
        )  # fmt: skip

    return exchanged(client, consent, fetch, redirect_uri=redirect)


def renewed(client: Client, consent: Consent, held: Tokens) -> Tokens:
    """Return new tokens for the refresh token; what the vendor does not renew stays.

    Raises:
        ConsentRefusedError: the vendor takes it no more.
        ExchangeError: nothing was answered, or no tokens.
    """

    def refresh(made: Any) -> Any:
        return made.refresh_token(
            client.url(consent.token_path), refresh_token=held.refresh,
            **signed(client), **dict(consent.extra),
        )  # fmt: skip

    found = exchanged(client, consent, refresh)
    return msgspec.structs.replace(
        found, refresh=found.refresh or held.refresh, user=found.user or held.user
    )


def exchanged(client: Client, consent: Consent, ask: Callable[[Any], Any], **more: Any) -> Tokens:
    """Ask for tokens and return them.

    Raises:
        ConsentRefusedError, ExchangeError: as `tokens_for`.
    """
    try:
        with opened(client, consent, **more) as made:
            told = ask(made)
    except authlib_oauth2.OAuth2Error as error:
        if error.error in REFUSED:
            raise ConsentRefusedError("the vendor asks that the person agrees again") from None
        raise ExchangeError("the vendor gave no tokens") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise ExchangeError(f"no answer for tokens ({type(error).__name__})") from None
    if not isinstance(told, dict) or not isinstance(told.get("access_token"), str):
        raise ExchangeError("the vendor gave no tokens")
    user = told.get(consent.user_in, "") if consent.identify is None else ""
    return Tokens(
        access=told["access_token"], refresh=str(told.get("refresh_token") or ""),
        expires_at=int(told.get("expires_at") or 0), user=str(user or ""),
    )  # fmt: skip
