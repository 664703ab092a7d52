"""The rules as they were read: sheets, payers, edits, scenarios and amounts, for digests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from importlib.resources import files

from caretally.billability.fees import Fees, read_fees
from caretally.billability.scenarios import Scenario, entries_of, scenarios_in
from caretally.billability.sheets import Rulebook, load_rulebook
from caretally.journal.canonical import line_of
from caretally.yaml_lines import Problems
from tests.golden.frozen import digest

INSTALLED = files("caretally") / "rulebook"
DAYS = tuple(date(year, month, 1) for year in range(2018, 2028) for month in (1, 4, 12))


def of_rulebook() -> dict[str, dict[str, str]]:
    """Digests of a rulebook read anew."""
    rulebook = load_rulebook(INSTALLED)
    return {
        "sheets": {code: digest(sheet) for code, sheet in rulebook.sheets.items()},
        "payers": {name: digest(sheet) for name, sheet in rulebook.payers.items()},
        "changes": {code: digest(list(dates_of(rulebook, code))) for code in rulebook.sheets},
        "rest": {
            "counting": digest(rulebook.counting),
            "sources": digest(rulebook.sources),
            "edits": digest(rulebook.edits),
            "loaded": digest([rulebook.loaded_from, rulebook.loaded_to]),
        },
    }


def dates_of(rulebook: Rulebook, code: str) -> Iterator[object]:
    """When a code's rules change."""
    sheet = rulebook.sheets[code]
    yield [sheet.change_dates(), sheet.straddle_dates()]
    for day in DAYS:
        version = sheet.version_on(day)
        yield version.from_on if version else None


def of_stories(file: str) -> dict[str, dict[str, str]]:
    """Digests of a file's scenarios as they are read: what happens and what is expected."""
    return {story.name: {"story": digest(list(parts_of(story)))} for story in stories(file)}


def stories(file: str) -> list[Scenario]:
    """The scenarios of a file, read anew."""
    problems = Problems()
    found = scenarios_in(INSTALLED.joinpath(file).read_text("utf-8"), file, problems)
    assert problems.found == []
    return found


def parts_of(story: Scenario) -> Iterable[object]:
    """What makes a scenario; where it stands in its file is left out."""
    yield [story.file, story.cites, story.note, str(story.month), story.policy, story.as_of]
    yield [story.refused, story.checks]
    yield story.entries if story.refused else [line_of(each).decode() for each in entries_of(story)]


def of_fees() -> dict[str, dict[str, str]]:
    """Digests of all amounts of the fee tables, by code."""
    fees = read_fees(INSTALLED)
    return {code: {"amounts": digest(list(amounts_of(fees, code)))} for code in fees.rates}


def amounts_of(fees: Fees, code: str) -> Iterator[object]:
    """What a code comes to on some days, sites and localities."""
    yield [fees.rates[code], sorted(map(str, fees.index_years)), len(fees.indexes)]
    for year, state, locality in list(fees.indexes)[::40]:
        index = fees.indexes[year, state, locality]
        for rate in fees.rates[code]:
            for facility in (False, True):
                yield [index, str(rate.amount(index, facility=facility))]
