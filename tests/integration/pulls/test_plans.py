"""Every vendor's plan against a vendor made up that answers as its pages say."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from caretally.devices.documents import opened
from caretally.devices.vendors.bodytrace.pull import LIMIT
from caretally.errors import ConflictError, InputError
from caretally.practice.authorizing import set_key
from caretally.practice.connections import Wanted, connect
from caretally.practice.pull_keys import OwnKey
from tests.integration.pulls.conftest import AT, House
from tests.integration.pulls.fake import Asked, Told, told

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
KEY = OwnKey(secret="the-api-key")  # noqa: S106 - made up
FORM = "%Y-%m-%dT%H:%M:%S"


def instant(text: str) -> datetime:
    """Return an instant that is written without its offset, in UTC."""
    return datetime.fromisoformat(f"{text}+00:00")


class Cloud:
    """Dexcom's cloud: records with when they were measured and when they came in."""

    def __init__(self) -> None:
        """Begin empty."""
        self.records: list[tuple[datetime, datetime]] = []

    def put(self, measured: datetime, received: datetime) -> None:
        """Let a phone have sent a record."""
        self.records.append((measured, received))

    def range(self, asked: Asked) -> Told:
        """Tell from when to when something came in since."""
        since = instant(asked.query["lastSyncTime"])
        times = sorted(measured for measured, received in self.records if received >= since)
        edges = {"start": edge(times[0]), "end": edge(times[-1])} if times else None
        return told({"recordType": "dataRange", "userId": "079a", "egvs": edges})

    def values(self, asked: Asked) -> Told:
        """Tell the records of a stretch; its end is not in it."""
        begins = instant(asked.query["startDate"])
        ends = instant(asked.query["endDate"])
        found = [egv(each) for each, _ in self.records if begins <= each < ends]
        page = {"recordType": "egv", "recordVersion": "3.0", "userId": "079a", "records": found}
        return told(page)


def edge(at: datetime) -> dict[str, str]:
    """Return an edge of a range."""
    return {"systemTime": at.strftime(FORM), "displayTime": at.strftime(FORM)}


def egv(at: datetime) -> dict[str, Any]:
    """Return a record of a phone."""
    return {
        "recordId": at.isoformat(), "systemTime": at.strftime(FORM + "Z"), "status": "ok",
        "displayTime": at.isoformat(), "value": 142, "unit": "mg/dL", "displayDevice": "iOS",
    }  # fmt: skip


def test_a_phone_that_was_offline_for_hours_is_caught_up(house: House) -> None:
    made, cloud = house.connect("dexcom"), Cloud()
    house.agree(made, "dexcom:user 079a")
    house.fake.answers["/v3/users/self/dataRange"] = cloud.range
    house.fake.answers["/v3/users/self/egvs"] = cloud.values
    step, late = timedelta(minutes=5), []
    for number in range(12 * 8):
        at = AT + number * step
        if 12 <= number < 12 * 6:
            late.append(at)
        else:
            cloud.put(at, at)
        if number == 12 * 6:
            for measured in late:
                cloud.put(measured, at)
        if number % 3 == 0:
            house.pull(at)
    house.pull(AT + 8 * HOUR)
    wanted = {at.isoformat() for at, _ in cloud.records}
    readings = {json.loads(each.content)["vendor_reading_id"] for each in house.unpack()}
    assert len(wanted) == 96
    assert readings == wanted, "each once, and none is missed"
    assert house.db.rows("SELECT COUNT(*) FROM store_intakereading")[0][0] == 96


def test_a_long_stretch_is_asked_in_parts(house: House) -> None:
    made, cloud = house.connect("dexcom"), Cloud()
    house.agree(made, "dexcom:user 079a")
    for days in (0, 29, 31, 59, 61, 80):
        cloud.put(AT - timedelta(days=days), AT)
    house.fake.answers["/v3/users/self/dataRange"] = cloud.range
    house.fake.answers["/v3/users/self/egvs"] = cloud.values
    house.pull(AT + SECOND)
    assert len(house.fake.asked) == 1 + 3
    assert len(house.unpack()) == 6


@pytest.mark.parametrize("edges", [None, {}, {"start": None, "end": None}])
def test_a_user_without_anything_new_is_not_asked_for_values(house: House, edges: Any) -> None:
    made = house.connect("dexcom")
    house.agree(made, "dexcom:user 079a")
    house.fake.answers["/v3/users/self/dataRange"] = lambda _: told({"egvs": edges})
    assert house.pull() == 0
    assert len(house.fake.asked) == 1
    assert house.mark(made).watermark == AT


def measurement(device: str, value: str = "185.7") -> dict[str, Any]:
    """Return a measurement of Tenovi's."""
    return {
        "metric": "weight", "hwi_device_id": device, "value_1": value, "value_2": None,
        "created": "2026-11-02T13:05:11Z", "timestamp": "2026-11-02T13:04:58Z",
    }  # fmt: skip


def test_tenovi_is_asked_device_by_device_once_a_second(house: House) -> None:
    house.register("tenovi", "dev_1", "tenovi:device", "77aa")
    house.register("tenovi", "dev_2", "tenovi:device", "a/../b")
    house.register("withings", "dev_3", "withings:user", "1")
    made = house.connect("tenovi", KEY, domain="lakeside")
    paths = [f"/clients/lakeside/hwi/hwi-devices/{each}/measurements/"
             for each in ("77aa", "a%2F%2E%2E%2Fb")]  # fmt: skip
    for path in paths:
        house.fake.answers[path] = lambda _: told([measurement("77aa")])
    assert house.pull() == 1
    assert house.pull() == 0, "one request a second"
    assert house.pull(AT + SECOND) == 1
    assert house.fake.paths() == paths, "with the slash at the end"
    (asked, _) = house.fake.asked
    assert asked.headers["authorization"] == "Api-Key the-api-key"
    assert asked.query == {
        "created__gte": "2026-10-03T14:00:00Z", "created__lt": "2026-11-02T14:00:00Z",
    }  # fmt: skip
    assert len(house.unpack()) == 1, "two pages with the same measurement"
    house.pull(AT + 6 * HOUR)
    assert house.fake.asked[-1].query["created__gte"] == "2026-11-01T14:00:00Z"
    assert house.mark(made, "tenovi:device 77aa").failures == 0


def test_tenovis_next_page_is_at_the_same_place_or_nowhere(house: House) -> None:
    house.register("tenovi", "dev_1", "tenovi:device", "77aa")
    made = house.connect("tenovi", KEY, domain="lakeside")
    path = "/clients/lakeside/hwi/hwi-devices/77aa/measurements/"

    def pages(asked: Asked) -> Told:
        after = asked.query.get("page", "1")
        following = f"{house.fake.address}{path}?page=2" if after == "1" else None
        return told({"results": [measurement("77aa", f"18{after}")], "next": following})

    house.fake.answers[path] = pages
    assert house.pull() == 1
    assert house.mark(made).watermark is None
    assert house.pull(AT + SECOND) == 1
    assert house.mark(made).watermark == AT
    assert len(house.unpack()) == 2
    for elsewhere in ("https://other.example/x?page=2", f"http://127.0.0.1{path}", 5):
        house.fake.answers[path] = lambda _, at=elsewhere: told({"results": [], "next": at})
        house.pull(house.mark(made).due_at)
        assert "another place" in house.mark(made).says


def test_smart_meter_is_asked_for_many_devices_by_when_it_took_in(house: House) -> None:
    for number in range(3):
        house.register("smartmeter", f"dev_{number}", "imei", f"35209900176148{number}")
    made = house.connect("smartmeter", KEY)
    reading = {
        "reading_id": 500000001, "device_id": "352099001761480", "device_model": "SMBP",
        "date_recorded": "2026-11-02T13:04:58", "date_received": "2026-11-02T13:05:20",
        "reading_type": "blood_pressure", "battery": 88, "time_zone_offset": -5.0,
        "systolic_mmhg": 132, "diastolic_mmhg": 81, "pulse_bpm": 70, "irregular": False,
    }  # fmt: skip
    house.fake.answers["/readings/"] = lambda _: told(
        {"status": {"status_code": 200}, "readings": [reading]}
    )
    assert house.pull() == 1
    (asked,) = house.fake.asked
    content = json.loads(asked.body)
    assert content["api_key"] == "the-api-key"
    assert len(content["device_ids"]) == 3
    assert content["ingest_date_end"] == "2026-11-02T14:00:00"
    assert len(house.unpack()) == 1
    house.register("smartmeter", "dev_new", "imei", "352099001761499")
    house.pull(AT + HOUR)
    content = json.loads(house.fake.asked[-1].body)
    assert content["ingest_date_start"] == "2026-10-03T15:00:00", "the new one from its beginning"
    house.fake.answers["/readings/"] = lambda _: told({"status": {"status_code": 401}})
    house.pull(AT + 2 * HOUR)
    assert "401" in house.again(made).pull_says


def test_a_full_page_of_bodytrace_is_asked_again_in_halves(house: House) -> None:
    house.register("bodytrace", "dev_1", "imei", "013949001761484")
    made = house.connect("bodytrace", OwnKey(secret="user:password"))  # noqa: S106 - made up
    times = [int(AT.timestamp() * 1000) - 1000 * number for number in range(1, 1501)]

    def values(asked: Asked) -> Told:
        begins, ends = int(asked.query["from"]), int(asked.query["to"])
        found = [{"ts": each, "values": {"unit": 1, "weight": 84250, "tare": 0}}
                 for each in times if begins <= each <= ends]  # fmt: skip
        return told(found[:LIMIT])

    house.fake.answers["/1/device/1394900176148/datavalues"] = values
    at = AT
    for _ in range(20):
        house.pull(at)
        at += SECOND
        if house.mark(made).watermark is not None:
            break
    assert house.fake.asked[0].headers["authorization"] == (
        "Basic " + base64.b64encode(b"user:password").decode()
    )
    found = {opened(each.content.encode())["measured_at"] for each in house.unpack()}  # type: ignore[index]
    assert len(found) == 1500


def event(name: str, body: str = "{}") -> bytes:
    """Return an event of a stream."""
    return f"event: {name}\ndata: {body}\n\n".encode()


def record(number: int) -> str:
    """Return a record of Validic's."""
    return json.dumps({
        "id": f"r{number}", "checksum": "c", "created_at": "2026-11-02T13:20:04Z",
        "start_time": "2026-11-02T13:04:58Z", "utc_offset": 0, "type": "measurement",
        "metrics": [
            {"type": "body_weight", "origin": "device", "unit": "kg", "value": 84 + number}
        ],
        "user": {"user_id": "u1"},
    })  # fmt: skip


def test_validics_stream_is_listened_to_again_and_again(house: House) -> None:
    made = house.connect("validic", KEY, stream="s1")
    house.fake.answers["/replay"] = lambda _: Told(body=event("data", record(1)))
    heard = [event("poke") + event("data", record(2)) + event("poke"), event("poke"), b""]
    house.fake.answers["/streams/s1/connect"] = lambda _: Told(body=heard.pop(0))
    assert house.pull() == 2
    assert house.fake.paths() == ["/replay", "/streams/s1/connect"]
    assert house.fake.asked[0].query == {
        "token": "the-api-key", "resources": "measurement,cgm", "date": "2026-10-26",
    }  # fmt: skip
    assert len(house.unpack()) == 2
    assert house.pull(AT + 2 * SECOND) == 0, "nothing but signs of life"
    assert house.mark(made).watermark == AT + 2 * SECOND
    house.pull(AT + 4 * SECOND)
    assert "sign of life" in house.mark(made).says
    heard.append(event("poke"))
    house.pull(AT + 24 * HOUR)
    assert house.fake.paths()[-2:] == ["/replay", "/streams/s1/connect"], "after a long silence"


def test_a_stream_is_left_after_its_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("caretally.exchange.calling.READ_SECONDS", 0.2)
    made = house.connect("validic", KEY, stream="s1")
    house.fake.answers["/replay"] = lambda _: Told(body=b"")
    house.fake.answers["/streams/s1/connect"] = lambda _: Told(
        body=event("data", record(1)), cut=True
    )
    house.pull()
    held = house.again(made)
    # A stream that breaks in the middle is heard again from where the vendor has us.
    assert house.pages() or held.pull_says


def test_what_a_vendor_needs_is_asked_for_at_once(house: House) -> None:
    with pytest.raises(InputError) as refused:
        house.connect("tenovi", KEY)
    assert "settings.domain" in str(refused.value)
    with pytest.raises(InputError) as refused:
        house.connect("withings", OwnKey(secret="client-secret"))  # noqa: S106 - made up
    assert "client id" in str(refused.value)
    with pytest.raises(ConflictError) as conflict:
        set_key(house.office(), connect(house.office(), Wanted(vendor="terra"))[0].name, KEY)
    assert "only pushes" in str(conflict.value)


def test_a_key_can_be_changed(house: House) -> None:
    house.register("tenovi", "dev_1", "tenovi:device", "77aa")
    made = house.connect("tenovi", KEY, domain="lakeside")
    path = "/clients/lakeside/hwi/hwi-devices/77aa/measurements/"
    house.fake.answers[path] = lambda _: told({}, 403)
    house.pull()
    assert house.again(made).pull_says == "the key was refused (403)"
    set_key(house.office(AT + HOUR), made.name, OwnKey(secret="another-key"))  # noqa: S106
    house.fake.answers[path] = lambda _: told([])
    house.pull(AT + HOUR)
    assert house.fake.asked[-1].headers["authorization"] == "Api-Key another-key"
    assert house.again(made).pull_says == ""


def test_a_measurement_of_a_page_needs_no_device_of_its_own(house: House) -> None:
    house.register("tenovi", "dev_1", "tenovi:device", "77aa")
    house.connect("tenovi", KEY, domain="lakeside")
    bare = {name: value for name, value in measurement("").items() if name != "hwi_device_id"}
    path = "/clients/lakeside/hwi/hwi-devices/77aa/measurements/"
    house.fake.answers[path] = lambda _: told([bare])
    house.pull()
    assert [each.name for each in house.unpack()] == ["tenovi:device 77aa"]
