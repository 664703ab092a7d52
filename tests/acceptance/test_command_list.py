"""The list of commands: it names every command there is, and nothing is loaded before its time."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

import caretally.cli
from caretally.cli.command_list import MODULES
from caretally.cli.main import app


def test_every_command_of_every_module_is_listed_once() -> None:
    commands_of = {
        name: import_module(f"caretally.cli.{MODULES[name]}").commands for name in MODULES
    }
    families = {
        name: commands
        for name, commands in commands_of.items()
        if name not in typer.main.get_group(commands).commands
    }
    own: dict[str, str] = {}
    met = set()
    for file in sorted(Path(caretally.cli.__path__[0]).glob("*.py")):
        # modules that need an opened database are loaded by these, and list nothing themselves
        if "\ncommands = typer.Typer(" not in file.read_text(encoding="utf-8"):
            continue
        commands = import_module(f"caretally.cli.{file.stem}").commands
        if commands in families.values():
            met.add(id(commands))
            continue
        names = typer.main.get_group(commands).commands
        assert not own.keys() & names.keys()
        own |= dict.fromkeys(names, file.stem)
    assert own == {name: MODULES[name] for name in MODULES if name not in families}
    assert met == {id(each) for each in families.values()}


@pytest.mark.parametrize("name", MODULES)
def test_every_command_has_its_help(name: str) -> None:
    told = CliRunner().invoke(app, [name, "--help"])
    assert told.exit_code == 0, told.output
    assert f"caretally {name}" in " ".join(told.output.split())


def test_a_command_loads_only_what_it_needs() -> None:
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from caretally.cli.main import app\n"
        "assert CliRunner().invoke(app, ['secrets', '--help']).exit_code == 0\n"
        "print(*(name for name in sys.modules if name.startswith('caretally.cli.')))\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(told.stdout.split())
    assert "caretally.cli.secrets_commands" in loaded
    assert "caretally.cli.deciding" not in loaded


def test_a_misspelled_command_is_answered_with_the_nearest() -> None:
    told = CliRunner().invoke(app, ["synthesise"])
    assert told.exit_code == 2
    assert "synthesize" in told.output
