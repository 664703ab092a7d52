"""The hues of buttons and words can be read on every surface, in the light and in the dark."""

from __future__ import annotations

import pytest

from tests.integration.browser.conftest import Visiting
from tests.integration.browser.test_every_page import violations

HUES = ("primary", "secondary", "success", "danger", "warning", "info")
CLASSES = (
    *(f"btn btn-outline-{hue}" for hue in HUES), *(f"text-{hue}" for hue in HUES),
    *(f"alert alert-{hue}" for hue in HUES), "btn btn-primary", "btn btn-secondary",
    "btn btn-danger", "btn btn-link", "text-body-secondary", "form-text", "field-error",
    "invalid-feedback d-block", "valid-feedback d-block", "state state-met", "state state-unmet",
    "state state-open", "state state-quiet", "state state-info",
)  # fmt: skip
SHOW = """([classes, more]) => {
    const all = classes.map((each) => `<span class="${each} ${more}">${each}</span>`).join(" ");
    document.querySelector("main").innerHTML =
        `<h1>Hues</h1><div>${all}</div><div class="card"><div class="card-body">${all}</div></div>`;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_hues_can_be_read_on_every_surface(visit: Visiting, theme: str) -> None:
    rosa = visit("rosa", theme=theme)
    rosa.practice("worklist/")
    rosa.page.evaluate(SHOW, [list(CLASSES), ""])
    assert violations(rosa) == []
    rosa.page.evaluate(SHOW, [list(CLASSES), "opacity-50"])
    assert "color-contrast" in "".join(violations(rosa)), "a fault put in on purpose is not seen"
