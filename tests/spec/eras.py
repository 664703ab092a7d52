"""The eras of the rules, and how a test tells a month of one in the words of a scenario."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from caretally.billability.scenarios import run_scenario, scenarios_in
from caretally.billability.sheets import load_rulebook
from caretally.yaml_lines import Problems

ERAS = (
    "2019-06", "2020-01", "2020-06", "2021-06", "2022-06", "2023-06", "2024-06", "2025-06",
    "2025-11", "2026-06",
)  # fmt: skip
"""A month between any two dates on which a sheet's requirements change."""
THERAPEUTIC_ERAS = tuple(era for era in ERAS if era >= "2022")
BODY_SYSTEMS = {
    "respiratory": ("98976", "98984"),
    "musculoskeletal": ("98977", "98985"),
    "cognitive_behavioral": ("98978", "98986"),
}
DEVICE_CODES = (
    "99453", "99454", "99445", "98975", "98976", "98977", "98978", "98984", "98985", "98986",
)  # fmt: skip
MINUTES_CODES = ("99457", "99458", "99470", "98979", "98980", "98981")
SPECIFIC_CODES = ("95249", "95250", "95251", "99473", "99474")
FIRST_MONTHS = {
    "99458": "2020-01", "99445": "2026-01", "99470": "2026-01", "98975": "2022-01",
    "98976": "2022-01", "98977": "2022-01", "98978": "2023-01", "98979": "2026-01",
    "98980": "2022-01", "98981": "2022-01", "98984": "2026-01", "98985": "2026-01",
    "98986": "2026-01",
}  # fmt: skip
"""When a code could first be billed, where that is not 2019-01."""


def of_era(codes: tuple[str, ...], era: str) -> list[str]:
    """Return the codes that could be billed in an era."""
    return [code for code in codes if FIRST_MONTHS.get(code, "2019-01") <= era]


def decide_and_compare(month: str, expected: str, *lines: str, entries: Sequence[str] = ()) -> None:
    """Tell a month in lines of a scenario and entries, and show where its expectation fails."""
    told = ["name: a month", f"month: {month}", *lines, f"expect: {{{expected}}}"]
    told.append("entries: [" + ", ".join(f"{{{entry}}}" for entry in entries) + "]")
    problems = Problems()
    text = "scenarios:\n  -\n" + "".join(f"    {line}\n" for line in told)
    (scenario,) = scenarios_in(text, "told.scenarios.yaml", problems)
    assert problems.found == []
    assert run_scenario(scenario, load_rulebook()).differences == ()


def therapeutic(body_system: str) -> tuple[str, ...]:
    """Return the lines of a scenario of therapeutic monitoring; none for no body system."""
    return ("program: rtm", f"body_system: {body_system}") if body_system else ()


def unmet(codes: list[str], criterion: str) -> str:
    """Return the expectation that codes are not billable for want of one criterion."""
    return ", ".join(f"'{code}': {{billable: false, unmet: [{criterion}]}}" for code in codes)


def billable(codes: Iterable[str]) -> str:
    """Return the expectation that codes are billable."""
    return ", ".join(f"'{code}': {{billable: true}}" for code in codes)
