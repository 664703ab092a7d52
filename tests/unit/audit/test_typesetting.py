"""Typesetting: the same bytes every time, values as plain text, files that ride along."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from caretally.audit import extras
from caretally.audit.typesetting import Attachment, runner, typeset
from caretally.errors import IntegrityError, MissingExtraError

AT = datetime(2026, 3, 26, 14, 5, tzinfo=UTC)
TEMPLATE = "#set document(title: values.title)\n= #values.title\n#values.text\n"


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A template of two values."""
    page = Path(__file__).parents[3] / "src/caretally/audit/templates/page.typ"
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.typ").write_bytes(page.read_bytes())
    (tmp_path / "templates/two.typ").write_text(TEMPLATE)
    monkeypatch.setattr("caretally.audit.typesetting.files", lambda _: tmp_path)
    runner.cache_clear()
    return "two.typ"


def test_the_same_values_give_the_same_bytes(template: str) -> None:
    values = {"title": "A page", "text": "words"}
    made = [typeset(template, values, at=AT, standards=("a-3a", "ua-1")) for _ in range(3)]
    assert made[0][:5] == b"%PDF-"
    assert made[0] == made[1] == made[2]
    assert made[0] != typeset(template, values, at=AT.replace(year=2027), standards=("a-3a",))


def test_attached_text_stands_in_the_file_as_it_is(template: str) -> None:
    note = Attachment(name="n.txt", text="héllo\n", media_type="text/plain", description="a note")
    made = typeset(template, {"title": "t", "text": "x"}, at=AT, attachments=[note])
    assert "héllo\n".encode() in made


def test_source_in_a_value_is_not_run(template: str) -> None:
    text = '#panic("run") $x$ *bold* \\ @ref <label>'
    typeset(template, {"title": "t", "text": text}, at=AT)


def test_what_fonts_cannot_draw_is_shown_by_number(template: str) -> None:
    drawn = typeset(template, {"title": "t", "text": "[U+738B]"}, at=AT)
    assert typeset(template, {"title": "t", "text": "王"}, at=AT) == drawn
    typeset(template, {"title": "t", "text": "Łukasz Дмитрий \x07 🙂"}, at=AT)


def test_a_template_that_does_not_fit_tells_no_value(template: str) -> None:
    with pytest.raises(IntegrityError, match=r"two\.typ does not fit") as told:
        typeset(template, {"title": 7, "text": "Ada Example"}, at=AT)
    assert "Ada" not in str(told.value)


def test_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(extras.PACKAGES, "typst", ("server", "no_such_typesetter"))
    with pytest.raises(MissingExtraError, match=r"no_such_typesetter.*caretally\[server\]"):
        _ = extras.typst
