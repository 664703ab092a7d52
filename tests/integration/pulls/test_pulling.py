"""The engine against a vendor made up: nothing is missed, whatever goes wrong, and when."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from itertools import pairwise
from threading import Event
from typing import Any

import pytest
from django.test import override_settings

from caretally.exchange import calling
from caretally.practice import pulling
from caretally.practice.pulling import FIRST_PAUSE, LONGEST_PAUSE, pause_after
from caretally.store.inbox import keep_batch
from caretally.store.models import Connection, Secret
from caretally.store.pull_marks import LEASE
from tests.integration.pulls.conftest import AT, House
from tests.integration.pulls.fake import Answer, Asked, Told, told

USER = "withings:user 363"
MEASURE, TOKEN = "/measure", "/v2/oauth2"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def group(number: int, taken: int = 1793624698) -> dict[str, Any]:
    """Return a group with a weight, another for each number."""
    return {
        "grpid": number, "attrib": 0, "date": taken + number, "created": taken, "modified": taken,
        "category": 1, "deviceid": "d1",
        "measures": [{"value": 84_000 + number, "type": 1, "unit": -3}],
    }  # fmt: skip


def page(*numbers: int, **more: Any) -> dict[str, Any]:
    """Return a page of groups."""
    groups = [group(number) for number in numbers]
    return {"status": 0, "body": {"timezone": "UTC", "measuregrps": groups, **more}}


def pages_of(house: House, *groups: tuple[int, ...]) -> Answer:
    """Return an answer page by page, by offset, to whoever shows a token that holds."""

    def answer(asked: Asked) -> Told:
        if asked.bearer not in house.fake.tokens:
            return told({"status": 401, "body": {}, "error": "invalid_token"})
        place = int(asked.form.get("offset", "0"))
        more = {"more": 1, "offset": place + 1} if place + 1 < len(groups) else {}
        return told(page(*groups[place], **more))

    return answer


@pytest.fixture
def withings(house: House) -> Connection:
    """Return a connection to Withings where one user has agreed."""
    made = house.connect("withings")
    house.agree(made, USER)
    house.fake.answers[TOKEN] = house.fake.withings_token
    return made


def weights(house: House) -> list[str]:
    """Return the ids of the readings that were unpacked."""
    return sorted(json.loads(each.content)["vendor_reading_id"] for each in house.unpack())


def test_a_page_comes_into_the_same_inbox_and_is_read_by_the_same_parser(
    house: House, withings: Connection
) -> None:
    house.fake.answers[MEASURE] = pages_of(house, (1, 2))
    assert house.pull() == 1
    (asked,) = house.fake.asked
    assert asked.bearer == "access-0"
    assert asked.form["action"] == "getmeas"
    assert asked.form["lastupdate"] == str(int((AT - timedelta(days=30)).timestamp()))
    assert house.headers() == [
        {"content-type": "application/json", "caretally-asked": "lastupdate",
         "caretally-about": USER}
    ]  # fmt: skip
    readings = house.unpack()
    assert [each.name for each in readings] == ["withings:device 363/d1"] * 2
    mark = house.mark(withings)
    assert (mark.watermark, mark.cursor, mark.says) == (AT, "", "")


def test_the_next_question_begins_before_the_last_answer_ended(
    house: House, withings: Connection
) -> None:
    house.fake.answers[MEASURE] = pages_of(house, (1,))
    house.pull()
    assert house.pull(AT + MINUTE) == 0, "nothing is due yet"
    house.pull(AT + HOUR)
    assert house.fake.asked[-1].form["lastupdate"] == str(int((AT - HOUR).timestamp()))
    assert [each.seen for each in house.pages()] == [2], "the same page is the same delivery"
    assert len(weights(house)) == 1


def test_all_pages_of_a_stretch_are_fetched(house: House, withings: Connection) -> None:
    house.fake.answers[MEASURE] = pages_of(house, (1, 2), (3,), (4, 5))
    assert house.pull() == 3
    assert len(weights(house)) == 5
    assert house.mark(withings).watermark == AT


def test_a_page_without_anything_is_not_stored(house: House, withings: Connection) -> None:
    house.fake.answers[MEASURE] = pages_of(house, ())
    assert house.pull() == 0
    assert house.pages() == []
    assert house.mark(withings).watermark == AT


def test_a_worker_that_dies_between_answer_and_store_misses_nothing(
    house: House, withings: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.fake.answers[MEASURE] = pages_of(house, (1,), (2,), (3,), (4,))
    died: list[int] = []

    def dies(*told_of: Any) -> Any:
        died.append(len(died))
        if len(died) in {2, 4}:
            raise KeyboardInterrupt
        return keep_batch(*told_of)

    monkeypatch.setattr(pulling, "keep_batch", dies)
    at = AT
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            house.pull(at)
        assert house.mark(withings).watermark is None, "no mark before the last page"
        assert house.pull(at + MINUTE) == 0, "its lease still runs"
        at += LEASE + MINUTE
    house.pull(at)
    assert len(weights(house)) == 4
    assert house.mark(withings).watermark == AT, "the stretch that was begun, to its own end"
    house.pull(at + HOUR)
    assert len(weights(house)) == 4


def test_a_mark_moves_with_its_page_or_not_at_all(
    house: House, withings: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.fake.answers[MEASURE] = pages_of(house, (1,))

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pulling.Step, "move", dies)
    with pytest.raises(KeyboardInterrupt):
        house.pull()
    assert house.pages() == []
    assert house.mark(withings).watermark is None


def test_two_workers_never_ask_at_once(house: House, withings: Connection) -> None:
    answer, others = pages_of(house, (1,)), []

    def asks(asked: Asked) -> Told:
        held = house.again(withings).leased_until
        others.append(held is not None and held > AT)
        return answer(asked)

    house.fake.answers[MEASURE] = asks
    house.pull()
    assert others == [True]
    assert house.again(withings).leased_until is None


def test_a_worker_that_lost_its_lease_stores_nothing(
    house: House, withings: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.fake.answers[MEASURE] = pages_of(house, (1,))
    ask = pulling.asked

    def slowly(*told_of: Any) -> Any:
        found = ask(*told_of)
        rows = Connection.objects.using(house.db.alias)
        rows.update(leased_until=AT + timedelta(days=1))
        return found

    monkeypatch.setattr(pulling, "asked", slowly)
    assert house.pull() == 0
    assert house.pages() == []
    assert house.mark(withings).watermark is None
    assert house.again(withings).leased_until == AT + timedelta(days=1), "the other's lease stays"


def test_a_token_that_ended_is_renewed_and_the_new_ones_are_kept(
    house: House, withings: Connection
) -> None:
    house.fake.answers[MEASURE] = pages_of(house, (1,))
    house.fake.tokens.clear()
    assert house.pull() == 1
    assert [each.path for each in house.fake.asked] == [MEASURE, TOKEN, MEASURE]
    assert house.fake.asked[1].form["refresh_token"].endswith("-0")
    house.pull(AT + HOUR)
    assert house.fake.asked[-1].bearer == "access-1", "kept, and used again"
    house.fake.tokens.clear()
    house.pull(AT + 2 * HOUR)
    assert house.fake.asked[-2].form["refresh_token"].endswith("-1"), "the old one holds no more"
    kept = b"".join(bytes(each.sealed) for each in Secret.objects.using(house.db.alias).all())
    assert b"refresh" not in kept
    assert b"access" not in kept


def test_a_token_about_to_end_is_renewed_before_it_is_used(
    house: House, withings: Connection
) -> None:
    house.fake.answers[MEASURE] = pages_of(house, (1,))
    house.fake.tokens_end = int(AT.timestamp()) + 60
    house.agree(withings, USER)
    house.fake.tokens_end = 2_000_000_000
    house.pull()
    assert house.fake.paths() == [TOKEN, MEASURE]


def test_one_who_no_longer_agrees_is_asked_no_more_and_others_are(
    house: House, withings: Connection
) -> None:
    house.agree(withings, "withings:user 99", "other")
    house.fake.answers[MEASURE] = pages_of(house, (1,))
    house.fake.tokens, house.fake.refreshes = {"other"}, {}
    assert house.pull() == 1
    gone = house.mark(withings, USER)
    assert gone.state == "refused"
    assert "agree" in gone.says
    assert house.mark(withings, "withings:user 99").watermark == AT
    before = len(house.fake.asked)
    house.pull(AT + HOUR)
    assert len(house.fake.asked) == before + 1


def test_a_vendor_that_wants_us_to_wait_is_left_alone(house: House, withings: Connection) -> None:
    house.fake.answers[MEASURE] = lambda _: Told(status=429, headers={"Retry-After": "600"})
    assert house.pull() == 0
    held = house.again(withings)
    assert held.pull_due_at == AT + timedelta(seconds=600)
    assert held.pull_says == "asked too often (429)"
    house.pull(AT + timedelta(seconds=599))
    assert len(house.fake.asked) == 1


@pytest.mark.parametrize("date", ["Mon, 02 Nov 2026 14:20:00 GMT", "Mon, 02 Nov 2026 14:20:00"])
def test_a_vendor_may_name_a_time(house: House, withings: Connection, date: str) -> None:
    house.fake.answers[MEASURE] = lambda _: Told(status=503, headers={"Retry-After": date})
    house.pull()
    due = house.again(withings).pull_due_at
    assert due == AT + 20 * MINUTE if "GMT" in date else AT < due < AT + MINUTE


def test_a_vendor_that_breaks_is_asked_later_each_time(house: House, withings: Connection) -> None:
    house.fake.answers[MEASURE] = lambda _: told({}, 500)
    at, pauses = AT, []
    for failures in range(1, 5):
        house.pull(at)
        held = house.again(withings)
        assert (held.pull_failures, held.pull_says) == (failures, "the vendor answered 500")
        pauses.append(held.pull_due_at - at)
        at = held.pull_due_at
    assert all(later > 1.5 * sooner for sooner, later in pairwise(pauses))
    house.fake.answers[MEASURE] = pages_of(house, (1,))
    assert house.pull(at) == 1
    held = house.again(withings)
    assert (held.pull_failures, held.pull_says) == (0, "")


def test_pauses_grow_spread_and_end() -> None:
    assert pause_after(1, "a") != pause_after(1, "b")
    assert FIRST_PAUSE <= pause_after(1, "a") < FIRST_PAUSE * 1.25
    assert LONGEST_PAUSE <= pause_after(60, "a") < LONGEST_PAUSE * 1.25


BROKEN: dict[str, Answer] = {
    "cut": lambda _: Told(body=json.dumps(page(1)).encode()[:-9], cut=True),
    "half": lambda _: Told(body=json.dumps(page(1)).encode()[:-9]),
    "html": lambda _: Told(body=b"<html>"),
    "empty": lambda _: Told(),
    "other": lambda _: told([1, 2]),
    "error": lambda _: told({"status": 601, "body": {}}),
    "endless": lambda _: told(page(1, more=1, offset=0)),
    "away": lambda _: Told(status=302, headers={"Location": "http://127.0.0.1:1/"}),
    "packed": lambda _: Told(body=b"x", headers={"Content-Encoding": "gzip"}),
    "gone": lambda _: told({}, 404),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_page_is_not_stored_and_asked_again(
    house: House, withings: Connection, broken: str
) -> None:
    house.fake.answers[MEASURE] = BROKEN[broken]
    assert house.pull() == 0
    assert house.pages() == []
    mark, held = house.mark(withings), house.again(withings)
    assert mark.watermark is None
    assert mark.says or held.pull_says
    house.fake.answers[MEASURE] = pages_of(house, (1,))
    assert house.pull(AT + HOUR) == 1
    assert house.mark(withings).says == ""


def test_an_answer_is_read_to_a_size(
    house: House, withings: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "MOST_BYTES", 1_000)
    house.fake.answers[MEASURE] = lambda _: Told(body=b" " * 2_000)
    assert house.pull() == 0
    assert "larger" in house.again(withings).pull_says


def test_an_answer_is_waited_for_to_a_time(
    house: House, withings: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "READ_SECONDS", 0.1)
    over = Event()

    def never(_: Asked) -> Told:
        over.wait(20)
        return Told()

    house.fake.answers[MEASURE] = never
    assert house.pull() == 0
    assert "Timeout" in house.again(withings).pull_says
    over.set()


def test_a_vendor_inside_our_own_house_is_not_asked(house: House, withings: Connection) -> None:
    with override_settings(HOOK_NETWORKS=""):
        assert house.pull() == 0
    assert house.fake.asked == []
    assert "is not called" in house.again(withings).pull_says


def test_no_key_comes_up_in_words_or_notes(
    house: House, withings: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for answer in (*BROKEN.values(), lambda _: told({}, 401), lambda _: told({}, 500)):
        house.fake.answers[MEASURE] = answer
        house.pull(AT)
        Connection.objects.using(house.db.alias).update(pull_due_at=AT, pull_failures=0)
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("caretally")]
    told_of = "\n".join([*ours, house.mark(withings).says, house.again(withings).pull_says])
    for secret in ("access-", "refresh-", "client-secret", "84001"):
        assert secret not in told_of


def test_a_notification_lets_the_account_be_asked_at_once(
    house: House, withings: Connection
) -> None:
    house.fake.answers[MEASURE] = pages_of(house, (1,))
    house.pull()
    form = b"userid=363&appli=1&startdate=1793624690&enddate=1793624700"
    house.deliver(withings, form)
    house.unpack()
    house.pull(AT + MINUTE)
    lastupdate, stretch = house.fake.asked[-2:]
    assert "lastupdate" in lastupdate.form
    assert (stretch.form["startdate"], stretch.form["enddate"]) == ("1793624690", "1793624701")
    assert house.mark(withings).wanted == ""
    before = len(house.fake.asked)
    house.pull(AT + 2 * MINUTE)
    assert len(house.fake.asked) == before, "asked for once"


def test_a_notification_about_nobody_who_agreed_is_told_so(
    house: House, withings: Connection
) -> None:
    house.deliver(withings, b"userid=1&appli=1&startdate=1793624690&enddate=1793624700")
    house.unpack()
    house.fake.answers[MEASURE] = pages_of(house, (1,))
    house.pull()
    ((state, says),) = house.db.rows("SELECT state, says FROM store_intakeevent")
    assert state == 2
    assert "agreed" in says


def test_a_paused_connection_is_not_asked(house: House, withings: Connection) -> None:
    Connection.objects.using(house.db.alias).update(state="paused")
    assert house.pull() == 0
    assert house.fake.asked == []


def test_a_connection_without_key_says_so(house: House, withings: Connection) -> None:
    house.fake.answers[MEASURE] = lambda _: told({"status": 401, "body": {}})
    Secret.objects.using(house.db.alias).filter(purpose__endswith="/own").delete()
    house.pull()
    assert "no key" in house.again(withings).pull_says
