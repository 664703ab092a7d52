"""The generated reference: what the program, its rules and its words are, from the code itself.

`scripts/write_reference.py` writes these pages to docs/reference and finds drift. Nothing is said
here that the code does not say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import typer.main

from caretally.audit.measures import HOUSE, MEASURES, OIG
from caretally.billability.criteria import CRITERIA
from caretally.billability.fees import load_fees
from caretally.billability.flags import MONTH_FLAGS
from caretally.billability.rulebook_pages import Beside, pages, table
from caretally.billability.rulebook_words import EFFECTS
from caretally.billability.scenario_words import expected_words, story_words
from caretally.billability.scenarios import installed_scenarios
from caretally.billability.sheets import Requirement, Rulebook, load_rulebook
from caretally.cli.main import app
from caretally.cli.words import (
    FACT_WORDS,
    HOLD_REMEDIES,
    POLICY_WORDS,
    READING_WORDS,
    REASON_WORDS,
    flag_words,
)  # fmt: skip
from caretally.exchange.tables import reference as tables_page
from caretally.journal import reference as entries_page
from caretally.journal.schema import SCHEMA_FILE, schema
from caretally.patient_months.columns import REASONS
from caretally.settings import DEFAULTS, PREFIX, Settings

HEADER = "<!-- Generated from src/caretally by `make docs`; changes here are lost. -->"
"""First line of a page that is not written by hand."""


def reference() -> dict[str, str]:
    """Return every generated file by its path below docs/reference."""
    rulebook, scenarios = load_rulebook(), installed_scenarios()
    told = {story.name: (story_words(story), expected_words(story)) for story in scenarios}
    return {
        **pages(rulebook, scenarios, Beside(fees=load_fees(), told=told)),
        "cli.md": page("The program", program_lines()),
        "criteria.md": page("Criteria", criteria_lines(rulebook)),
        "flags.md": page("Flags, holds, reasons and readings", flags_lines(rulebook)),
        "settings.md": page("Settings", settings_lines()),
        "entries.md": entries_page.reference(),
        "self-audit.md": page("Measures of the self-audit", audit_lines()),
        tables_page.PAGE: tables_page.reference(),
        SCHEMA_FILE: json.dumps(schema(), indent=2, ensure_ascii=False) + "\n",
    }


def page(title: str, lines: Iterable[str]) -> str:
    """Return a page with its header and title."""
    return "\n".join((HEADER, "", f"# {title}", "", *lines)).rstrip("\n") + "\n"


# --- the program ----------------------------------------------------------------------------------


def program_lines() -> Iterator[str]:
    """Yield every command with its arguments, options and example."""
    yield "`caretally` and `python -m caretally` are the same. Exit status: 0 done, 1 a check found"
    yield "something broken, 2 bad input, 3 a rulebook that cannot be used. Problems go to standard"
    yield "error, each with file, line and field; a command that refuses writes nothing else."
    yield ""
    root = typer.main.get_command(app)
    for path, command in commands_below("caretally", root):
        yield f"## {path}"
        yield ""
        yield command.help or ""
        yield ""
        yield from table(
            ("argument or option", "meaning"),
            (
                (f"`{names_of(parameter)}`", meaning_of(parameter))
                for parameter in command.params
                if parameter.name not in {"install_completion", "show_completion"}
            ),
        )
        yield ""
        if command.epilog:
            yield from ("```sh", command.epilog.removeprefix("Example: "), "```", "")


def commands_below(path: str, group: Any) -> Iterator[tuple[str, Any]]:
    """Yield the commands of a group with the words that call them; groups lead their own."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_below(f"{path} {name}", command)
        else:
            yield f"{path} {name}", command


def names_of(parameter: Any) -> str:
    """Return how an argument or option is written."""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name)
    value = "" if parameter.is_flag else f" {parameter.metavar or parameter.name.upper()}"
    return f"{', '.join(parameter.opts)}{value}"


def meaning_of(parameter: Any) -> str:
    """Return what an argument or option says, and its default where it has one."""
    default = parameter.default
    given = f" Default: `{default}`." if default and not parameter.is_flag else ""
    return f"{parameter.help}{given}" if hasattr(parameter, "is_flag") else str(parameter.help)


# --- the words of a decision ----------------------------------------------------------------------


def criteria_lines(rulebook: Rulebook) -> Iterator[str]:
    """Yield every criterion with its sentence and the codes that ask it."""
    yield "A criterion is one sentence and one comparison. `…` stands for what was observed or is"
    yield "asked for. A code asks it where its sheet names it; unmet, it makes the line fall (no"
    yield "line), holds it until the record is mended (hold), or only flags it."
    yield ""
    users: dict[str, dict[str, list[str]]] = {}
    for code, sheet in sorted(rulebook.sheets.items()):
        for version in sheet.requires:
            for requirement in version.requirements:
                note_users(users, requirement, code)
    yield from table(
        ("criterion", "sentence", "asked by, and without it"),
        ((f"`{name}`", sentence_of(name), users_words(users.get(name, {}))) for name in CRITERIA),
    )


def note_users(users: dict[str, dict[str, list[str]]], asked: Requirement, code: str) -> None:
    """Note which criteria a requirement asks, and what follows without it."""
    effect = EFFECTS[asked.effect] + (f" `{asked.flag}`" if asked.flag else "")
    for single in asked.any_of or (asked,):
        codes = users.setdefault(single.name, {}).setdefault(effect, [])
        if code not in codes:
            codes.append(code)


def users_words(users: dict[str, list[str]]) -> str:
    """Return the codes by what follows without the criterion."""
    if not users:
        return "payers' restrictions in force: hold"
    return "; ".join(f"{effect}: {', '.join(codes)}" for effect, codes in users.items())


def sentence_of(name: str) -> str:
    """Return a criterion's sentence with its blanks shown."""
    text = (CRITERIA[name].__doc__ or "").strip()
    for blank in ("observed", "required"):
        for unit in ("", ":minutes", ":date"):
            text = text.replace(f"{{{blank}{unit}}}", "…")
    return text


def flags_lines(rulebook: Rulebook) -> Iterator[str]:
    """Yield flags, holds, reasons, policies, readings and facts with their sentences."""
    own = {flag.__name__ for flag in MONTH_FLAGS}
    rows = [
        (f"`{name}`", says, "" if name in own else "rulebook")
        for name, says in sorted(flag_words(rulebook).items())
    ]
    yield from section("Flags", "A flag never removes a line; it asks a person to look.",
                       ("flag", "means", "raised by"), rows)  # fmt: skip
    yield from section(
        "Holds", "A hold stops the lines of the codes it names, or all, until it is mended.",
        ("hold", "how to mend"), [(f"`{n}`", says) for n, says in HOLD_REMEDIES.items()],
    )  # fmt: skip
    yield from section(
        "Reasons of an entry", "Why an entry counts less than it lasted.",
        ("reason", "means"), [(f"`{name}`", REASON_WORDS[name]) for name in REASONS],
    )  # fmt: skip
    yield from section(
        "Counting policies", "What counts as time. Payers' sheets name one; `--policy` overrides.",
        ("policy", "counts"), [(f"`{name}`", says) for name, says in POLICY_WORDS.items()],
    )  # fmt: skip
    yield from section(
        "Readings under `at_risk`", "A line at risk falls or shrinks:",
        ("reading", "falls"), [(f"`{name}`", says) for name, says in READING_WORDS.items()],
    )  # fmt: skip
    yield from section(
        "Facts under `next`", "What can be missing.",
        ("fact", "is"), [(f"`{name}`", says) for name, says in FACT_WORDS.items()],
    )  # fmt: skip


def section(
    title: str, says: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]
) -> Iterator[str]:
    """Yield a section with a sentence and a table."""
    yield from (f"## {title}", "", says, "", *table(columns, rows), "")


def audit_lines() -> Iterator[str]:
    """Yield every measure of the self-audit with what its docstring says."""
    yield "Taken by `caretally self-audit` and shown on its page; why, in"
    yield "[the explanation](../explanation/self-audit.md). Confidence is of the published figure"
    yield "and of our alarm: high, medium, low. Sources stand below."
    yield ""
    for subject, title in ((OIG, "What OIG measures"), (HOUSE, "House measures")):
        yield from (f"## {title}", "")
        yield from table(
            ("measure", "looks for", "how", "published", "sources", "alarm", "confidence"),
            (
                (f"`{each.name}`", each.says, capital(each.how), capital(each.published),
                 ", ".join(each.sources) or "–", capital(each.alarm), each.confidence_words)
                for each in MEASURES.values() if each.subject == subject
            ),
        )  # fmt: skip
        yield ""
    yield from ("## Sources", "")
    cited = {key: source for each in MEASURES.values() for key, source in each.cited}
    rows = ((key, f"[{source.title}]({source.url})") for key, source in sorted(cited.items()))
    yield from table(("key", "source"), rows)


def capital(text: str) -> str:
    """Return a text that begins with a capital."""
    return text[:1].upper() + text[1:]


def settings_lines() -> Iterator[str]:
    """Yield every setting with its default."""
    yield "Read from the environment. A name that begins so and is not listed is refused, because a"
    yield "misspelled setting is one that somebody believes to be on."
    yield ""
    said = (line.strip().partition(": ") for line in (Settings.__doc__ or "").splitlines()[2:])
    meanings = {name: f"{meaning[:1].upper()}{meaning[1:]}" for name, _, meaning in said}
    yield from table(
        ("setting", "meaning", "default"),
        (
            (f"`{PREFIX}{name.upper()}`", meanings[name], f"`{default}`" if default else "none")
            for name, default in DEFAULTS.items()
        ),
    )
