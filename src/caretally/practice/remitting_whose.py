"""Whose a file of answers is, where nobody named the practice: asked by its numbers alone."""

from __future__ import annotations

import hashlib

from caretally.claims.x12.reading import Interchange
from caretally.errors import InputError, Problem
from caretally.practice.office import Office
from caretally.practice.remitting import own_npis, readable
from caretally.practice.remitting_claims import asked_claims, claims_of_batch


def whose(offices: list[Office], body: bytes) -> Office:
    """Return the office of the practice that a file is for.

    offices: of the program itself, one a practice.

    Raises:
        InputError: it is for none of them, or may be for several.
    """
    if len(offices) == 1:
        return offices[0]
    read = readable(body)
    found = [each for each in offices if is_for(each, read)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(each.practice for each in (found or offices)[:5])
    digest = hashlib.sha256(body).hexdigest()[:12]
    raise InputError([
        Problem(where="--practice", found=f"a file ({digest}) that names "
                                          f"{'several practices' if found else 'no practice here'}",
                expected="the practice it is for", hint=f"add --practice, such as {names}")
    ])  # fmt: skip


def is_for(office: Office, read: Interchange) -> bool:
    """Tell whether a file pays a practice, or speaks of claims it sent."""
    if read.remittances:
        return {each.payee_npi for each in read.remittances} <= own_npis(office)
    if asked_claims(office, {each.control_number for each in read.acknowledged} - {""}):
        return True
    groups = {each.group for each in read.acknowledged if each.group.isdigit()}
    return any(claims_of_batch(office, int(group)) for group in groups)
