"""Take the pictures that pages show, of the demonstration: python -m tests.docs.pictures."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from caretally.synthetic.lives.practices import LAKESIDE
from tests.architecture.modules import ROOT
from tests.integration.served import Server

PICTURES = {
    "worklist": ("rosa", "worklist/"),
    "patient": ("lin", "patients/pat_edie/"),
}
"""By name of the file: who looks, at which page of the practice."""


def main() -> None:
    """Take them all."""
    folder = ROOT / "docs" / "images"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as held, sync_playwright() as player:
        server = Server(Path(held) / "home", "--demo", "--no-worker")
        browser = player.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (login, path) in PICTURES.items():
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto(server.address("/accounts/login/"))
            page.get_by_label("User name").fill(login)
            page.get_by_label("Password").fill(server.password)
            page.get_by_role("button", name="Sign in").click()
            page.goto(server.address(f"/p/{LAKESIDE}/{path}"))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=folder / f"{name}.png")
        browser.close()
        server.kill()


if __name__ == "__main__":
    main()
