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
from caretally.cli.command_list import FAMILIES, ORDER, OWN
from caretally.cli.main import app


def test_every_command_of_every_module_is_listed_once() -> None:
    own: dict[str, str] = {}
    families = [import_module(f"caretally.cli.{name}").commands for name in FAMILIES.values()]
    met = set()
    folder = Path(caretally.cli.__path__[0])
    for file in sorted(folder.glob("*.py")):
        # modules that need an opened database are loaded by these, and list nothing themselves
        if "\ncommands = typer.Typer(" not in file.read_text(encoding="utf-8"):
            continue
        module = import_module(f"caretally.cli.{file.stem}")
        if any(module.commands is each for each in families):
            met.add(id(module.commands))
            continue
        names = typer.main.get_group(module.commands).commands
        assert not own.keys() & names.keys()
        own |= dict.fromkeys(names, file.stem)
    assert own == dict(OWN)
    assert met == {id(each) for each in families}
    assert sorted(ORDER) == sorted([*OWN, *FAMILIES])


@pytest.mark.parametrize("name", ORDER)
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
