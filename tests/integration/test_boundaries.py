"""Nobody sees another practice or another clinic: every address, every role, made by listing them.

Addresses come from the program's own list and operations from the published description, so that a
new page or operation is tried as soon as it exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from caretally.api.application import api
from caretally.practice.demonstration import LOGINS
from caretally.store.models import Membership
from tests.integration.api.conftest import Program, connected
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo

FOREIGN = "pat_fay_harbor"
"""A patient of the other practice."""
OWN = "pat_ada"
CONTENT = (b"pat_fay_harbor", b"Harbor Heart", b"stf_nora", b"stf_varga", b"Fay")
"""What would tell of the other practice; Fay has a chart in both."""
LAKESIDE_LOGINS = sorted({each.name for each in LOGINS} - {"nora", "cora"})
GLASS = "glass/<str:patient>/"
"""Asks for a reason before a chart opens, and tells nothing of it."""
METHODS = ("get", "post")
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
OPERATIONS = sorted(
    (method, path)
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
    for method in methods
)
OF_PATIENT = [(method, path) for method, path in OPERATIONS if "{patient}" in path]


def routes(resolver: Any = None, before: str = "") -> Iterator[str]:
    """Yield every address of the program that is of a practice, as a template."""
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each, route)
        elif isinstance(each, URLPattern) and route.startswith("p/<str:practice>/"):
            yield route


def filled(route: str, practice: str, patient: str) -> str:
    """Return an address with a practice and a patient in it; other parts are of nothing."""

    def part(found: re.Match[str]) -> str:
        kind, name = found.groups()
        known = {"practice": practice, "patient": patient, "month": "2026-03", "program": "rpm"}
        return known.get(name, "1" if kind == "int" else patient)

    return "/" + PARAMETER.sub(part, route)


PAGES = sorted(set(routes()))


@pytest.fixture
def signed_in(demo: Demo) -> Any:
    """Return a function from a login to a browser that is signed in."""

    def enter(login: str) -> Client:
        client = Client(raise_request_exception=False)
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        client.force_login(get_user_model().objects.get(username=login), backend=backend)
        return client

    return enter


def stored(demo: Demo) -> int:
    """Return how many entries there are of the other practice's care."""
    return int(
        demo.journal.db.rows(
            "SELECT COALESCE(SUM(length), 0) FROM store_stream AS s JOIN store_practice AS p "
            "ON p.id = s.practice_id WHERE p.name = %s",
            HARBOR,
        )[0][0]
    )


def ask(program: Program, method: str, path: str, patient: str) -> Any:
    """Ask an operation about a patient."""
    known = {"patient": patient, "month": "2026-03"}
    address = re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], patient), path)
    send = getattr(program.client, method)
    body = {} if method in {"get", "head", "delete"} else {"data": b"{}"}
    return send(address, headers=program.headers, content_type="application/json", **body)


def test_the_lists_are_lists() -> None:
    assert len(OPERATIONS) >= 12
    assert len(OF_PATIENT) >= 5
    assert len(PAGES) >= 20
    assert any("<str:patient>" in route for route in PAGES)


@pytest.mark.parametrize("login", LAKESIDE_LOGINS)
def test_no_operation_tells_of_another_practice(demo: Demo, login: str) -> None:
    program, before = connected(demo.journal, login), stored(demo)
    for method, path in OPERATIONS:
        answer = ask(program, method, path, FOREIGN)
        told = answer.content.replace(FOREIGN.encode(), b"", 1 if answer.status_code >= 400 else 0)
        assert not any(word in told for word in CONTENT[:4]), f"{login}: {method} {path}"
        if "{" in path:
            assert answer.status_code in {401, 403, 404, 422}, f"{login}: {method} {path}"
    assert stored(demo) == before


@pytest.mark.parametrize("login", LAKESIDE_LOGINS)
def test_no_operation_tells_of_another_clinic(demo: Demo, login: str) -> None:
    Membership.objects.filter(user__username=login).update(clinic="prac_elsewhere")
    program = connected(demo.journal, login)
    for method, path in OPERATIONS:
        answer = ask(program, method, path, OWN)
        assert b"Ada" not in answer.content, f"{login}: {method} {path}"
        if "{patient}" in path:
            assert answer.status_code in {401, 403, 404}, f"{login}: {method} {path}"


@pytest.mark.parametrize("login", LAKESIDE_LOGINS)
def test_no_page_of_another_practice_opens(demo: Demo, signed_in: Any, login: str) -> None:
    client, before = signed_in(login), stored(demo)
    for route in PAGES:
        for practice in (HARBOR, LAKESIDE):
            if practice == LAKESIDE and "<str:patient>" not in route:
                continue
            for method in METHODS:
                answer = getattr(client, method)(filled(route, practice, FOREIGN))
                where = f"{login}: {method} {route} at {practice}: {answer.status_code}"
                assert answer.status_code in {302, 400, 403, 404, 405, 422}, where
                assert b"Harbor Heart" not in answer.content, where
                if answer.status_code == 302:
                    assert "/p/" not in answer["Location"] or practice == LAKESIDE, where
    assert stored(demo) == before


@pytest.mark.parametrize("login", ["rosa", "lin", "bea", "otto"])
def test_no_page_of_another_clinic_opens(demo: Demo, signed_in: Any, login: str) -> None:
    Membership.objects.filter(user__username=login).update(clinic="prac_elsewhere")
    client = signed_in(login)
    for route in PAGES:
        if "<str:patient>" not in route:
            continue
        answer = client.get(filled(route, LAKESIDE, OWN))
        where = f"{login}: {route}: {answer.status_code}"
        is_asked_why = route.endswith(GLASS) and answer.status_code == 200
        assert is_asked_why or answer.status_code in {302, 400, 403, 404, 405, 422}, where
        assert b"Ada" not in answer.content, where


def test_a_stranger_is_led_to_the_door_of_every_page(demo: Demo) -> None:
    for route in PAGES:
        answer = Client().get(filled(route, LAKESIDE, OWN))
        assert answer.status_code in {302, 405}, route
        if answer.status_code == 302:
            assert answer["Location"].startswith("/accounts/login/"), route


def test_a_leak_would_be_noticed(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    """An office that forgets clinics lets another clinic's patient out, and the matrix sees it."""
    Membership.objects.filter(user__username="rosa").update(clinic="prac_elsewhere")
    monkeypatch.setattr("caretally.practice.office.Office.reaches", lambda *_: True)
    answers = {
        path: ask(connected(demo.journal, "rosa"), method, path, OWN).status_code
        for method, path in OF_PATIENT
    }
    assert 200 in answers.values()
