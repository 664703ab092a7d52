"""Under which names a device, or the one who wears it, is known to the sender.

Who the patient is follows from who held the device; a name of the subject is only the last resort,
for senders that name no device, and counts only where the practice put it on its books.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from caretally.devices.refusals import Misread, usual
from caretally.devices.refusals import told as shown
from caretally.devices.unpacked import SchemedName
from caretally.devices.vendors.fhir.shapes import Identifier, Named, Observation, Reference

DEVICE, SUBJECT = "fhir:device", "fhir:subject"
SYSTEM_SCHEMES: tuple[tuple[str, str], ...] = (
    ("eui-48", "mac"), ("eui-64", "eui64"), ("1.2.840.10004.1.1.1.0.0.1.0.0.1.2680", "eui64"),
    ("imei", "imei"),
)  # fmt: skip
"""What in the system of an identifier tells its scheme."""
TYPE_SCHEMES: Mapping[str, str] = {
    "SNO": "serial",
    "SERNO": "serial",
    "BTMAC": "mac",
    "SYSID": "eui64",
}
DEVICES, SUBJECTS = ("Device", "DeviceMetric"), ("Patient",)
MOST_NAMES = 16
"""Names of a device and its wearer; more would let a small document grow into large readings."""
TRANSIENT = ("#", "urn:uuid:", "urn:oid:")
"""References that mean something only inside the document they stand in."""
Known = Mapping[str, Named]
"""Resources of the same document by how they are referred to."""

_named = msgspec.json.Decoder(Named)


def known_by(resources: Iterable[tuple[str, msgspec.Raw]]) -> dict[str, Named]:
    """Return resources with names by address and by type and id; others are passed over."""
    known: dict[str, Named] = {}
    for address, raw in resources:
        try:
            found = _named.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        for each in (address, f"{found.resource_type}/{found.id}" if found.id else ""):
            if each:
                known.setdefault(each, found)
    return known


def within(observation: Observation) -> dict[str, Named]:
    """Return the resources that an Observation contains."""
    found = known_by(("", raw) for raw in observation.contained)
    return {f"#{each.id}": each for each in found.values() if each.id}


def names_of(observation: Observation, known: Known, path: str) -> tuple[SchemedName, ...]:
    """Return the names of the device, the surest first, and then those of the subject.

    Raises:
        Misread: a reference is to something else than a device or a patient, or there
            is no name at all.
    """
    here = {**known, **within(observation)} if observation.contained else known
    found: list[SchemedName] = []
    if observation.device is not None:
        found += referred(observation.device, here, (DEVICE, f"{path}/device", DEVICES))
    if observation.subject is not None:
        found += referred(observation.subject, here, (SUBJECT, f"{path}/subject", SUBJECTS))
    if not found:
        raise Misread(f"{path}/device", "no_device", "neither device nor subject named")
    kept = dict.fromkeys((scheme, usual(name, f"{path}/device")) for scheme, name in found)
    return tuple(kept)[:MOST_NAMES]


def referred(
    reference: Reference, known: Known, meant: tuple[str, str, tuple[str, ...]]
) -> Iterator[SchemedName]:
    """Yield the names behind a reference.

    meant: scheme of names without one of their own, path of the reference, sorts of resource that
    may stand there.

    Raises:
        Misread: it is a reference to another sort of resource.
    """
    scheme, path, sorts = meant
    target = known.get(reference.reference)
    told = target.resource_type if target else type_of(reference)
    if told and told not in sorts:
        says = f"refers to {shown(told)}, where {' or '.join(sorts)} is expected"
        raise Misread(path, "not_the_shape", says)
    if target is not None:
        yield from own_names(target, scheme)
        if target.source is not None and target.source.reference in known:
            yield from own_names(known[target.source.reference], scheme)
    if reference.identifier is not None:
        yield from schemed(reference.identifier, scheme)
    if reference.reference and not reference.reference.startswith(TRANSIENT):
        yield scheme, reference.reference


def type_of(reference: Reference) -> str:
    """Return the sort of resource that a reference names; empty where it does not.

    Example:
        >>> type_of(Reference(reference="https://ehr.example/r4/Device/7"))
        'Device'
    """
    if reference.type:
        return reference.type.rpartition("/")[2]
    steps = reference.reference.partition("/_history/")[0].split("/")
    sort = steps[-2] if len(steps) > 1 else ""
    return sort if sort[:1].isupper() and sort.isalpha() else ""


def own_names(named: Named, scheme: str) -> Iterator[SchemedName]:
    """Yield the names that a resource gives itself."""
    for identifier in named.identifier:
        yield from schemed(identifier, scheme)
    if named.serial_number:
        yield "serial", named.serial_number


def schemed(identifier: Identifier, scheme: str) -> Iterator[SchemedName]:
    """Yield an identifier under its scheme; nothing where it has no value."""
    value = identifier.value.strip()
    if not value:
        return
    if scheme == DEVICE:
        for coding in identifier.type.coding:
            if coding.code in TYPE_SCHEMES:
                yield TYPE_SCHEMES[coding.code], value
                return
        for part, own in SYSTEM_SCHEMES:
            if part in identifier.system.lower():
                yield own, value.rpartition(":imei:")[2] if own == "imei" else value
                return
    yield scheme, f"{identifier.system}|{value}" if identifier.system else value
