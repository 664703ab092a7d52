"""Reports as pages and files: same figures everywhere, and nothing for those who may not see it."""

from __future__ import annotations

import csv
import json
import subprocess
from io import StringIO
from pathlib import Path

import pytest

from caretally.clock import ServiceMonth
from caretally.practice.reports import Asked
from caretally.practice.reports_catalogue import KINDS, report
from tests.integration.demonstrated import LAKESIDE, Demo, Enter

MARCH = ServiceMonth(2026, 3)
HERE = f"/p/{LAKESIDE}/reports/"


@pytest.mark.parametrize("name", KINDS)
def test_csv_and_json_hold_what_the_page_shows(demo: Demo, enter: Enter, name: str) -> None:
    client = enter("cora")
    page = client.get(f"{HERE}{name}/?month=2026-03")
    assert page.status_code == 200
    shown = report(Asked(office=demo.office("cora"), month=MARCH), name)
    rows = list(
        csv.reader(StringIO(client.get(f"{HERE}{name}.csv?month=2026-03").content.decode()))
    )
    told = json.loads(client.get(f"{HERE}{name}.json?month=2026-03").content)
    assert shown.figures
    titles = [each.title for each in (*shown.pictures, *shown.tables)]
    assert len(titles) == len(set(titles)), "two parts of a page may not bear one name"
    for figure in shown.figures:
        assert ["figures", figure.label, figure.cell.plain] in rows
        assert figure.cell.shown in page.content.decode().replace("&#x27;", "'")
    for table in shown.tables:
        found = [row[1:] for row in rows if row[0] == f"table {table.name}"]
        assert found == [list(table.columns), *[[c.plain for c in row] for row in table.rows]]
    assert [each["value"] or "" for each in told["figures"]] == [
        each.cell.plain for each in shown.figures
    ]


@pytest.mark.parametrize("name", KINDS)
def test_a_pdf_is_sound_and_tagged(enter: Enter, tmp_path: Path, name: str) -> None:
    answer = enter("cora").get(f"{HERE}{name}.pdf?month=2026-03")
    assert answer["Content-Type"] == "application/pdf"
    file = tmp_path / "report.pdf"
    file.write_bytes(answer.content)
    check = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr
    told = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert "Tagged:          yes" in told
