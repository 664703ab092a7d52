"""Reads one code's sheet, with the foundations it builds on, into a `Sheet`.

A foundation is a group of parameters and dated requirements that several codes share (for
example "consent, order, diagnosis"). Its requirements come before the sheet's own, and the loaded
sheet holds them as if they were written there. It refuses what nothing applies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from caretally.billability.dated_values import first_dates, read_parameters
from caretally.billability.sheet_checks import (
    CRITERIA,
    EFFECTS,
    PROGRAMS_OF_SHEETS,
    UNITS,
    argument_words,
    check_arguments,
)
from caretally.billability.sheet_records import (
    Mue,
    Note,
    Parameter,
    Requirement,
    Sheet,
    Version,
)
from caretally.yaml_lines import Items, Row, Table

DAY = timedelta(days=1)
Arguments = dict[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A requirement with the place it was written at, for messages."""

    place: tuple[str, str]
    requirement: Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Parameters and dated requirements as one file or foundation states them."""

    parameters: Mapping[str, Parameter]
    versions: tuple[tuple[date, tuple[Written, ...]], ...]

    def on(self, day: date) -> tuple[Written, ...]:
        """Return the requirements in force on a day; none before the first date."""
        return next((written for first, written in reversed(self.versions) if first <= day), ())


def read_layer(row: Row) -> Layer:
    """Return the parameters and dated requirements under a mapping."""
    parameters = read_parameters(row.row("parameters"))
    requires = row.row("requires")
    versions = tuple(
        (first, read_requirements(requires, key)) for key, first in first_dates(requires)
    )
    requires.finish()
    return Layer(parameters=parameters, versions=versions)


def read_foundations(row: Row) -> dict[str, Layer]:
    """Return the shared layers of a foundations file by name."""
    found = {}
    for name in row.written():
        inner = row.row(name)
        inner.text("summary")
        found[name] = read_layer(inner)
        inner.finish()
    return found


def read_requirements(row: Row, key: str) -> tuple[Written, ...]:
    """Return the requirements of one version, in written order."""
    return tuple(read_requirement(item) for item in row.rows(key))


def read_requirement(row: Row) -> Written:
    """Return one requirement: `criterion: {arguments, effect, cites}` or `any_of: {…}`."""
    names = row.written()
    if len(names) != 1:
        row.problems.add(row.table.where, row.path, ", ".join(names), "exactly one criterion")
    name = names[0] if names else ""
    if name == "any_of":
        requirement = read_any_of(row.row(name))
    else:
        requirement = read_single(name, row)
    return Written(place=(row.place(name), row.name(name)), requirement=requirement)


def read_any_of(row: Row) -> Requirement:
    """Return a choice of criteria, named and with the effect of its first member."""
    members = tuple(read_single(name, row) for name in row.written())
    if len(members) < 2:
        row.problems.add(row.table.where, row.path, f"{len(members)} criteria", "two or more")
    first = members[0] if members else read_single("", row)
    return Requirement(
        name=first.name,
        arguments=first.arguments,
        effect=first.effect,
        flag=first.flag,
        cites=tuple(dict.fromkeys(cite for member in members for cite in member.cites)),
        any_of=members,
    )


def read_single(name: str, parent: Row) -> Requirement:
    """Return one criterion with its arguments."""
    row = parent.row(name)
    if name not in CRITERIA:
        parent.refuse(name, f"the unknown criterion {name!r}", "a name of billability criteria")
    flag = row.text("warns", "") or None
    effect = row.one_of("effect", EFFECTS, "warns" if flag else "blocks")
    if (effect == "warns") != (flag is not None):
        row.refuse("effect", effect, "`warns: some_flag`, or an effect without one")
    cites = row.cites()
    arguments: Arguments = {}
    for key in row.written():
        if key not in row.asked:
            value = row.node(key)
            arguments[key] = row.words(key) if isinstance(value, Items) else row.text(key)
    return Requirement(
        name=name, arguments=arguments, effect=effect, flag=flag, cites=cites, any_of=()
    )


def read_sheet(row: Row, foundations: Mapping[str, Layer], file: str) -> Sheet:
    """Return the sheet of one code with its foundations merged in."""
    own = read_layer(row)
    layers = [*shared_layers(row, foundations), own]
    parameters = merged_parameters(layers, row)
    versions = merged_versions(layers, ends_on := row.day("ends_on"))
    units, units_arguments = read_units(row)
    sheet = Sheet(
        code=row.text("code"),
        program=row.one_of("program", PROGRAMS_OF_SHEETS),
        judged=row.one_of("judged", ("month", "period")),
        decided=row.flag("decided", default=True),
        advisory=row.flag("advisory", default=False),
        summary=row.text("summary"),
        reviewed_on=row.dated("reviewed_on"),
        ends_on=ends_on,
        mue=read_mue(row),
        parameters=parameters,
        requires=versions,
        units=units,
        units_arguments=units_arguments,
        file=file,
        notes=read_notes(row),
        pages=row.words("pages", required=False),
    )
    row.finish()
    check_sheet(sheet, layers, row)
    return sheet


def shared_layers(row: Row, foundations: Mapping[str, Layer]) -> list[Layer]:
    """Return the foundations a sheet builds on."""
    names = row.words("builds_on", required=False)
    for name in names:
        if name not in foundations:
            row.refuse("builds_on", name, "one of " + ", ".join(foundations))
    return [foundations[name] for name in names if name in foundations]


def merged_parameters(layers: Sequence[Layer], row: Row) -> dict[str, Parameter]:
    """Return the parameters of all layers, refusing one that is given twice."""
    merged: dict[str, Parameter] = {}
    for layer in layers:
        for name in layer.parameters.keys() & merged.keys():
            row.refuse("parameters", f"{name} twice", "one place for each parameter")
        merged.update(layer.parameters)
    return merged


def merged_versions(layers: Sequence[Layer], ends_on: date | None) -> tuple[Version, ...]:
    """Return the versions of a sheet: one from each date at which any layer changes."""
    own_dates = [first for first, _ in layers[-1].versions]
    if not own_dates:
        return ()
    starts = sorted({max(first, own_dates[0]) for layer in layers for first, _ in layer.versions})
    ends = [*(start - DAY for start in starts[1:]), ends_on]
    return tuple(
        Version(
            from_on=start,
            to_on=end,
            requirements=tuple(w.requirement for layer in layers for w in layer.on(start)),
        )
        for start, end in zip(starts, ends, strict=True)
    )


def read_units(row: Row) -> tuple[str, dict[str, str]]:
    """Return the units function and its arguments."""
    node = row.node("units")
    if not isinstance(node, Table):
        return row.one_of("units", UNITS), {}
    inner = row.row("units")
    name = next(iter(inner.written()), "")
    if name not in UNITS or len(inner.written()) != 1:
        row.refuse("units", ", ".join(inner.written()), "one of " + ", ".join(UNITS))
    arguments = inner.row(name)
    return name, {key: arguments.text(key) for key in arguments.written()}


def read_mue(row: Row) -> Mue | None:
    """Return the unit edit of a code, or None where `null` says that none is known."""
    if row.node("mue") is None:
        return None
    inner = row.row("mue")
    mue = Mue(units=inner.whole("units"), mai=inner.whole("mai"), cites=inner.cites())
    inner.finish()
    return mue


def read_notes(row: Row) -> tuple[Note, ...]:
    """Return the cited facts that are shown but decide nothing."""
    notes = []
    for item in row.rows("notes"):
        notes.append(Note(says=item.text("says"), cites=item.cites()))
        item.finish()
    return tuple(notes)


def check_sheet(sheet: Sheet, layers: Sequence[Layer], row: Row) -> None:
    """Refuse a sheet whose name, dates, arguments or parameters do not fit together."""
    if not sheet.file.endswith(f"/{sheet.code}.yaml"):
        row.refuse("code", sheet.code, f"the code the file is named after ({sheet.file})")
    if not sheet.requires:
        row.refuse("requires", "no dated list", "a list under the first date of service")
    units_of = {name: parameter.unit for name, parameter in sheet.parameters.items()}
    used = set(sheet.units_arguments.values())
    for written in {
        w.place: w for layer in layers for _, ws in layer.versions for w in ws
    }.values():
        for single in written.requirement.any_of or (written.requirement,):
            wanted = CRITERIA.get(single.name)
            used |= argument_words(single)
            if wanted is not None:
                check_arguments(written.place, single.arguments, wanted, units_of, row.problems)
    wanted = UNITS.get(sheet.units)
    if wanted is not None:
        place = (row.place("units"), "units")
        check_arguments(place, sheet.units_arguments, wanted, units_of, row.problems)
    for name in sorted(layers[-1].parameters.keys() - used):
        row.problems.add(
            row.row("parameters").place(name),
            f"parameters.{name}",
            "no reader",
            "a criterion",
        )
