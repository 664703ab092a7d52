"""What independent programs say of a file: pyx12, x12sdk and oxedi, none of them ours."""

from __future__ import annotations

import io
import json
import logging
import math
from pathlib import Path
from typing import Any

import oxedi
import pyx12.errors
from pyx12.params import params
from pyx12.x12n_document import x12n_document
from x12sdk.io import X12ModelReader

logging.getLogger("pyx12").setLevel(logging.CRITICAL)


def by_pyx12(body: bytes) -> list[str]:
    """Return the errors pyx12 finds."""
    answer = io.StringIO()
    try:
        is_valid = x12n_document(
            params(), io.StringIO(body.decode()), None, None, None, fd_json=answer
        )
    except pyx12.errors.EngineError as error:
        return [str(error)]
    found = errors_in(json.loads(answer.getvalue() or "{}"))
    return found or ([] if is_valid else ["not valid"])


def errors_in(document: Any) -> list[str]:
    """Return every error of a report, however deep."""
    if isinstance(document, list):
        return [each for item in document for each in errors_in(item)]
    if not isinstance(document, dict):
        return []
    own = [str(each) for each in document.get("errors", ()) or ()]
    return own + [
        each for key, item in document.items() if key != "errors" for each in errors_in(item)
    ]


def acknowledged_by_pyx12(body: bytes) -> bytes:
    """Return the 999 that pyx12 answers to a file of claims."""
    answer = io.StringIO()
    x12n_document(params(), io.StringIO(body.decode()), answer, None, None)
    return answer.getvalue().encode()


def by_x12sdk(body: bytes) -> list[str]:
    """Return the errors x12sdk finds.

    It knows the 837P by the name of another release only, whose structure is the same for all
    that we write; the name is changed for it.
    """
    text = body.decode().replace("005010X222A1", "005010X222A2")
    try:
        with X12ModelReader(text) as reader:
            for _ in reader.models():
                pass
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, NameError) as error:
        return [f"{type(error).__name__}: {error}"]
    return []


def told_by_oxedi(body: bytes, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return what oxedi reads from an 835: its tables as rows."""
    path = folder / "file.835"
    path.write_bytes(body)
    tables = oxedi.parse_file(path).tables
    return {
        name: [
            {key: plain(value) for key, value in row.items()}
            for row in tables[name].to_pandas().to_dict("records")
        ]
        for name in tables
    }


def plain(value: Any) -> Any:
    """Return text as text, and what pandas has for nothing as None."""
    if isinstance(value, bytes):
        return value.decode()
    return None if isinstance(value, float) and math.isnan(value) else value


def told_by_x12sdk(body: bytes) -> list[Any]:
    """Return the transaction sets of a file as x12sdk reads them."""
    with X12ModelReader(body.decode()) as reader:
        return list(reader.models())


def by_oxedi(body: bytes, folder: Path) -> list[str]:
    """Return the diagnostics of oxedi, which knows the 835."""
    path = folder / "file.835"
    path.write_bytes(body)
    try:
        return [str(each) for each in oxedi.parse_file(path).diagnostics]
    except oxedi.ParseError as error:
        return [str(error)]
