"""Calls over a SIP trunk, or straight to a SIP telephone: signaling and sound by baresip.

The stack runs on a thread of its own, once in a process. Events of a call may come before the call
is ours to hold (a far end that answers at once), so they are collected from the first moment by the
number of the call. Nothing that comes in is answered, and no transfer is followed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import ssl
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from caretally.errors import ExchangeError, InputError
from caretally.exchange import extras
from caretally.exchange.telephony import relaying
from caretally.exchange.telephony.links import Leg, NoLink, Outcome
from caretally.exchange.telephony.sip_account import SipAccount, SipPlace, uri_of
from caretally.exchange.telephony.sip_link import SipLink

LOST_SECONDS = 20
"""Without any sound for so long a call is given up: a telephone that vanished says no goodbye."""
FAREWELL_SECONDS = 0.3
BUSY, DECLINED, NOBODY = {486, 600}, {603, 607, 608}, {408, 480, 487}
"""What the far end's answers mean; all else failed."""
LOST = "rtp stream error"
# Its notes name whom we call.
logging.getLogger("baresip").setLevel(logging.CRITICAL)


@dataclass(slots=True)
class Fate:
    """What became of one call so far; written by the stack's events."""

    settled: asyncio.Future[Outcome]
    is_ringing: bool = False
    link: SipLink | None = None
    sip_id: str = ""
    closed: str | None = None


@dataclass(slots=True)
class Held:
    """What belongs to an answered leg: its call in the stack, and the task that carries sound."""

    call: Any
    carrying: asyncio.Task[None]


@dataclass(slots=True)
class SipCarrier:
    """A carrier over SIP; use it as an async context, one in a process.

    most_legs: at a time; a conversation needs one for the patient and one or more for those who
    are rung for it.
    """

    account: SipAccount
    place: SipPlace = field(default_factory=SipPlace)
    most_legs: int = 64
    name: str = field(default="sip", init=False)
    _runtime: Any = None
    _agent: Any = None
    _fates: dict[int, Fate] = field(default_factory=dict)
    _held: dict[str, Held] = field(default_factory=dict)
    _refusing: set[asyncio.Future[None]] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        """Start the stack, and register where the account says so.

        Raises:
            ExchangeError: the stack did not start, or the trunk refused the account.
        """
        self._runtime = extras.baresip.Runtime()
        self._runtime.subscribe(self._happened)
        try:
            await self._runtime.start(stack_config(self.account, self.place, self.most_legs))
        except extras.baresip.BaresipError as error:
            raise ExchangeError(f"the SIP stack did not start: {error}") from None
        try:
            self._agent = await extras.baresip.UserAgent.create(
                self._runtime, stack_account(self.account), transfer_policy="reject"
            )
            self._agent.on_incoming(self._refuse)
            if self.account.register_seconds:
                await self._agent.register()
        except extras.baresip.RegistrationError as error:
            await self._runtime.close()
            answer = error.status or "no answer"
            raise ExchangeError(f"the trunk refused to register us: {answer}") from None
        except extras.baresip.BaresipError:
            await self._runtime.close()
            raise ExchangeError("the SIP stack refused the account") from None
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        """Hang up what is left and stop the stack."""
        for held in self._held.values():
            held.carrying.cancel()
            await _hung_up(held.call)
        # The far end's last word to what was just hung up wants an answer.
        await asyncio.sleep(FAREWELL_SECONDS)
        with contextlib.suppress(extras.baresip.BaresipError):
            await self._runtime.close()

    async def dial(self, address: str, *, ring_seconds: int) -> Leg:
        """Ring somebody; whatever hinders it is an outcome.

        A call that nobody took is canceled after ring_seconds: no_answer if it rang, failed if
        not even that was heard of.
        """
        try:
            call = await self._agent.dial(uri_of(address, self.account))
        except (extras.baresip.BaresipError, InputError, ValueError):
            return Leg(link=NoLink(), outcome="failed", carrier_id="")
        fate = self._fate_of(call.handle)
        try:
            outcome = await asyncio.wait_for(asyncio.shield(fate.settled), ring_seconds)
        except TimeoutError:
            outcome = "no_answer" if fate.is_ringing else "failed"
            await _hung_up(call)
        except asyncio.CancelledError:
            await _hung_up(call)
            raise
        sip_id = fate.sip_id or call.call_id or str(call.handle)
        if outcome != "answered":
            del self._fates[call.handle]
            return Leg(link=NoLink(), outcome=outcome, carrier_id=sip_id)
        return self._answered(call, sip_id)

    def _answered(self, call: Any, sip_id: str) -> Leg:
        fate = self._fates[call.handle]
        fate.link = fate.link or SipLink(call.audio)
        if fate.closed is not None:
            self._closed(fate, fate.closed)
        carrying = asyncio.create_task(fate.link.keep_going())
        self._held[sip_id] = Held(call, carrying)
        return Leg(link=fate.link, outcome="answered", carrier_id=sip_id)

    async def hangup(self, leg: Leg) -> None:
        """End a leg; one that is over stays so."""
        held = self._held.pop(leg.carrier_id, None)
        if held is None:
            return
        await _hung_up(held.call)
        fate = self._fates.pop(held.call.handle, None)
        if fate is not None and fate.link is not None:
            fate.link.end()
        held.carrying.cancel()

    async def hold(self, leg: Leg) -> None:
        """Tell the far end that it is on hold; a refusal leaves it hearing silence."""
        held = self._held.get(leg.carrier_id)
        if held is not None:
            with contextlib.suppress(extras.baresip.BaresipError):
                await held.call.hold()

    async def bridge(self, first: Leg, second: Leg) -> None:
        """Let both hear each other, in this process; returns when one of them hung up."""
        for leg in (first, second):
            held = self._held.get(leg.carrier_id)
            if held is not None and held.call.is_on_hold:
                with contextlib.suppress(extras.baresip.BaresipError):
                    await held.call.resume()
        await relaying.relay(first.link, second.link)

    def _fate_of(self, handle: int) -> Fate:
        if handle not in self._fates:
            self._fates[handle] = Fate(asyncio.get_running_loop().create_future())
        return self._fates[handle]

    def _happened(self, event: Any) -> None:
        """Take an event of the stack; it comes on the loop, perhaps before `dial` returned."""
        kinds = extras.baresip.Event
        if event.event is kinds.CALL_OUTGOING:
            self._fate_of(event.call)
        fate = self._fates.get(event.call)
        if fate is None:
            return
        fate.sip_id = fate.sip_id or event.call_id or ""
        if event.event in {kinds.CALL_RINGING, kinds.CALL_PROGRESS}:
            fate.is_ringing = True
        elif event.event is kinds.CALL_ESTABLISHED and not fate.settled.done():
            fate.settled.set_result("answered")
        elif event.event is kinds.CALL_DTMF_START and fate.link is not None:
            fate.link.press(event.text or "")
        elif event.event is kinds.CALL_CLOSED:
            self._closed(fate, event.text or "")

    def _closed(self, fate: Fate, why: str) -> None:
        fate.closed = why
        if not fate.settled.done():
            fate.settled.set_result(outcome_of(why))
        if fate.link is not None:
            is_lost = why.lower().startswith(LOST)
            fate.link.end(f"no sound for {LOST_SECONDS} seconds" if is_lost else "")

    def _refuse(self, call: Any) -> None:
        """Put down whoever rings here: this end only places calls."""
        refusing = asyncio.ensure_future(_hung_up(call))
        self._refusing.add(refusing)
        refusing.add_done_callback(self._refusing.discard)


async def _hung_up(call: Any) -> None:
    with contextlib.suppress(extras.baresip.BaresipError):
        await call.hangup()


def outcome_of(why: str) -> Outcome:
    """Return what a call became, from the words it was closed with.

    Example:
        >>> outcome_of("486 Busy Here"), outcome_of("603 Decline"), outcome_of("404 Not Found")
        ('busy', 'declined', 'failed')
    """
    said = re.match(r"([1-6][0-9]{2})\b", why)
    status = int(said[1]) if said else 0
    if status in BUSY:
        return "busy"
    if status in DECLINED:
        return "declined"
    return "no_answer" if status in NOBODY else "failed"


def stack_account(account: SipAccount) -> Any:
    """Return an account as the stack wants it: G.711 alone, keys as RFC 4733 says."""
    return extras.baresip.Account(
        user=account.user, domain=account.domain, password=account.password,
        registrar=account.proxy or None, reg_interval=account.register_seconds,
        transport=account.transport, audio_codecs=("pcmu", "pcma"), dtmf_mode="rtpevent",
        auth_user=account.auth_user or None,
        extra_params=(f"mediaenc={account.srtp}",) if account.srtp else (),
    )  # fmt: skip


def stack_config(account: SipAccount, place: SipPlace, most_legs: int) -> Any:
    """Return the settings of the stack: where it listens, whom it trusts, when it gives up."""
    trusted = account.ca_file or ssl.get_default_verify_paths().cafile or ""
    lines = [
        f"sip_listen {place.address or '0.0.0.0'}:{place.port}",  # noqa: S104  the operator's choice
        "sip_verify_server yes",
        *([f"sip_cafile {trusted}"] if trusted else []),
        *([f"rtp_ports {place.sound_ports}"] if place.sound_ports else []),
    ]
    return extras.baresip.Config(
        net_interface=place.address or None, max_concurrent_calls=most_legs,
        rtp_timeout=LOST_SECONDS, native_log_level="error", extra_config_text="\n".join(lines),
    )  # fmt: skip
