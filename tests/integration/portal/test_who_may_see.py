"""Every address of the program, asked by everybody from outside: each sees one chart at most.

Addresses are found in the program, so that a page that is added later is held to the same table.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from caretally import clock
from caretally.practice.portal_accounts import end
from caretally.store.database import scoped
from tests.integration.demonstrated import LAKESIDE, Demo, Enter
from tests.integration.portal.visiting import (
    ADA,
    CLEO,
    DAUGHTER,
    Outsider,
    authorized,
    outsider,
    shared,
    unshared,
)

TODAY = date(2026, 3, 26)
OTHERS = {
    "practice": LAKESIDE, "patient": ADA, "month": "2026-03", "program": "rpm", "number": "1",
    "secret": "x", "person": "x", "token": "x",
}  # fmt: skip
"""What stands for the parts of an address; of any other part, 1 is tried."""
CLOSED = {302, 403, 405}
"""How addresses answer that show nothing: to the door, not allowed, not asked in this way."""
PAGES = ("/portal/", "/portal/readings", "/portal/choices", "/portal/billed", "/portal/account")
NAMES = {ADA: b"Ada Lindqvist", CLEO: b"Cleo Marchetti", "pat_ben": b"Ben "}
WITHOUT_SESSION = ("/api/", "/healthz", "/metrics", "/static/")
"""Addresses that know no session: tokens are asked for there, or nothing."""
OF_THE_DOOR = ("/portal/i/", "/portal/sign-in", "/portal/sign-out", "/portal/join",
               "/portal/code", "/portal/choose", "/portal/language", "/portal/passkey")  # fmt: skip
"""How one comes in; none of it shows a record."""


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Yield the addresses of the program, filled in."""
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, route)
        elif "(" not in route and "^" not in route:
            yield "/" + "/".join(filled(part) for part in route.split("/"))


def filled(part: str) -> str:
    """Return a part of an address with something in its place."""
    begin, bracket, rest = part.partition("<")
    if not bracket:
        return part
    name, _, after = rest.partition(">")
    kind, _, name = name.rpartition(":")
    return begin + (OTHERS.get(name, "1") if kind != "int" else "1") + filled(after)


ADDRESSES = sorted(set(addresses(get_resolver().url_patterns)))
RECORD = [
    path for path in ADDRESSES
    if path.startswith("/portal/") and not path.startswith(OF_THE_DOOR)
]  # fmt: skip


def leaks(client: Client, own: bytes, paths: list[str]) -> list[str]:
    """Return where a page names a patient whose record is not the visitor's own."""
    found = []
    for path in paths:
        content = client.get(path).content
        found += [
            f"{path} names {name.decode()}" for name in NAMES.values()
            if name != own and name in content
        ]  # fmt: skip
    return found


def statuses(client: Client, paths: list[str]) -> set[int]:
    """Return how addresses answer, asked for a page and sent a form."""
    return {ask(path).status_code for ask in (client.get, client.post) for path in paths}


def reached(client: Client, paths: list[str]) -> list[str]:
    """Return the addresses outside the portal that answer a visitor with anything of their own."""
    found = []
    for path in paths:
        answer = client.get(path)
        to = answer.headers.get("Location", "")
        if answer.status_code not in (404, 302) or (answer.status_code == 302 and to != "/portal/"):
            found.append(f"{path}: {answer.status_code} {to}")
    return found


ELSEWHERE = [
    path for path in ADDRESSES
    if not path.startswith(("/portal/", "/theme", *WITHOUT_SESSION))
]  # fmt: skip


@pytest.fixture(params=["demo", "guarded_demo"])
def either(request: pytest.FixtureRequest) -> Demo:
    """Return the demonstration on each database in turn."""
    found: Demo = request.getfixturevalue(request.param)
    return found


def test_everybody_from_outside_before_every_address(either: Demo) -> None:
    assert len(ELSEWHERE) > 100
    assert {"/portal/", "/portal/readings", "/portal/choices", "/portal/billed"} <= set(RECORD)
    ada = outsider(either, ADA)
    shared(either)
    mara = outsider(either, CLEO, DAUGHTER)
    gone = outsider(either, "pat_ben")
    with scoped(LAKESIDE):
        end(either.office("rosa"), "pat_ben", gone.account, ("moved away", ""))
    assert leaks(ada.client, NAMES[ADA], ADDRESSES) == []
    assert leaks(mara.client, NAMES[CLEO], RECORD) == []
    assert NAMES[ADA] in ada.client.get("/portal/").content
    assert NAMES[CLEO] in mara.client.get("/portal/").content
    for visitor in (ada, mara):
        assert reached(visitor.client, ELSEWHERE) == []
        assert {visitor.client.post(path).status_code for path in ELSEWHERE} == {404}
    for nobody in (gone.client, Client()):
        assert leaks(nobody, b"", RECORD) == []
        assert statuses(nobody, RECORD) <= CLOSED
        assert {nobody.get(path).status_code for path in PAGES} == {302}
    unshared(either)
    assert statuses(mara.client, RECORD) <= CLOSED
    assert {mara.client.get(path).status_code for path in PAGES} == {403}
    assert leaks(mara.client, b"", RECORD) == []


def test_a_caregiver_sees_only_while_authority_and_sharing_hold(demo: Demo) -> None:
    shared(demo)
    mara = outsider(demo, CLEO, DAUGHTER)
    assert mara.client.get("/portal/").status_code == 200
    unshared(demo)
    answer = mara.client.get("/portal/readings")
    assert answer.status_code == 403
    assert b"has not said yes to sharing" in answer.content
    shared(demo)
    assert mara.client.get("/portal/readings").status_code == 200


def test_a_caregiver_whose_authority_is_over_sees_nothing(demo: Demo) -> None:
    authorized(demo, "cgv_son", ADA, to_on=TODAY)
    shared(demo, "cgv_son", ADA)
    son = outsider(demo, ADA, "caregiver:cgv_son")
    assert son.client.get("/portal/").status_code == 200
    clock.set_ahead(clock.ahead() + timedelta(days=1))
    renewed(son)
    answer = son.client.get("/portal/")
    assert answer.status_code == 403
    assert b"is over, or has not begun" in answer.content
    assert NAMES[ADA] not in answer.content


def renewed(visitor: Outsider) -> None:
    """Let a session go on as if it had been in use: a day passed for the record alone."""
    session = visitor.client.session
    session["seen_at"] = clock.seconds_of(clock.now())
    session.save()


def test_staff_see_no_page_of_the_portal(demo: Demo, enter: Enter) -> None:
    outsider(demo, ADA)
    rosa = enter("rosa")
    for path in (*RECORD, *(each for each in ADDRESSES if each.startswith(OF_THE_DOOR))):
        answer = rosa.get(path)
        assert answer.status_code == 403, path
        assert NAMES[ADA] not in answer.content
