"""Validators of FHIR that nobody of this project wrote: Medplum, fhir (npm) and fhirkit.

The two that need Node are asked once for all cases of a run: starting them takes seconds.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import fhirkit

HERE = Path(__file__).parent
PROFILES = HERE / "us_core_610"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
PATIENCE = 300
Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A resource to be held against the validators, and the profile it claims."""

    name: str
    resource: Resource
    profile: str = ""


def node_modules() -> Path | None:
    """Return where the packages of Node are; None where they are not installed."""
    places = [os.environ.get("NODE_PATH", ""), f"{sys.prefix}/standards/node_modules"]
    found = (Path(each) for each in places if each)
    return next((each for each in found if (each / "@medplum" / "core").is_dir()), None)


def reason_without_node() -> str:
    """Return why validators of Node cannot run here, empty where they can."""
    if shutil.which("node") is None:
        return "Node is not installed: make system installs it"
    if node_modules() is None:
        return "the validators of Node are not installed: make test installs them"
    return ""


@cache
def profiles() -> tuple[Any, ...]:
    """Return the profiles of US Core that are kept here."""
    packed = sorted(PROFILES.glob("*.json.gz"))
    return tuple(json.loads(gzip.decompress(each.read_bytes())) for each in packed)


def asked_of_node(cases: list[Case]) -> dict[str, dict[str, list[str]]]:
    """Return what the validators of Node find, by case and validator."""
    asked = {
        "profiles": profiles(),
        "cases": [
            {"name": each.name, "resource": each.resource, "profile": each.profile}
            for each in cases
        ],
    }
    told = subprocess.run(
        ["node", HERE / "validate.cjs"], input=json.dumps(asked, default=str), text=True,
        capture_output=True, check=False, timeout=PATIENCE,
        env={**os.environ, "NODE_PATH": str(node_modules())},
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-2000:]
    answers: dict[str, dict[str, list[str]]] = json.loads(told.stdout)
    return answers


def asked_of_fhirkit(body: bytes) -> list[str]:
    """Return what fhirkit finds in a resource, byte for byte as it was written."""
    try:
        return [str(each) for each in fhirkit.validate(body.decode())]
    except (fhirkit.ParseError, fhirkit.ValidationError, ValueError) as refused:
        return [str(refused)]
