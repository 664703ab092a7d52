"""Typesetting: from a template and values to a PDF that is the same byte for byte every time.

Values reach a template as JSON and stay plain text; nothing of a patient is ever pasted into the
source of a template. Fonts are those typst brings along, so that nothing is fetched and no machine
sets a page differently. Characters these fonts cannot draw are shown by number, as in [U+738B].
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from os import environ
from threading import Lock
from typing import Any

from caretally.audit import extras
from caretally.errors import IntegrityError

TEMPLATES = "templates"
ATTACHED = "attachment-"
UNDRAWN = "could not be displayed with font"
PROBE = b'#set document(title: "probe")\n#text(lang: "en", sys.inputs.at("values"))'
Run = Callable[..., bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file inside a PDF.

    text: its content; UTF-8 inside. relationship: data, source, alternative or supplement.
    """

    name: str
    text: str
    media_type: str
    description: str
    relationship: str = "data"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Which characters the fonts can draw, found out once a character."""

    known: dict[str, bool] = field(default_factory=dict)

    def shown(self, text: str) -> str:
        """Return a text with all it cannot draw shown by number."""
        return "".join(
            char if self.known.get(char, True) else f"[U+{ord(char):04X}]" for char in text
        )


DRAWN = Drawn()
LOCK = Lock()


def typeset(
    template: str,
    values: Mapping[str, object],
    *,
    at: datetime,
    standards: tuple[str, ...] = ("a-3b",),
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """Return the PDF that a template of audit/templates makes of values.

    at: printed as the date of making; the same input gives the same bytes. standards: such as
    `a-3a` and `ua-1`, what the file says it conforms to. The template reads the values with
    `json(bytes(sys.inputs.at("values")))`; files are attached without its doing.

    Raises:
        IntegrityError: the template does not fit the values; the text of the message has none.
        MissingExtraError: typst is not installed.
    """
    inputs = {ATTACHED + each.name: each.text for each in attachments}
    inputs["attachments"] = json.dumps([told(each) for each in attachments])
    run = runner(template)
    with LOCK:  # a compiler serves one thread at a time
        try:
            return run({**inputs, "values": json.dumps(spelled(values))}, at, standards)
        except extras.typst.TypstError as fault:
            if UNDRAWN not in str(fault):
                raise IntegrityError(f"the template {template} does not fit its values") from None
        probe(texts(values), DRAWN)
        try:
            return run({**inputs, "values": json.dumps(spelled(values))}, at, standards)
        except extras.typst.TypstError:
            raise IntegrityError(f"{template}: a text cannot be drawn with any font") from None


def told(attachment: Attachment) -> dict[str, str]:
    """Return what the template is told of an attachment, beside its text."""
    return {
        "name": attachment.name, "media_type": attachment.media_type,
        "description": attachment.description, "relationship": attachment.relationship,
    }  # fmt: skip


@cache
def runner(template: str) -> Run:
    """Return what compiles a template; fonts and the parsed template are kept between runs."""
    folder = files("caretally.audit").joinpath(TEMPLATES)
    return compiled(
        b"\n".join(folder.joinpath(name).read_bytes() for name in ("page.typ", template))
    )


def compiled(source: bytes) -> Run:
    """Return what compiles a source with inputs, an instant and standards."""
    # Threads of one page wait for each other more than they set; read by typst when it first runs.
    environ.setdefault("RAYON_NUM_THREADS", "1")
    compiler: Any = extras.typst.Compiler(font_paths=fonts(), ignore_system_fonts=True)

    def run(inputs: Mapping[str, str], at: datetime, standards: tuple[str, ...]) -> bytes:
        made: bytes = compiler.compile(  # the source again: a compiler forgets it with new inputs
            input=source, format="pdf", sys_inputs=dict(inputs), pdf_standards=list(standards),
            timestamp=at.astimezone(UTC).replace(microsecond=0),
        )  # fmt: skip
        return made

    return run


@cache
def fonts() -> extras.typst.Fonts:
    """Return the fonts that typst brings along."""
    return extras.typst.Fonts(include_system_fonts=False)


def probe(found: Iterable[str], drawn: Drawn) -> None:
    """Find out which characters of texts the fonts can draw; each is tried once a process."""
    run = compiled(PROBE)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for char in sorted({char for text in found for char in text} - drawn.known.keys()):
        try:
            run({"values": f"a{char}a"}, at, ("a-3b",))
            drawn.known[char] = True
        except extras.typst.TypstError:
            drawn.known[char] = False


def texts(value: object) -> Iterator[str]:
    """Yield all texts in values, however deep."""
    match value:
        case str():
            yield value
        case Mapping():
            for each in value.values():
                yield from texts(each)
        case list() | tuple():
            for each in value:
                yield from texts(each)


def spelled(value: object) -> object:
    """Return values with every text as it can be drawn."""
    match value:
        case str():
            return DRAWN.shown(value) if not all(DRAWN.known.values()) else value
        case Mapping():
            return {name: spelled(each) for name, each in value.items()}
        case list() | tuple():
            return [spelled(each) for each in value]
    return value
