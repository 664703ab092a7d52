"""What the portal keeps of secrets: keyed digests, never the secrets themselves.

A mail address or telephone number is sealed, and found by a keyed digest of it. A code is kept as a
keyed digest too: who reads the database alone can neither look addresses up nor try codes out.
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

KEY_BYTES, LINK_BYTES = 32, 16
SENT_DIGITS, NUMBER_DIGITS = 6, 8
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What stands in printed codes: nothing that looks like something else."""
LETTER_LENGTH = 8
AMERICAN = 10
"""Digits of a telephone number that is written without the code of the country."""


def keyed(text: str, key: str) -> bytes:
    """Return a digest of a text that nobody can make without the key."""
    derive = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"caretally portal marks 1")
    return hmac.new(derive.derive(key.encode()), text.encode(), sha256).digest()


def mark_of(text: str) -> bytes:
    """Return the digest of a text under the newest key."""
    return keyed(text, settings.SEALING_KEYS[0])


def marks_of(text: str) -> list[bytes]:
    """Return the digests of a text under all keys that are in use."""
    return [keyed(text, key) for key in settings.SEALING_KEYS]


def is_code(digest: bytes, account: int, code: str) -> bool:
    """Tell whether a digest is of this code; takes as long for a wrong one as for the right one."""
    found = [hmac.compare_digest(digest, mark) for mark in marks_of(bound(account, code))]
    return any(found)


def bound(account: int, code: str) -> str:
    """Return a code bound to its account, as it is digested."""
    return f"code\n{account}\n{code}"


def link_digest(secret: str) -> bytes:
    """Return the digest of the secret in a link; the secret is too long to be guessed."""
    return sha256(secret.encode()).digest()


def new_link() -> str:
    """Return a secret for a link."""
    return secrets.token_urlsafe(LINK_BYTES)


def new_sent_code() -> str:
    """Return a code to be sent, such as 042913."""
    return f"{secrets.randbelow(10**SENT_DIGITS):0{SENT_DIGITS}d}"


def new_letter_code() -> str:
    """Return a code to be printed, such as K7QF2M9X."""
    return "".join(secrets.choice(LETTERS) for _ in range(LETTER_LENGTH))


def new_number() -> str:
    """Return a number for people without an address, such as 48217730."""
    return str(secrets.randbelow(9 * 10 ** (NUMBER_DIGITS - 1)) + 10 ** (NUMBER_DIGITS - 1))


def typed_code(text: str) -> str:
    """Return a code without what people type between.

    Example:
        >>> typed_code(" k7qf-2m9x "), typed_code("042 913")
        ('K7QF2M9X', '042913')
    """
    return re.sub(r"[\s-]", "", text).upper()


def identity_of(text: str) -> str:
    """Return a mail address, telephone number or portal number in the one form that is digested.

    Example:
        >>> identity_of(" Ada@Example.org "), identity_of("(555) 010-0000")
        ('ada@example.org', '+15550100000')
        >>> identity_of("4821-7730")
        '48217730'
    """
    plain = text.strip()
    if "@" in plain:
        return plain.lower()
    digits = re.sub(r"\D", "", plain)
    if plain.startswith("+") or len(digits) > AMERICAN:
        return f"+{digits}"
    return f"+1{digits}" if len(digits) == AMERICAN else digits
