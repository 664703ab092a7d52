"""The files for containers say what is so; no engine runs here, so what they name is checked."""

from __future__ import annotations

import os
import re
import subprocess

import pytest
import yaml

from caretally.settings import DEFAULTS, PREFIX
from tests.architecture.modules import ROOT
from tests.integration.databases import BINARIES, Cluster

FILES = ("Dockerfile", "compose.yaml", "docs/how-to/run-in-production.md")


@pytest.mark.parametrize("name", FILES)
def test_every_setting_named_is_one(name: str) -> None:
    named = set(re.findall(rf"\b{PREFIX}([A-Z_]+)\b", (ROOT / name).read_text(encoding="utf-8")))
    assert named
    assert named <= {setting.upper() for setting in DEFAULTS}


def test_what_the_image_copies_is_there() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    copied = [
        word
        for line in text.splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert len(copied) > 5
    assert [word for word in copied if not (ROOT / word).exists()] == []


def test_services_wait_for_what_they_need() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"database", "migrate", "web", "worker"}
    for name in ("web", "worker"):
        needs = services[name]["depends_on"]["migrate"]["condition"]
        assert needs == "service_completed_successfully"
        assert "CARETALLY_OWNER_DATABASE_URL" not in services[name]["environment"]
    script = services["database"]["volumes"][1].partition(":")[0]
    assert (ROOT / script).is_file()


def test_the_role_of_the_program_is_weak(cluster: Cluster) -> None:
    cluster.sql("DROP ROLE IF EXISTS caretally_owner")
    cluster.sql("CREATE ROLE caretally_owner LOGIN SUPERUSER")
    cluster.sql("CREATE DATABASE made_by_script OWNER caretally_owner")
    text = (ROOT / "docs/how-to/roles.sh").read_text(encoding="utf-8")
    script = text.replace("ROLE caretally ", "ROLE caretally_program ")
    environment = {
        **os.environ, "PATH": f"{BINARIES[-1]}:{os.environ['PATH']}", "PGHOST": "127.0.0.1",
        "PGPORT": str(cluster.port), "POSTGRES_USER": "caretally_owner",
        "POSTGRES_DB": "made_by_script", "PROGRAM_PASSWORD": "it's a 'quoted' one",
    }  # fmt: skip
    subprocess.run(["sh", "-c", script], env=environment, check=True, capture_output=True)
    asked = (
        "SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles "
        "WHERE rolname = 'caretally_program'"
    )
    told = subprocess.run(
        [BINARIES[-1] / "psql", "-qAtXc", asked, cluster.url("made_by_script")],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert told.stdout.strip() == "t|f|f|f|f"
    cluster.sql("DROP DATABASE made_by_script")
    cluster.sql("DROP ROLE caretally_program")
    cluster.sql("DROP ROLE caretally_owner")
