"""One line a request and one an error, as JSON, without a word about any patient.

Addresses hold ids of patients, so a line names the route and never the address; an error is told by
its kind and where it happened, never by its text.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from time import perf_counter_ns

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_only_middleware

from caretally.clock import outside

LOG = logging.getLogger("caretally.request")
TOLD = ("route", "method", "status", "milliseconds", "user", "practice", "duty", "count")
QUIET = ("/version", "/beat", "/healthz", "/metrics")
"""Ends of addresses that are asked every few seconds: told only where something is wrong."""


class JsonLines(logging.Formatter):
    """Renders records as JSON lines."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, object] = {
            "at": outside().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": event_of(record),
        }
        line |= {name: record.__dict__[name] for name in TOLD if name in record.__dict__}
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, where = record.exc_info
            line["error"] = kind.__qualname__
            line["where"] = [
                f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(where)[-8:]
            ]
        return json.dumps(line, separators=(",", ":"))


def event_of(record: logging.LogRecord) -> str:
    """Return what happened; of a record of another package only what it always says."""
    if record.name.startswith("caretally"):
        return record.getMessage()
    return str(record.args[0]) if isinstance(record.args, tuple) and record.args else record.msg


@sync_only_middleware
def request_log(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Tell every request once it is answered."""

    def answered(request: HttpRequest) -> HttpResponse:
        begun = perf_counter_ns()
        response = answer(request)
        is_quiet = request.path.endswith(QUIET) or request.path.startswith("/static/")
        if is_quiet and response.status_code < 500:
            return response
        match = request.resolver_match
        user = getattr(request, "user", None)
        told = {
            "route": match.route if match is not None else "unknown",
            "method": request.method,
            "status": response.status_code,
            "milliseconds": (perf_counter_ns() - begun) // 1_000_000,
            "user": user.pk if user is not None and user.is_authenticated else None,
            "practice": match.kwargs.get("practice") if match is not None else None,
        }
        LOG.info("request", extra=told)
        return response

    return answered
