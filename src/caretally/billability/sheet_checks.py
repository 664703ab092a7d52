"""What a sheet may say: criteria with their arguments, units, programs, and the order of codes.

The tables here are the whole vocabulary of a sheet. A word outside them stops the load, because a
rule the program cannot apply must not look as if it were applied.
"""

from __future__ import annotations

from collections.abc import Mapping

from caretally.billability.sheet_records import Requirement, Sheet
from caretally.billability.yaml_lines import Problems
from caretally.codes import BODY_SYSTEMS

NO_ARGUMENTS: Mapping[str, str] = {}
CRITERIA: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "is_enrolled", "has_consent", "is_ordered", "has_diagnosis", "is_covered",
            "has_device_data", "is_in_one_monitoring_program", "is_not_access_aligned",
            "is_outside_global_surgery", "is_outside_g0511", "may_use_g0511", "talked_live",
            "had_covid", "has_setup", "is_first_setup", "is_not_in_apcm", "has_complex_decisions",
        ),
        NO_ARGUMENTS,
    ),
    "is_established": {"within": "years"},
    "began_monitoring_by": {"latest": "date"},
    "is_authorized": {"demanded": "flag"},
    "is_not_billed_elsewhere": {"codes": "codes", "specific": "codes?"},
    "has_payer_diagnosis": {"allowed": "words"},
    "reaches_management_time": {"minimum": "seconds", "counted": "policy"},
    "stays_below_management_time": {"maximum": "seconds", "counted": "policy"},
    "reaches_live_floor": {"minimum": "seconds"},
    "reaches_data_days": {"minimum": "days"},
    "reaches_covid_days": {"minimum": "days"},
    "stays_within_data_days": {"maximum": "days"},
    "monitors_system": {"system": "system"},
    "reaches_marked_time": {"minimum": "seconds"},
    "is_billable": {"code": "code"},
    "is_not_bundled": {"codes": "codes"},
    "reaches_staff_time": {"minimum": "seconds"},
    "reaches_practitioner_time": {"minimum": "seconds"},
    "is_preferred_to": {"codes": "codes"},
}  # fmt: skip
"""Arguments of each criterion: a unit names a parameter of that unit, the others are literal."""

UNITS: Mapping[str, Mapping[str, str]] = {
    "one": NO_ARGUMENTS,
    "further_staff_blocks": {"base": "seconds", "block": "seconds", "cap": "units"},
    "further_practitioner_blocks": {"base": "seconds", "block": "seconds", "cap": "units"},
    "further_blocks": {
        "counted": "policy", "base": "seconds", "block": "seconds", "cap": "units",
        "soft_cap": "units?",
    },
}  # fmt: skip
"""How many units a code has: the functions and their arguments, `?` marking optional ones."""

COUNTING: Mapping[str, str] = {
    "counted_roles": "words", "practitioner_roles": "words", "counted_categories": "words",
    "live_modes": "words", "clinical_topics": "words", "plausible_span": "seconds",
    "period_length": "days",
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
            problems.add(
                where, name, f"no argument {argument!r}", f"{argument}: of kind {kind}"
            )
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
        if not isinstance(value, tuple):
            problems.add(where, name, repr(value), "a list of codes")
    elif not isinstance(value, str):
        problems.add(where, name, "a list", f"one word of kind {kind}")
    elif kind == "system":
        if value not in BODY_SYSTEMS:
            problems.add(where, name, repr(value), "one of " + ", ".join(BODY_SYSTEMS))
    elif kind in PARAMETER_UNITS:
        if value not in units_of:
            known = ", ".join(sorted(units_of)) or "none here"
            problems.add(
                where, name, repr(value), f"a parameter of this sheet ({known})"
            )
        elif units_of[value] != kind:
            problems.add(
                where, name, f"{value!r} in {units_of[value]}", f"a parameter in {kind}"
            )


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
            problems.add(
                f"{sheets[code].file}:1", "requires", unknown, "a code that has a sheet"
            )
    while waiting:
        ready = [
            code for code, needed in waiting.items() if not needed & waiting.keys()
        ]
        if not ready:
            report_circle(waiting, sheets, problems)
            break
        ordered.update((code, sheets[code]) for code in ready)
        waiting = {
            code: needed for code, needed in waiting.items() if code not in ordered
        }
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
    return frozenset(sheet.units_arguments.values()).union(
        *map(argument_words, singles)
    )
