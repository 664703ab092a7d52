"""The drawing of vital signs for paper: set in the font of the page it stands on."""

from __future__ import annotations

from caretally.practice.chart_records import Axis
from caretally.web.charts.svg import Sheet, description_of, drawing

SCREEN_FONT, PRINT_FONT = "system-ui, sans-serif", "Libertinus Serif"
WIDTH = 720


def printed(axis: Axis) -> tuple[str, str]:
    """Return a drawing and what it shows, in words."""
    drawn = drawing(axis, Sheet(width=WIDTH, is_alone=True))
    return drawn.replace(SCREEN_FONT, PRINT_FONT), description_of(axis)
