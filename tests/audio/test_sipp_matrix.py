"""What becomes of a call, with SIPp as the far end: every failure is an outcome of its own."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from caretally.errors import ExchangeError
from caretally.exchange.telephony.links import Leg
from caretally.exchange.telephony.sip import SipCarrier
from caretally.exchange.telephony.sip_account import account_of, place_of
from tests.audio.peers import HOST, free_port, needs, sipp

pytestmark = [needs("sipp"), needs("baresip")]
REFUSALS = [
    ("486 Busy Here", "busy"),
    ("600 Busy Everywhere", "busy"),
    ("603 Decline", "declined"),
    ("404 Not Found", "failed"),
    ("480 Temporarily Unavailable", "no_answer"),
    ("503 Service Unavailable", "failed"),
]


def line() -> SipCarrier:
    """Return a carrier that dials addresses of this machine."""
    return SipCarrier(account=account_of(f"sip://caretally@{HOST}"), place=place_of(HOST, ""))


def dialed(address: str, *, ring_seconds: int) -> tuple[Leg, float, str]:
    """Dial one address; return the leg, the seconds until it came back, and how it ended."""

    async def dial() -> tuple[Leg, float, str]:
        async with line() as carrier:
            began = time.monotonic()
            leg = await carrier.dial(address, ring_seconds=ring_seconds)
            took = time.monotonic() - began
            ended = "hung up" if leg.is_answered and await over(leg) else ""
            await carrier.hangup(leg)
            return leg, took, ended

    return asyncio.run(asyncio.wait_for(dial(), 30))


async def over(leg: Leg) -> bool:
    """Listen until the far end hangs up."""
    while await leg.link.recv() is not None:
        pass
    return True


@pytest.mark.parametrize(("status", "outcome"), REFUSALS)
def test_a_refusal_is_told_by_its_kind(status: str, outcome: str, tmp_path: Path) -> None:
    with sipp("refuses", tmp_path, status=status) as address:
        leg, took, _ = dialed(address, ring_seconds=10)
    assert leg.outcome == outcome
    assert leg.carrier_id
    assert took < 5


def test_who_rings_and_does_not_answer_is_canceled(tmp_path: Path) -> None:
    with sipp("rings", tmp_path) as address:
        leg, took, _ = dialed(address, ring_seconds=2)
    assert leg.outcome == "no_answer"
    assert 1.9 < took < 5


def test_where_nothing_listens_the_call_failed() -> None:
    leg, took, _ = dialed(f"sip:anybody@{HOST}:{free_port()}", ring_seconds=2)
    assert leg.outcome == "failed"
    assert took < 5


def test_what_cannot_be_dialed_is_an_outcome_too() -> None:
    leg, _, _ = dialed("sip:anybody", ring_seconds=2)
    assert leg.outcome == "failed"
    assert asyncio.run(leg.link.recv()) is None


def test_who_answers_at_once_is_answered_and_hanging_up_is_heard(tmp_path: Path) -> None:
    with sipp("answers", tmp_path) as address:
        leg, _, ended = dialed(address, ring_seconds=10)
    assert (leg.outcome, ended) == ("answered", "hung up")


def test_a_line_without_any_sound_is_lost_and_not_hung_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("caretally.exchange.telephony.sip.LOST_SECONDS", 2)

    async def listen(address: str) -> tuple[int, str]:
        async with line() as carrier:
            leg = await carrier.dial(address, ring_seconds=10)
            frames, why = 0, ""
            try:
                while await leg.link.recv() is not None:
                    frames += 1
            except ExchangeError as lost:
                why = str(lost)
            await carrier.hangup(leg)
            return frames, why

    # SIPp meant to hang up itself, later; it is not asked what it thinks of this.
    with sipp("answers", tmp_path, lasts_ms=9_000, judges=False) as address:
        frames, why = asyncio.run(asyncio.wait_for(listen(address), 20))
    assert why.startswith("no sound")
    assert 80 <= frames <= 250  # silence was counted until then
