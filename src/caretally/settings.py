"""The settings of the program: what `CARETALLY_*` may say, and nothing else.

A name that is not known is refused: a misspelled setting that is silently ignored is a setting
that somebody believes to be on. Nothing here opens what it names.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from caretally.errors import InputError, Problem

PREFIX = "CARETALLY_"
LAST_PORT = 65_535
DEFAULTS: Mapping[str, str] = {
    "home": "var", "host": "127.0.0.1", "port": "8000", "database_url": "", "secret_key": "",
    "tsa_url": "", "public_url": "", "owner_database_url": "", "sealing_keys": "",
    "hook_networks": "", "smtp_url": "", "mail_from": "", "sms_url": "",
    "sms_body": "To={to}&Body={text}", "sms_authorization": "",
    "signing_file": "", "signing_password": "",
    "sip_url": "", "sip_listen": "", "sip_rtp_ports": "",
    "twilio_url": "", "twilio_number": "", "twilio_stream_url": "",
    "twilio_listen": "127.0.0.1:8020",
    "speech_model": "", "speech_model_digest": "", "speech_voice": "flite -f {text} -o {wav}",
    "speech_voice_es": "", "call_callback": "",
    "live_port": "", "live_url": "",
}  # fmt: skip
"""What holds where nothing is set."""
CARRIERS = (
    "sip_url", "sip_listen", "sip_rtp_ports",
    "twilio_url", "twilio_number", "twilio_stream_url", "twilio_listen",
)  # fmt: skip
"""The settings of who carries calls, taken as they are; `exchange.telephony` reads them."""
SPEECH = ("speech_model", "speech_model_digest", "speech_voice", "speech_voice_es")
"""The settings of what hears and speaks, taken as they are; `exchange.speech` reads them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the surroundings of the program may set, each as CARETALLY_ and its name.

    home: folder of all state.
    host: address the program serves on.
    port: port it serves on.
    database_url: where the journal is stored; SQLite in the home where none is named.
    secret_key: what sessions are signed with; one is made in the home where none is named.
    tsa_url: time-stamp authority (RFC 3161) that confirms the roots of the journal.
    public_url: address under which people reach the program, such as https://rpm.example.org;
        with https, cookies are sent over TLS alone.
    owner_database_url: as database_url, for `migrate` alone: on PostgreSQL the owner of the tables.
    sealing_keys: keys under which secrets of others are kept, separated by commas, the newest
        first; one is made in the home where none is named.
    hook_networks: networks of one's own that webhooks may be sent to and vendors be asked in, such
        as 10.1.0.0/16, separated by commas; where none is named, the public network over TLS alone.
    smtp_url: mail relay for notices of alerts, such as smtp://user:password@relay.example.org:587;
        smtps begins with TLS, smtp+plain does without. Where none is named, no mail is sent.
    mail_from: address that notices come from.
    sms_url: where a gateway takes text messages; where none is named, none are sent.
    sms_body: what is posted there, JSON or a form, with the places {to} and {text}.
    sms_authorization: header `Authorization` of that, such as Bearer and a token.
    signing_file: PKCS #12 file whose key signs audit packets; where none is named, none is signed.
    signing_password: of that file.
    sip_url: trunk that wellness calls go out on, such as
        sip://user:password@sip.example.org?transport=tls&srtp=required; where neither this nor
        twilio_url is set, nobody is called.
    sip_listen: address of this machine for signaling and sound, such as 10.1.2.3:5060.
    sip_rtp_ports: first and last port for sound, such as 16000-16999, for whoever opens them.
    twilio_url: account that wellness calls go out on, such as https://AC…:token@api.twilio.com.
    twilio_number: number of that account that whoever is called is shown.
    twilio_stream_url: where Twilio reaches this program, such as wss://calls.example.org/stream.
    twilio_listen: where those streams arrive here, usually behind a proxy that ends TLS.
    speech_model: folder of a Whisper model for CTranslate2 that hears patients in wellness calls.
    speech_model_digest: of that folder; a wrong one is refused, and the right one is told.
    speech_voice: command that speaks in calls, such as flite -voice slt -f {text} -o {wav}.
    speech_voice_es: the same for Spanish; where none is named, calls are in English alone.
    live_port: port of the process that keeps conversations live; by default the port after `port`,
        0 for none: pages then ask every few seconds.
    live_url: where pages reach that process through a proxy, such as wss://rpm.example.org; needed
        beside `public_url`, since browsers speak to no other address than those the program names.
    call_callback: number that patients are told to call, such as 312 555 0100; where none is named,
        that of the practice's billing profile.
    """

    home: Path
    host: str
    port: int
    database_url: str
    secret_key: str
    tsa_url: str
    public_url: str
    owner_database_url: str
    sealing_keys: tuple[str, ...]
    hook_networks: str
    smtp_url: str
    mail_from: str
    sms_url: str
    sms_body: str
    sms_authorization: str
    signing_file: str
    signing_password: str
    sip_url: str
    sip_listen: str
    sip_rtp_ports: str
    twilio_url: str
    twilio_number: str
    twilio_stream_url: str
    twilio_listen: str
    speech_model: str
    speech_model_digest: str
    speech_voice: str
    speech_voice_es: str
    live_port: int
    live_url: str
    call_callback: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Return the settings of an environment.

        Raises:
            InputError: a name is unknown or a value cannot be used; all problems are listed.
        """
        told = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX)
        }
        told = {**DEFAULTS, **told}
        problems = [unknown(name) for name in sorted(told.keys() - DEFAULTS.keys())]
        if not is_port(told["port"], least=1):
            problems.append(no_port("port", told["port"], f"1 to {LAST_PORT}"))
        if told["live_port"] and not is_port(told["live_port"], least=0):
            problems.append(no_port("live_port", told["live_port"], f"0 to {LAST_PORT}"))
        if told["live_url"] and not told["live_url"].startswith(("ws://", "wss://")):
            problems.append(
                Problem(where=f"{PREFIX}LIVE_URL", found="an address of another kind",
                        expected="ws:// or wss:// and a host")
            )  # fmt: skip
        if problems:
            raise InputError(problems)
        return cls(
            home=Path(told["home"]), host=told["host"], port=int(told["port"]),
            database_url=told["database_url"], secret_key=told["secret_key"],
            tsa_url=told["tsa_url"], public_url=told["public_url"].rstrip("/"),
            owner_database_url=told["owner_database_url"],
            sealing_keys=tuple(filter(None, told["sealing_keys"].split(","))),
            hook_networks=told["hook_networks"], smtp_url=told["smtp_url"],
            mail_from=told["mail_from"], sms_url=told["sms_url"], sms_body=told["sms_body"],
            sms_authorization=told["sms_authorization"], signing_file=told["signing_file"],
            signing_password=told["signing_password"],
            live_port=int(told["live_port"] or min(LAST_PORT, int(told["port"]) + 1)),
            live_url=told["live_url"].rstrip("/"),
            call_callback=told["call_callback"],
            **{name: told[name] for name in (*CARRIERS, *SPEECH)},
        )  # fmt: skip


def is_port(text: str, *, least: int) -> bool:
    """Tell whether a text is the number of a port."""
    return text.isascii() and text.isdigit() and least <= int(text) <= LAST_PORT


def no_port(name: str, found: str, expected: str) -> Problem:
    """Return the problem of a port that is none."""
    return Problem(where=f"{PREFIX}{name.upper()}", found=repr(found), expected=expected)


def unknown(name: str) -> Problem:
    """Return the problem of a setting nobody reads."""
    close = difflib.get_close_matches(name, DEFAULTS, n=1)
    return Problem(
        where=f"{PREFIX}{name.upper()}",
        found="a setting nobody reads",
        expected=", ".join(f"{PREFIX}{each.upper()}" for each in DEFAULTS),
        hint=f"did you mean {PREFIX}{close[0].upper()}?" if close else "unset it",
    )
