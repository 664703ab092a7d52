"""What to call the people behind staff ids: names of accounts, where they have one."""

from __future__ import annotations

from collections.abc import Mapping

from caretally.practice.office import Office
from caretally.store.models import Membership


def staff_names(office: Office) -> Mapping[str, str]:
    """Return the names of a practice's people by staff id; people without an account have none."""
    members = Membership.objects.using(office.db.alias).filter(practice__name=office.practice)
    rows = members.exclude(staff="").values_list("staff", "user__first_name", "user__last_name")
    return {staff: f"{first} {last}".strip() or staff for staff, first, last in rows}


def name_of(names: Mapping[str, str], who: str) -> str:
    """Return what to call an actor or a staff id; the program is named as such.

    Example:
        >>> name_of({"stf_rosa": "Rosa Delgado"}, "staff:stf_rosa")
        'Rosa Delgado'
        >>> name_of({}, "system:setup")
        'the program (setup)'
    """
    kind, _, name = who.rpartition(":")
    if kind in ("system", "device", "vendor"):
        return f"the program ({name})"
    return names.get(name, name)


def person_names(office: Office) -> Mapping[str, str]:
    """Return what people are called by staff id: as their accounts say, else as registered.

    Machines and people without any name are left out.
    """
    found = {}
    for staff, registered in office.register().staff.items():
        family, _, given = (registered[-1].name or "").partition(", ")
        if family:
            found[staff] = f"{given} {family}".strip()
    accounts = staff_names(office)
    return found | {staff: name for staff, name in accounts.items() if name != staff}
