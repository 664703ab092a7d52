"""How Withings is asked: the measures of an account that were stored or changed since.

Source: https://developer.withings.com/api-reference/#operation/measure-getmeas
"""

from __future__ import annotations

from datetime import timedelta

from caretally.clock import seconds_of
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
from caretally.devices.vendors.withings.notification import USER

REFUSED = {"100", "101", "102", "200", "401"}
"""Statuses that say the token is taken no more."""
TOO_OFTEN = "601"


def first(subject: Subject) -> tuple[Ask, ...]:
    """Return the questions about an account: what was changed since, and what we were told of."""
    asks = [ask("lastupdate", (("lastupdate", str(seconds_of(subject.since))),))]
    if subject.wanted is not None:
        begins, ends = subject.wanted
        stretch = (("startdate", str(seconds_of(begins))), ("enddate", str(seconds_of(ends) + 1)))
        asks.append(ask("stretch", stretch))
    return tuple(asks)


def ask(name: str, fields: tuple[tuple[str, str], ...]) -> Ask:
    """Return a question; category 1 leaves the goals of users out."""
    form = (("action", "getmeas"), ("category", "1"), *fields)
    return Ask(name=name, method="POST", path="/measure", form=form)


def read(page: Page) -> Turn:
    """Return what an answer means; Withings answers 200 whatever happened."""
    try:
        document = opened(page.body)
        answer = Node(document if isinstance(document, dict) else {})
        status, body = answer.text("status"), answer.part("body")
        if status != "0":
            says = f"the vendor's status is {status or 'missing'}"
            return Turn(
                trouble="asked too often" if status == TOO_OFTEN else says,
                is_unauthorized=status in REFUSED,
            )
        return Turn(holds=bool(body.parts("measuregrps")), then=next_page(page.ask, body))
    except Misread as misread:
        return Turn(trouble=misread.fault.says)


def next_page(asked: Ask, body: Node) -> tuple[Ask, ...]:
    """Return the question for the next page, where there is one.

    Raises:
        Misread: the offset does not go on.
    """
    if not body.is_true("more"):
        return ()
    offset = body.number("offset")
    before = int(dict(asked.form).get("offset", "0"))
    if offset is None or offset <= before:
        raise Misread(body.at("offset"), "not_the_shape", "the offset of the next page is no later")
    fields = tuple(pair for pair in asked.form[2:] if pair[0] != "offset")
    return (ask(asked.name, (*fields, ("offset", str(int(offset))))),)


PULL = PullPlan(
    address="https://wbsapi.withings.net",
    subjects=ACCOUNTS,
    schemes=(USER,),
    key=Key(place=BEARER),
    first=first,
    read=read,
    pace=Pace(most=60, within=timedelta(minutes=1), every=timedelta(hours=1)),
    consent=Consent(
        asks_at="https://account.withings.com/oauth2_user/authorize2",
        token_path="/v2/oauth2",  # noqa: S106 - an address
        scope="user.metrics",
        scheme=USER,
        extra=(("action", "requesttoken"),),
        wrapped_in="body",
        user_in="userid",
    ),
)
