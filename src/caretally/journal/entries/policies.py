"""What a practice decided for itself, by whom and from when; rules of payers stand elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from caretally.journal.entries.envelope import About, Body
from caretally.journal.entries.shapes import FromDate, Label


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAdopted(Body):
    """A practice adopted a policy of its own, or another value of one.

    policy: its name, such as log_off_minutes; a reader passes over names it does not know.
    value: as it was typed, such as 15 or yes.
    owner: who answers for it: a staff id or a name.
    from_on: the first local date on which it holds, until another value does.
    """

    kind: ClassVar[str] = "policy_adopted"
    about: ClassVar[About] = "practice"
    policy: Label
    value: Label
    owner: Label
    from_on: FromDate
