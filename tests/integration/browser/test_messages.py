"""A nurse and a patient who write with each other, each in a browser of their own.

The connection is a real WebSocket to the live process that `caretally serve` keeps beside it. Where
that process is gone, the page asks every few seconds, and nothing is lost.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.integration.browser.conftest import PHONE, Visit, Visiting
from tests.integration.browser.test_every_page import SHOTS, too_wide, violations
from tests.integration.databases import free_port
from tests.integration.served import Server

ADA = "patients/pat_ada/"
LATER_MS = 60_000
"""Two cores may be busy with other things."""


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, demo_home: Callable[[Path], Path]
) -> Iterator[Server]:
    """Return a server with the demonstration and a live process."""
    home = demo_home(tmp_path_factory.mktemp("served") / "home")
    found = Server(home, "--demo", "--no-worker", live_port=str(free_port()))
    yield found
    found.kill()


def invited(nurse: Visit) -> tuple[str, str]:
    """Invite the patient with a letter; returns its number and its first code."""
    page = nurse.practice(f"{ADA}portal/")
    page.get_by_label("How").first.select_option("letter")
    page.get_by_role("button", name=re.compile("^(Invite|Print)")).first.click()
    letter = page.locator(".portal-letter")
    number = letter.locator("ol > li").nth(1).locator("strong").inner_text()
    return number, letter.locator("code").first.inner_text()


def joined(patient: Visit, number: str, code: str) -> Page:
    """Sign the patient in with a letter."""
    page = patient.open("/portal/sign-in")
    page.locator("#identity").fill(number)
    page.get_by_role("button", name="Go on").first.click()
    page.locator("#code").fill(code)
    page.get_by_role("button").filter(has_text="Go on").click()
    page.wait_for_url(re.compile("/portal/(join)?$"))
    if page.url.endswith("/join"):  # asked once
        for name, value in {"month": "8", "day": "17", "year": "1954"}.items():
            page.locator(f"#{name}").fill(value)
        page.get_by_role("button").filter(has_text="Go on").click()
        page.wait_for_url(re.compile("/portal/$"))
    return patient.open("/portal/messages/")


def live(page: Page) -> None:
    """Wait until a page has its live connection."""
    expect(page.locator("#chat[data-state=live]")).to_be_visible(timeout=LATER_MS)


def write(page: Page, text: str) -> None:
    """Write a message."""
    page.locator("#chat-text").fill(text)
    page.locator("#chat-form button").click()


def said(page: Page) -> Locator:
    """Return what was written, message by message."""
    return page.locator("#chat-messages .chat-text")


def picture(visit: Visit, name: str) -> None:
    """Keep a picture where a folder for it is named."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        visit.page.screenshot(path=Path(SHOTS) / f"chat-{name}.png", full_page=True)


def live_processes(server: Server) -> list[int]:
    """Return the numbers of the live process and its own."""
    port = f"CARETALLY_LIVE_PORT={server.surroundings['CARETALLY_LIVE_PORT']}".encode()
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            is_of_server = port in (each / "environ").read_bytes().split(b"\0")
            is_live = b"--beside" in (each / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has just ended, or is somebody else's
            continue
        if is_of_server and is_live:
            found.append(int(each.name))
    return found


def lose_the_live_process(server: Server, home: Page, desk: Page) -> None:
    """Kill it: what is written meanwhile arrives, in order, and it is begun anew by itself."""
    before = said(desk).count()
    lost = live_processes(server)
    assert lost
    for each in lost:
        os.kill(each, signal.SIGKILL)
    expect(home.locator("#chat-state")).to_have_text(
        "New messages come every few seconds.", timeout=LATER_MS
    )
    wanted = [f"While it was away: {each}" for each in ("one", "two", "three")]
    for each in wanted:
        write(home, each)
    expect(said(desk)).to_have_count(before + 3, timeout=LATER_MS)
    assert said(desk).all_inner_texts()[before:] == wanted
    live(home)
    live(desk)
    expect(home.locator("#chat-state")).to_have_text("")
    write(desk, "I am here again")
    expect(said(home).last).to_have_text("I am here again", timeout=LATER_MS)
    assert said(home).all_inner_texts() == said(desk).all_inner_texts()
    assert not set(lost) & set(live_processes(server))


def measure(visit: Visiting) -> None:
    """Close what was just written: the same seconds stand on the page and in the month."""
    nurse = visit("rosa", theme="dark")
    desk = nurse.practice(f"{ADA}messages/")
    so_far = int(desk.locator(".chat-seconds").get_attribute("data-seconds") or "-1")
    picture(nurse, "nurse-desktop-dark")
    desk.get_by_role("button", name="Close and measure").click()
    expect(desk.get_by_role("alert").filter(has_text="Choose what it was about")).to_be_visible()
    desk.get_by_label("Symptoms").check()
    desk.get_by_role("button", name="Close and measure").click()
    figure = desk.locator("[data-figure=live_seconds]")
    expect(figure).to_have_attribute("data-seconds", str(so_far))
    assert so_far > 0
    expect(desk.get_by_text("Counted as chat")).to_be_visible()
    picture(nurse, "measured-desktop-dark")
    assert violations(nurse) == []
    nurse.practice(ADA)
    chat = nurse.page.locator("[data-figure=chat_seconds]").inner_text()
    assert chat not in ("0 s", "0 min", "0:00")
    nurse.practice("messages/?all=1")
    expect(nurse.page.get_by_text("Closed").first).to_be_visible()
    picture(nurse, "list-desktop-dark")


def test_a_nurse_and_a_patient_write_with_each_other(visit: Visiting, server: Server) -> None:
    nurse = visit("rosa")
    number, code = invited(nurse)
    patient = visit(size=PHONE)
    home = joined(patient, number, code)
    desk = nurse.practice(f"{ADA}messages/")
    live(home)
    live(desk)

    write(home, "Good morning, my weight is up two pounds")
    expect(said(desk)).to_have_text(["Good morning, my weight is up two pounds"], timeout=LATER_MS)
    expect(desk.locator("#chat-here")).to_contain_text("is here", timeout=LATER_MS)
    desk.locator("#chat-text").press_sequentially("How is your breath", delay=20)
    expect(home.locator("#chat-here")).to_have_text("Rosa Delgado is typing", timeout=LATER_MS)
    write(desk, "How is your breathing?")
    expect(said(home)).to_have_count(2, timeout=LATER_MS)
    expect(home.locator(".is-own .chat-mark").first).to_have_text("Read", timeout=LATER_MS)
    write(home, "A little worse on the stairs, and my feet feel tight")
    expect(said(desk)).to_have_count(3, timeout=LATER_MS)
    write(desk, "Please weigh yourself tomorrow before breakfast")
    expect(said(home)).to_have_count(4, timeout=LATER_MS)
    assert violations(nurse) == []
    assert violations(patient) + too_wide(patient) == []
    picture(nurse, "nurse-desktop-light")
    picture(patient, "patient-phone-light")

    lose_the_live_process(server, home, desk)
    nurse.complaints.clear()
    patient.complaints.clear()
    measure(visit)


def test_a_patient_without_scripts_writes_a_form(visit: Visiting, server: Server) -> None:
    nurse = visit("tom")
    found = nurse.context.browser.new_context(java_script_enabled=False)
    found.add_cookies(nurse.context.cookies())
    page = found.new_page()
    page.goto(server.address(f"/p/prac_lakeside/{ADA}messages/"))
    before = said(page).count()
    page.locator("#chat-text").fill("Written without any script")
    page.locator("#chat-form button").click()
    expect(said(page)).to_have_count(before + 1)
    expect(said(page).last).to_have_text("Written without any script")
    found.close()


def test_a_red_flag_is_answered_at_once(visit: Visiting) -> None:
    nurse = visit("rosa")
    number, code = invited(nurse)
    patient = visit(theme="dark", size=PHONE)
    home = joined(patient, number, code)
    live(home)
    write(home, "I have chest pain and can't breathe")
    answer = home.locator(".is-automated")
    expect(answer.last).to_contain_text("call 911 now", timeout=LATER_MS)
    expect(answer.last).to_contain_text("Automatic message")
    picture(patient, "patient-phone-dark")
    assert violations(patient) == []
    page = nurse.practice("alerts/")
    expect(page.get_by_role("link", name=re.compile("Messages 1 to look at"))).to_be_visible()
    expect(page.get_by_text("Wrote in a message: chest pain, breathless").first).to_be_visible()
