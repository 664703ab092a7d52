"""What all tests share: how hard Hypothesis looks, and skips that say what is missing.

Continuous integration draws the same examples every time; at home new ones are drawn.
HYPOTHESIS_PROFILE names another profile.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

OLDEST_JAVA = 17
WITH_SOUND = Path(__file__).parent / "audio"
SLOW_MACHINE = [HealthCheck.too_slow, HealthCheck.data_too_large]

settings.register_profile("dev", deadline=None, suppress_health_check=SLOW_MACHINE)
settings.register_profile(
    "ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=SLOW_MACHINE
)
settings.register_profile(
    "thorough", deadline=None, max_examples=2_000, suppress_health_check=SLOW_MACHINE
)
settings.register_profile(
    "mutation",
    deadline=None,
    derandomize=True,
    max_examples=30,
    suppress_health_check=SLOW_MACHINE,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")


def java_version() -> int:
    """Return the major version of the Java on the PATH, 0 where none runs."""
    if shutil.which("java") is None:
        return 0
    answer = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', answer.stderr + answer.stdout)
    return int(found[1]) if found else 0


def missing_for(mark: str) -> str:
    """Return what a test with this mark lacks here, empty where it can run."""
    packages = {"bulk": ("numba", "numpy", "pyarrow"), "ray": ("ray",), "spark": ("pyspark",)}
    for package in packages[mark]:
        if importlib.util.find_spec(package) is None:
            return f"the package {package} is not installed: make test installs it"
    if mark == "spark" and java_version() < OLDEST_JAVA:
        return f"Spark needs Java {OLDEST_JAVA} or newer: make system installs it"
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests whose optional packages or programs are missing, and say which."""
    for mark in ("bulk", "ray", "spark"):
        marked = [item for item in items if item.get_closest_marker(mark)]
        reason = missing_for(mark) if marked else ""
        for item in marked if reason else ():
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the tests with sound to `make test-audio`, which names them."""
    asked = [config.invocation_params.dir / each.split("::")[0] for each in config.args]
    is_asked = any(WITH_SOUND in (each, *each.parents) for each in asked)
    return True if collection_path == WITH_SOUND and not is_asked else None


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case of bytes by its argument; pytest numbers the cases.

    Bytes are no name to read, and packed ones hold the time: workers would disagree on the name.
    """
    return argname if isinstance(val, bytes) else None
