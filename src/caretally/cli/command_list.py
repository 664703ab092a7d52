"""Which commands there are, and in which modules; a module is loaded when its command is called.

To load what all of them need takes most of a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup

MODULES: Mapping[str, str] = {
    "decide": "deciding", "replay": "replaying", "rulebook": "rulebook_commands",
    "entries": "entries_commands", "tables": "converting", "synthesize": "synthesizing",
    "demo": "synthesizing", "import": "store_commands", "export": "store_commands",
    "migrate": "store_commands", "rebuild": "store_commands", "backup": "store_commands",
    "restore": "store_commands", "journal": "store_commands", "serve": "serving",
    "live": "serving", "worker": "serving", "self-audit": "self_audit_commands",
    "close": "closing_commands", "practice": "founding_commands", "person": "founding_commands",
    "readings": "readings_commands", "remit": "remit_commands", "mllp": "mllp_commands",
    "packet": "packet_commands", "verify": "packet_commands", "token": "token_commands",
    "connection": "pull_commands", "secrets": "secrets_commands",
    "simulate": "simulate_commands", "report": "report_commands",
    "statement": "report_commands", "claims": "claims_commands", "call": "call_commands",
}  # fmt: skip
"""Names as the help shows them, each with its module. A module without a command of that name is a
family: the name stands before its commands, as in `caretally token create`."""


class Loaded(Mapping[str, Any]):
    """Commands by name, each loaded when it is asked for; their names are known without."""

    def __getitem__(self, name: str) -> Any:
        """Return a command, or a family of them.

        Raises:
            KeyError: there is none of this name.
        """
        return load(name)

    def __iter__(self) -> Iterator[str]:
        """Yield all names."""
        return iter(MODULES)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(MODULES)


@cache
def load(name: str) -> Any:
    """Return a command, or a family of them, from its module.

    Raises:
        KeyError: there is none of this name.
    """
    module = import_module(f"caretally.cli.{MODULES[name]}")
    group = typer.main.get_group(module.commands)
    if name in group.commands:
        return group.commands[name]
    group.name = name
    return group


class Commands(TyperGroup):
    """All commands of the program."""

    def __init__(self, **settings: Any) -> None:
        """Know the commands by name."""
        super().__init__(**settings)
        self.commands = cast(Any, Loaded())  # nobody adds to them

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - it is asked with it
        """Return all names; nothing is loaded."""
        return list(self.commands)
