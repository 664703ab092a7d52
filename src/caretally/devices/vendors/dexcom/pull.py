"""How Dexcom is asked: first from when to when something came in, then for the values of that.

Values are asked by measured time, and a phone that was offline for hours sends old ones: so what
came in since the last time is asked by `lastSyncTime`, never a short window of measured time.

Source: https://developer.dexcom.com/docs/dexcomv3/operation/getDataRangeV3
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from caretally.devices.documents import Node, opened
from caretally.devices.pulls import (
    ACCOUNTS,
    BEARER,
    Ask,
    Consent,
    Key,
    Pace,
    Page,
    PullPlan,
    Subject,
    Turn,
)
from caretally.devices.refusals import Misread
from caretally.devices.vendors.dexcom.parse import USER

RANGE, VALUES = "dataRange", "egvs"
WIDEST = timedelta(days=30)
"""Of one question for values."""
MOST_WINDOWS = 40
FORM = "%Y-%m-%dT%H:%M:%S"


def first(subject: Subject) -> tuple[Ask, ...]:
    """Return the question what came in about a user since."""
    return (range_since((("lastSyncTime", subject.since.strftime(FORM)),)),)


def range_since(query: tuple[tuple[str, str], ...]) -> Ask:
    """Return the question from when to when there is something."""
    return Ask(name=RANGE, path="/v3/users/self/dataRange", query=query)


def read(page: Page) -> Turn:
    """Return what an answer means."""
    try:
        document = opened(page.body)
        answer = Node(document if isinstance(document, dict) else {})
        if page.ask.name == RANGE:
            return Turn(holds=False, then=tuple(windows(answer.part(VALUES))))
        if not answer.has("records"):
            raise Misread(answer.at("records"), "missing_field", "records is missing")
        return Turn(holds=bool(answer.parts("records")))
    except Misread as misread:
        return Turn(trouble=misread.fault.says)


def windows(told: Node) -> Iterator[Ask]:
    """Yield questions for the values of a range, each no wider than is answered.

    Raises:
        Misread: the range is none.
    """
    begins, ends = edge(told.part("start")), edge(told.part("end"))
    if begins is None or ends is None:
        return
    # Both edges belong to it, and a window's end does not.
    begins, ends = begins - timedelta(seconds=1), ends + timedelta(seconds=1)
    begins = max(begins, ends - MOST_WINDOWS * WIDEST)
    while begins < ends:
        until = min(begins + WIDEST, ends)
        query = (("startDate", begins.strftime(FORM)), ("endDate", until.strftime(FORM)))
        yield Ask(name=VALUES, path="/v3/users/self/egvs", query=query)
        begins = until


def edge(told: Node) -> datetime | None:
    """Return an edge of a range by the vendor's clock; None where there is none.

    Raises:
        Misread: it is no time.
    """
    found = told.time("systemTime")
    if found is None or found.tzinfo is None:
        return found
    return found.astimezone(UTC).replace(tzinfo=None)


PULL = PullPlan(
    address="https://api.dexcom.com",
    regions={
        "us": "https://api.dexcom.com", "eu": "https://api.dexcom.eu",
        "jp": "https://api.dexcom.jp", "sandbox": "https://sandbox-api.dexcom.com",
    },
    subjects=ACCOUNTS,
    schemes=(USER,),
    key=Key(place=BEARER),
    first=first,
    read=read,
    pace=Pace(
        most=10, within=timedelta(seconds=1), every=timedelta(minutes=15),
        overlap=timedelta(hours=3),
    ),
    consent=Consent(
        asks_at="/v3/oauth2/login",
        token_path="/v3/oauth2/token",  # noqa: S106 - an address
        scope="offline_access",
        scheme=USER,
        identify=range_since(()),
        user_in="userId",
    ),
)  # fmt: skip
