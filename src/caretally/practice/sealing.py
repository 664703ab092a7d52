"""Secrets of other parties, sealed under keys of the program that can be changed.

A secret, such as what a webhook is signed with, is never stored as it is. It is bound to what it is
for: moved beside another purpose or practice, it does not open. The newest key seals; older ones
still open until all is sealed anew.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from caretally.errors import IntegrityError, UnknownError
from caretally.practice.portal_marks import identity_of, mark_of
from caretally.store.alert_tables import ContactPoint
from caretally.store.call_tables import CallSound
from caretally.store.database import Database
from caretally.store.models import PortalAccount, Practice, Secret

NONCE_BYTES, KEY_BYTES, NAME_DIGITS = 12, 32, 8


class Sealed(NamedTuple):
    """A secret nobody can read without the key.

    key: name of the key, which tells nothing about it.
    """

    key: str
    sealed: bytes


def key_name(key: str) -> str:
    """Return the name of a key."""
    return sha256(key.encode()).hexdigest()[:NAME_DIGITS]


def cipher_of(key: str) -> AESGCM:
    """Return what seals under a key, however long the key was written."""
    derive = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"caretally sealing 1")
    return AESGCM(derive.derive(key.encode()))


def seal(secret: bytes, about: str = "") -> Sealed:
    """Return a secret sealed under the newest key.

    about: what it is for; opening asks for the same.
    """
    key: str = settings.SEALING_KEYS[0]
    nonce = secrets.token_bytes(NONCE_BYTES)
    return Sealed(key_name(key), nonce + cipher_of(key).encrypt(nonce, secret, about.encode()))


def open_sealed(sealed: Sealed, about: str = "") -> bytes:
    """Return a sealed secret.

    Raises:
        IntegrityError: its key is not among those set, or it was changed or moved.
    """
    keys = {key_name(key): key for key in settings.SEALING_KEYS}
    if sealed.key not in keys:
        raise IntegrityError(
            f"a secret is sealed under key {sealed.key}, which CARETALLY_SEALING_KEYS does not hold"
        )
    nonce, rest = sealed.sealed[:NONCE_BYTES], sealed.sealed[NONCE_BYTES:]
    try:
        return cipher_of(keys[sealed.key]).decrypt(nonce, rest, about.encode())
    except InvalidTag:
        raise IntegrityError("a sealed secret was changed, or is of something else") from None


def about(practice: str, purpose: str) -> str:
    """Return what a secret in the table is bound to."""
    return f"{practice}\n{purpose}"


def keep_secret(db: Database, place: tuple[str, str], secret: bytes, at: datetime) -> None:
    """Keep a secret for a practice and purpose; it takes the place of the one before.

    Raises:
        UnknownError: there is no such practice.
    """
    practice, purpose = place
    found = Practice.objects.using(db.alias).filter(name=practice).first()
    if found is None:
        raise UnknownError("no practice of this name is open to you")
    key, sealed = seal(secret, about(practice, purpose))
    Secret.objects.using(db.alias).update_or_create(
        practice=found, purpose=purpose, defaults={"key": key, "sealed": sealed, "made_at": at}
    )


def kept_secret(db: Database, place: tuple[str, str]) -> bytes:
    """Return the secret of a practice and purpose.

    Raises:
        UnknownError: none is kept.
        IntegrityError: it does not open.
    """
    practice, purpose = place
    kept = Secret.objects.using(db.alias).filter(practice__name=practice, purpose=purpose).first()
    if kept is None:
        raise UnknownError("no secret of this purpose is kept")
    return open_sealed(Sealed(kept.key, bytes(kept.sealed)), about(practice, purpose))


def forget_secret(db: Database, place: tuple[str, str]) -> None:
    """Delete the secret of a practice and purpose, if there is one."""
    practice, purpose = place
    Secret.objects.using(db.alias).filter(practice__name=practice, purpose=purpose).delete()


def forget_secrets_below(db: Database, place: tuple[str, str]) -> None:
    """Delete the secrets of a practice whose purposes begin with one and a slash."""
    practice, purpose = place
    kept = Secret.objects.using(db.alias).filter(practice__name=practice)
    kept.filter(purpose__startswith=f"{purpose}/").delete()


def seal_anew(db: Database) -> int:
    """Seal all that is kept under the newest key; returns how many were under older ones.

    Raises:
        IntegrityError: one does not open; none is changed.
    """
    newest = key_name(settings.SEALING_KEYS[0])
    with db.atomic():
        older = Secret.objects.using(db.alias).exclude(key=newest).select_related("practice")
        found = list(older.select_for_update(of=("self",)) if db.is_postgres else older)
        for kept in found:
            bound = about(kept.practice.name, kept.purpose)
            secret = open_sealed(Sealed(kept.key, bytes(kept.sealed)), bound)
            kept.key, kept.sealed = seal(secret, bound)
            kept.save(using=db.alias, update_fields=["key", "sealed"])
        points = seal_points_anew(db, newest)
        portal = seal_portal_anew(db, newest)
    return len(found) + points + portal


def contact_bound_to(practice: str, staff: str, channel: str) -> str:
    """Return what an address is bound to: moved to another person it does not open."""
    return f"{practice}\ncontact/{staff}/{channel}"


def seal_points_anew(db: Database, newest: str) -> int:
    """Seal the addresses of staff under the newest key; returns how many were under older ones.

    Raises:
        IntegrityError: one does not open.
    """
    older = ContactPoint.objects.using(db.alias).exclude(key=newest).filter(ended_at=None)
    found = list(older.select_related("practice"))
    for kept in found:
        bound = contact_bound_to(kept.practice.name, kept.staff, kept.channel)
        address = open_sealed(Sealed(kept.key, bytes(kept.sealed)), bound)
        kept.key, kept.sealed = seal(address, bound)
        kept.save(using=db.alias, update_fields=["key", "sealed"])
    return len(found)


def portal_bound_to(practice: str, account: int) -> str:
    """Return what an address of the portal is bound to: moved to another it does not open."""
    return f"{practice}\nportal/{account}"


def seal_portal_anew(db: Database, newest: str) -> int:
    """Seal the addresses of the portal under the newest key; returns how many were under older.

    Raises:
        IntegrityError: one does not open.
    """
    older = PortalAccount.objects.using(db.alias).exclude(key=newest).filter(ended_at=None)
    found = list(older.exclude(key="").select_related("practice"))
    for kept in found:
        bound = portal_bound_to(kept.practice.name, kept.pk)
        address = open_sealed(Sealed(kept.key, bytes(kept.address)), bound)
        kept.key, kept.address = seal(address, bound)
        kept.mark = mark_of(identity_of(address.decode()))
        kept.save(using=db.alias, update_fields=["key", "address", "mark"])
    return len(found)


def sound_bound_to(practice: str, call: str) -> str:
    """Return what the sound of a call is bound to."""
    return f"{practice}\nsound/{call}"


def seal_sounds_anew(db: Database, newest: str) -> int:
    """Seal the sound of calls under the newest key; returns how many were under older ones.

    Raises:
        IntegrityError: one does not open.
    """
    older = CallSound.objects.using(db.alias).exclude(key=newest).select_related("practice")
    count = 0
    for kept in older.iterator(chunk_size=1):
        bound = sound_bound_to(kept.practice.name, kept.call)
        sound = open_sealed(Sealed(kept.key, bytes(kept.sealed)), bound)
        kept.key, kept.sealed = seal(sound, bound)
        kept.save(using=db.alias, update_fields=["key", "sealed"])
        count += 1
    return count
