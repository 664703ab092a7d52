"""Audit packets in a browser: one month as a download, a request list with its progress."""

from __future__ import annotations

from pathlib import Path

from caretally.audit.verifying import verify
from tests.integration.browser.conftest import Visiting
from tests.integration.browser.test_closing import looked_at


def test_a_packet_is_downloaded_and_verifies(visit: Visiting, tmp_path: Path) -> None:
    bea = visit("bea")
    bea.practice("patients/pat_ada/?month=2026-02")
    bea.page.get_by_role("link", name="Audit packet").first.click()
    bea.page.get_by_label("Month").select_option("2026-02")
    looked_at(bea, "packet")
    bea.page.get_by_role("button", name="Make the packet").click()
    bea.page.get_by_text("Nothing was saved yet").wait_for()
    looked_at(bea, "packet-wrong")
    bea.page.get_by_label("Who gets it").fill("Medicare contractor, case 7")
    bea.page.get_by_label("For what").fill("record review")
    with bea.page.expect_download() as coming:
        bea.page.get_by_role("button", name="Make the packet").click()
    coming.value.save_as(tmp_path / "ada.pdf")
    assert verify((tmp_path / "ada.pdf").read_bytes()).is_sound
    assert not [each for each in bea.complaints if "422" not in each]


def test_a_list_goes_on_by_itself(visit: Visiting, tmp_path: Path) -> None:
    asked = tmp_path / "asked.csv"
    rows = ("pat_ada,2026-02,C-1", "pat_x,2026-02,C-2", "pat_hal,2026-02,")
    asked.write_text("\n".join(("patient,month,claim", *rows)))
    cora = visit("cora", theme="dark")
    cora.practice("packets/")
    looked_at(cora, "packets-dark")
    cora.page.get_by_label("CSV file").set_input_files(asked)
    cora.page.get_by_label("Who gets it").fill("Medicare contractor, case 7")
    cora.page.get_by_label("For what").fill("record review")
    cora.page.get_by_role("button", name="Begin").click()
    cora.page.get_by_role("link", name="Download the ZIP").wait_for()
    looked_at(cora, "packet-run-dark")
    with cora.page.expect_download() as coming:
        cora.page.get_by_role("link", name="Download the ZIP").click()
    assert coming.value.suggested_filename.endswith(".zip")
    light = visit("cora")
    light.practice("packets/")
    looked_at(light, "packets")
