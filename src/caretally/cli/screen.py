"""Where the command line writes: a page for people, plain bytes for programs.

A page is 80 to 120 columns wide, in color only on a terminal that takes it, and without signs
that the terminal cannot show. Nothing here knows what is written.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.box import ASCII_DOUBLE_HEAD, SIMPLE_HEAD, Box
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

NARROWEST, WIDEST, USUAL = 80, 120, 100
PLAIN_SIGNS = str.maketrans({
    "✓": "+", "✗": "x", "·": "-", "█": "#", "░": ".", "–": "-", "—": "-", "…": "...", "×": "x",
    "→": "->", "’": "'", "Δ": "+/-", "≥": ">=",
})  # fmt: skip
"""What stands in for a sign where the output's encoding lacks it."""


def page_width() -> int:
    """Return the columns of a page: the terminal's within limits, 100 where there is none."""
    return min(max(shutil.get_terminal_size((USUAL, 40)).columns, NARROWEST), WIDEST)


def console() -> Console:
    """Return the page; without color where there is no terminal or NO_COLOR is set."""
    plain = bool(os.environ.get("NO_COLOR")) or not sys.stdout.isatty()
    return Console(
        file=sys.stdout,
        width=page_width(),
        color_system=None if plain else "auto",
        highlight=False,
        markup=False,
        emoji=False,
    )


def show(*parts: RenderableType) -> None:
    """Write parts of a page, without blanks at the ends of lines."""
    page = console()
    with page.capture() as written:
        for part in parts:
            page.print(part)
    text = "\n".join(line.rstrip() for line in written.get().splitlines())
    write_text(f"{text}\n")


def write_text(text: str) -> None:
    """Write text to standard output, replacing signs its encoding lacks."""
    encoding = sys.stdout.encoding or "utf-8"
    if not can_encode(text, encoding):
        text = text.translate(PLAIN_SIGNS).encode(encoding, "replace").decode(encoding)
    sys.stdout.write(text)


def can_encode(text: str, encoding: str) -> bool:
    """Tell whether an encoding has every sign of a text."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def write_lines(lines: Iterable[bytes]) -> None:
    """Write lines of bytes to standard output, each with an end."""
    out = sys.stdout.buffer
    for line in lines:
        out.write(line)
        out.write(b"\n")
    out.flush()


def tell(text: str) -> None:
    """Write a remark for a person to standard error, where it disturbs no output."""
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def grid(*heads: str, title: str | None = None) -> Table:
    """Return an empty table with light rules; a head that ends in # is of a column of numbers."""
    table = Table(
        box=box_of(sys.stdout.encoding), title=title, title_justify="left", title_style="bold",
        pad_edge=False, show_edge=False, header_style="bold", padding=(0, 1, 0, 0),
    )  # fmt: skip
    for head in heads:
        table.add_column(head.removesuffix("#"), justify="right" if head.endswith("#") else "left")
    return table


def box_of(encoding: str | None) -> Box:
    """Return the rules of a table that an encoding can show."""
    return SIMPLE_HEAD if can_encode("─", encoding or "utf-8") else ASCII_DOUBLE_HEAD


@contextmanager
def progress(what: str, total: int, *, least: int = 0) -> Iterator[Progress]:
    """Show a bar on standard error while something long runs; nothing where it is no terminal.

    least: a smaller total is done before anybody could read a bar.
    """
    is_shown = total >= least and sys.stderr.isatty()
    bars = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True, disable=not is_shown,
    )  # fmt: skip
    with bars:
        bars.add_task(what, total=total)
        yield bars


def step(bars: Progress, done: int) -> None:
    """Move the bar to how much is done."""
    if bars.tasks:
        bars.update(bars.task_ids[0], completed=done)
