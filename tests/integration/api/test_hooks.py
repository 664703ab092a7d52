"""Webhooks: filed with the save that caused them, signed, tried again, and never sent inside."""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.test import override_settings

from caretally import clock
from caretally.errors import ExchangeError, InputError
from caretally.exchange.posting import Letter, checked_url, is_allowed, networks_of, post
from caretally.practice.disclosures import disclosures
from caretally.practice.hooks import (
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    deliver_due,
    pause_after,
    signature,
)
from caretally.store.models import Delivery, Secret
from caretally.store.outbox import LEASE, leased
from tests.integration.api.conftest import Connect
from tests.integration.api.test_reading import time_entry
from tests.integration.demonstrated import Demo

URL = "https://other.example/hook"
EVENTS = ["entries_accepted", "month_changed"]
INSIDE = networks_of("127.0.0.0/8")


@pytest.fixture
def told(connect: Connect) -> dict[str, Any]:
    """Subscribe another program to everything."""
    answer = connect("amir").post("/subscriptions", {"url": URL, "events": EVENTS})
    assert answer.status_code == 201, answer.content
    return answer.json()


def own_secrets() -> Any:
    """Return the secrets of subscriptions; the demonstration keeps those of vendors beside."""
    return Secret.objects.exclude(purpose__startswith="connection/")


def sending(status: int, kept: list[Letter]) -> Any:
    """Return what keeps letters instead of sending them."""

    def send(letter: Letter) -> int:
        kept.append(letter)
        return status

    return send


def test_a_save_is_told_once_with_ids_only(demo: Demo, connect: Connect, told) -> None:
    connect("cora").post("/entries", [time_entry()])
    connect("cora").post("/entries", [time_entry()])
    letters: list[Letter] = []
    assert deliver_due(demo.journal.db, clock.now(), send=sending(200, letters)) == 2
    bodies = {body["kind"]: body for body in (json.loads(letter.body) for letter in letters)}
    assert bodies["entries_accepted"]["entries"] == ["ent_api_1"]
    assert bodies["month_changed"]["patient"] == "pat_ada"
    assert bodies["month_changed"]["month"] == "2026-03"
    month = connect("rosa").get("/patients/pat_ada/months/2026-03/version").json()
    assert bodies["month_changed"]["version"] == month["version"]
    assert all(b"Ada" not in letter.body for letter in letters)
    assert deliver_due(demo.journal.db, clock.now(), send=sending(200, letters)) == 0


def test_what_goes_out_stands_in_the_accounting_of_disclosures(
    demo: Demo, connect: Connect, told
) -> None:
    connect("cora").post("/entries", [time_entry()])
    before = len(disclosures(demo.office("cora"), "pat_ada"))
    deliver_due(demo.journal.db, clock.now(), send=sending(503, []))
    deliver_due(demo.journal.db, clock.now() + timedelta(hours=5), send=sending(200, []))
    found = disclosures(demo.office("cora"), "pat_ada")
    assert len(found) == before + 1
    assert "webhook month_changed" in str(found[0])
    assert disclosures(demo.office("cora"), "pat_edie") == ()


def test_what_is_refused_is_not_told(demo: Demo, connect: Connect, told) -> None:
    assert connect("cora").post("/entries", [time_entry(), {"id": "x"}]).status_code == 422
    assert not Delivery.objects.exists()


def test_a_receiver_can_check_the_signature(demo: Demo, connect: Connect, told) -> None:
    connect("cora").post("/entries", [time_entry()])
    letters: list[Letter] = []
    deliver_due(demo.journal.db, clock.now(), send=sending(200, letters))
    for letter in letters:
        moment, _, mac = letter.headers["Caretally-Signature"].partition(",v1=")
        content = moment.removeprefix("t=").encode() + b"." + letter.body
        assert mac == hmac.new(told["secret"].encode(), content, sha256).hexdigest()
        assert letter.headers["Caretally-Event"] == json.loads(letter.body)["id"]
    changed = signature(told["secret"].encode(), letters[0].body + b" ", clock.now())
    assert changed not in {letter.headers["Caretally-Signature"] for letter in letters}


def test_the_secret_is_told_once_and_kept_sealed(connect: Connect, told) -> None:
    assert told["secret"].startswith("whsec_")
    assert told["secret"].encode() not in bytes(own_secrets().get().sealed)
    assert "secret" not in connect("amir").get("/subscriptions").json()["items"][0]


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(
    demo: Demo, connect: Connect, told
) -> None:
    connect("cora").post("/entries", [time_entry()])
    at, letters = clock.now(), []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert deliver_due(demo.journal.db, at, send=sending(503, letters)) == 0
        assert deliver_due(demo.journal.db, at, send=sending(503, letters)) == 0
        at += 2 * LONGEST_PAUSE
        assert max(row.attempts for row in Delivery.objects.all()) == attempt
    while Delivery.objects.filter(state="waiting").exists():
        deliver_due(demo.journal.db, at, send=sending(503, letters))
        at += 2 * LONGEST_PAUSE
    assert {row.state for row in Delivery.objects.all()} == {"given_up"}
    path = f"/subscriptions/{told['id']}/deliveries"
    item = connect("amir").get(path).json()["items"][0]
    assert (item["state"], item["answer"], item["attempts"]) == ("given_up", "503", MOST_ATTEMPTS)
    again = connect("amir").post(f"{path}/{item['event']}/resend", {})
    assert again.json()["state"] == "waiting"
    assert deliver_due(demo.journal.db, at, send=sending(204, letters)) == 1


def test_pauses_grow_and_spread() -> None:
    pauses = [pause_after(attempts, "evt_1") for attempts in range(1, 9)]
    assert pauses == sorted(pauses)
    assert pauses[0] >= timedelta(seconds=30)
    assert pause_after(200, "evt_1") <= LONGEST_PAUSE * 1.25
    assert len({pause_after(1, f"evt_{number}") for number in range(50)}) > 20


def test_a_delivery_under_lease_is_nobody_elses_until_the_lease_ends(
    demo: Demo, connect: Connect, told
) -> None:
    connect("cora").post("/entries", [time_entry()])
    db, at = demo.journal.db, clock.now()
    assert len(leased(db, at, 10)) == 2
    assert leased(db, at, 10) == []
    assert len(leased(db, at + LEASE, 10)) == 2


def test_a_silent_address_holds_nobody_else_up(demo: Demo, connect: Connect, told) -> None:
    other = "https://third.example/hook"
    connect("amir").post("/subscriptions", {"url": other, "events": EVENTS})
    for number in range(6):
        connect("cora").post("/entries", [time_entry(f"e{number}")])
    asked: list[Letter] = []

    def send(letter: Letter) -> int:
        asked.append(letter)
        if letter.url == URL:
            raise ExchangeError("no answer (ConnectTimeout)")
        return 200

    arrived = deliver_due(demo.journal.db, clock.now(), 4, send)
    assert arrived == Delivery.objects.filter(subscription__url=other).count() > 6
    assert sum(letter.url == URL for letter in asked) == 1
    assert not Delivery.objects.filter(state="waiting", leased_until__isnull=False).exists()


def test_an_ended_subscription_hears_nothing_more(demo: Demo, connect: Connect, told) -> None:
    connect("cora").post("/entries", [time_entry()])
    assert connect("amir").delete(f"/subscriptions/{told['id']}").status_code == 204
    connect("cora").post("/entries", [time_entry("ent_2")])
    letters: list[Letter] = []
    assert deliver_due(demo.journal.db, clock.now(), send=sending(200, letters)) == 0
    assert letters == []
    assert not own_secrets().exists()
    event = Delivery.objects.first().event
    path = f"/subscriptions/{told['id']}/deliveries/{event}/resend"
    assert connect("amir").post(path, {}).status_code == 404


@pytest.mark.parametrize(
    "url",
    ["ftp://x.example", "https://", "http://other.example/", "https://u:p@other.example/",
     "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.8/", "https://169.254.169.254/",
     "https://other.example/#x", "nonsense", "https://x.example:99999/", "https://ü.example/"],
)  # fmt: skip
def test_addresses_that_are_refused(connect: Connect, url: str) -> None:
    answer = connect("amir").post("/subscriptions", {"url": url, "events": EVENTS})
    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["errors"]} == {"url"}


@pytest.mark.parametrize(
    "number",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "::", "::1",
     "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1",
     "100.64.0.1", "ff02::1", "255.255.255.255"],
)  # fmt: skip
def test_machines_that_may_not_be_called(number: str) -> None:
    assert not is_allowed(number, ())


@pytest.mark.parametrize("number", ["9.9.9.9", "2620:fe::fe"])
def test_machines_of_the_public_network_may_be_called(number: str) -> None:
    assert is_allowed(number, ())


def test_own_networks_may_be_allowed() -> None:
    assert is_allowed("10.1.2.3", networks_of("10.1.0.0/16"))
    assert not is_allowed("10.2.2.3", networks_of("10.1.0.0/16, fc00::/7"))
    assert checked_url("http://10.1.2.3/x", networks_of("10.1.0.0/16")).hostname == "10.1.2.3"
    with pytest.raises(InputError):
        networks_of("10.1.0.0/99")


def test_a_name_that_stands_for_a_machine_inside_is_not_called() -> None:
    with pytest.raises(ExchangeError, match="may not be called"):
        post(Letter(url="https://localhost/", body=b"", headers={}))


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is sent; sends whoever asks for /away elsewhere."""

    heard: list[tuple[str, bytes, str]]

    def do_POST(self) -> None:
        """Answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, body, self.headers["Host"]))
        self.send_response(302 if self.path == "/away" else 200)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[Any]]]:
    """Serve on a free port of this machine."""
    heard: list[Any] = []
    kind = type("Heard", (Receiver,), {"heard": heard})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}", heard
    server.shutdown()
    server.server_close()


def test_a_real_server_hears_it(demo: Demo, connect: Connect, receiver) -> None:
    url, heard = receiver
    with override_settings(HOOK_NETWORKS="127.0.0.0/8,::1/128"):
        connect("amir").post("/subscriptions", {"url": f"{url}/hook", "events": EVENTS[:1]})
        connect("cora").post("/entries", [time_entry()])
        assert deliver_due(demo.journal.db, clock.now()) == 1
    (path, body, host) = heard[0]
    assert path == "/hook"
    assert json.loads(body)["entries"] == ["ent_api_1"]
    assert host == url.removeprefix("http://")
    assert Delivery.objects.get().answer == "200"


def test_no_redirect_is_followed(receiver) -> None:
    url, heard = receiver
    assert post(Letter(url=f"{url}/away", body=b"{}", headers={}), INSIDE) == 302
    assert [path for path, _, _ in heard] == ["/away"]


def test_nobody_there_is_told_in_words() -> None:
    with pytest.raises(ExchangeError, match="no answer"):
        post(Letter(url="http://127.0.0.1:9/", body=b"", headers={}), INSIDE)
