"""Who is at the other end of the line: programs and packages that share no code with ours."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.audio.people import Act

ROOT = Path(__file__).parents[2]
BARESIP = """\
poll_method epoll
sip_listen {host}:{port}
sip_transports udp
net_interface {host}
rtp_ports {sound}-{above}
audio_source aufile,{plays}
ausrc_srate 8000
ausrc_channels 1
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module cons.so
module sndfile.so
module_app account.so
module_app menu.so
cons_listen {host}:{keys}
snd_path {folder}
"""
SCENARIOS = Path(__file__).parent / "sipp"
HOST = "127.0.0.1"


def needs(*names: str) -> pytest.MarkDecorator:
    """Skip a test where a program or a package that it stands on is missing, and say which."""
    missing = [name for name in names if shutil.which(name) is None and find_spec(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}: make test-audio")


def free_port() -> int:
    """Return a UDP port that was free a moment ago, even, with a free one above it."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first:
            first.bind((HOST, 0))
            port = int(first.getsockname()[1])
            if port % 2:
                continue
            try:
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as second:
                    second.bind((HOST, port + 1))
            except OSError:
                continue
            return port


@contextmanager
def sipp(
    scenario: str, folder: Path, *, status: str = "", lasts_ms: int = 700, judges: bool = True
) -> Iterator[str]:
    """Run SIPp as the far end of one call and yield its address.

    judges: whether the call must have gone as its scenario says.
    """
    text = (SCENARIOS / f"{scenario}.xml").read_text().replace("STATUS LINE", status)
    text = text.replace("LASTS", str(lasts_ms))
    written = folder / f"{scenario}.xml"
    written.write_text(text)
    port = free_port()
    asked = ["sipp", "-sf", str(written), "-i", HOST, "-p", str(port), "-mp", str(free_port())]
    asked += ["-m", "1", "-timeout", "30", "-trace_err", "-nostdin"]
    with subprocess.Popen(
        asked, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        try:
            wait_for_port(port)
            yield f"sip:anybody@{HOST}:{port}"
            if judges:
                assert running.wait(timeout=15) == 0, errors_of(folder)
        finally:
            running.kill()


def wait_for_port(port: int) -> None:
    """Return when somebody listens on a UDP port of this machine."""
    wanted = f"0100007F:{port:04X}"
    for _ in range(400):
        if wanted in Path("/proc/net/udp").read_text():
            return
        time.sleep(0.02)
    raise AssertionError(f"nobody listens on {port}")


@contextmanager
def person(acts: Sequence[Act], folder: Path) -> Iterator[str]:
    """Run somebody at a telephone of aiosipua and aiortp and yield their address."""
    port = free_port()
    (folder / "acts.json").write_text(json.dumps([asdict(each) for each in acts]))
    asked = [sys.executable, "-m", "tests.audio.sip_person"]
    asked += [str(port), str(folder / "acts.json"), str(folder)]
    # aiosipua 0.7.1 logs a failed assertion on CPython 3.11; calls work all the same.
    with subprocess.Popen(asked, cwd=ROOT, stderr=subprocess.DEVNULL) as running:
        try:
            wait_for_port(port)
            yield f"sip:patient@{HOST}:{port}"
            assert running.wait(timeout=15) == 0
        finally:
            running.kill()


@dataclass
class Telephone:
    """Debian's baresip: picks up by itself and plays a file; its keys are pressed from here."""

    address: str
    folder: Path
    keys: int

    def press(self, key: str) -> None:
        """Press a key, as on the console; `b` hangs up."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as console:
            console.sendto(key.encode(), (HOST, self.keys))

    @property
    def heard(self) -> Path:
        """The WAV file of what came out of it."""
        return next(self.folder.glob("dump-*-dec.wav"))


@contextmanager
def baresip(plays: Path, folder: Path, *, account: str = "", more: str = "") -> Iterator[Telephone]:
    """Run Debian's baresip as a telephone that answers by itself.

    account, more: what is added to its account, and to its settings.
    """
    folder.mkdir()
    port, keys, sound = free_port(), free_port(), free_port()
    (folder / "accounts").write_text(
        f"<sip:nurse@{HOST}:{port}>;regint=0;answermode=auto;audio_codecs=pcmu{account}\n"
    )
    settings = BARESIP.format(
        port=port, keys=keys, sound=sound, above=sound + 20, plays=plays, folder=folder, host=HOST
    )
    (folder / "config").write_text(settings + more)
    with (
        (folder / "baresip.log").open("wb") as log,
        subprocess.Popen(
            ["/usr/bin/baresip", "-4", "-f", str(folder)], stdout=log, stderr=log
        ) as running,
    ):
        try:
            wait_for_port(port)
            yield Telephone(f"sip:nurse@{HOST}:{port}", folder, keys)
        finally:
            running.terminate()
            running.wait(timeout=10)


def errors_of(folder: Path) -> str:
    """Return what SIPp complained of."""
    return "".join(each.read_text() for each in folder.glob("*_errors.log")) or "SIPp failed"
