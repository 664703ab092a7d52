"""What a written conversation must hold before its seconds may count, and what is no answer.

Names of what is missing are those of the record; pages have sentences for them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Protocol

from caretally.contacts.chat.messages import Message

CLINICAL = frozenset({"device_data", "symptoms", "medication", "care_plan"})
NO_LIVE_RUN, TOO_FEW = "no_live_run", "too_few_patient_messages"
NO_TOPIC, NO_RELATION = "no_clinical_topic", "caregiver_without_relation"
NOT_REGISTERED = "staff_not_registered"
_WORDS = (
    "ok okay k kk yes yeah yep yup no nope thanks thank you thx ty so much very great good fine got"
    " it will do sure alright right all understood perfect cool bye hi hello hey noted appreciate"
    " si no gracias muchas vale bueno bien claro de acuerdo entendido hola adios perfecto listo"
)  # fmt: skip
ACKNOWLEDGMENTS = frozenset(_WORDS.split())
"""Words of which alone no sentence about anybody's health is made. A lone yes or no is among them:
it answers something, and is too little to show that two people talked."""


class Content(Protocol):
    """What is known about a conversation beside its messages."""

    @property
    def topics(self) -> Collection[str]:
        """Set by staff."""

    @property
    def strangers(self) -> Collection[str]:
        """Authors without a relation or a registration on file."""


def is_bare(text: str) -> bool:
    """Tell whether words do no more than acknowledge.

    Example:
        >>> is_bare("Ok, thank you! 👍"), is_bare("Muchas gracias"), is_bare("ok, 142 over 91")
        (True, True, False)
    """
    decomposed = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(each for each in decomposed if not unicodedata.combining(each))
    return set(re.findall(r"\w+", plain)) <= ACKNOWLEDGMENTS


def missing(people: Iterable[Message], content: Content, least: int) -> tuple[str, ...]:
    """Return the names of what is missing in messages that people wrote."""
    said, strangers = list(people), set(content.strangers)
    telling = [each for each in said if not each.is_staff and not each.is_bare]
    outside = {each.author for each in said if not each.is_staff}
    staff = {each.author for each in said if each.is_staff}
    found = {
        TOO_FEW: len(telling) < least,
        NO_TOPIC: not CLINICAL & set(content.topics),
        NO_RELATION: bool(outside & strangers),
        NOT_REGISTERED: bool(staff & strangers),
    }
    return tuple(name for name, is_missing in found.items() if is_missing)
