"""Every command, criterion, entry kind, flag, hold, reason, fact and setting has its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from caretally.billability.criteria import CRITERIA, FACT_OF
from caretally.billability.decide import decide
from caretally.billability.flags import MONTH_FLAGS
from caretally.billability.sheets import load_rulebook
from caretally.cli.main import app
from caretally.cli.reference import HEADER, commands_below, reference
from caretally.cli.words import (
    FACT_WORDS,
    HOLD_REMEDIES,
    MODE_WORDS,
    POLICY_WORDS,
    READING_WORDS,
    REASON_WORDS,
    WARNING_WORDS,
    denied,
    flag_words,
)  # fmt: skip
from caretally.clock import ServiceMonth
from caretally.codes import ATTEMPT_MODES, CONTACT_MODES, POLICIES, READINGS
from caretally.journal.entries import KINDS
from caretally.patient_months.columns import REASONS
from caretally.settings import DEFAULTS, PREFIX
from caretally.synthetic.cast import cast_entries

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
LINK = re.compile(r"\]\((?P<file>[^)#:\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def read(name: str) -> str:
    """Return a page of the reference."""
    return (REFERENCE / name).read_text(encoding="utf-8")


def holding() -> set[str]:
    """Return the names of all criteria that hold lines."""
    return {
        single.name
        for sheet in load_rulebook().sheets.values()
        for version in sheet.requires
        for requirement in version.requirements
        if requirement.effect == "holds"
        for single in (requirement.any_of or (requirement,))[:1]
    }


def warning() -> set[str]:
    """Return the flags that unmet criteria raise."""
    return {
        requirement.flag
        for sheet in load_rulebook().sheets.values()
        for version in sheet.requires
        for requirement in version.requirements
        if requirement.flag
    }


def test_every_word_of_a_decision_has_a_sentence() -> None:
    assert list(REASON_WORDS) == list(REASONS)
    assert HOLD_REMEDIES.keys() == holding() | {"rules_are_loaded", "has_payer_diagnosis"}
    assert READING_WORDS.keys() == set(READINGS)
    assert POLICY_WORDS.keys() == set(POLICIES)
    assert FACT_WORDS.keys() >= set(FACT_OF.values())
    assert MODE_WORDS.keys() == {*CONTACT_MODES, *ATTEMPT_MODES}
    assert WARNING_WORDS.keys() == warning()
    flags = flag_words(load_rulebook())
    assert flags.keys() >= {flag.__name__ for flag in MONTH_FLAGS} | warning()
    assert all(says.endswith(".") and says[0].isupper() for says in flags.values())


def test_a_sentence_without_amounts_is_denied_where_it_does_not_hold() -> None:
    assert denied("The base code stands in this month.").startswith("Not so: ")
    assert not denied("Counted management time came to 3 min; 20 min are needed.").startswith("Not")


def test_every_command_is_documented_with_an_example() -> None:
    page = read("cli.md")
    for path, command in commands_below("caretally", typer.main.get_command(app)):
        assert f"\n## {path}\n" in page
        assert (command.epilog or "").startswith(f"Example: {path}"), path
        for parameter in command.params:
            assert parameter.help, f"{path} {parameter.name} says nothing"
            assert all(f"`{name}" in page for name in parameter.opts if name.startswith("-"))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("criteria.md", list(CRITERIA)),
        ("flags.md", [*REASONS, *HOLD_REMEDIES, *READINGS, *FACT_WORDS, *WARNING_WORDS]),
        ("settings.md", [f"{PREFIX}{name.upper()}" for name in DEFAULTS]),
        ("entries.md", list(KINDS)),
        ("payers.md", list(load_rulebook().payers)),
        ("sources.md", list(load_rulebook().sources)),
    ],
)
def test_every_word_is_on_its_page(page: str, words: list[str]) -> None:
    text = read(page)
    assert [word for word in words if word not in text] == []


def keys_of(said: Any) -> Iterator[str]:
    """Yield every key of a decision but codes and facts, which are words of their own."""
    if isinstance(said, list):
        for each in said:
            yield from keys_of(each)
    elif isinstance(said, dict):
        for key, value in said.items():
            if not re.fullmatch(r"[0-9G]\d{4}", key) and key not in FACT_WORDS:
                yield key
            yield from keys_of(value)


def test_every_field_of_a_decision_is_on_the_contract_s_page() -> None:
    page = read("contract.md")
    months = [ServiceMonth(2026, 1), ServiceMonth(2026, 3), ServiceMonth(2027, 1)]
    found = {
        key
        for month in months
        for decision in decide(cast_entries(), month)
        for key in keys_of(decision.to_json())
    }
    assert {key for key in found if f"`{key}`" not in page and f'"{key}"' not in page} == set()


def anchors_of(text: str) -> set[str]:
    """Return the anchors of a page's headings, as they are made of them where pages are shown."""
    said = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(text))
    return {title.strip().replace(" ", "-") for title in said}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lost = []
    for link in LINK.finditer(text):
        target = page.parent / link["file"] if link["file"] else page
        anchor = link["anchor"]
        if not target.exists() or (anchor and anchor not in anchors_of(target.read_text("utf-8"))):
            lost.append(link[0])
    assert lost == []


def test_generated_pages_say_so_and_pages_by_hand_do_not() -> None:
    for name, text in reference().items():
        if name.endswith(".md"):
            assert text.startswith("<!-- "), name
    assert read("cli.md").startswith(HEADER)
    assert not read("contract.md").startswith("<!-- ")
