"""Requests that may be sent again: the same key with the same request gets the same answer.

Only what succeeded is kept, in the transaction that did it; a request that was refused changed
nothing and is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from caretally.errors import InputError, Problem
from caretally.practice.office import Office
from caretally.store.database import Database
from caretally.store.models import Answered
from caretally.store.streams import locked_book

KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """A request with a key.

    caller: whose keys they are, such as a token. asked: digest of all that was asked.
    """

    caller: str
    key: str
    asked: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered.

    body: JSON. is_again: whether it was answered before.
    """

    status: int
    body: str
    is_again: bool = False


def answered_once(office: Office, keyed: Keyed, do: Callable[[], Answer]) -> Answer:
    """Do something unless it was done under the same key; return what was answered then.

    Raises:
        InputError: the key was used for another request.
    """
    with office.db.atomic():
        book = locked_book(office.db, office.practice)
        rows = Answered.objects.using(office.db.alias)
        kept = rows.filter(practice_id=book.number, caller=keyed.caller, key=keyed.key).first()
        if kept is not None:
            if bytes(kept.asked) != keyed.asked:
                raise used_otherwise()
            return Answer(status=kept.status, body=kept.body, is_again=True)
        answer = do()
        rows.create(
            practice_id=book.number, caller=keyed.caller, key=keyed.key, asked=keyed.asked,
            status=answer.status, body=answer.body, made_at=office.now,
        )  # fmt: skip
    return answer


def used_otherwise() -> InputError:
    """Return the refusal of a key that belongs to another request."""
    return InputError([
        Problem(where="header", field="Idempotency-Key",
                found="a key that was used for another request",
                expected="one key for each request", hint="make a new key")
    ])  # fmt: skip


def forget_answers(db: Database, at: datetime) -> int:
    """Forget answers that nobody will ask for again; returns how many."""
    old = Answered.objects.using(db.alias).filter(made_at__lt=at - KEPT_FOR)
    return int(old.delete()[0])
