"""From an empty database to somebody who signs in, without a demonstration."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from django.test import Client
from django.urls import reverse

from caretally.practice.caller import system_caller
from caretally.practice.founding import make_person
from caretally.practice.office import Office
from caretally.practice.people import Invitation, RoleGiven
from tests.architecture.modules import ROOT
from tests.integration.demonstrated import LAKESIDE, Demo


def caretally(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a home."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CARETALLY_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "caretally", *words], capture_output=True, text=True, check=False,
        env={**kept, "PYTHONPATH": str(ROOT / "src"), "CARETALLY_HOME": str(home)},
    )  # fmt: skip


def test_a_practice_is_opened_and_its_administrator_made(
    tmp_path: Path, migrated_home: Callable[[Path], Path]
) -> None:
    home = migrated_home(tmp_path / "home")
    create = ("person", "create", "amir", "--practice", "north", "--role", "administrator")
    too_early = caretally(home, *create)
    assert too_early.returncode == 2
    assert "caretally practice open" in too_early.stderr
    opened = caretally(home, "practice", "open", "north", "--name", "North Clinic")
    assert opened.returncode == 0, opened.stderr
    again = caretally(home, "practice", "open", "north", "--name", "North Clinic")
    assert again.returncode == 2
    assert "body.practice" in again.stderr
    wrong = caretally(home, *create[:-1], "emperor")
    assert wrong.returncode == 2
    assert "administrator" in wrong.stderr
    made = caretally(home, *create)
    assert made.returncode == 0, made.stderr
    assert re.match(r"http://127\.0\.0\.1:8000/\S+\n$", made.stdout)


def test_the_link_sets_a_password_once(demo: Demo) -> None:
    office = demo.office("amir")
    system = Office(
        journal=demo.journal, caller=system_caller(LAKESIDE, "founding"), now=office.now
    )
    role = RoleGiven(role="biller", clinic="", staff="", from_on=office.today())
    coded, token = make_person(system, Invitation(login="newcomer"), role)
    path = reverse("welcome", kwargs={"person": coded, "token": token})
    client = Client()
    page = client.get(path, follow=True)
    assert page.status_code == 200
    password = "quite a long passphrase 7"  # noqa: S105 - of a test
    where = page.redirect_chain[-1][0] if page.redirect_chain else path
    client.post(where, {"new_password1": password, "new_password2": password}, follow=True)
    fresh = Client()
    fresh.post("/accounts/login/", {"login": "newcomer", "password": password})
    assert fresh.get("/", follow=True).status_code == 200
    assert fresh.session.get("_auth_user_id")
    again = Client().get(path, follow=True).content.decode()
    assert "new_password1" not in again
