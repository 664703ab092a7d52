"""Files of answers brought in by command and page; denials can be worked by everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from caretally.journal.ndjson import write_entries
from caretally.synthetic.lives.practices import LAKESIDE
from caretally.synthetic.payers import Habits, answer
from tests.integration.answers.sent import cast_batch, cast_entries
from tests.integration.browser.conftest import Visiting
from tests.integration.browser.test_intake_pages import linked, look
from tests.integration.served import Server

NPI = "1245319599"
BATCH = cast_batch(14, NPI)
USUAL = Habits(rejects=200, partial=300, denies=400, corrects=0, moves=("WO", "L6"))
LISTS = ("denials/", "denials/?state=every", "remittances/", "remittances/underpaid/",
         "denials/checks/")  # fmt: skip


@pytest.fixture(scope="module")
def told(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Send claims of the cast, and bring in by command what a payer answers."""
    folder = tmp_path_factory.mktemp("answers")
    claims = folder / "claims.ndjson"
    write_entries(cast_entries(BATCH), claims)
    ran = server.run("import", claims, "--practice", LAKESIDE)
    assert ran.returncode == 0, ran.stderr
    answers = answer(BATCH, seed=4, habits=USUAL)
    off = answer(BATCH, seed=6, habits=Habits(rejects=0, unbalanced="claim")).remittances[0]
    files = [answers.status_277ca, *answers.remittances, off]
    for number, body in enumerate(files):
        file = folder / f"{number}.x12"
        file.write_bytes(body)
        dry = server.run("remit", "import", file, "--dry-run")
        assert "nothing was kept" in dry.stderr, dry.stderr
        ran = server.run("remit", "import", file)
        assert ran.returncode == (1 if body is off else 0), ran.stderr
        assert "Traceback" not in ran.stderr
    return folder


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_answers_can_be_used_by_everybody(visit: Visiting, told: Path, theme: str) -> None:
    bea = visit("bea", theme=theme)
    paths = [*LISTS, *linked(bea, "denials/", r"/denials/clm_[^/]+/[^/]+/$")[:3],
             *linked(bea, "remittances/", r"/remittances/ans_[^/]+/$")[:3]]  # fmt: skip
    assert len(paths) == len(LISTS) + 6
    assert [each for path in paths for each in look(bea, path, theme)] == []


def test_a_file_is_dropped_and_a_denial_worked(visit: Visiting, told: Path) -> None:
    bea = visit("bea")
    page = bea.practice("remittances/")
    page.get_by_label("A 999, 277CA or 835").set_input_files(told / "1.x12")
    page.get_by_role("button", name="Read and post it").click()
    page.get_by_text("This file came before").wait_for()
    page = bea.practice("denials/")
    page.locator("tbody th a").first.click()
    page.get_by_label("What was done").select_option("sent_records")
    page.get_by_role("button", name="Write it down").click()
    page.get_by_text("Written down.").wait_for()
    page.get_by_role("button", name="Undo what was done last").click()
    page.get_by_text("Taken back.").wait_for()


def test_mistakes_of_commands_are_told_in_words(server: Server, told: Path) -> None:
    nothing = told / "nothing.x12"
    nothing.write_text("no X12 at all")
    foreign = told / "foreign.x12"
    foreign.write_bytes((told / "1.x12").read_bytes().replace(NPI.encode(), b"1111111112"))
    for file, says in ((told / "gone", "no readable file"), (nothing, "expected"),
                       (foreign, "names no practice here")):  # fmt: skip
        ran = server.run("remit", "import", file)
        assert (ran.returncode, "Traceback" in ran.stderr) == (2, False), ran.stderr
        assert says in ran.stderr, ran.stderr
    ran = server.run("remit", "import", foreign, "--practice", LAKESIDE)
    assert (ran.returncode, "NPI 1111111112" in ran.stderr) == (2, True), ran.stderr
