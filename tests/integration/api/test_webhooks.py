"""Deliveries over HTTP: only genuine ones, each once, and answered only when they are stored."""

from __future__ import annotations

import gzip
import io
import json
import logging
import threading
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.test import Client

from caretally import clock
from caretally.devices.vendors import registry
from caretally.practice import connections as room
from caretally.practice import receiving
from caretally.practice.connections import Wanted, connect
from caretally.store.inbox import keep_batch
from caretally.store.models import Connection, Inbound, Secret
from caretally.store.together import Together
from tests.integration.demonstrated import HARBOR, Demo
from tests.integration.invented_vendor import HEADER, SLICES, emptied, pressure, signature


@pytest.fixture(autouse=True)
def vendors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know the invented vendors, and no inbox of the test before."""
    monkeypatch.setattr(registry, "SLICES", SLICES)
    receiving.inbox.cache_clear()


class Vendor:
    """An invented vendor with a connection."""

    def __init__(self, demo: Demo, name: str = "invented", login: str = "amir") -> None:
        """Connect it."""
        emptied()
        self.made, secret = connect(demo.office(login), Wanted(vendor=name))
        self.secret = secret.encode()
        self.url = room.path_of(self.made)
        self.content_type = SLICES[name].content_types[0]

    def send(self, body: bytes, **headers: str) -> Any:
        """Post a body, signed unless a header says otherwise."""
        content_type = headers.pop("content_type", self.content_type)
        signed = {HEADER: signature(self.secret, body), **headers}
        return Client(raise_request_exception=False).post(
            self.url, body, content_type=content_type, headers=signed
        )


BODY = json.dumps([pressure(1)]).encode()


def test_a_genuine_delivery_is_stored_whole_and_known_again(demo: Demo) -> None:
    vendor = Vendor(demo)
    first = vendor.send(BODY)
    assert first.status_code == 202
    kept = Inbound.objects.get()
    assert first.json() == {"delivery": str(kept.pk), "known": False}
    assert bytes(kept.body) == BODY
    assert bytes(kept.digest).hex() == sha256(BODY).hexdigest()
    assert kept.practice.name == "prac_lakeside"
    again = vendor.send(BODY)
    assert (again.status_code, again.json()["known"]) == (202, True)
    assert Inbound.objects.get().seen == 2


def test_a_forged_delivery_is_refused_and_told_to_the_operator_alone(
    demo: Demo, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("caretally"), "propagate", True)
    vendor = Vendor(demo)
    refused = vendor.send(BODY, **{HEADER: signature(b"another secret", BODY)})
    assert refused.status_code == 401
    assert refused["Content-Type"] == "application/problem+json"
    told = refused.json()
    assert told["type"] == "urn:caretally:problem:not-genuine"
    assert told["title"] == "The delivery is not genuine"
    assert "token" not in refused.content.decode()
    assert "Bearer" not in refused["WWW-Authenticate"]
    assert "rotate it" in told["errors"][0]["hint"]
    assert not Inbound.objects.exists()
    assert vendor.made.name in caplog.text
    assert vendor.secret.decode() not in caplog.text
    assert "cuff" not in caplog.text


def test_the_secret_before_counts_during_a_rotation_and_not_after(demo: Demo) -> None:
    vendor, office = Vendor(demo), demo.office("amir")
    _, secret = room.rotate(office, vendor.made.name, overlap=timedelta(days=2))
    assert vendor.send(BODY).status_code == 202
    old, vendor.secret = vendor.secret, secret.encode()
    assert vendor.send(BODY).status_code == 202
    vendor.secret = old
    clock.set_ahead(clock.ahead() + timedelta(days=2))
    assert vendor.send(BODY).status_code == 401


def test_a_rotation_without_overlap_ends_all_older_secrets(demo: Demo) -> None:
    vendor, office = Vendor(demo), demo.office("amir")
    room.rotate(office, vendor.made.name)
    room.rotate(office, vendor.made.name, overlap=timedelta(0))
    assert vendor.send(BODY).status_code == 401


def test_paused_ended_and_unknown_connections(demo: Demo) -> None:
    vendor, office = Vendor(demo), demo.office("amir")
    room.pause(office, vendor.made.name)
    paused = vendor.send(BODY)
    assert (paused.status_code, paused["Retry-After"]) == (503, "600")
    room.resume(office, vendor.made.name)
    assert vendor.send(BODY).status_code == 202
    room.end(office, vendor.made.name)
    assert vendor.send(BODY).status_code == 410
    assert not Secret.objects.filter(purpose=room.purpose_of(vendor.made.name)).exists()
    vendor.url = vendor.url.replace("con_", "con_0")
    assert vendor.send(BODY).status_code == 404


def test_the_address_of_another_vendor_is_no_address(demo: Demo) -> None:
    vendor = Vendor(demo)
    vendor.url = vendor.url.replace("invented", "notifier")
    assert vendor.send(BODY).status_code == 404


def test_bodies_have_a_limit_packed_or_not(demo: Demo) -> None:
    vendor = Vendor(demo)
    large = b"[" + b" " * (2 * 1024 * 1024) + b"]"
    assert vendor.send(large).status_code == 413
    packed = gzip.compress(large)
    assert vendor.send(packed, **{"Content-Encoding": "gzip"}).status_code == 413
    fitting = gzip.compress(BODY)
    signed = {HEADER: signature(vendor.secret, BODY), "Content-Encoding": "gzip"}
    assert vendor.send(fitting, **signed).status_code == 202
    assert bytes(Inbound.objects.get().body) == BODY
    assert vendor.send(b"no gzip", **{"Content-Encoding": "gzip"}).status_code == 422


def test_a_body_in_chunks_is_never_taken_for_an_empty_one(demo: Demo) -> None:
    vendor = Vendor(demo)
    signed = {HEADER: signature(vendor.secret, BODY), "Transfer-Encoding": "chunked"}
    chunked: dict[str, Any] = {
        "content_type": vendor.content_type, "headers": signed, "CONTENT_LENGTH": "",
    }  # fmt: skip
    assert Client().post(vendor.url, BODY, **chunked).status_code == 400
    chunked |= {"wsgi.input_terminated": True, "wsgi.input": io.BytesIO(BODY)}
    assert Client().post(vendor.url, BODY, **chunked).status_code == 202
    assert bytes(Inbound.objects.get().body) == BODY


def test_another_content_type_is_refused(demo: Demo) -> None:
    assert Vendor(demo).send(BODY, content_type="text/plain").status_code == 415


def test_a_vendor_that_looks_first_is_answered(demo: Demo) -> None:
    client, vendor = Client(), Vendor(demo, "notifier")
    assert client.head(vendor.url).status_code == 200
    assert client.get(vendor.url).content == b""
    other = client.get(Vendor(demo).url)
    assert (other.status_code, other["Allow"]) == (405, "POST")


def test_notifications_that_look_alike_are_all_news(demo: Demo) -> None:
    vendor = Vendor(demo, "notifier")
    for _ in range(2):
        assert vendor.send(b"userid=1&appli=4").json()["known"] is False
    assert Inbound.objects.count() == 2


def test_headers_that_hold_secrets_are_not_kept(demo: Demo) -> None:
    vendor = Vendor(demo)
    vendor.send(BODY, **{
        "Authorization": "Bearer abc", "X-Webhook-Secret": "abc", "Cookie": "a=abc",
        "X-Delivery-Id": "7", "X-Chosen-Id": f"Bearer {vendor.secret.decode()}",
        "X-Forwarded-For-Id": "abc", "Api-Key-Id": "abc",
    })  # fmt: skip
    kept = Inbound.objects.get().headers
    assert "abc" not in kept
    assert vendor.secret.decode() not in kept
    assert json.loads(kept)["x-delivery-id"] == "7"


def test_what_could_not_be_stored_is_not_acknowledged(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = Vendor(demo)

    def full(*_: object) -> None:
        raise OperationalError("disk is full")

    monkeypatch.setattr(receiving, "keep_batch", full)
    refused = vendor.send(BODY)
    assert refused.status_code == 503
    assert refused["Content-Type"] == "application/problem+json"
    assert not Inbound.objects.exists()


def test_the_same_body_at_once_is_one_delivery(demo: Demo) -> None:
    vendor = Vendor(demo)
    answers: list[Any] = []
    begin = threading.Barrier(8)

    def send() -> None:
        begin.wait()
        answers.append(vendor.send(BODY).json())
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answer["known"] for answer in answers) == [False] + [True] * 7
    assert len({answer["delivery"] for answer in answers}) == 1
    assert Inbound.objects.get().seen == 8


def test_one_that_cannot_be_stored_spoils_no_other(demo: Demo) -> None:
    vendor = Vendor(demo)
    found = receiving.door(demo.journal.db, "invented", vendor.made.name)
    assert found is not None
    good = receiving.arrived(found, posted(BODY))
    bad = good._replace(connection=10**9, key=b"other")
    together: Together[Any, Any] = Together(lambda batch: keep_batch(demo.journal.db, batch))
    begin, outcomes = threading.Barrier(3), []

    def put(item: object) -> None:
        begin.wait()
        try:
            outcomes.append(together.put(item).seen)
        except Exception as error:  # noqa: BLE001
            outcomes.append(type(error).__name__)
        connections.close_all()

    items = (good, good._replace(key=b"third"), bad)
    threads = [threading.Thread(target=put, args=(each,)) for each in items]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(map(str, outcomes)) == ["1", "1", "IntegrityError"]
    assert Inbound.objects.count() == 2


def posted(body: bytes) -> receiving.Posted:
    """Return a body as it arrives."""
    return receiving.Posted(body=body, headers={}, received_at=clock.now())


def test_a_connection_belongs_to_one_practice(demo: Demo) -> None:
    vendor = Vendor(demo)
    office = replace(
        demo.office("amir"), caller=replace(demo.office("amir").caller, practice=HARBOR)
    )
    with pytest.raises(Exception, match="open to you"):
        room.connection_named(office, vendor.made.name)
    assert Connection.objects.get().practice.name == "prac_lakeside"


def test_what_another_process_changed_counts_soon(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor, seconds = Vendor(demo), [0.0]
    monkeypatch.setattr(receiving, "monotonic", lambda: seconds[0])
    assert vendor.send(BODY).status_code == 202
    Connection.objects.update(state="paused")
    assert vendor.send(BODY).status_code == 202
    seconds[0] = receiving.REMEMBERED_SECONDS
    assert vendor.send(BODY).status_code == 503


def test_on_postgres_too(demo_postgres: Demo) -> None:
    vendor = Vendor(demo_postgres)
    assert vendor.send(BODY).json()["known"] is False
    assert vendor.send(BODY).json()["known"] is True
    assert bytes(Inbound.objects.get().body) == BODY
