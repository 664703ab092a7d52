"""Writes the digests anew: `python -m tests.golden.write [--populations]`.

Refuses, and leaves all files as they are, where the oracle decides a population otherwise or a
scenario does not hold: wrong decisions are not to be frozen. With --populations the entries are
drawn anew from the hostile generator too.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import count, islice
from typing import Any

from caretally.billability.scenarios import installed_scenarios, run_scenario
from caretally.billability.sheets import load_rulebook
from caretally.errors import InputError
from caretally.journal.ndjson import entry_to_json
from tests.golden import refusals
from tests.golden.frozen import (
    DIGESTS,
    POPULATIONS,
    of_population,
    of_scenario,
    population_of,
    populations,
)  # fmt: skip
from tests.golden.rules import of_fees, of_rulebook, of_stories
from tests.property.compare import differences, variant_of
from tests.property.hostile import hostile_entries

COUNT = 48


def lines() -> Iterator[str]:
    """Populations that can be read back, one a line."""
    for seed in count():
        entries, month = hostile_entries(seed)
        policy, as_of = variant_of(seed, entries)
        told: dict[str, Any] = {
            "seed": seed,
            "month": str(month),
            "policy": policy,
            "as_of": None if as_of is None else as_of.isoformat(),
            "entries": [entry_to_json(entry) for entry in entries],
        }
        line = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=int)
        with suppress(InputError):
            read = population_of(json.loads(line))
            wrong = differences(read.entries, read.month, policy, as_of)
            print(*(f"seed {seed} left out: {text}" for text in wrong), sep="\n", end="")
            if not wrong:
                yield line + "\n"


def write_populations() -> None:
    """Draw the populations anew; the same entries make the same bytes."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as out:
        out.write("".join(islice(lines(), COUNT)).encode())
    POPULATIONS.write_bytes(packed.getvalue())


def faults() -> Iterator[str]:
    """What the oracle and the scenarios say against the decisions."""
    for each in populations():
        yield from differences(each.entries, each.month, each.policy, each.as_of)
    for story in installed_scenarios():
        yield from (f"{story.where}: {text}" for text in run_scenario(story, rules()).differences)


rules = load_rulebook


def files() -> list[str]:
    """The files of scenarios, in the order they are read."""
    return list(dict.fromkeys(story.file for story in installed_scenarios()))


def found() -> dict[str, dict[str, dict[str, str]]]:
    """All digests."""
    decided = {
        story.name: of_scenario(story, rules())
        for story in installed_scenarios()
        if not story.refused
    }
    return {
        "populations": {str(each.seed): of_population(each, rules()) for each in populations()},
        "scenarios": decided,
        "stories": {name: told for file in files() for name, told in of_stories(file).items()},
        "rules": of_rulebook(),
        "fees": of_fees(),
    }


def main() -> int:
    """Write the digests, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--populations", action="store_true", help="draw the entries anew")
    if parser.parse_args().populations:
        write_populations()
    wrong = list(faults())
    if wrong:
        print("\n".join(wrong), "nothing was written", sep="\n")
        return 1
    text = json.dumps(found(), indent=0, ensure_ascii=False, sort_keys=False)
    DIGESTS.write_text(text + "\n", encoding="utf-8")
    said = json.dumps(refusals.found(), indent=1, ensure_ascii=False)
    refusals.REFUSALS.write_text(said + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
