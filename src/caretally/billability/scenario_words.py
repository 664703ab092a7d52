"""A scenario in words for the reference: what happens in it, and what it expects.

What every scenario takes for granted is left out, so that a page shows only what differs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from caretally.billability.scenario_checks import Check
from caretally.billability.scenarios import Scenario
from caretally.billability.sentences import minutes
from caretally.clock import DEFAULT_ZONE, local_date

PLACE = re.compile(r"^(scenarios\[\d+\]\.)?expect\.")
PATIENT = re.compile(r"^patients\.[^.]+\.")
USUAL_IDS = re.compile(
    r"^(clinic|nurse|np|pat.*-(enrolled|consented|ordered|covered|assigned|set-up))$"
)
SPANS = frozenset({"contact_held", "contact_attempted", "time_logged"})


def story_words(scenario: Scenario) -> str:
    """Return what happens in a scenario, in a line."""
    zone = zone_of(scenario.entries)
    told = [span_words(entry, zone) for entry in scenario.entries if entry["kind"] in SPANS]
    parts = [f"{words} ×{count}" if count > 1 else words for words, count in Counter(told).items()]
    parts += readings_words(scenario.entries, zone)
    parts += [
        f"{day_of(entry, zone)} `{entry['kind']}`"
        for entry in scenario.entries
        if entry["kind"] not in SPANS | {"reading_recorded"}
        and not USUAL_IDS.fullmatch(str(entry["id"]))
    ]
    parts += [f"counted as `{scenario.policy}`"] if scenario.policy else []
    parts += [f"known by {scenario.as_of:%Y-%m-%d}"] if scenario.as_of else []
    return "; ".join(parts)


def zone_of(entries: Sequence[Mapping[str, Any]]) -> str:
    """Return the zone in which the days of a story are told."""
    bodies = (entry["body"] for entry in entries if entry["kind"] == "enrolled")
    return next((body["time_zone"] for body in bodies if "time_zone" in body), DEFAULT_ZONE)


def day_of(entry: Mapping[str, Any], zone: str) -> str:
    """Return the local month and day of an entry."""
    return f"{local_date(datetime.fromisoformat(str(entry['at'])), zone):%m-%d}"


def span_words(entry: Mapping[str, Any], zone: str) -> str:
    """Return a span in a few words: 03-04 telephone 15 min."""
    body = entry["body"]
    what = body.get("category") or body["mode"]
    if "outcome" in body:
        what = f"{what} {body['outcome']}"
    lasted = ""
    if body.get("start") and body.get("end"):
        span = datetime.fromisoformat(body["end"]) - datetime.fromisoformat(body["start"])
        lasted = f" {minutes(int(span.total_seconds()))}"
    extra = " (99091)" if body.get("intended_code") else ""
    program = f" {body['program']}" if body["program"] not in {"rpm", "rtm"} else ""
    return f"{day_of(entry, zone)}{program} {what.replace('_', ' ')}{lasted}{extra}"


def readings_words(entries: Sequence[Mapping[str, Any]], zone: str) -> Iterator[str]:
    """Yield on how many days readings were sent, from which to which."""
    days = sorted({day_of(e, zone) for e in entries if e["kind"] == "reading_recorded"})
    if days:
        span = f" from {days[0]} to {days[-1]}" if len(days) > 1 else f", {days[0]}"
        yield f"readings on {len(days)} day{'s' * (len(days) > 1)}{span}"


def expected_words(scenario: Scenario) -> str:
    """Return what a scenario expects, in a line."""
    several = len(scenario.checks) > 1
    parts = [
        f"{f'{patient}: ' if several else ''}{expectation_words(check)}"
        for patient, checks in scenario.checks.items()
        for check in checks
    ]
    parts += [f"refused, saying {word}" for word in scenario.refused]
    return "; ".join(parts)


def expectation_words(check: Check) -> str:
    """Return one expectation: the place in the decision, and what should stand there."""
    place = PATIENT.sub("", PLACE.sub("", check.what))
    verb = {"equals": "", "contains": "with ", "lacks": "without "}[check.relation]
    return f"{place} {verb}{wanted_words(check.what, check.wanted)}"


def wanted_words(what: str, wanted: object) -> str:
    """Return a wanted value in words."""
    if isinstance(wanted, tuple):
        return "yes" if wanted[0] else "no"
    if isinstance(wanted, bool):
        return "yes" if wanted else "no"
    if isinstance(wanted, int) and what.endswith("_seconds"):
        return minutes(wanted)
    if isinstance(wanted, Mapping):
        return ", ".join(f"{key} {value}" for key, value in wanted.items()) or "absent"
    if isinstance(wanted, list):
        return ", ".join(map(str, wanted)) or "none"
    return "none" if wanted is None else str(wanted)
