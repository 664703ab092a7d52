"""Bodies of entries: a JSON list or NDJSON, packed or not, read within bounds.

What is wrong is named by the place of the entry in the list, or by its line.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from caretally.api.problems import RefusedError
from caretally.errors import InputError, Problem
from caretally.journal.entries import Entry
from caretally.journal.envelopes import decode_entry
from caretally.journal.faults import Misfit
from caretally.journal.ndjson import Source, read_entries
from caretally.journal.parsing import NotJsonError, parse_line

MOST_BYTES = 32 * 1024 * 1024
"""Of a body, after it was unpacked; more is sent in several requests."""
JSON, NDJSON = "application/json", "application/x-ndjson"
CONTENT_TYPES: Mapping[str, str] = {JSON: JSON, NDJSON: NDJSON, "application/ndjson": NDJSON}
GZIP_WINDOW = 31
"""zlib's word for gzip and nothing else."""


def body_of(request: HttpRequest) -> bytes:
    """Return the body of a request with entries, unpacked.

    Raises:
        RefusedError: it is too large, or packed in another way.
    """
    return read_body(request, MOST_BYTES)


def read_body(request: HttpRequest, most: int) -> bytes:
    """Return a body, unpacked, that may hold so many bytes.

    Raises:
        RefusedError: it is too large, or packed in another way.
    """
    written = request.headers.get("Content-Encoding", "identity").strip().lower()
    if written not in {"identity", "gzip"}:
        raise RefusedError(415, "A body is sent as it is or with `Content-Encoding: gzip`.")
    body: bytes = sent_in(request).read(most + 1)
    if written == "gzip":
        body = unpacked(body, most)
    if len(body) > most:
        raise RefusedError(413, f"A body may hold {most:,} bytes once unpacked; send several.")
    return body


def sent_in(request: HttpRequest) -> Any:
    """Return where a body is read from; Django takes one without a length for empty.

    Raises:
        RefusedError: it comes in chunks, and this server does not say where they end.
    """
    if request.META.get("CONTENT_LENGTH") or "Transfer-Encoding" not in request.headers:
        return request
    if not request.META.get("wsgi.input_terminated"):
        raise RefusedError(400, "Send the body with a Content-Length.")
    return request.META["wsgi.input"]


def unpacked(body: bytes, most: int) -> bytes:
    """Return what a gzip body holds, at most one byte more than is taken.

    Raises:
        InputError: it is no gzip, or ends too early.
    """
    reader = zlib.decompressobj(GZIP_WINDOW)
    try:
        made = reader.decompress(body, most + 1)
    except zlib.error:
        made, reader = b"", zlib.decompressobj(GZIP_WINDOW)
    if not reader.eof and len(made) <= most:
        raise InputError([
            Problem(where="body", found="no whole gzip content",
                    expected="gzip, as the header says")
        ])  # fmt: skip
    return made


def content_type_of(request: HttpRequest) -> str:
    """Return the content type of a body of entries, as it is handled.

    Raises:
        RefusedError: it is another.
    """
    content_type = CONTENT_TYPES.get((request.content_type or "").lower())
    if content_type is None:
        raise RefusedError(415, f"Send {JSON} (a list) or {NDJSON} (an entry a line).")
    return content_type


def entries_in(body: bytes, content_type: str) -> tuple[Entry, ...]:
    """Return the entries of a body.

    Raises:
        InputError: with every problem of every entry.
    """
    if content_type == NDJSON:
        return read_entries(Source(name="body", stream=io.BytesIO(body))).checked()
    try:
        raw = parse_line(body)
    except NotJsonError as error:
        raise RefusedError(400, f"The body is no JSON: {error.found}.") from None
    if not isinstance(raw, list):
        raise InputError([Problem(where="body", found="no list", expected="a list of entries")])
    return listed(raw)


def listed(raw: list[object]) -> tuple[Entry, ...]:
    """Return the entries of a list.

    Raises:
        InputError: with every problem of every entry.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    for number, each in enumerate(raw):
        try:
            entries.append(decode_entry(each))
        except Misfit as misfit:
            problems += [fault.problem(f"body[{number}]") for fault in misfit.faults]
    if problems:
        raise InputError(problems)
    return tuple(entries)
