"""The live process as anybody may reach it: who is let in, what is taken, when it is over."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.integration.databases import free_port
from tests.integration.demonstrated import LAKESIDE
from tests.integration.served import Server

PATIENCE = 60


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, demo_home: Callable[[Path], Path]
) -> Iterator[Server]:
    """Return a server with the demonstration and a live process."""
    home = demo_home(tmp_path_factory.mktemp("served") / "home")
    found = Server(home, "--demo", "--no-worker", live_port=str(free_port()))
    reached(found)
    yield found
    found.kill()


def port_of(server: Server) -> str:
    """Return the port of the live process."""
    return server.surroundings["CARETALLY_LIVE_PORT"]


def reached(server: Server) -> int:
    """Wait until the live process answers; returns the status of a request that is no WebSocket."""
    for _ in range(PATIENCE * 20):
        try:
            return urlopen(f"http://127.0.0.1:{port_of(server)}/").status
        except HTTPError as refused:
            return refused.code
        except OSError:
            server.ask("/accounts/login/")
    raise AssertionError("the live process does not listen")


def session(server: Server, login: str) -> tuple[str, object]:
    """Sign in; returns the cookies and what opens further pages with them."""
    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar))
    door = server.address("/accounts/login/")
    page = opener.open(door, timeout=PATIENCE).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    form = {"login": login, "password": server.password, "csrfmiddlewaretoken": token.group(1)}
    opener.open(door, urlencode(form).encode(), timeout=PATIENCE)
    return "; ".join(f"{each.name}={each.value}" for each in jar), opener


def knock(
    server: Server, cookies: str, path: str = f"/live/p/{LAKESIDE}/pat_edie/", origin: str = ""
) -> ClientConnection:
    """Open a connection as a page would."""
    return connect(
        f"ws://127.0.0.1:{port_of(server)}{path}", origin=origin or server.address(""),
        additional_headers={"Cookie": cookies} if cookies else {}, open_timeout=PATIENCE,
    )  # fmt: skip


def heard(line: ClientConnection, count: int) -> list[str]:
    """Return the ids of the next so many messages."""
    found: list[str] = []
    while len(found) < count:
        told = json.loads(line.recv(timeout=PATIENCE))
        found += [each["message"] for each in told.get("messages", [])]
    return found


def send(line: ClientConnection, name: str, text: str = "How are you today") -> None:
    """Send a message."""
    line.send(json.dumps({"kind": "send", "message": name, "text": text}))


def closing(line: ClientConnection) -> int | None:
    """Return why a connection ends."""
    try:
        while True:
            line.recv(timeout=PATIENCE)
    except ConnectionClosed as ended:
        return ended.rcvd.code if ended.rcvd is not None else None


def test_it_answers_nothing_but_websockets(server: Server) -> None:
    assert reached(server) == 404


def test_strangers_are_not_let_in(server: Server) -> None:
    rosa, bea = session(server, "rosa")[0], session(server, "bea")[0]
    for refused in (
        {"cookies": ""},
        {"cookies": "caretally_session=invented"},
        {"cookies": rosa, "origin": "http://elsewhere.example"},
        {"cookies": rosa, "path": f"/live/p/{LAKESIDE}/pat_nobody/"},
        {"cookies": rosa, "path": "/live/p/prac_harbor/pat_edie/"},
        {"cookies": rosa, "path": "/live/portal/"},
        {"cookies": bea},
    ):
        with pytest.raises(InvalidStatus) as answer:
            knock(server, **refused)
        assert answer.value.response.status_code == 403


def test_all_who_listen_hear_everything_once_and_in_order(server: Server) -> None:
    rosa, tom = session(server, "rosa")[0], session(server, "tom")[0]
    wanted = [f"msg-order-{number:02}" for number in range(8)]
    with knock(server, rosa) as first, knock(server, tom) as second:
        for name in wanted:
            send(first, name)
            send(first, name)
        assert heard(first, 8) == wanted
        assert heard(second, 8) == wanted
        send(second, "", "no id")
        refused = json.loads(second.recv(timeout=PATIENCE))
        while refused["kind"] != "refused":
            refused = json.loads(second.recv(timeout=PATIENCE))
        assert refused["says"]
    with knock(server, rosa) as again:  # who comes later hears what was said before
        assert heard(again, 8) == wanted


def test_nonsense_is_passed_over_and_too_much_is_not(server: Server) -> None:
    cookies = session(server, "tom")[0]
    with knock(server, cookies) as line:
        for odd in ("no json", "[]", '{"kind": 7}', '{"kind": "read", "up_to": "all"}'):
            line.send(odd)
        send(line, "msg-after-nonsense")
        assert heard(line, 9)[8] == "msg-after-nonsense"
        line.send("x" * 20_000)
        assert closing(line) == 1009
    with knock(server, cookies) as line:
        for _ in range(100):
            line.send('{"kind": "still"}')
        assert closing(line) == 4408


def test_a_session_that_ended_says_nothing_more(server: Server) -> None:
    cookies, opener = session(server, "rosa")
    with knock(server, cookies) as line:
        send(line, "msg-before-leaving")
        assert heard(line, 10)[9] == "msg-before-leaving"
        page = opener.open(server.address("/"), timeout=PATIENCE).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        form = urlencode({"csrfmiddlewaretoken": token.group(1)}).encode()
        opener.open(server.address("/accounts/logout/"), form, timeout=PATIENCE)
        send(line, "msg-after-leaving")
        assert closing(line) == 4401
    with knock(server, session(server, "tom")[0]) as line:
        send(line, "msg-by-another")
        assert heard(line, 11)[9:] == ["msg-before-leaving", "msg-by-another"]
