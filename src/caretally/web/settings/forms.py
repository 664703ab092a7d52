"""The forms of the settings: their fields, and what is made of what was typed."""

from __future__ import annotations

from datetime import date

from caretally.codes import ROLES, SETTINGS
from caretally.errors import Problem
from caretally.journal.entries import (
    LicenseRecorded,
    PolicyAdopted,
    PracticeRegistered,
    StaffRegistered,
)
from caretally.journal.register import Register
from caretally.practice.policies import Policy
from caretally.web.frame.fields import (
    DATE,
    HIDDEN,
    LONG,
    NUMBER,
    SELECT,
    Choices,
    Field,
    day_of,
    demand,
    refuse,
)

Typed = dict[str, str]
ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
    "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico",
)  # fmt: skip


def worded(names: tuple[str, ...], *, nothing: str = "") -> Choices:
    """Return names as choices; first what stands for none of them, where that is allowed."""
    first: Choices = (("", nothing),) if nothing else ()
    return first + tuple((name, name.replace("_", " ")) for name in names)


def why(*, is_correction: bool) -> tuple[Field, ...]:
    """Return the field that asks why something on record is corrected."""
    field = Field(name="reason", label="Why it is corrected", kind=LONG)
    return (field,) if is_correction else ()


def entry_field() -> Field:
    """Return the field that makes a form sent twice one entry."""
    return Field(name="entry", label="", kind=HIDDEN)


def practice_fields(register: Register, *, is_correction: bool) -> tuple[Field, ...]:
    """Return the fields of a practice or clinic."""
    parents = tuple((name, f"{body.name} ({name})") for name, body in register.practices.items())
    return (
        entry_field(),
        Field(name="practice", label="Id", hint="Short and lasting, such as prac_north."),
        Field(name="name", label="Name"),
        Field(name="part_of", label="Clinic of", kind=SELECT, is_optional=True,
              choices=(("", "none: a practice of its own"), *parents)),
        Field(name="time_zone", label="Time zone", kind=SELECT, choices=worded(ZONES)),
        Field(name="setting", label="Bills as", kind=SELECT, is_optional=True,
              choices=worded(SETTINGS, nothing="not said")),
        Field(name="npi", label="NPI", is_optional=True,
              hint="National Provider Identifier: 10 digits, the last a check digit."),
        Field(name="tin", label="Taxpayer number", is_optional=True),
        Field(name="taxonomy", label="Taxonomy code", is_optional=True),
        *why(is_correction=is_correction),
    )  # fmt: skip


def practice_typed(body: PracticeRegistered) -> Typed:
    """Return what is on record of a practice as it would be typed."""
    names = ("practice", "name", "part_of", "time_zone", "setting", "npi", "tin", "taxonomy")
    return {name: getattr(body, name) or "" for name in names}


def practice_body(typed: Typed) -> PracticeRegistered:
    """Return what was typed of a practice.

    Raises:
        InputError: something is missing.
    """
    problems: list[Problem] = []
    demand(typed, ("practice", "name"), problems)
    refuse(problems)
    return PracticeRegistered(
        practice=typed["practice"], name=typed["name"], npi=typed.get("npi") or None,
        tin=typed.get("tin") or None, taxonomy=typed.get("taxonomy") or None,
        time_zone=typed.get("time_zone") or None, setting=typed.get("setting") or None,
        part_of=typed.get("part_of") or None,
    )  # fmt: skip


def staff_choices(register: Register, *, nothing: str) -> Choices:
    """Return the staff on record as choices."""
    return (("", nothing), *((staff, staff) for staff in sorted(register.staff)))


def staff_fields(register: Register, *, is_correction: bool) -> tuple[Field, ...]:
    """Return the fields of a member of staff."""
    return (
        entry_field(),
        Field(name="staff", label="Staff id", hint="As entries name the person, such as stf_rosa."),
        Field(name="name", label="Name", is_optional=True,
              hint="As claims name the person, family name first: Lin, Wei."),
        Field(name="role", label="Profession", kind=SELECT, choices=worded(ROLES),
              hint="Decides whether the person's seconds may count."),
        Field(name="from_on", label="From", kind=DATE, is_optional=True, also=("body.from",)),
        Field(name="to_on", label="Until", kind=DATE, is_optional=True, also=("body.to",)),
        Field(name="npi", label="NPI", is_optional=True,
              hint="National Provider Identifier: 10 digits, the last a check digit."),
        Field(name="taxonomy", label="Taxonomy code", is_optional=True,
              hint="Ten characters, such as 207Q00000X; claims of a practitioner carry it."),
        Field(name="supervised_by", label="Supervisor", kind=SELECT, is_optional=True,
              choices=staff_choices(register, nothing="nobody")),
        *why(is_correction=is_correction),
    )  # fmt: skip


def staff_typed(body: StaffRegistered) -> Typed:
    """Return what is on record of a member of staff as it would be typed."""
    names = ("staff", "role", "npi", "supervised_by", "from_on", "to_on", "name", "taxonomy")
    return {name: str(getattr(body, name) or "") for name in names}


def staff_body(typed: Typed) -> StaffRegistered:
    """Return what was typed of a member of staff.

    Raises:
        InputError: something is missing or no date.
    """
    problems: list[Problem] = []
    demand(typed, ("staff", "role"), problems)
    from_on, to_on = day_of(typed, "from_on", problems), day_of(typed, "to_on", problems)
    refuse(problems)
    return StaffRegistered(
        staff=typed["staff"], role=typed["role"], npi=typed.get("npi") or None, from_on=from_on,
        to_on=to_on, supervised_by=typed.get("supervised_by") or None,
        name=typed.get("name") or None, taxonomy=typed.get("taxonomy") or None,
    )  # fmt: skip


def license_fields(register: Register) -> tuple[Field, ...]:
    """Return the fields of a license."""
    return (
        entry_field(),
        Field(name="staff", label="Staff", kind=SELECT,
              choices=staff_choices(register, nothing="choose")),
        Field(name="state", label="State", hint="Who licensed, such as IL."),
        Field(name="profession", label="Profession", is_optional=True),
        Field(name="number", label="Number", is_optional=True),
        Field(name="from_on", label="From", kind=DATE, also=("body.from",)),
        Field(name="to_on", label="Until", kind=DATE, is_optional=True, also=("body.to",)),
    )  # fmt: skip


def license_body(typed: Typed) -> LicenseRecorded:
    """Return what was typed of a license.

    Raises:
        InputError: something is missing or no date.
    """
    problems: list[Problem] = []
    demand(typed, ("staff", "state", "from_on"), problems)
    from_on, to_on = day_of(typed, "from_on", problems), day_of(typed, "to_on", problems)
    refuse(problems)
    assert from_on is not None
    return LicenseRecorded(
        staff=typed["staff"], state=typed["state"], number=typed.get("number") or None,
        from_on=from_on, to_on=to_on, profession=typed.get("profession") or None,
    )  # fmt: skip


def policy_fields(policy: Policy, day: date) -> tuple[Field, ...]:
    """Return the fields with which a policy is adopted."""
    if policy.words:
        value = Field(name="value", label="Value", kind=SELECT, choices=worded(policy.words))
    else:
        value = Field(name="value", label=f"Value in {policy.unit}", kind=NUMBER,
                      hint=f"From {policy.least} to {policy.most}.")  # fmt: skip
    return (
        entry_field(),
        value,
        Field(name="from_on", label="Holds from", kind=DATE, value=str(day), also=("body.from",)),
        Field(name="owner", label="Who answers for it", hint="A person, by name or staff id."),
    )


def policy_body(policy: Policy, typed: Typed) -> PolicyAdopted:
    """Return what was typed of a policy.

    Raises:
        InputError: something is missing or no date.
    """
    problems: list[Problem] = []
    demand(typed, ("value", "owner", "from_on"), problems)
    from_on = day_of(typed, "from_on", problems)
    refuse(problems)
    assert from_on is not None
    return PolicyAdopted(policy=policy.name, value=typed["value"], owner=typed["owner"],
                         from_on=from_on)  # fmt: skip
