"""Pages of packets: one month handed out, a request list with progress, a ZIP and an index."""

from __future__ import annotations

import csv
import zipfile
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from caretally.audit.verifying import verify
from caretally.practice import packet_desk
from caretally.practice.disclosures import disclosures
from tests.integration.demonstrated import LAKESIDE, Demo, Enter
from tests.integration.packets.papers import broken

PAGE = f"/p/{LAKESIDE}/packets/"
ONE = f"/p/{LAKESIDE}/patients/pat_ada/packet/"
PURPOSE = {"to": "Medicare contractor, case 7", "why": "record review"}


@pytest.fixture(autouse=True)
def a_home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the files of runs in a folder of the test."""
    monkeypatch.setenv("CARETALLY_HOME", str(tmp_path / "home"))


def sent(client: Client, text: str, **named: str) -> object:
    """Send a request list."""
    file = SimpleUploadedFile("list.csv", text.encode(), content_type="text/csv")
    return client.post(PAGE, {"list": file, **PURPOSE, **named})


def test_a_packet_is_handed_out_and_told(demo: Demo, enter: Enter) -> None:
    biller = enter("bea")
    assert "Make the packet" in biller.get(ONE).content.decode()
    answer = biller.post(ONE, {"month": "2026-02", **PURPOSE})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert 'filename="packet-pat_ada-2026-02.pdf"' in answer["Content-Disposition"]
    assert not broken(verify(answer.content))
    told = disclosures(demo.office("cora"), "pat_ada")[0]
    assert told.said["to"] == PURPOSE["to"]


def test_what_is_missing_is_said_at_its_field(demo: Demo, enter: Enter) -> None:
    client = enter("bea")
    answer = client.post(ONE, {"month": "2026-02", "to": "", "why": ""})
    assert answer.status_code == 422
    assert answer.content.decode().count("expected something filled in") == 4
    assert client.post(ONE, {"month": "soon", **PURPOSE}).status_code == 422
    assert not disclosures(demo.office("cora"), "pat_ada")


def test_who_may_not(enter: Enter, demo: Demo) -> None:
    assert enter("rosa").get(PAGE).status_code == 403
    assert enter("rosa").post(ONE, {"month": "2026-02", **PURPOSE}).status_code == 403
    assert enter("nora").get(PAGE).status_code == 404
    assert enter("bea").get(f"/p/{LAKESIDE}/patients/pat_nobody/packet/").status_code == 404


def test_a_list_is_worked_through_and_what_fails_stops_nothing(
    demo: Demo, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packet_desk, "SECONDS", 0.0)
    client = enter("bea")
    begun = sent(client, "Patient,Month\npat_ada,2026-02\npat_nobody,2026-02\npat_ben,2026-02\n")
    assert begun.status_code == 302  # type: ignore[attr-defined]
    page = begun["Location"]  # type: ignore[index]
    assert "0 of 3 made" in client.get(page).content.decode()
    assert client.get(f"{page}archive.zip").status_code == 404
    for done in (1, 2):
        part = client.post(f"{page}step", headers={"HX-Request": "true"}).content.decode()
        assert f"{done} of 3 made" in part
        assert "<html" not in part
    assert client.post(f"{page}step").status_code == 302
    over = client.get(page).content.decode()
    assert "1 without a packet" in over
    assert enter("cora").get(page).status_code == 404
    archive = zipfile.ZipFile(BytesIO(client.get(f"{page}archive.zip").content))
    rows = list(csv.DictReader(StringIO(archive.read("index.csv").decode())))
    assert [row["patient"] for row in rows] == ["pat_ada", "pat_nobody", "pat_ben"]
    assert "no" in rows[1]["problem"]
    assert archive.read("index.pdf").startswith(b"%PDF-")
    for row in (rows[0], rows[2]):
        assert not broken(verify(archive.read(row["file"])))
    assert client.post(f"{page}remove").status_code == 302
    assert client.get(page).status_code == 404


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1"),
        ("name\nx\n", "the columns patient and month"),
        ("patient,month\npat_ada,soon\n,2026-02\n", "a month written YYYY-MM"),
        ("patient,month\n", "a row a packet"),
        ("claim\nclm_nobody\n", "a claim nobody prepared here"),
    ],
    ids=["nothing", "columns", "rows", "empty", "claim"],
)
def test_a_list_that_is_wrong_begins_nothing(
    demo: Demo, enter: Enter, text: str, said: str
) -> None:
    client = enter("bea")
    answer = sent(client, text)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert said in answer.content.decode()  # type: ignore[attr-defined]
    assert not packet_desk.mine(demo.office("bea"))


def test_files_are_gone_after_a_day(demo: Demo, enter: Enter) -> None:
    sent(enter("bea"), "patient,month\npat_ada,2026-02\n")
    office = demo.office("bea")
    assert packet_desk.forget_packets(office.now) == 0
    assert packet_desk.forget_packets(office.now + 2 * packet_desk.KEPT) == 1
    assert not packet_desk.mine(office)
