"""Runs the commands that pages show, in a folder of their own, and compares what they print.

In a page, ```console blocks hold commands after `$ ` and what they print; a line of `…` stands for
lines that are left out. ```json NAME and ```sh-free blocks with a file name are written to that
file first. `python -m tests.docs.pages FILE…` writes what the commands really print into the pages.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(?P<info>[^\n`]+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?P<language>\w+) (?P<append>>> )?(?P<name>[\w.-]+)")
OPTION = re.compile(r"(\w+)=([\w-]+)")
LEFT_OUT = "…"
COLUMNS = 100


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A command as a page shows it, with the lines said to follow."""

    command: str
    lines: tuple[str, ...]


def shown_in(body: str) -> list[Shown]:
    """Return the commands of a console block."""
    found: list[Shown] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append(Shown(command=line[2:], lines=()))
        else:
            found[-1] = Shown(command=found[-1].command, lines=(*found[-1].lines, line))
    return found


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A folder in which the commands of a page run one after another."""

    folder: Path

    def put(self, info: str, body: str) -> None:
        """Write a block that names a file to that file."""
        named = FILE.fullmatch(info)
        if named and named["language"] in {"json", "csv", "text"}:
            with (self.folder / named["name"]).open("a" if named["append"] else "w") as file:
                file.write(body)

    def run(self, command: str) -> tuple[int, list[str]]:
        """Run a command as a shell does; return its status and all it printed."""
        programs = self.folder / ".programs"
        programs.mkdir(exist_ok=True)
        program = programs / "caretally"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m caretally "$@"\n')
        program.chmod(0o755)
        surroundings = {
            **os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT / "src"), "COLUMNS": str(COLUMNS), "NO_COLOR": "1",
        }  # fmt: skip
        ran = subprocess.run(
            ["sh", "-c", command], cwd=self.folder, env=surroundings, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        return ran.returncode, ran.stdout.splitlines()


def options_of(info: str) -> dict[str, str]:
    """Return the options of a block: exit=2, head=12."""
    return dict(OPTION.findall(info))


def differences(page: str, folder: Path) -> Iterator[str]:
    """Yield each command of a page that ends or prints otherwise than the page says."""
    desk = Desk(folder=folder)
    for block in BLOCK.finditer(page):
        info, body = block["info"], block["body"]
        desk.put(info, body)
        if not info.startswith("console"):
            continue
        wanted = int(options_of(info).get("exit", "0"))
        for shown in shown_in(body):
            if shown.command.startswith("make "):
                continue
            status, printed = desk.run(shown.command)
            if status != wanted:
                yield f"$ {shown.command}\nended with {status}:\n" + "\n".join(printed)
            elif shown.lines and not matches(shown.lines, printed):
                yield f"$ {shown.command}\nprinted:\n" + "\n".join(printed)


def matches(wanted: tuple[str, ...], printed: list[str]) -> bool:
    """Tell whether lines are as wanted, any lines standing where the page leaves some out."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == LEFT_OUT else f"{re.escape(line)}\\n" for line in wanted
    )
    return bool(re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)))


def filled(page: str, folder: Path) -> str:
    """Return a page with what its commands really print; head=N keeps the first lines."""
    desk = Desk(folder=folder)

    def renewed(block: re.Match[str]) -> str:
        info = block["info"]
        desk.put(info, block["body"])
        if not info.startswith("console"):
            return block[0]
        lines: list[str] = []
        for shown in shown_in(block["body"]):
            lines.append(f"$ {shown.command}")
            if shown.command.startswith("make "):
                lines += shown.lines
                continue
            _, printed = desk.run(shown.command)
            most = int(options_of(info).get("head", "1000"))
            lines += printed[:most] + [LEFT_OUT] * (len(printed) > most)
        return f"```{info}\n" + "".join(f"{line}\n" for line in lines) + "```"

    return BLOCK.sub(renewed, page)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with TemporaryDirectory() as place:
            path = Path(name)
            path.write_text(filled(path.read_text(encoding="utf-8"), Path(place)), encoding="utf-8")
