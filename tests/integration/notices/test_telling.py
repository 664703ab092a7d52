"""Notices leave by mail and text message, are tried again, given up, and never told twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from django.test import override_settings

from caretally.practice.contact_points import (
    address_of,
    ask_test,
    end_point,
    keep_point,
    my_points,
    reachable_by,
)
from caretally.practice.drills import answer_drill, begin_drill, running_drills, would_tell
from caretally.practice.escalating import escalate_due
from caretally.practice.notices import LEASE, MOST_ATTEMPTS, tell_due
from caretally.practice.on_call import my_post
from caretally.practice.sealing import key_name, seal_anew
from caretally.store.alert_tables import ContactPoint, Notice
from caretally.store.database import scope_all
from caretally.store.stored_journal import StoredJournal
from tests.architecture.modules import ROOT
from tests.integration.databases import Site
from tests.integration.notices.made import (
    NOW,
    PATIENT,
    PRACTICE,
    alert,
    begun,
    ladder,
    notices,
    office,
    reached_by_mail,
    shift,
    taken_on,
)
from tests.integration.notices.peers import Gateway, Relay, running

URL = "https://rpm.example.org"
SECONDS = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _everywhere() -> None:
    scope_all()


@pytest.fixture
def relay() -> Iterator[Relay]:
    """Return a mail relay that the program is set up with."""
    with running(Relay()) as found, override_settings(
        PUBLIC_URL=URL,
        NOTICES={**settings.NOTICES, "smtp_url": found.url, "mail_from": "calls@clinic.example"},
    ):  # fmt: skip
        yield found


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Return a gateway for text messages that the program is set up with."""
    with running(Gateway()) as found, override_settings(
        PUBLIC_URL=URL, HOOK_NETWORKS="127.0.0.0/8",
        NOTICES={**settings.NOTICES, "sms_url": found.url, "sms_authorization": "Bearer s3cret"},
    ):  # fmt: skip
        yield found


def waiting(site: Site, *, to: str = "stf_ann") -> StoredJournal:
    """Return a journal with an alert of which somebody is to be told by mail."""
    journal = begun(site.journal(), shift("stf_ann", -1, 8))
    reached_by_mail(journal, to)
    alert(journal)
    escalate_due(journal, NOW)
    return journal


def test_a_mail_says_that_an_alert_waits_and_nothing_of_the_patient(
    site: Site, relay: Relay
) -> None:
    journal = waiting(site)
    assert tell_due(journal, NOW) == 1
    ((to, message),) = relay.taken
    whole = message.as_string()
    assert (to, message["To"], message["From"]) == (
        "stf_ann@clinic.example", "stf_ann@clinic.example", "calls@clinic.example",
    )  # fmt: skip
    assert message["Subject"] == "Caretally: urgent alert"
    assert f"{URL}/p/{PRACTICE}/alerts/alr_1" in whole
    for secret in (PATIENT, "212", "Systolic", "mmHg", "rpm,"):
        assert secret not in whole
    assert (0, "stf_ann", "email", "sent") in notices(journal)
    assert tell_due(journal, NOW + timedelta(hours=1)) == 0


def test_a_refused_address_is_tried_again_later_and_given_up(site: Site, relay: Relay) -> None:
    journal = waiting(site)
    relay.refuses = b"450 later"
    at, tries = NOW, 0
    while (0, "stf_ann", "email", "waiting") in notices(journal):
        tries += tell_due(journal, at)
        due = Notice.objects.using(journal.db.alias).get(channel="email").due_at
        assert tell_due(journal, min(at, due - SECONDS)) == 0
        at = max(at + SECONDS, due)
    assert tries == MOST_ATTEMPTS
    kept = Notice.objects.using(journal.db.alias).get(channel="email")
    assert (kept.state, kept.answer) == (
        "given_up",
        "given up: the relay refused the address (450)",
    )
    assert "clinic.example" not in kept.answer
    assert at - NOW < timedelta(minutes=30)


def test_nobody_is_told_of_an_alert_that_somebody_took_on(site: Site, relay: Relay) -> None:
    journal = waiting(site)
    taken_on(journal, NOW + SECONDS)
    tell_due(journal, NOW + 2 * SECONDS)
    assert relay.taken == []
    assert (0, "stf_ann", "email", "given_up") in notices(journal)


def test_who_kept_no_address_is_not_waited_for(site: Site, relay: Relay) -> None:
    journal = waiting(site, to="stf_bob")
    tell_due(journal, NOW)
    kept = Notice.objects.using(journal.db.alias).get(channel="email")
    assert (kept.state, kept.answer) == ("given_up", "no mail address is kept")


@pytest.mark.parametrize(
    ("told", "answer"),
    [({"smtp_url": ""}, "no mail relay is set up"),
     ({"smtp_url": "http://x"}, "the channel is not set up as it must be")],
)  # fmt: skip
def test_without_a_relay_that_is_said(make_site, told: dict[str, str], answer: str) -> None:
    journal = waiting(make_site("sqlite"))
    with override_settings(NOTICES={**settings.NOTICES, **told}):
        tell_due(journal, NOW)
    assert Notice.objects.using(journal.db.alias).get(channel="email").answer == answer


def test_nobody_there_is_tried_again(make_site) -> None:
    journal = waiting(make_site("sqlite"))
    closed = {**settings.NOTICES, "smtp_url": "smtp+plain://127.0.0.1:9"}
    with override_settings(NOTICES=closed):
        tell_due(journal, NOW)
    kept = Notice.objects.using(journal.db.alias).get(channel="email")
    assert (kept.state, kept.attempts) == ("waiting", 1)
    assert kept.due_at == NOW + timedelta(seconds=15)


def test_a_notice_under_lease_is_nobody_elses_until_the_lease_ends(
    site: Site, relay: Relay
) -> None:
    journal = waiting(site)
    held = Notice.objects.using(journal.db.alias).filter(channel="email")
    held.update(leased_until=NOW + LEASE)
    assert tell_due(journal, NOW + LEASE - SECONDS) == 0
    assert tell_due(journal, NOW + LEASE) == 1
    assert len(relay.taken) == 1


def test_a_worker_killed_between_the_relay_and_its_note_is_followed_by_the_same_message(
    make_site, relay: Relay, tmp_path
) -> None:
    """The message goes out again under the same id; the journal says once that it was told."""
    site = make_site("sqlite")
    now = datetime.now(UTC)
    journal = begun(site.journal(), ladder((0, "practitioners", ("email",))))
    reached_by_mail(journal, "stf_doc")
    alert(journal, at=now)
    relay.hangs = True
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CARETALLY_", "DJANGO_"))}
    worker = subprocess.Popen(
        [sys.executable, "-m", "caretally", "worker"], start_new_session=True,
        env={**kept, "PYTHONPATH": str(ROOT / "src"), "CARETALLY_HOME": str(tmp_path / "home"),
             "CARETALLY_DATABASE_URL": site.url, "CARETALLY_SMTP_URL": relay.url,
             "CARETALLY_SEALING_KEYS": settings.SEALING_KEYS[0]},
    )  # fmt: skip
    try:
        assert relay.heard.wait(50), "the worker told nobody"
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    relay.hangs = False
    relay.goes_on.set()
    assert (0, "stf_doc", "email", "waiting") in notices(journal)
    assert tell_due(journal, datetime.now(UTC) + SECONDS) == 0
    assert tell_due(journal, datetime.now(UTC) + LEASE + SECONDS) == 1
    assert (0, "stf_doc", "email", "sent") in notices(journal)
    assert len({message["Message-ID"] for _, message in relay.taken}) == 1


def test_a_text_message_is_a_form_with_the_secret_in_a_header(site: Site, gateway: Gateway) -> None:
    journal = begun(site.journal(), shift("stf_ann", -1, 8), ladder((0, "on_call", ("sms",))))
    keep_point(office(journal), "sms", "+1 555 010-0000")
    alert(journal)
    escalate_due(journal, NOW)
    tell_due(journal, NOW)
    ((headers, body),) = gateway.taken
    form = parse_qs(body.decode())
    assert form["To"] == ["+15550100000"]
    assert form["Body"] == [f"Caretally: urgent alert waits. {URL}/p/{PRACTICE}/alerts/alr_1"]
    assert headers["Authorization"] == "Bearer s3cret"
    assert headers["Idempotency-Key"].startswith("notice-prac_x-")
    assert notices(journal) == [(0, "stf_ann", "sms", "sent")]


def test_a_text_message_may_be_json(make_site, gateway: Gateway) -> None:
    journal = begun(make_site("sqlite").journal(), shift("stf_ann", -1, 8),
                    ladder((0, "on_call", ("sms",))))  # fmt: skip
    keep_point(office(journal), "sms", "+15550100000")
    alert(journal)
    escalate_due(journal, NOW)
    template = '{"to": ["{to}"], "message": {"text": "{text}", "urgent": true}}'
    gateway.status = 503
    with override_settings(NOTICES={**settings.NOTICES, "sms_body": template}):
        tell_due(journal, NOW)
    found = json.loads(gateway.taken[0][1])
    assert found["to"] == ["+15550100000"]
    assert found["message"]["urgent"] is True
    kept = Notice.objects.using(journal.db.alias).get()
    assert (kept.state, kept.answer) == ("waiting", "the gateway refused (503)")


def test_addresses_are_sealed_and_open_for_nobody_else(site: Site) -> None:
    journal = begun(site.journal())
    reached_by_mail(journal, "stf_ann")
    kept = ContactPoint.objects.using(journal.db.alias).get()
    assert b"stf_ann@" not in bytes(kept.sealed)
    assert kept.key == key_name(settings.SEALING_KEYS[0])
    assert [each.address for each in my_points(office(journal))] == ["stf_ann@clinic.example"]
    kept.staff = "stf_bob"
    kept.save()
    with pytest.raises(Exception, match="sealed secret was changed"):
        address_of(journal.db, PRACTICE, "stf_bob", "email")


def test_a_new_address_takes_the_place_of_the_old_which_is_forgotten(site: Site) -> None:
    journal = begun(site.journal())
    for name in ("one", "two"):
        keep_point(office(journal), "email", f"{name}@clinic.example")
    assert [each.address for each in my_points(office(journal))] == ["two@clinic.example"]
    assert reachable_by(journal.db, PRACTICE) == {"stf_ann": ("email",)}
    end_point(office(journal), "email")
    rows = ContactPoint.objects.using(journal.db.alias).values_list("sealed", flat=True)
    assert {bytes(each) for each in rows} == {b""}
    assert reachable_by(journal.db, PRACTICE) == {}


WRONG = (
    ("email", "rosa"), ("email", "Rosa <rosa@clinic.example>"), ("email", "a@b"), ("email", ""),
    ("email", "a@clinic.example\r\nBcc: x@y.example"), ("sms", "555"), ("sms", "call me"),
    ("page", "x"), ("fax", "x"),
)  # fmt: skip


@pytest.mark.parametrize(("channel", "address"), WRONG)
def test_what_is_no_address_is_refused(make_site, channel: str, address: str) -> None:
    journal = begun(make_site("sqlite").journal())
    with pytest.raises(Exception, match="expected"):
        keep_point(office(journal), channel, address)
    assert my_points(office(journal)) == ()


def test_a_test_message_goes_to_oneself_and_says_so(site: Site, relay: Relay) -> None:
    journal = begun(site.journal())
    reached_by_mail(journal, "stf_ann")
    ask_test(office(journal), "email")
    tell_due(journal, NOW)
    ((_, message),) = relay.taken
    assert message["Subject"] == "Caretally: test message"
    assert [each.test for each in my_points(office(journal))] == ["sent: taken by the relay"]


def test_a_drill_climbs_as_an_alert_would_and_stops_when_it_is_answered(
    site: Site, relay: Relay
) -> None:
    journal = begun(site.journal(), shift("stf_ann", -1, 8), shift("stf_bob", -1, 8, rank=2))
    reached_by_mail(journal, "stf_ann", "stf_bob", "stf_doc")
    post = my_post(office(journal))
    steps = would_tell(post, "urgent", PRACTICE, NOW)
    assert [each.told.staff for each in steps] == [
        ("stf_ann",), ("stf_ann", "stf_bob"), ("stf_doc",),
    ]  # fmt: skip
    name = begin_drill(office(journal), "urgent", PRACTICE)
    tell_due(journal, NOW)
    tell_due(journal, NOW + timedelta(minutes=30))
    assert {message["Subject"] for _, message in relay.taken} == {"Caretally: DRILL, urgent alert"}
    assert [to.partition("@")[0] for to, _ in relay.taken] == ["stf_ann", "stf_ann", "stf_bob"]
    assert running_drills(office(journal)) == (name,)
    answer_drill(office(journal, "stf_bob"), name)
    assert tell_due(journal, NOW + timedelta(hours=2)) == 0
    assert running_drills(office(journal)) == ()
    assert {each for each in journal.entries(PRACTICE) if each.patient} == {
        each for each in journal.entries(PRACTICE) if each.kind == "enrolled"
    }


def test_addresses_are_sealed_anew_with_the_other_secrets(make_site) -> None:
    journal = begun(make_site("sqlite").journal())
    reached_by_mail(journal, "stf_ann")
    newer = ("a newer key", *settings.SEALING_KEYS)
    with override_settings(SEALING_KEYS=newer):
        assert seal_anew(journal.db) == 1
        assert seal_anew(journal.db) == 0
    with override_settings(SEALING_KEYS=newer[:1]):
        assert [each.address for each in my_points(office(journal))] == ["stf_ann@clinic.example"]
