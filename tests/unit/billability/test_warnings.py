"""A requirement that only warns raises its flag and takes no line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from caretally.billability.sheets import Requirement, Rulebook, load_rulebook
from tests.unit.billability.stories import decided, said

MONTH = said("month: 2026-03", "without: [ordered]", "entries: [{at: 03-04 10:00, contact: 25m}]")


def with_effect(name: str, effect: str, flag: str | None) -> Rulebook:
    """The installed rules, with another effect of one requirement of 99457."""

    def changed(requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
        return tuple(
            replace(each, effect=effect, flag=flag) if each.name == name else each
            for each in requirements
        )

    rules = load_rulebook()
    sheet = rules.sheets["99457"]
    versions = tuple(replace(v, requirements=changed(v.requirements)) for v in sheet.requires)
    sheets = {**rules.sheets, "99457": replace(sheet, requires=versions)}
    return replace(rules, sheets=sheets, digest=f"{name} {effect} {flag}")


def codes(rulebook: Rulebook) -> list[str]:
    """The codes that become lines."""
    return [line["code"] for line in decided(MONTH, rulebook)["lines"]]


def test_a_missing_order_holds_the_line() -> None:
    decision = decided(MONTH)
    assert "99457" not in [line["code"] for line in decision["lines"]]
    assert "is_ordered" in {hold["name"] for hold in decision["holds"]}


def test_the_same_as_a_warning_leaves_the_line_and_raises_the_flag() -> None:
    rules = with_effect("is_ordered", "warns", "no_order")
    assert "99457" in codes(rules)
    assert "no_order" in decided(MONTH, rules)["flags"]


def test_a_warning_that_is_met_raises_nothing() -> None:
    rules = with_effect("has_consent", "warns", "no_consent")
    assert "no_consent" not in decided(MONTH, rules)["flags"]


def test_what_informs_raises_nothing_and_takes_nothing() -> None:
    rules = with_effect("is_ordered", "informs", None)
    assert "99457" in codes(rules)
    assert "is_ordered" not in {
        hold["name"] for hold in decided(MONTH, rules)["holds"] if "99457" in str(hold)
    }
