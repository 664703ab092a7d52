"""The application of the interface, and its description at `/api/v1/openapi.json`."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from caretally.api import (
    entries,
    lists,
    months,
    observations,
    patients,
    practices,
    subscriptions,
    webhooks,
)
from caretally.api.asking import Bearer
from caretally.api.problems import PROBLEM_JSON, tell_problems
from caretally.journal.schema import schema

PART = "#/components/schemas/Entry_"
DESCRIPTION = (
    "What happened goes in as entries; what may be billed comes out as decisions, with reasons and "
    "citations. A token works in one practice, within its scopes and the roles of its person. "
    "Refusals are problem details (RFC 9457) that name place, field and rule. There is no rate "
    "limit; put one in front where you need it."
)


class Interface(NinjaAPI):
    """The interface; its description says which refusals are problem details."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the description."""
        made = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for methods in made["paths"].values():
            for operation in methods.values():
                name_problems(operation["responses"])
        made["components"]["schemas"].update(entry_schemas())
        return made


def name_problems(responses: dict[int, Any]) -> None:
    """Give refusals the content type they are sent with."""
    for status, answer in responses.items():
        if int(status) >= 400 and "application/json" in answer.get("content", {}):
            answer["content"] = {PROBLEM_JSON: answer["content"]["application/json"]}


def entry_schemas() -> dict[str, Any]:
    """Return the schema of an entry, and of all it is made of, as components of a description."""
    whole: dict[str, Any] = relocated(schema())
    parts = {f"Entry_{name}": part for name, part in whole.pop("$defs").items()}
    return {"Entry": whole, **parts}


def relocated(value: Any) -> Any:
    """Return a schema without its dialect, whose parts stand beside it as components."""
    if isinstance(value, list):
        return [relocated(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: each.replace("#/$defs/", PART) if key == "$ref" else relocated(each)
        for key, each in value.items()
        if key != "$schema"
    }


def interface() -> Interface:
    """Return the interface with all its operations."""
    made = Interface(
        title="Caretally", version="1", description=DESCRIPTION, docs_url=None,
        urls_namespace="api", auth=Bearer(),
    )  # fmt: skip
    for room in (
        practices,
        patients,
        months,
        observations,
        lists,
        entries,
        subscriptions,
        webhooks,
    ):
        made.add_router("", room.router)
    tell_problems(made)
    return made


api = interface()
