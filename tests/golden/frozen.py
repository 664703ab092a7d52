"""Decisions as they were once found right, kept as digests; a change of any of them is shown.

The populations stand beside this file as entries, so that a change of the generator changes
nothing here. Who is right is not judged: `python -m tests.golden.write` writes the digests anew,
and refuses where the oracle or a scenario disagrees.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from caretally.billability.decide import decide
from caretally.billability.decision import Decision
from caretally.billability.scenarios import Scenario, entries_of
from caretally.billability.sheets import Rulebook
from caretally.clock import ServiceMonth
from caretally.journal.entries import Entry
from caretally.journal.ndjson import entry_from_json

FOLDER = Path(__file__).parent
POPULATIONS = FOLDER / "populations.ndjson.gz"
DIGESTS = FOLDER / "digests.json"
KEYS = (
    "contract", "patient", "month", "time_zone", "payer", "policy", "totals", "periods", "lines",
    "sister_lines", "codes", "entries", "next", "holds", "flags",
)  # fmt: skip
"""All that a decision says but the rulebook's digest, which any comment in a sheet changes."""
WIDTH = 5
"""Hexadecimal digits kept of a digest: chance hides one change in a million."""
ADVICE = "if the change is meant: python -m tests.golden.write"

Digests = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Some patients' entries, and how they are decided."""

    seed: int
    month: ServiceMonth
    policy: str | None
    as_of: datetime | None
    entries: tuple[Entry, ...]


@lru_cache(maxsize=1)
def populations() -> tuple[Population, ...]:
    """The frozen populations; one a line."""
    with gzip.open(POPULATIONS, "rt", encoding="utf-8") as lines:
        return tuple(population_of(json.loads(line)) for line in lines)


def population_of(told: Mapping[str, Any]) -> Population:
    """A population from its line."""
    as_of = told["as_of"]
    return Population(
        seed=told["seed"],
        month=ServiceMonth.parse(told["month"]),
        policy=told["policy"],
        as_of=None if as_of is None else datetime.fromisoformat(as_of),
        entries=tuple(entry_from_json(entry) for entry in told["entries"]),
    )


@lru_cache(maxsize=1)
def digests() -> dict[str, Digests]:
    """The digests by sort, name and part."""
    found: dict[str, Digests] = json.loads(DIGESTS.read_text("utf-8"))
    return found


def digest(value: object) -> str:
    """A short digest of anything that is made of records, collections and plain values."""
    text = json.dumps(plain(value), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:WIDTH]


def plain(value: Any) -> Any:
    """A value in JSON's words, the same in every run; the order of mappings is kept as well."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return [type(value).__name__, named]
    if isinstance(value, Mapping):
        return [[plain(key), plain(item)] for key, item in value.items()]
    if isinstance(value, AbstractSet):
        return sorted(map(str, value))
    if isinstance(value, partial):
        return ["partial", plain(value.func), plain(value.args), plain(value.keywords)]
    if callable(value):
        return value.__qualname__
    return [plain(item) for item in value] if isinstance(value, list | tuple) else str(value)


def words_of(decision: Decision) -> str:
    """The digests of what a decision says, key by key."""
    said = decision.to_json()
    assert said.keys() == {*KEYS, "rulebook"}
    assert said["rulebook"] == decision.month.rulebook.digest
    return " ".join(digest(said[key]) for key in KEYS)


def of_population(population: Population, rulebook: Rulebook) -> dict[str, str]:
    """The digests of a population's decisions, by patient."""
    return told(
        decide(
            population.entries,
            population.month,
            policy=population.policy,
            as_of=population.as_of,
            rulebook=rulebook,
        )
    )


def of_scenario(scenario: Scenario, rulebook: Rulebook) -> dict[str, str]:
    """The digests of a scenario's decisions, by patient."""
    return told(
        decide(
            entries_of(scenario),
            scenario.month,
            policy=scenario.policy,
            as_of=scenario.as_of,
            rulebook=rulebook,
        )
    )


def told(decisions: Iterable[Decision]) -> dict[str, str]:
    """The digests of decisions by patient."""
    return {decision.patient: words_of(decision) for decision in decisions}


def unlike(sort: str, name: str, found: Mapping[str, str]) -> list[str]:
    """What differs from what was frozen, in words; a name that was never frozen differs not."""
    meant = digests()[sort].get(name, found)
    if list(meant) != list(found):
        return [f"{name}: {list(found)} instead of {list(meant)}"]
    return [
        f"{name} {part}: another {', '.join(keys_unlike(meant[part], found[part]))}"
        for part in meant
        if meant[part] != found[part]
    ]


def keys_unlike(meant: str, found: str) -> list[str]:
    """The keys of a decision whose digests differ."""
    both = zip(meant.split(), found.split(), strict=True)
    differ = [one != other for one, other in both]
    keys = KEYS if len(differ) == len(KEYS) else ("content",)
    return [key for key, is_other in zip(keys, differ, strict=True) if is_other]
