"""A real Chromium before a real server with the demonstration; skipped where there is no Chromium.

A module shares one server, so its tests say in their order what happens. Nothing outside is asked:
a request to any other address fails the test that made it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.integration.demonstrated import LAKESIDE
from tests.integration.served import Server

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESKTOP, PHONE = (1280, 900), (390, 844)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return a Chromium; it goes with the module, since Django refuses to work beside its loop."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("Chromium is not installed: make system installs it")
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, demo_home: Callable[[Path], Path]
) -> Iterator[Server]:
    """Return a server with the demonstration."""
    home = demo_home(tmp_path_factory.mktemp("served") / "home")
    found = Server(home, "--demo", "--no-worker")
    yield found
    found.kill()


@dataclass(kw_only=True)
class Visit:
    """A person's browser: a page, and what went wrong in it.

    complaints: errors on the console, broken scripts, requests to other addresses.
    """

    page: Page
    server: Server
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Open an address of the program."""
        self.page.goto(self.server.address(path))
        return self.page

    def practice(self, path: str) -> Page:
        """Open a page of the practice."""
        return self.open(f"/p/{LAKESIDE}/{path}")


Visiting = Callable[..., Visit]


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[Visiting]:
    """Return a function that opens a browser, signed in where a login is named."""
    made: list[Visit] = []

    def start(login: str = "", *, size: tuple[int, int] = DESKTOP, theme: str = "light") -> Visit:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme,
            reduced_motion="reduce",
        )  # fmt: skip
        found = Visit(page=context.new_page(), server=server, context=context)
        watch(found)
        made.append(found)
        if login:
            sign_in(found, login)
        return found

    yield start
    # a page that asks again and again is left in the middle of asking when a test ends
    complaints = [
        complaint
        for each in made
        for complaint in each.complaints
        if not complaint.startswith(("htmx:afterRequest,", "htmx:sendError,"))
    ]
    for each in made:
        each.context.close()
    assert complaints == []


def watch(found: Visit) -> None:
    """Note what goes wrong in a browser."""

    def on_console(message: ConsoleMessage) -> None:
        # a page that is refused on purpose is told by its status, and tests look at that
        if message.type == "error" and "Failed to load resource" not in message.text:
            found.complaints.append(message.text)

    own = found.server.address("")
    found.page.on("console", on_console)
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.context.on(
        "request",
        lambda asked: None if asked.url.startswith((own, "data:", "blob:"))
        else found.complaints.append(f"asked {asked.url}"),
    )  # fmt: skip


def sign_in(found: Visit, login: str) -> None:
    """Sign in as one of the demonstration's people."""
    page = found.open("/accounts/login/")
    page.get_by_label("User name").fill(login)
    page.get_by_label("Password").fill(found.server.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)
