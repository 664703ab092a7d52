"""How Tenovi is asked for what a push may have missed: a device's measurements since.

The slash at the end of the path is needed, and one request a second is allowed.

Source: https://docs.tenovi.com/hwi-api/measurement-data/
"""

from __future__ import annotations

from datetime import timedelta

from caretally.devices.documents import opened
from caretally.devices.pulls import (
    DEVICES,
    HEADER,
    Ask,
    Key,
    Pace,
    Page,
    PullPlan,
    Subject,
    Turn,
    in_path,
    words_of,
)
from caretally.devices.refusals import Misread
from caretally.devices.vendors.tenovi.measurements import SCHEME

CREATED = "created"


def first(subject: Subject) -> tuple[Ask, ...]:
    """Return the question about a device."""
    (device,) = subject.values
    domain = in_path(subject.settings.get("domain", ""))
    stretch = (
        ("created__gte", words_of(subject.since)), ("created__lt", words_of(subject.until)),
    )  # fmt: skip
    path = f"/clients/{domain}/hwi/hwi-devices/{in_path(device)}/measurements/"
    return (Ask(name=CREATED, path=path, query=stretch),)


def read(page: Page) -> Turn:
    """Return what an answer means: a list, or a page of one with the address of the next."""
    try:
        document = opened(page.body)
        if isinstance(document, list):
            return Turn(holds=bool(document))
        if not isinstance(document, dict) or not isinstance(document.get("results"), list):
            raise Misread("", "not_the_shape", "the answer is no list of measurements")
        return Turn(holds=bool(document["results"]), then=next_page(page.ask, document.get("next")))
    except Misread as misread:
        return Turn(trouble=misread.fault.says)


def next_page(asked: Ask, told: object) -> tuple[Ask, ...]:
    """Return the question for the next page, at the same place and nowhere else.

    Raises:
        Misread: the address is another's.
    """
    if told is None:
        return ()
    _, _, rest = str(told).partition("://")
    path = "/" + rest.partition("/")[2]
    place = asked.path.partition("?")[0]
    if not path.startswith(f"{place}?") or path == asked.path:
        raise Misread("/next", "not_the_shape", "the next page is at another place")
    return (Ask(name=CREATED, path=path),)


PULL = PullPlan(
    address="https://api2.tenovi.com",
    subjects=DEVICES,
    schemes=(SCHEME,),
    key=Key(place=HEADER, name="Authorization", before="Api-Key "),
    first=first,
    read=read,
    pace=Pace(
        most=1, within=timedelta(seconds=1), every=timedelta(hours=6), overlap=timedelta(days=1)
    ),
    settings={"domain": "the name of the practice at Tenovi"},
)
