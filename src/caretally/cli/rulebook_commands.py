"""`caretally rulebook …`: read the rules, compare dates, run their scenarios, see the sources."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated

import typer
from rich.text import Text

from caretally.billability.fees import load_fees
from caretally.billability.rulebook_pages import cited_by, source_line
from caretally.billability.scenarios import ScenarioResult, installed_scenarios, run_scenario
from caretally.billability.sheets import Rulebook, load_rulebook
from caretally.cli import screen
from caretally.cli.reading import day_of, meant, payer_of, refusal
from caretally.cli.rulebook_diff import diff_parts
from caretally.cli.rulebook_show import Shelf, code_parts, plain_grid

commands = typer.Typer(
    no_args_is_help=True, help="Read the rules, compare dates, run their scenarios, see sources."
)

Day = Annotated[str, typer.Argument(metavar="DATE", help="A date of service, YYYY-MM-DD.")]


@commands.command(epilog="Example: caretally rulebook show 99457 --on 2025-11-30")
def show(
    code: Annotated[str, typer.Argument(metavar="CODE", help="A billing code, such as 99457.")],
    *,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only the rules of this date of service.")
    ] = None,
    payer: Annotated[
        str | None, typer.Option(metavar="PAYER", help="What this payer does otherwise, too.")
    ] = None,
) -> None:
    """Show what a code asks for, with dated values, sources, readings and scenarios."""
    rulebook = load_rulebook()
    sheet = rulebook.sheets.get(code)
    if sheet is None:
        expected = "a code that has a sheet"
        hint = (
            meant(code, rulebook.sheets) or f"these have one: {', '.join(sorted(rulebook.sheets))}"
        )
        raise refusal("CODE", repr(code), expected, hint)
    named, day = payer_of(payer), day_of(on, "--on") if on else None
    shelf = Shelf(rulebook=rulebook, fees=load_fees(), scenarios=installed_scenarios())
    overlay = rulebook.payers.get(named or "")
    screen.show(*code_parts(shelf, sheet, on=day, payer=overlay))


@commands.command(epilog="Example: caretally rulebook diff 2025-12-31 2026-01-01")
def diff(first: Day, second: Day) -> None:
    """Show what differs between the rules of two dates of service."""
    days = day_of(first, "first DATE"), day_of(second, "second DATE")
    screen.show(*diff_parts(load_rulebook(), load_fees(), *days))


@commands.command(epilog="Example: caretally rulebook verify")
def verify() -> None:
    """Run every scenario of the rulebook on this installation; exit 1 where one fails."""
    rulebook, scenarios = load_rulebook(), installed_scenarios()
    results: list[ScenarioResult] = []
    with screen.progress("scenarios", len(scenarios)) as bars:
        for scenario in scenarios:
            results.append(run_scenario(scenario, rulebook))
            screen.step(bars, len(results))
    failed = [result for result in results if not result.holds]
    for result in failed:
        screen.write_text(f"{result.scenario.where}: {result.scenario.name}\n")
        screen.write_text("".join(f"    {each}\n" for each in result.differences))
    screen.write_text(
        f"{len(results) - len(failed)} of {len(results)} scenarios hold; rulebook"
        f" {rulebook.digest}\n"
    )
    if failed:
        raise typer.Exit(1)


@commands.command(epilog="Example: caretally rulebook sources --key RIM26")
def sources(
    *,
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="Only this source, and what rests on it.")
    ] = None,
) -> None:
    """List the texts the rules rest on, and the codes and payers that cite each."""
    rulebook = load_rulebook()
    if key is not None and key not in rulebook.sources:
        expected = "a key of the rulebook's sources"
        raise refusal("--key", repr(key), expected, meant(key, rulebook.sources))
    users = users_of(rulebook)
    if key is not None:
        screen.show(Text(source_line(rulebook.sources[key]).replace("**", "")))
        screen.show(Text(f"Cited by: {'; '.join(places_of(rulebook, key)) or 'nothing'}"))
        return
    rows = plain_grid(3)
    for name, source in sorted(rulebook.sources.items(), key=lambda item: item[0].casefold()):
        words = f"{source.title} ({source.publisher}); confidence {source.confidence}"
        rows.add_row(name, words, " ".join(users[name]))
    screen.show(rows)


def users_of(rulebook: Rulebook) -> dict[str, list[str]]:
    """Return the codes and payers that cite each source."""
    users: defaultdict[str, list[str]] = defaultdict(list)
    for code, sheet in sorted(rulebook.sheets.items()):
        for key in dict.fromkeys(cited_by(sheet)):
            users[key].append(code)
    for name in rulebook.payers:
        for key in dict.fromkeys(payer_cites(rulebook, name)):
            users[key].append(name)
    for parameter in rulebook.counting.values():
        for key in dict.fromkeys(key for dated in parameter.values for key in dated.cites):
            if "counting" not in users[key]:
                users[key].append("counting")
    return users


def payer_cites(rulebook: Rulebook, payer: str) -> list[str]:
    """Return every key a payer's sheet cites."""
    sheet = rulebook.payers[payer]
    dated = (*sheet.default_policy, *(d for own in sheet.overrides.values() for d in own))
    said = (*(d.cites for d in dated), *(r.cites for r in sheet.restrictions))
    return [key for cites in (*said, *(n.cites for n in sheet.notes)) for key in cites]


def places_of(rulebook: Rulebook, key: str) -> list[str]:
    """Return each value and condition that rests on a source, in words."""
    places: list[str] = []
    for code, sheet in sorted(rulebook.sheets.items()):
        parts = [
            f"{name} from {dated.from_on}"
            for name, parameter in sheet.parameters.items()
            for dated in parameter.values
            if key in dated.cites
        ]
        parts += [
            requirement.name
            for version in sheet.requires
            for requirement in version.requirements
            if key in requirement.cites
        ]
        parts += ["a note" for note in sheet.notes if key in note.cites]
        parts += ["the unit edit"] if sheet.mue and key in sheet.mue.cites else []
        if parts:
            places.append(f"{code}: {', '.join(dict.fromkeys(parts))}")
    places += [payer for payer in rulebook.payers if key in payer_cites(rulebook, payer)]
    return places + [
        f"counting: {name}"
        for name, parameter in rulebook.counting.items()
        if any(key in dated.cites for dated in parameter.values)
    ]
