"""Which commands there are, and in which modules; a module is loaded when its command is called.

The program begins in half of the time it would take to load what all its commands need.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

OWN: Mapping[str, str] = {
    "decide": "deciding", "replay": "replaying", "tables": "converting",
    "synthesize": "synthesizing", "demo": "synthesizing", "import": "store_commands",
    "export": "store_commands", "migrate": "store_commands", "rebuild": "store_commands",
    "backup": "store_commands", "restore": "store_commands", "journal": "store_commands",
    "serve": "serving", "live": "serving", "worker": "serving",
    "self-audit": "self_audit_commands", "close": "closing_commands",
    "practice": "founding_commands", "person": "founding_commands", "packet": "packet_commands",
    "verify": "packet_commands", "report": "report_commands", "statement": "report_commands",
}  # fmt: skip
"""Commands by name, each with the module it is one of."""
FAMILIES: Mapping[str, str] = {
    "rulebook": "rulebook_commands", "entries": "entries_commands",
    "readings": "readings_commands", "remit": "remit_commands", "mllp": "mllp_commands",
    "token": "token_commands", "connection": "pull_commands", "secrets": "secrets_commands",
    "simulate": "simulate_commands", "claims": "claims_commands", "call": "call_commands",
}  # fmt: skip
"""Names before commands, such as `caretally token create`, each with the module of all of them."""
ORDER = (
    "decide", "replay", "rulebook", "entries", "tables", "synthesize", "demo", "import", "export",
    "migrate", "rebuild", "backup", "restore", "journal", "serve", "live", "worker", "self-audit",
    "close", "practice", "person", "readings", "remit", "mllp", "packet", "verify", "token",
    "connection", "secrets", "simulate", "report", "statement", "claims", "call",
)  # fmt: skip
"""As the help shows them."""


class Loaded(MutableMapping[str, Any]):
    """Commands by name, loaded when they are asked for."""

    def __init__(self) -> None:
        """Begin with none loaded."""
        self.known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return a command.

        Raises:
            KeyError: there is none of this name.
        """
        if name not in self.known:
            self.known[name] = load(name)
        return self.known[name]

    def __setitem__(self, name: str, command: Any) -> None:
        """Put a command in place of what would be loaded."""
        self.known[name] = command

    def __delitem__(self, name: str) -> None:
        """Forget what was loaded."""
        del self.known[name]

    def __iter__(self) -> Iterator[str]:
        """Yield all names; nothing is loaded."""
        return iter(ORDER)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(ORDER)


def load(name: str) -> Any:
    """Return a command, or a family of them, from its module.

    Raises:
        KeyError: there is none of this name.
    """
    module = import_module(f"caretally.cli.{FAMILIES.get(name) or OWN[name]}")
    group = typer.main.get_group(module.commands)
    if name in OWN:
        return group.commands[name]
    group.name = name
    return group


class Commands(TyperGroup):
    """All commands of the program."""

    def __init__(self, **settings: Any) -> None:
        """Know the commands by name."""
        super().__init__(**settings)
        self.commands = Loaded()

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - it is asked with it
        """Return all names; nothing is loaded."""
        return list(self.commands)
