"""What is said when a call is picked up: by a machine, by somebody else, or by whom it is for.

Only words that no person in need would say make a machine of them.
"""

from __future__ import annotations

import re

from caretally.contacts.wellness_calls.symptoms import plain

_MACHINE = re.compile(
    r"\b(?:leave (?:a|your|me a|us a)(?: \w+){0,4} (?:message|name|number)|after the (?:tone|beep)"
    r"|at the (?:tone|beep)|voice ?mail|mailbox|answering machine|not available (?:to|right)"
    r"|(?:can't|cannot|unable to) (?:come to|answer) the phone|is not in service"
    r"|deje (?:su|un) mensaje|despues del tono|buzon(?: de voz)?|no puedo (?:atender|contestar))\b"
)
_WRONG_NUMBER = re.compile(
    r"\b(?:wrong number|(?:nobody|no one|no one here) (?:by|with) that name|(?:doesn't|does not)"
    r" live here|don't know (?:him|her|that person)|numero equivocado|no vive aqui|aqui no vive)\b"
)


def is_machine(text: str) -> bool:
    """Tell whether words are those of a machine that takes messages.

    Example:
        >>> is_machine("Hi, leave a message after the tone")
        True
    """
    return bool(_MACHINE.search(plain(text)))


def is_wrong_number(text: str) -> bool:
    """Tell whether somebody says that the call is for nobody there.

    Example:
        >>> is_wrong_number("No, you have the wrong number.")
        True
    """
    return bool(_WRONG_NUMBER.search(plain(text)))
