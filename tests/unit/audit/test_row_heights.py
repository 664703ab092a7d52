"""Heights of rows are told beforehand, and never too low for what typst sets."""

from __future__ import annotations

import json

import pytest

from caretally.audit import extras
from caretally.audit.row_heights import INSETS, UNTOLD, heights
from caretally.audit.typesetting import fonts
from caretally.billability.criteria import CRITERIA

WIDE = (60, 75, 90, 150, 220, 260)
MEASURE = b"""
#let told = json(bytes(sys.inputs.at("told")))
#set text(font: "Libertinus Serif", size: 8pt, number-type: "lining", number-width: "tabular")
#set par(leading: 0.45em, linebreaks: "simple")
#context [#metadata(told.map(each =>
  measure(box(width: each.at(0) * 1pt - 7pt, each.at(1))).height.pt()
))<high>]
"""


def words() -> list[str]:
    """Return texts as they stand in tables: words of criteria, ids, instants, digits, capitals."""
    docs = [" ".join((criterion.__doc__ or name).split()) for name, criterion in CRITERIA.items()]
    return [
        *docs, *(doc.upper() for doc in docs), "2026-02-03 09:10:11 to 09:31:40",
        "Not so: No earlier period of the episode already met this code. [MCR, CALC99453]",
        "review, Rosa Lind, nurse\nent_11_0000_0001_0052", "AVAVA WAWA 11111 11111 f fi fl ffi",
    ]  # fmt: skip


def test_no_row_is_too_low_for_its_words() -> None:
    asked = [(wide, text) for text in words() for wide in WIDE]
    compiler = extras.typst.Compiler(
        input=MEASURE, font_paths=fonts(), ignore_system_fonts=True,
        sys_inputs={"told": json.dumps(asked)},
    )  # fmt: skip
    measured = json.loads(compiler.query("<high>", field="value", one=True))
    told = [heights([[text]], [0], [wide])[0] for wide, text in asked]
    known = [(high, set_so) for high, set_so in zip(told, measured, strict=True) if high]
    assert len(known) > len(told) // 2
    assert [each for each in known if each[0] - INSETS < each[1] - 0.1] == []


@pytest.mark.parametrize("text", ["\u738b", "a" * 60])
def test_what_cannot_be_told_is_left_to_the_page(text: str) -> None:
    assert heights([["one", text], ["one", "two"]], [1, 0], [0, 100]) == [UNTOLD, 11.7]


def test_columns_with_shares_get_what_is_left() -> None:
    text = "word " * 40
    narrow, wide = (heights([["one", text]], [0, 1], [left, 0])[0] for left in (400, 100))
    assert narrow > wide > 11.7
