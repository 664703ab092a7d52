"""Protocols in: a pack joined with what every call says, checked whole, refused with all problems.

A pack is read from its own file and from the one it builds on, so that identity, disclosure and the
emergencies of every condition are written once. The digest is over both.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from caretally.contacts.wellness_calls.pack_checks import Read, check
from caretally.contacts.wellness_calls.pack_rows import (
    Placed,
    device_of,
    flag_of,
    parameter_of,
    question_of,
    spoken,
    table_rows,
)
from caretally.contacts.wellness_calls.packs import SECTIONS, Pack, Question
from caretally.errors import InputError, Problem
from caretally.yaml_lines import Problems, Row, read_table

FOUNDATION = "every_call"
NAMES = ("general", "heart_failure", "hypertension", "copd", "diabetes")
SHELF = files("caretally.contacts.wellness_calls") / "packs"


@cache
def installed(name: str) -> Pack:
    """Return a protocol that comes with the program.

    Raises:
        InputError: there is none of this name, or it cannot be used.
    """
    if name not in NAMES:
        problem = Problem(
            where="protocol", found=repr(name), expected="one of " + ", ".join(NAMES),
            hint="caretally call protocols lists them",
        )  # fmt: skip
        raise InputError([problem])
    return read_pack(shelved(name), f"{name}.yaml")


def shelved(name: str) -> str:
    """Return the text of an installed file."""
    return (SHELF / f"{name}.yaml").read_text(encoding="utf-8")


def read_pack(text: str, file: str) -> Pack:
    """Return the protocol of a text.

    Raises:
        InputError: it cannot be used; every problem is told with file and line.
    """
    pack, problems = examined(text, file)
    if problems:
        raise InputError(problems)
    return pack


def examined(text: str, file: str) -> tuple[Pack, tuple[Problem, ...]]:
    """Return what could be read of a protocol, and everything that is wrong with it."""
    problems = Problems()
    below = shelved(FOUNDATION)
    rows = [
        Row(read_table(below, f"{FOUNDATION}.yaml", problems), problems),
        Row(read_table(text, file, problems), problems),
    ]
    sources = {key: row.row("sources").text(key) for row in rows for key in _keys(row, "sources")}
    problems.sources = set(sources)
    read = Read()
    for row in rows:
        _take(read, row)
    own = rows[1]
    own.one_of("builds_on", (FOUNDATION,))
    pack = Pack(
        name=own.text("name"),
        title=own.text("title"),
        version=own.text("version"),
        digest="sha256:" + sha256(f"{below}\0{text}".encode()).hexdigest(),
        reviewed_on=own.dated("reviewed_on"),
        signed_by=own.text("signed_by", "") or None,
        signed_on=own.day("signed_on"),
        sources=sources,
        parameters=read.parameters,
        devices=read.devices,
        questions=_ordered(read.questions),
        flags=tuple(each.flag for each in read.flags if each.flag),
        says=read.says,
    )
    check(pack, read, own)
    for row in rows:
        row.finish()
    return pack, problems.settled()


def _keys(row: Row, key: str) -> tuple[str, ...]:
    return row.row(key).written() if key in row.written() else ()


def _take(read: Read, row: Row) -> None:
    """Add the parts of one file."""
    row.asked.add("sources")
    read.parameters |= {n: parameter_of(r) for n, r in table_rows(row, "parameters").items()}
    read.devices |= {n: device_of(r) for n, r in table_rows(row, "devices").items()}
    for each in row.rows("questions"):
        read.questions.append(Placed(question_of(each), None, each))
    for each in row.rows("red_flags"):
        read.flags.append(Placed(None, flag_of(each), each))
    if "says" in row.written():
        sentences = row.row("says")
        read.says |= {name: spoken(sentences, name) for name in sentences.written()}
        sentences.finish()


def _ordered(placed: list[Placed]) -> tuple[Question, ...]:
    """Return the questions in the order of sections; within one as they were written."""
    found = [each.question for each in placed if each.question]
    rank = {section: at for at, section in enumerate(SECTIONS)}
    return tuple(sorted(found, key=lambda each: rank.get(each.section, len(rank))))
