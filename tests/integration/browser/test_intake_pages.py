"""Pages of one device, one delivery, one held reading, one connection: usable by everybody."""

from __future__ import annotations

import re

import pytest

from tests.integration.browser.conftest import DESKTOP, PHONE, Visit, Visiting
from tests.integration.browser.test_every_page import keep_picture, too_wide, violations

OF_NURSES = (
    "devices/", "devices/dev_hal_scale/", "devices/scale-310/", "devices/cuff-201/assign/",
    "devices/dev_hal_scale/replace/", "devices/dev_hal_scale/correct/", "intake/",
    "intake/rules/unknown_device/reject/", "intake/deliveries/",
)  # fmt: skip
OF_ADMINISTRATORS = ("intake/connections/new/?vendor=tenovi",)


def linked(visit: Visit, start: str, pattern: str) -> list[str]:
    """Return the addresses of a page's links that fit a pattern, below the practice's."""
    visit.practice(start)
    found = visit.page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))")
    fitting = dict.fromkeys(link for link in found if link and re.search(pattern, link))
    return [link.split("/", 3)[3] for link in fitting]


def look(visit: Visit, path: str, theme: str) -> list[str]:
    """Open a page in both sizes and return what is wrong with it."""
    visit.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    visit.practice(path)
    found = violations(visit)
    keep_picture(visit, f"desktop-{theme}")
    if theme == "light":
        visit.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        found += too_wide(visit) + violations(visit)
        keep_picture(visit, "phone-light")
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_one_thing_can_be_used_by_everybody(visit: Visiting, theme: str) -> None:
    rosa, amir = visit("rosa", theme=theme), visit("amir", theme=theme)
    paths = [*OF_NURSES, *linked(rosa, "intake/", r"/readings/\d+/$"),
             *linked(rosa, "intake/deliveries/", r"/deliveries/\d+/$")[:2]]  # fmt: skip
    ways = linked(amir, "intake/connections/", r"/connections/con_[^/]+/$")
    assert len(paths) > len(OF_NURSES) + 2
    found = [each for path in paths for each in look(rosa, path, theme)]
    rotating = [f"{ways[0]}rotate/"]
    found += [each for path in [*OF_ADMINISTRATORS, *ways[:1], *rotating]
              for each in look(amir, path, theme)]  # fmt: skip
    assert found == []
