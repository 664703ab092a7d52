"""Around every request: how many, how long, and refusals under `/api/` in the form of the API.

Labels are templates of addresses, never addresses: no id of a patient is in them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_only_middleware
from prometheus_client import CollectorRegistry, Counter, Histogram

from caretally.api.problems import PROBLEM_JSON, problem_answer

Answer = Callable[[HttpRequest], HttpResponse]
API = "/api/"
REQUESTS = CollectorRegistry()
COUNT = Counter(
    "caretally_requests", "Requests answered", ("method", "route", "status"), registry=REQUESTS
)
SECONDS = Histogram(
    "caretally_request_seconds", "Time to an answer", ("method", "route"), registry=REQUESTS,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)  # fmt: skip
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@sync_only_middleware
def metering(answer: Answer) -> Answer:
    """Count requests by the template of their address."""

    def answered(request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        made = answer(request)
        method = request.method if request.method in METHODS else "other"
        route = route_of(request)
        COUNT.labels(method, route, made.status_code).inc()
        SECONDS.labels(method, route).observe(time.perf_counter() - begun)
        return made

    return answered


def route_of(request: HttpRequest) -> str:
    """Return the template of an address."""
    match = request.resolver_match
    return f"/{match.route}" if match is not None else "unmatched"


@sync_only_middleware
def api_refusals(answer: Answer) -> Answer:
    """Turn what the framework refuses under the API into problem details."""

    def answered(request: HttpRequest) -> HttpResponse:
        made = answer(request)
        if not request.path.startswith(API):
            return made
        made.headers.setdefault("Cache-Control", "no-store")
        if made.status_code < 400:
            return made
        if made.get("Content-Type", "").startswith(PROBLEM_JSON):
            return made
        allowed = made.get("Allow", "")
        told = problem_answer(made.status_code, f"Allowed: {allowed}" if allowed else "")
        if allowed:
            told["Allow"] = allowed
        return told

    return answered
