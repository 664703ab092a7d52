"""The installed rulebook loads whole, fast, in an order that works, with a stable digest."""

from __future__ import annotations

import re
import time
from datetime import date
from pathlib import Path

import pytest

import caretally.rulebook
from caretally.billability.criteria import CRITERIA
from caretally.billability.sheet_checks import relations
from caretally.billability.sheets import load_rulebook
from caretally.codes import PAYERS, POLICIES

RULEBOOK = load_rulebook()
PAGES = Path(__file__).parents[3] / "docs" / "interpretations"
FOLDER = Path(str(caretally.rulebook.__file__)).parent


def test_it_is_read_once() -> None:
    assert load_rulebook() is RULEBOOK


def test_all_codes_and_payers_are_there() -> None:
    assert set(RULEBOOK.sheets) == {
        "99453",
        "99454",
        "99445",
        "99457",
        "99458",
        "99470",
        "99091",
        "99473",
        "99474",
        "98975",
        "98976",
        "98977",
        "98978",
        "98979",
        "98980",
        "98981",
        "98984",
        "98985",
        "98986",
        "99490",
        "99439",
        "99487",
        "99489",
        "99491",
        "99437",
        "99424",
        "99425",
        "99426",
        "99427",
        "99484",
        "99495",
        "99496",
        "G0556",
        "G0557",
        "G0558",
        "G0511",
    }
    assert set(RULEBOOK.payers) == set(PAYERS)


def test_rules_are_loaded_for_eight_years() -> None:
    assert RULEBOOK.is_loaded_on(date(2019, 1, 1))
    assert RULEBOOK.is_loaded_on(date(2026, 12, 31))
    assert not RULEBOOK.is_loaded_on(date(2018, 12, 31))
    assert not RULEBOOK.is_loaded_on(date(2027, 1, 1))


def test_every_code_stands_after_those_it_asks_about() -> None:
    seen: set[str] = set()
    for code, sheet in RULEBOOK.sheets.items():
        assert relations(sheet) <= seen, code
        seen.add(code)


def test_every_criterion_used_exists() -> None:
    assert RULEBOOK.criteria() <= CRITERIA.keys()


def test_every_contested_value_has_its_page() -> None:
    named = {page for sheet in RULEBOOK.sheets.values() for page in sheet.pages}
    for parameters in (*(s.parameters for s in RULEBOOK.sheets.values()), RULEBOOK.counting):
        named |= {p.page for p in parameters.values() if p.page}
    assert named
    for page in sorted(named):
        assert (PAGES / f"{page}.md").is_file(), page


def test_every_source_has_an_address_and_every_date_of_reading_is_past() -> None:
    for source in RULEBOOK.sources.values():
        assert source.read_on <= date(2026, 11, 21)
        assert source.url or source.key in {"contract", "unverified"}


def test_no_file_holds_a_machine_path() -> None:
    for path in FOLDER.rglob("*.yaml"):
        text = path.read_text()
        assert "/work" not in text
        assert "/home" not in text


def test_digest_does_not_hang_on_line_ends_or_on_scenarios(copied: Path) -> None:
    assert load_rulebook(copied).digest == RULEBOOK.digest
    path = copied / "medicare" / "99457.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (copied / "medicare" / "99457.scenarios.yaml").write_text("- name: one\n")
    (copied / "cases").mkdir()
    (copied / "cases" / "more.yaml").write_text("- name: two\n")
    assert load_rulebook(copied).digest == RULEBOOK.digest


@pytest.mark.parametrize("name", ["medicare/99457.yaml", "fees/gpci_2025.csv", "sources.yaml"])
def test_digest_changes_with_every_file(copied: Path, name: str) -> None:
    path = copied / name
    path.write_text(path.read_text() + "\n")
    assert load_rulebook(copied).digest != RULEBOOK.digest


def test_digest_is_a_sha256() -> None:
    algorithm, _, digits = RULEBOOK.digest.partition(":")
    assert algorithm == "sha256"
    assert len(bytes.fromhex(digits)) == 32


def test_loading_takes_a_quarter_of_a_second_at_most(copied: Path) -> None:
    def once() -> float:
        began = time.process_time()
        load_rulebook(copied)
        return time.process_time() - began

    assert min(once() for _ in range(3)) <= 0.25


def test_each_counting_policy_says_what_it_counts() -> None:
    for code in ("99457", "99458", "99470", "98979", "98980", "98981"):
        readings = RULEBOOK.sheets[code].parameters["counted_time"].readings
        assert set(readings) == set(POLICIES)
        assert readings["interactive_only"] == ("live",)
        assert readings["cms_combined"] == readings["cms_combined_min_live"]


def test_the_pages_cite_known_sources_only() -> None:
    for page in PAGES.glob("*.md"):
        cited = set(re.findall(r"\[([A-Za-z0-9]+)\]", page.read_text()))
        assert cited <= RULEBOOK.sources.keys(), page.name


def test_no_source_stands_uncited() -> None:
    texts = [p.read_text() for p in (*FOLDER.rglob("*.yaml"), *PAGES.glob("*.md"))]
    for key in RULEBOOK.sources:
        assert any(re.search(rf"[\[ ]{key}[\],]", text) for text in texts), key
