"""What is decided, read and computed today is what was decided when it was last found right."""

from __future__ import annotations

import pytest

from caretally.billability.scenarios import installed_scenarios, load_scenarios
from caretally.billability.sheets import load_rulebook
from tests.golden import rules
from tests.golden.frozen import ADVICE, digests, of_population, of_scenario, populations, unlike

FILES = sorted({scenario.file for scenario in installed_scenarios()})
READ = {"rules": rules.of_rulebook, "fees": rules.of_fees}


@pytest.mark.parametrize("number", range(len(populations())))
def test_a_population_is_decided_as_before(number: int) -> None:
    population = populations()[number]
    found = of_population(population, load_rulebook())
    assert unlike("populations", str(population.seed), found) == [], ADVICE


@pytest.mark.parametrize("file", FILES)
def test_the_scenarios_of_a_file_are_decided_as_before(file: str) -> None:
    told = [story for story in installed_scenarios() if story.file == file and not story.refused]
    found = [
        text
        for story in told
        for text in unlike("scenarios", story.name, of_scenario(story, load_rulebook()))
    ]
    assert found == [], ADVICE


@pytest.mark.parametrize("file", FILES)
def test_the_scenarios_of_a_file_are_read_as_before(file: str) -> None:
    found = rules.of_stories(file)
    assert [text for name in found for text in unlike("stories", name, found[name])] == [], ADVICE


def test_the_scenarios_are_read_in_the_order_of_files_and_lines() -> None:
    found = [story.name for story in load_scenarios(rules.INSTALLED)]
    frozen = [name for name in digests()["stories"] if name in set(found)]
    assert [name for name in found if name in digests()["stories"]] == frozen, ADVICE


@pytest.mark.parametrize("sort", READ)
def test_what_is_read_is_what_was_read_before(sort: str) -> None:
    found = READ[sort]()
    assert [text for name in found for text in unlike(sort, name, found[name])] == [], ADVICE


def test_every_population_and_most_scenarios_are_frozen() -> None:
    names = {scenario.name for scenario in installed_scenarios() if not scenario.refused}
    kept = names & digests()["scenarios"].keys()
    assert len(digests()["populations"]) == len(populations())
    assert len(kept) > len(names) * 9 // 10, ADVICE
