"""Files of claims that are wrong in one way each, and who must notice.

A validator that finds nothing in our files counts only because it finds these.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

PYX12, X12SDK, OURS = "pyx12", "x12sdk", "ours"
"""Independent validators, and the envelopes of our own reader."""


class FileFault(NamedTuple):
    """How a file is broken, and at least who notices."""

    broken: Callable[[str], str]
    noticed_by: tuple[str, ...]


def swapped(found: str, put: str) -> Callable[[str], str]:
    """Return a change of the first place where something stands."""
    return lambda text: re.sub(found, put, text, count=1)


def without(segment: str) -> Callable[[str], str]:
    """Return a change that loses the first segment that begins so, and counts one less."""
    return lambda text: recounted(re.sub(rf"~{segment}[^~]*~", "~", text, count=1))


def doubled(segment: str) -> Callable[[str], str]:
    """Return a change that says the first segment that begins so twice."""
    return lambda text: recounted(re.sub(rf"~({segment}[^~]*~)", r"~\1\1", text, count=1))


def turned(first: str, second: str) -> Callable[[str], str]:
    """Return a change of the order of two neighbors."""
    return lambda text: re.sub(rf"~({first}[^~]*~)({second}[^~]*~)", r"~\2\1", text, count=1)


def recounted(text: str) -> str:
    """Return a file whose SE counts right again, so that only the change itself is wrong."""
    names = [each.split("*")[0] for each in text.split("~")]
    count = names.index("SE") - names.index("ST") + 1
    return re.sub(r"~SE\*\d+", f"~SE*{count}", text)


FILE_FAULTS = {
    "segments counted wrong": FileFault(swapped(r"~SE\*\d+", "~SE*7"), (PYX12, OURS)),
    "sets counted wrong": FileFault(swapped(r"~GE\*1", "~GE*2"), (PYX12, OURS)),
    "groups counted wrong": FileFault(swapped(r"~IEA\*1", "~IEA*2"), (PYX12, OURS)),
    "another number in SE": FileFault(swapped(r"(~SE\*\d+\*)0001", r"\g<1>0002"), (PYX12, OURS)),
    "another number in GE": FileFault(swapped(r"(~GE\*1\*)\d+", r"\g<1>999"), (PYX12, OURS)),
    "another number in IEA": FileFault(
        swapped(r"(~IEA\*1\*)\d+", r"\g<1>000000999"), (PYX12, OURS)
    ),
    "no SE": FileFault(swapped(r"~SE[^~]*~", "~"), (PYX12, OURS)),
    "another guide": FileFault(swapped("005010X222A1", "005010X299"), (PYX12,)),
    "no BHT": FileFault(without("BHT"), (PYX12, X12SDK)),
    "no submitter": FileFault(without(r"NM1\*41"), (PYX12, X12SDK)),
    "no receiver": FileFault(without(r"NM1\*40"), (PYX12, X12SDK)),
    "no contact of the submitter": FileFault(without("PER"), (PYX12, X12SDK)),
    "no billing provider": FileFault(without(r"NM1\*85"), (PYX12, X12SDK)),
    "no address of the billing provider": FileFault(without("N3"), (PYX12, X12SDK)),
    "no tax number": FileFault(without(r"REF\*EI"), (PYX12, X12SDK)),
    "no subscriber information": FileFault(without("SBR"), (PYX12,)),
    "no payer": FileFault(without(r"NM1\*PR"), (PYX12, X12SDK)),
    "no diagnoses": FileFault(without("HI"), (PYX12, X12SDK)),
    "no service": FileFault(without("SV1"), (PYX12, X12SDK)),
    "no date of service": FileFault(without(r"DTP\*472"), (PYX12, X12SDK)),
    "service twice": FileFault(doubled("SV1"), (PYX12,)),
    "line before its number": FileFault(turned("LX", "SV1"), (PYX12,)),
    "diagnoses before the claim": FileFault(turned("CLM", "HI"), (PYX12,)),
    "unknown segment": FileFault(
        lambda text: recounted(text.replace("~HI*", "~ZZZ*1~HI*", 1)), (PYX12,)
    ),
    "kind of diagnosis": FileFault(swapped("ABK:", "XYZ:"), (PYX12,)),
    "kind of code": FileFault(swapped(r"SV1\*HC:", "SV1*QQ:"), (PYX12,)),
    "kind of number of a provider": FileFault(swapped(r"\*XX\*", "*QQ*"), (PYX12, X12SDK)),
    "kind of payer": FileFault(swapped(r"(~SBR[^~]*\*)[^*~]+~", r"\1QQ~"), (PYX12, X12SDK)),
    "kind of date": FileFault(swapped(r"DTP\*472\*R?D8", "DTP*472*XX"), (PYX12, X12SDK)),
    "no such day": FileFault(swapped(r"(DTP\*472\*D8\*2026)\d{4}", r"\g<1>0231"), (PYX12, X12SDK)),
    "no such place of service": FileFault(swapped(r"\d\d:B:", "00:B:"), (PYX12,)),
    "place of service of three digits": FileFault(swapped(r"\d\d:B:", "111:B:"), (PYX12,)),
    "state of three letters": FileFault(swapped(r"(~N4\*[^*]+\*)..", r"\1QQQ"), (PYX12,)),
    "sex of another letter": FileFault(swapped(r"(~DMG\*D8\*\d+\*).", r"\1Q"), (PYX12, X12SDK)),
    "amount of letters": FileFault(swapped(r"(SV1\*[^*]+\*)[0-9.]+", r"\1TEN"), (PYX12, X12SDK)),
    "units of letters": FileFault(swapped(r"\*UN\*\d+", "*UN*ONE"), (PYX12, X12SDK)),
    "another total than its lines": FileFault(
        swapped(r"(~CLM\*[^*]+\*)[0-9.]+", r"\g<1>1.07"), (X12SDK,)
    ),
    "control number too long": FileFault(swapped(r"~CLM\*", f"~CLM*{'9' * 40}"), (PYX12,)),
    "name too long": FileFault(swapped(r"NM1\*IL\*1\*", f"NM1*IL*1*{'A' * 61}"), (PYX12, X12SDK)),
    "relationship that is none": FileFault(swapped(r"~PAT\*..", "~PAT*99"), (PYX12, X12SDK)),
    "levels without an order": FileFault(swapped(r"~HL\*2\*1\*22", "~HL*5*1*22"), (PYX12,)),
}
