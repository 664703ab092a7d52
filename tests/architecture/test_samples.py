"""The sheets shown in CONTRIBUTING.md load: whoever follows the page is not sent astray."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path

import pytest

from caretally.billability.sheets import load_rulebook
from caretally.errors import RulebookError
from tests.architecture.modules import PACKAGE, ROOT

FENCED = re.compile(r"^ *```yaml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SOURCES = "".join(
    f"""
{key}:
  title: A text of 2027
  publisher: Somebody
  url: https://example.org/{key}
  read_on: 2026-12-01
  confidence: high
"""
    for key in ("FR27", "BLUEEX")
)


def samples() -> tuple[str, str]:
    """Return the sheet and the payer sheet that the page shows."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    sheet, payer = (textwrap.dedent(sample) for sample in FENCED.findall(page))
    return sheet, payer.replace("blue_example", "commercial")


@pytest.fixture
def rulebook(tmp_path: Path) -> Path:
    """Write a copy of the rulebook with the sheets of the page and the sources they cite."""
    folder = tmp_path / "rulebook"
    shutil.copytree(PACKAGE / "rulebook", folder, ignore=shutil.ignore_patterns("*.py", "__pyc*"))
    sheet, payer = samples()
    (folder / "medicare" / "99999.yaml").write_text(sheet, encoding="utf-8")
    (folder / "payers" / "commercial.yaml").write_text(payer, encoding="utf-8")
    with (folder / "sources.yaml").open("a", encoding="utf-8") as sources:
        sources.write(SOURCES)
    return folder


def test_the_samples_load(rulebook: Path) -> None:
    loaded = load_rulebook(rulebook)
    assert "99999" in loaded.sheets
    assert [rule.id for rule in loaded.payers["commercial"].restrictions] == [
        "named_conditions_only"
    ]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("talked_live", "talked_lively"),
        ("minimum: long_block", "minimum: longer_block"),
        ("cites: [FR27]", "cites: [FR28]"),
        ("unit: seconds ", "unit: minutes "),
        ("summary:", "sumary:"),
    ],
)
def test_a_slip_in_a_sheet_is_refused(rulebook: Path, right: str, wrong: str) -> None:
    sheet, _ = samples()
    assert right in sheet
    (rulebook / "medicare" / "99999.yaml").write_text(sheet.replace(right, wrong), encoding="utf-8")
    with pytest.raises(RulebookError, match=r"99999\.yaml:\d+"):
        load_rulebook(rulebook)
