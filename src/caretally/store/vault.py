"""Encrypted files: what a backup is written to and read from.

AES-256-GCM in blocks whose order and end are bound, under a key made by scrypt from a passphrase
or the content of a key file. A file that was cut, changed or put together anew is refused.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from caretally.errors import InputError, Problem

MAGIC = b"caretally backup 1\n"
BLOCK = 1 << 20
COST, WIDTH, LANES = 1 << 15, 8, 1
"""scrypt's numbers: 32 MB and some tenths of a second for each guess."""
TAG = 16


def refused(name: str, found: str, hint: str) -> InputError:
    """Return the refusal of a file."""
    expected = "a backup of this program, whole and with its own key"
    return InputError([Problem(where=name, found=found, expected=expected, hint=hint)])


def key_of(secret: bytes, salt: bytes) -> bytes:
    """Return the key that a secret and a salt make."""
    return Scrypt(salt=salt, length=32, n=COST, r=WIDTH, p=LANES).derive(secret)


def nonce(number: int, *, is_last: bool) -> bytes:
    """Return the nonce of a block; the last block has one that no other can have."""
    return number.to_bytes(11, "big") + (b"\x01" if is_last else b"\x00")


def write_sealed(parts: Iterable[bytes], stream: BinaryIO, secret: bytes) -> None:
    """Write bytes encrypted."""
    salt = secrets.token_bytes(16)
    header = MAGIC + json.dumps({"kdf": "scrypt", "salt": salt.hex()}).encode() + b"\n"
    stream.write(header)
    cipher = AESGCM(key_of(secret, salt))
    number, waiting = 0, bytearray()
    for part in parts:
        waiting += part
        while len(waiting) > BLOCK:
            block = bytes(waiting[:BLOCK])
            del waiting[:BLOCK]
            stream.write(cipher.encrypt(nonce(number, is_last=False), block, header))
            number += 1
    stream.write(cipher.encrypt(nonce(number, is_last=True), bytes(waiting), header))


def read_sealed(stream: BinaryIO, secret: bytes, name: str) -> Iterator[bytes]:
    """Yield the bytes of an encrypted file.

    Raises:
        InputError: it is no such file, the secret is another, or it was changed or cut.
    """
    magic, told = stream.readline(100), stream.readline(1_000)
    try:
        salt = bytes.fromhex(json.loads(told)["salt"]) if magic == MAGIC else b""
    except (ValueError, KeyError, TypeError):
        salt = b""
    if not salt:
        raise refused(name, "no header of a backup", "check the name of the file")
    cipher, header = AESGCM(key_of(secret, salt)), magic + told
    number, block = 0, stream.read(BLOCK + TAG)
    while True:
        following = stream.read(BLOCK + TAG)
        try:
            yield cipher.decrypt(nonce(number, is_last=not following), block, header)
        except InvalidTag:
            found = "what this key does not open" if number == 0 else f"damage in block {number}"
            raise refused(name, found, "check the key, or take another copy") from None
        if not following:
            return
        number, block = number + 1, following
