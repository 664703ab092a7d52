"""Whether a request comes from Twilio: HMAC-SHA1 over the address and, of a form, its fields.

The key is the account's token, so nobody else can sign for our address. Notes differ on whether the
address of a WebSocket ends in a slash and names its port; each form of the one address that we told
Twilio is tried, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

PORTS = {"wss": 443, "https": 443, "ws": 80, "http": 80}


def signature(token: str, url: str, fields: Mapping[str, str] | None = None) -> str:
    """Return the signature of a request, in Base64.

    Example: the one that Twilio's own notes and libraries give.
        >>> fields = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234",
        ...           "From": "+14158675309", "To": "+18005551212"}
        >>> signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", fields)
        'RSOYDt4T1cUTdK1PDd93/VVr8B8='
    """
    said = url + "".join(f"{name}{value}" for name, value in sorted((fields or {}).items()))
    digest = hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def is_signed(found: str, token: str, url: str) -> bool:
    """Tell whether a request to our address carries a signature of the account."""
    # Comparing takes the same time whatever is found, and no form of the address is skipped.
    agree = [
        hmac.compare_digest(found.encode(), signature(token, form).encode()) for form in forms(url)
    ]
    return any(agree)


def forms(url: str) -> Iterator[str]:
    """Yield an address as it may be written: with its port or without, with a last slash or not."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or PORTS.get(parts.scheme, 0)
    places = {parts.netloc, f"{host}:{port}"}
    if port == PORTS.get(parts.scheme):
        places.add(host)
    paths = {parts.path.rstrip("/"), parts.path.rstrip("/") + "/"}
    for place in sorted(places):
        for path in sorted(paths):
            yield parts._replace(netloc=place, path=path).geturl()
