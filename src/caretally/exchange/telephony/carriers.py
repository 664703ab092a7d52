"""The carrier that the settings name: one SIP trunk, or one account of Twilio."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from caretally.errors import InputError, Problem
from caretally.exchange.posting import networks_of
from caretally.exchange.telephony import sip_account, twilio_rest
from caretally.exchange.telephony.links import CallControl
from caretally.exchange.telephony.sip import SipCarrier
from caretally.exchange.telephony.twilio import TwilioCarrier
from caretally.settings import Settings


def carrier_of(settings: Settings) -> AbstractAsyncContextManager[CallControl]:
    """Return the carrier of the settings; entering it opens the line.

    Raises:
        InputError: none or two are named, or one cannot be used; all problems are listed.
        MissingExtraError: the extra `telephone` is not installed.
    """
    named = [name for name in ("sip_url", "twilio_url") if getattr(settings, name)]
    if len(named) != 1:
        raise InputError([
            Problem(where="the settings", found="two carriers" if named else "no carrier",
                    expected="one of CARETALLY_SIP_URL and CARETALLY_TWILIO_URL",
                    hint="see docs/how-to/connect-a-telephone.md")
        ])  # fmt: skip
    return _sip(settings) if settings.sip_url else _twilio(settings)


def _sip(settings: Settings) -> SipCarrier:
    return SipCarrier(
        account=sip_account.account_of(settings.sip_url),
        place=sip_account.place_of(settings.sip_listen, settings.sip_rtp_ports),
    )


def _twilio(settings: Settings) -> TwilioCarrier:
    networks = networks_of(settings.hook_networks)
    account = twilio_rest.account_of(
        settings.twilio_url, settings.twilio_number, settings.twilio_stream_url, networks
    )
    host, _, port = settings.twilio_listen.rpartition(":")
    if not host or not port.isdigit():
        raise InputError([
            Problem(where="CARETALLY_TWILIO_LISTEN", found=repr(settings.twilio_listen),
                    expected="an address of this machine, such as 127.0.0.1:8020")
        ])  # fmt: skip
    return TwilioCarrier(account=account, host=host, port=int(port))
