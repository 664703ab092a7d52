"""Health and metrics, for those who watch the program; neither tells anything of a patient."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from caretally.api.metering import REQUESTS
from caretally.clock import microseconds_of, now
from caretally.practice.opened import journal
from caretally.store.counts import Counts, IntakeCounts, counts, intake_counts
from caretally.store.database import ALL, Database, scoped
from caretally.store.tending import pending


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Tell whether the database answers and its tables are those of this version."""
    try:
        waiting = pending(Database())
    except DatabaseError:
        told = {"status": "down", "database": "does not answer", "migrations": "not known"}
        return JsonResponse(told, status=503)
    is_ready = not waiting
    told = {
        "status": "ok" if is_ready else "down", "database": "ok",
        "migrations": "applied" if is_ready else f"{len(waiting)} to apply",
    }  # fmt: skip
    return JsonResponse(told, status=200 if is_ready else 503)


class Journal(Collector):
    """What is counted in the database when somebody asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each count as it is now."""
        with scoped(ALL):
            found: Counts = counts(journal().db)
            intake: IntakeCounts = intake_counts(journal().db)
        lag = microseconds_of(now()) - intake.since_us if intake.waiting else 0
        for name, words, value in (
            ("journal_entries", "Entries in the journal, access entries among them", found.entries),
            ("journal_bytes", "Bytes that the journal takes in the database", found.size),
            ("deliveries_waiting", "Events on their way to subscriptions", found.deliveries),
            ("jobs_waiting", "Jobs that wait for a worker", found.jobs),
            ("inbound_waiting", "Deliveries of vendors that wait to be read", intake.waiting),
            ("inbound_lag_seconds", "Since when the oldest of them waits", max(0, lag) / 1e6),
            ("readings_waiting", "Readings that wait to be filed", intake.ready),
            ("readings_held", "Readings held back for a person", intake.held),
            ("faults_open", "Parts of deliveries that were not understood", intake.faults),
        ):
            yield GaugeMetricFamily(f"caretally_{name}", words, value=value)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the metrics of this process and of the journal, as Prometheus reads them."""
    stored = CollectorRegistry()
    stored.register(Journal())
    content = generate_latest(REQUESTS) + generate_latest(stored)
    return HttpResponse(content, content_type=CONTENT_TYPE_LATEST)
