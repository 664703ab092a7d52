"""What a sheet may say: criteria with their arguments, units, programs, and the order of codes.

The tables here are the whole vocabulary of a sheet. A word outside them stops the load, because a
rule the program cannot apply must not look as if it were applied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Signature, signature

from caretally.billability import criteria, units
from caretally.billability.sheet_records import Requirement, Sheet
from caretally.codes import BODY_SYSTEMS, CODE_BITS
from caretally.yaml_lines import Problems

MEASURES: Mapping[str, str] = {
    "is_authorized": "flag", "is_first_setup": "flag", "is_established": "years",
    "began_monitoring_by": "date",
    "reaches_data_days": "days", "reaches_covid_days": "days", "stays_within_data_days": "days",
    "cap": "units",
}  # fmt: skip
"""Units of the amounts a criterion, or an argument of a units function, takes; else seconds."""

POLICY_ARGUMENT = "counted"
"""The argument that takes the kinds of time a counting policy counts."""

SOFT_CAP = {"soft_cap": "units?"}
"""Beside a cap: above it the units stand, and decide raises a flag. No units function takes it."""


def argument_kinds(function: Callable[..., object]) -> dict[str, str]:
    """Return the arguments of a criterion or units function after the slot, each with its kind.

    A kind is a unit (the argument names a parameter of that unit), or `codes` or `word` for what
    is written out in the sheet; `?` marks an optional argument.
    """
    kinds = {}
    for name, argument in list(signature(function).parameters.items())[1:]:
        if name == POLICY_ARGUMENT:
            kind = "policy"
        elif argument.annotation == "Whole":
            kind = MEASURES.get(name, MEASURES.get(function.__name__, "seconds"))
        else:
            kind = "word" if argument.annotation == "str" else "codes"
        kinds[name] = kind + ("" if argument.default is Signature.empty else "?")
    return kinds


CRITERIA: Mapping[str, Mapping[str, str]] = {
    name: argument_kinds(criterion) for name, criterion in criteria.CRITERIA.items()
}
UNITS: Mapping[str, Mapping[str, str]] = {
    name: argument_kinds(function) | (SOFT_CAP if "cap" in argument_kinds(function) else {})
    for name, function in units.UNITS.items()
}
COUNTING: Mapping[str, str] = {
    "counted_roles": "words", "practitioner_roles": "words", "counted_categories": "words",
    "live_modes": "words", "clinical_topics": "words", "plausible_span": "seconds",
    "period_length": "days", "late_after": "seconds", "short_below": "seconds",
    "low_live_below": "seconds",
}  # fmt: skip
"""The parameters of counting.yaml with their units: exactly what the fold reads."""

PARAMETER_UNITS = (
    "seconds",
    "days",
    "units",
    "years",
    "date",
    "flag",
    "policy",
    "words",
)
PROGRAMS_OF_SHEETS = (
    "rpm",
    "rtm",
    "any",
    "ccm",
    "pcm",
    "bhi",
    "apcm",
    "tcm",
    "smbp",
    "fqhc_rhc",
)
EFFECTS = ("blocks", "holds", "warns", "informs")
RELATIONS = ("is_billable", "is_not_bundled", "is_preferred_to")


def check_arguments(
    place: tuple[str, str],
    given: Mapping[str, str | tuple[str, ...]],
    wanted: Mapping[str, str],
    units_of: Mapping[str, str],
    problems: Problems,
) -> None:
    """Refuse unknown, missing and ill-typed arguments of a criterion or units function.

    `place` is file:line and the dotted name; `units_of` maps the sheet's parameters to units.
    """
    where, name = place
    for argument in given.keys() - wanted.keys():
        allowed = ", ".join(wanted) or "no arguments"
        problems.add(where, name, f"the unknown argument {argument!r}", allowed)
    for argument, kind in wanted.items():
        value = given.get(argument)
        if value is None and not kind.endswith("?"):
            problems.add(where, name, f"no argument {argument!r}", f"{argument}: of kind {kind}")
        if value is not None:
            check_argument(
                where,
                f"{name}.{argument}",
                (value, kind.rstrip("?")),
                units_of,
                problems,
            )


def check_argument(
    where: str,
    name: str,
    given: tuple[str | tuple[str, ...], str],
    units_of: Mapping[str, str],
    problems: Problems,
) -> None:
    """Refuse one argument, given as value and wanted kind, that is not of its kind."""
    value, kind = given
    if kind == "codes":
        check_codes(where, name, value, problems)
    elif not isinstance(value, str):
        problems.add(where, name, "a list", f"one word of kind {kind}")
    elif kind == "word":
        if name.endswith(".system") and value not in BODY_SYSTEMS:
            problems.add(where, name, repr(value), "one of " + ", ".join(BODY_SYSTEMS))
    elif kind in PARAMETER_UNITS:
        if value not in units_of:
            known = ", ".join(sorted(units_of)) or "none here"
            problems.add(where, name, repr(value), f"a parameter of this sheet ({known})")
        elif units_of[value] != kind:
            problems.add(where, name, f"{value!r} in {units_of[value]}", f"a parameter in {kind}")


def check_codes(where: str, name: str, value: str | tuple[str, ...], problems: Problems) -> None:
    """Refuse what is no list of codes, and codes that no fact of the fold can hold."""
    if not isinstance(value, tuple):
        problems.add(where, name, repr(value), "a list of codes")
    elif not any(f"{relation}." in name for relation in RELATIONS):
        for code in value:
            if code not in CODE_BITS:
                problems.add(where, name, repr(code), "a code of RULE_CODES in codes.py")


def related_codes(requirement: Requirement) -> tuple[str, ...]:
    """Return the codes that must be decided before this requirement can be."""
    codes: list[str] = []
    for single in requirement.any_of or (requirement,):
        if single.name in RELATIONS:
            for value in single.arguments.values():
                codes += [value] if isinstance(value, str) else value
    return tuple(codes)


def relations(sheet: Sheet) -> frozenset[str]:
    """Return all codes a sheet must come after."""
    return frozenset(
        code
        for version in sheet.requires
        for requirement in version.requirements
        for code in related_codes(requirement)
    )


def in_order(sheets: Mapping[str, Sheet], problems: Problems) -> dict[str, Sheet]:
    """Return the sheets so that each comes after those it asks about; refuse circles."""
    ordered: dict[str, Sheet] = {}
    waiting = {code: relations(sheets[code]) for code in sorted(sheets)}
    for code, needed in waiting.items():
        for unknown in sorted(needed - sheets.keys()):
            problems.add(f"{sheets[code].file}:1", "requires", unknown, "a code that has a sheet")
    while waiting:
        ready = [code for code, needed in waiting.items() if not needed & waiting.keys()]
        if not ready:
            report_circle(waiting, sheets, problems)
            break
        ordered.update((code, sheets[code]) for code in ready)
        waiting = {code: needed for code, needed in waiting.items() if code not in ordered}
    return ordered


def report_circle(
    waiting: Mapping[str, frozenset[str]],
    sheets: Mapping[str, Sheet],
    problems: Problems,
) -> None:
    """Refuse codes that wait for one another, walking one circle to name it."""
    path = [min(waiting)]
    while path.count(path[-1]) < 2:
        path.append(min(waiting[path[-1]] & waiting.keys()))
    circle = path[path.index(path[-1]) :]
    problems.add(
        f"{sheets[circle[0]].file}:1",
        "requires",
        " -> ".join(circle),
        "codes without a circle",
    )


def argument_words(requirement: Requirement) -> frozenset[str]:
    """Return the single words given as arguments, names of parameters among them."""
    return frozenset(v for v in requirement.arguments.values() if isinstance(v, str))


def sheet_words(sheet: Sheet) -> frozenset[str]:
    """Return the single words given as arguments anywhere in a sheet."""
    requirements = [r for version in sheet.requires for r in version.requirements]
    singles = [single for r in requirements for single in r.any_of or (r,)]
    return frozenset(sheet.units_arguments.values()).union(*map(argument_words, singles))
