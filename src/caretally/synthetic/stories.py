"""What a life of the cast should come to in its demonstration month, March 2026.

A story states the wanted outcome apart from any calculation, so that a test can compare; it
decides nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from caretally.clock import ServiceMonth

DEMO_MONTH = ServiceMonth(2026, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One person of the cast and what March 2026 should give.

    headline: the story in one sentence.
    lines: code, units and date of service of everything that may be billed.
    sister_lines: the same for care management beside.
    at_risk: code and reading of the rules under which its line would fall or shrink.
    unmet: code and criterion of what a reader would expect to be billed and is not.
    holds: the names of the holds.
    """

    patient: str
    name: str
    headline: str
    management_seconds: int
    live_seconds: int
    ai_seconds: int = 0
    lines: tuple[tuple[str, int, str], ...] = ()
    sister_lines: tuple[tuple[str, int, str], ...] = ()
    at_risk: tuple[tuple[str, str], ...] = ()
    unmet: tuple[tuple[str, str], ...] = ()
    holds: tuple[str, ...] = ()
