"""The published description against the running interface, with an independent tool."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.test import Client
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from caretally.api import patients
from caretally.api.application import api
from caretally.api.problems import NOT_GENUINE, SLUGS
from tests.integration.api.conftest import Connect, Program
from tests.integration.demonstrated import HARBOR, Demo

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = int(os.environ.get("API_EXAMPLES", "4"))
"""Examples an operation beside those at the edges; a full proof takes 100."""
ADDRESS = "/api/v1/openapi.json"
LISTS = (
    "/patients",
    "/worklist",
    "/patients/{patient}/entries",
    "/patients/{patient}/observations",
    "/subscriptions/{subscription}/deliveries",
)
BEYOND_SCHEMA = [
    "POST /api/v1/entries",
    "POST /api/v1/subscriptions",
    "POST /api/v1/patients/search",
    "GET /api/v1/patients/{patient}/months/{month}",
    *(f"GET /api/v1{path}" for path in LISTS),
]
"""Where a schema cannot say what is taken: entries, addresses, cursors, a 30th of February."""


class Quiet(WSGIRequestHandler):
    """Says nothing of requests."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(demo: Demo) -> Iterator[str]:
    """Serve the demonstration on a free port of this machine; returns its address."""
    made = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, ipv6=False)
    made.set_app(WSGIHandler())
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_address[1]}"
    made.shutdown()
    made.server_close()
    thread.join(10)


def settings_for(program: Program) -> SchemathesisConfig:
    """Return how the tool asks: as one program, the same each time."""
    return SchemathesisConfig.from_dict(
        {
            "headers": program.headers,
            "generation": {
                "max-examples": EXAMPLES,
                "no-shrink": True,
                "deterministic": True,
                "database": "none",
            },
            "continue-on-failure": True,
            "workers": 1,
            "phases": {"stateful": {"enabled": False}},
            "operations": [
                {"include-name": name, "checks": {"positive_data_acceptance": {"enabled": False}}}
                for name in BEYOND_SCHEMA
            ],
        }
    )


def generable(description: dict[str, Any]) -> dict[str, Any]:
    """Return the description with entries told by their envelope: the tool knows no if and then.

    That stored entries fit the whole schema is tried below; readers are fuzzed elsewhere.
    """
    entry = description["components"]["schemas"]["Entry"]
    for word in ("allOf", "if", "then"):
        del entry[word]
    entry["properties"]["body"] = {"type": "object"}
    return description


def failures(server: str, program: Program, only: str | None = None) -> tuple[int, set[str]]:
    """Run the tool, on one address only if named; returns how many cases and what it found."""
    config = settings_for(program)
    config.projects.default.update(base_url=server)
    schema = schemathesis.openapi.from_dict(generable(Client().get(ADDRESS).json()), config=config)
    if only is not None:
        config.projects.default.phases.coverage.enabled = False
        schema = schema.include(path=only)
    tried, found = 0, set[str]()
    for event in from_schema(schema).execute():
        if isinstance(event, ScenarioFinished):
            tried += len(event.recorder.cases)
            found |= set(told(event))
        if isinstance(event, NonFatalError):
            found.add(f"{event.label}: {event.value!r}")
    return tried, found


def told(event: ScenarioFinished) -> Iterator[str]:
    """Yield what a scenario found, in words."""
    for number, checks in event.recorder.checks.items():
        for check in checks:
            if check.status == Status.FAILURE and check.failure_info is not None:
                case = event.recorder.cases[number].value
                where = f"{case.method} {case.formatted_path} {case.query} {str(case.body)[:200]}"
                yield f"{check.name}: {check.failure_info.failure.message[:300]} at {where}"


@pytest.mark.slow
@pytest.mark.parametrize(("login", "practice"), [("cora", HARBOR), ("amir", "prac_lakeside")])
def test_no_failure(server: str, connect: Connect, login: str, practice: str) -> None:
    tried, found = failures(server, connect(login, practice))
    assert found == set(), "\n".join(sorted(found))
    assert tried > 200


@pytest.mark.slow
def test_a_fault_would_be_found(server: str, connect: Connect, monkeypatch) -> None:
    """A list that answers numbers where it promises texts, and breaks on a filter."""

    def broken(card: Any) -> dict[str, object]:
        return {"id": 5}

    monkeypatch.setattr(patients, "item_of", broken)
    _, found = failures(server, connect("cora", HARBOR), "/api/v1/patients")
    assert any("not_a_server_error" in each for each in found)


def test_the_description_needs_no_token_and_names_every_refusal(demo: Demo) -> None:
    answer = Client().get(ADDRESS)
    assert answer.status_code == 200
    description = answer.json()
    assert description["openapi"].startswith("3.1")
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            # a vendor has no token whose rights could fall short
            rights = {"403"} if "security" in operation else {"404"}
            assert {"401", "422"} | rights <= answers.keys(), f"{method} {path}"
            assert operation["summary"]
            assert operation["description"], f"{method} {path}"
            for status, each in answers.items():
                if int(status) >= 400:
                    assert list(each["content"]) == ["application/problem+json"]


def test_no_page_of_the_framework_is_served(demo: Demo) -> None:
    for path in ("/api/v1/docs", "/api/v1/redoc", "/api/docs"):
        assert Client().get(path).status_code == 404


def test_an_entry_of_the_journal_fits_the_description(demo: Demo) -> None:
    description = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    entry = {"$ref": "#/components/schemas/Entry", "components": description["components"]}
    checker = jsonschema.Draft202012Validator(entry)
    for line in demo.journal.lines(patient="pat_ada"):
        checker.validate(json.loads(line))
    assert not checker.is_valid({"id": "x", "kind": "nonsense", "actor": "system:x"})


def test_every_type_of_refusal_is_told_with_its_status() -> None:
    page = (ROOT / "docs" / "how-to" / "use-the-api.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| [45]\d\d", line)]
    for status, slug in (*SLUGS.items(), (401, NOT_GENUINE)):
        assert any(str(status) in row and f"`{slug}`" in row for row in rows), f"{status} {slug}"
