"""Who comes in: tokens, their scopes and ends; and that every refusal has the same form."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from caretally import clock
from caretally.errors import InputError, UnknownError
from caretally.practice.tokens import (
    Wanted,
    make_token,
    revoke_token,
    shown_token,
    state_of,
    tokens,
)
from caretally.store.models import ApiToken, Membership
from tests.integration.api.conftest import Connect, Program
from tests.integration.demonstrated import HARBOR, LAKESIDE, Demo

WANTED = Wanted(login="rosa", scopes=("see_patients",))


def test_only_a_digest_of_the_secret_is_kept(demo: Demo) -> None:
    made = make_token(demo.journal.db, WANTED, clock.now())
    assert made.secret.startswith("ct_")
    kept = ApiToken.objects.get()
    assert made.secret.encode() not in bytes(kept.digest)
    assert made.secret not in str(vars(kept))
    assert made.scopes == ("see_patients", "use_api")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"login": "nobody"}, "--user"),
        ({"scopes": ("see_patients", "fly")}, "--scopes"),
        ({"scopes": ("manage_people",)}, "--scopes"),
        ({"practice": HARBOR}, "--practice"),
        ({"days": 0}, "--days"),
        ({"days": 4_000}, "--days"),
        ({"login": "otto"}, "--scopes"),
        ({"login": "cora"}, "--practice"),
    ],
)
def test_tokens_that_are_not_made(demo: Demo, change: dict[str, object], where: str) -> None:
    with pytest.raises(InputError) as refused:
        make_token(demo.journal.db, replace(WANTED, **change), clock.now())
    assert {problem.where for problem in refused.value.problems} == {where}
    assert not ApiToken.objects.exists()


def test_a_token_ends(demo: Demo, connect: Connect) -> None:
    program = connect("rosa")
    number = ApiToken.objects.get().pk
    at = clock.now()
    assert program.get("/patients").status_code == 200
    assert shown_token(demo.journal.db, program.token, at + timedelta(days=91)) is None
    revoke_token(demo.journal.db, number, at)
    assert program.get("/patients").status_code == 401
    assert [state_of(each, at) for each in tokens(demo.journal.db, "rosa")] == ["revoked"]
    with pytest.raises(UnknownError):
        revoke_token(demo.journal.db, number + 1, at)


def test_a_token_ends_with_the_account_and_with_the_role(demo: Demo, connect: Connect) -> None:
    program = connect("rosa")
    get_user_model().objects.filter(username="rosa").update(is_active=False)
    assert program.get("/patients").status_code == 401
    get_user_model().objects.filter(username="rosa").update(is_active=True)
    assert program.get("/patients").status_code == 200
    Membership.objects.filter(user__username="rosa").update(to_on="2026-03-01")
    assert program.get("/patients").status_code == 401


def test_a_token_may_less_than_its_person(demo: Demo) -> None:
    made = make_token(demo.journal.db, replace(WANTED, scopes=()), clock.now())
    program = Program(made.secret, Client())
    assert program.get("/practices").status_code == 200
    assert program.get("/patients").status_code == 403
    assert program.get("/patients/pat_ada").status_code == 403


def test_a_clinic_holds_a_token_too(demo: Demo, connect: Connect) -> None:
    Membership.objects.filter(user__username="rosa").update(clinic="prac_elsewhere")
    program = connect("rosa")
    assert program.get("/patients").json()["items"] == []
    assert program.post("/patients/search", {"words": "ada"}).json()["items"] == []
    for path in ("", "/enrollments", "/entries", "/months/2026-03", "/months/2026-03/version"):
        assert program.get(f"/patients/pat_ada{path}").status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer ct_wrong", "Basic cm9zYTp4", "ct_wrong"])
def test_without_a_token_that_stands(demo: Demo, header: str) -> None:
    answer = Client().get("/api/v1/patients", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_session_of_a_browser_is_no_token(enter) -> None:
    assert enter("rosa").get("/api/v1/patients").status_code == 401


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/patients", {"limit": 0}, "limit"),
        ("/patients", {"limit": "many"}, "limit"),
        ("/patients", {"cursor": "!"}, "cursor"),
        ("/patients", {"cursor": "ZW50cnk6NQ"}, "cursor"),
        ("/patients", {"stage": "lost"}, "stage"),
        ("/patients", {"colour": "blue"}, "colour"),
        ("/patients", {"limit": [3, 4]}, "limit"),
        ("/patients/pat_ada/entries", {"cursor": "ZW50cnk6eA"}, "cursor"),
        ("/patients/pat_ada/months/2026-13", {}, "month"),
        ("/patients/pat_ada/months/26-03", {}, "month"),
        ("/patients/pat_ada/months/2026-03", {"policy": "mine"}, "policy"),
        ("/patients/pat_ada/months/2026-03", {"as_of": "2026-03-01"}, "as_of"),
        ("/patients/pat_ada/months/2026-03", {"as_of": "2026-02-30T10:00:00Z"}, "as_of"),
        ("/patients/pat_ada/months/2026-03", {"as_of": "2026-02-20T10:00:00"}, "as_of"),
    ],
)
def test_wrong_parameters_are_named(connect: Connect, path, query, field) -> None:
    answer = connect("rosa").get(path, **query)
    assert answer.status_code == 422, answer.content
    assert {each["field"] for each in answer.json()["errors"]} == {field}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("get", "/nowhere", 404), ("get", "/", 404), ("put", "/patients", 405),
     ("get", "/entries", 405), ("post", "/patients/pat_ada", 405)],
)  # fmt: skip
def test_what_the_framework_refuses_has_the_same_form(
    connect: Connect, method: str, path: str, status: int
) -> None:
    program = connect("rosa")
    answer = getattr(program.client, method)(f"/api/v1{path}", headers=program.headers)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert ("Allow" in answer) == (status == 405)


def test_a_fault_of_the_program_tells_nothing(connect: Connect, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("pat_ada Ada Lovelace")

    monkeypatch.setattr("caretally.api.patients.patients_after", broken)
    answer = connect("rosa").get("/patients")
    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert b"Ada" not in answer.content
    assert b"pat_ada" not in answer.content


def test_an_unknown_patient_and_anothers_are_not_told_apart(connect: Connect) -> None:
    program = connect("nora", HARBOR)
    unknown, foreign = program.get("/patients/pat_none"), program.get("/patients/pat_ada")
    assert (unknown.status_code, unknown.content) == (foreign.status_code, foreign.content)
    assert unknown.status_code == 404


def test_health_and_metrics_need_no_token(demo: Demo, connect: Connect) -> None:
    connect("rosa").get("/patients/pat_ada")
    connect("rosa").get("/patients/pat_ada/months/2026-03")
    assert Client().get("/healthz").json() == {
        "status": "ok", "database": "ok", "migrations": "applied",
    }  # fmt: skip
    told = Client().get("/metrics").content.decode()
    route = 'route="/api/v1/patients/<patient>/months/<month>"'
    assert any(route in line and 'status="200"' in line for line in told.splitlines())
    assert "caretally_journal_entries" in told
    assert "caretally_request_seconds_bucket" in told
    assert "pat_ada" not in told
    assert LAKESIDE not in told


def test_health_tells_that_the_database_is_away(demo: Demo, monkeypatch) -> None:
    monkeypatch.setattr("caretally.api.watching.pending", lambda _: ["store.0009"])
    assert Client().get("/healthz").status_code == 503
