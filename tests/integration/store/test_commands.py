"""The commands of the stored journal, run as people run them, on both kinds of database."""

from __future__ import annotations

import base64
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from caretally.errors import ExchangeError, InputError, IntegrityError
from caretally.exchange.timestamps import stamping
from caretally.journal.entries import TimeLogged
from caretally.journal.ndjson import write_entries
from caretally.store.backing_up import backup, restore
from caretally.store.rebuilding import rebuild
from caretally.store.sealing import seal
from caretally.store.stored_journal import StoredJournal
from caretally.store.verification import verify
from caretally.synthetic.cast import cast_entries
from tests.architecture.modules import ROOT

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = b"a long enough secret"
SAVES = int(os.environ.get("STORE_SAVES", "60"))
"""Saves until the process was killed often enough; a full proof takes 1,000."""
KINDS = ("sqlite", "postgres")
MadeHome = Callable[[Path], Path]
FEW = {"pat_cleo", "pat_edie", None}


def surroundings(home: Path, **settings: str) -> dict[str, str]:
    """Return the environment of a program with a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CARETALLY_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    named = {f"CARETALLY_{name.upper()}": value for name, value in settings.items()}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "CARETALLY_HOME": str(home), **named}


def caretally(environment: dict[str, str], *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command."""
    return subprocess.run(
        [sys.executable, "-m", "caretally", *words],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with a few of the cast."""
    made = tmp_path / "cast.ndjson"
    write_entries([entry for entry in cast_entries() if entry.patient in FEW], made)
    return made


def test_import_and_export_are_the_same_bytes(site: Any, file: Path, tmp_path: Path) -> None:
    environment = surroundings(tmp_path / "home", database_url=site.url)
    count = len(file.read_bytes().splitlines())
    ran = caretally(environment, "import", file, "--practice", "cast")
    assert (ran.returncode, f"{count} entries stored" in ran.stderr) == (0, True), ran.stderr
    ran = caretally(environment, "import", file, "--practice", "cast")
    assert f"0 entries stored, {count} known before" in ran.stderr
    out = tmp_path / "out.ndjson"
    ran = caretally(environment, "export", "--practice", "cast", "--out", out)
    assert ran.returncode == 0, ran.stderr
    assert out.read_bytes() == file.read_bytes()


def test_a_fresh_home(file: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = surroundings(home)
    assert caretally(environment, "import", file, "--practice", "cast").returncode == 0
    key = home / "secret_key"
    modes = [path.stat().st_mode & 0o777 for path in (home, key, home / "caretally.sqlite3")]
    assert modes == [0o700, 0o600, 0o600]
    before = key.read_text()
    told = caretally(environment, "journal", "root").stderr
    root = json.loads(next((home / "roots").iterdir()).read_text())
    assert root["root"] in told
    assert "up to date" in caretally(environment, "migrate").stderr
    assert caretally(environment, "rebuild").returncode == 0
    ran = caretally(environment, "journal", "verify")
    assert (ran.returncode, "1 seals hold" in ran.stderr) == (0, True), ran.stderr
    assert key.read_text() == before
    packed = tmp_path / "out.ndjson.gz"
    assert caretally(environment, "export", "--out", packed).returncode == 0
    assert gzip.decompress(packed.read_bytes()) == file.read_bytes()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["export", "--practice", "nobody", "--out", "x.ndjson"], "'nobody', of which nothing"),
        (["import", "nowhere.ndjson", "--practice", "p"], "no such file"),
        (["restore", "nowhere.backup", "--key-file", "k"], "no readable file"),
        (["journal", "verify", "--roots", "nowhere"], "no folder"),
    ],
)
def test_mistakes_are_told_in_words(
    tmp_path: Path, migrated_home: MadeHome, words: list[str], says: str
) -> None:
    ran = caretally(surroundings(migrated_home(tmp_path / "home")), *words)
    assert (ran.returncode, says in ran.stderr, "Traceback" in ran.stderr) == (2, True, False)


def test_a_wrong_address_is_told_in_words(tmp_path: Path) -> None:
    ran = caretally(surroundings(tmp_path / "home", database_url="mysql://x/y"), "migrate")
    assert (ran.returncode, "postgresql://" in ran.stderr) == (2, True), ran.stderr


# --- backups --------------------------------------------------------------------------------------


def filled(site: Any) -> StoredJournal:
    """Return a journal with a few of the cast, sealed."""
    journal: StoredJournal = site.journal()
    entries = [entry for entry in cast_entries() if entry.patient in FEW]
    journal.append("cast", entries, received_at=NOW)
    seal(journal.db, NOW)
    return journal


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("sqlite", "postgres"),
        ("postgres", "sqlite"),
        ("sqlite", "sqlite"),
        ("postgres", "postgres"),
    ],
)
def test_a_backup_comes_back_whole(
    make_site: Any, tmp_path: Path, source: str, target: str
) -> None:
    journal = filled(make_site(source))
    kept = tmp_path / "kept"
    backup(journal.db, kept, SECRET)
    assert b"pat_edie" not in kept.read_bytes()
    other: StoredJournal = make_site(target).journal()
    lines = list(journal.lines())
    assert restore(other.db, kept, SECRET) == len(lines)
    assert list(other.lines()) == lines
    sql = "SELECT stream_id, month, version, digest, facts FROM store_patientmonth ORDER BY id"

    def months(of: StoredJournal) -> list[list[object]]:
        return [[bytes(v) if isinstance(v, memoryview) else v for v in row]
                for row in of.db.rows(sql)]  # fmt: skip

    assert months(other) == months(journal)
    rebuild(other.db, other.desk)
    assert sorted(map(str, months(other))) == sorted(map(str, months(journal)))
    minute = next(entry for entry in cast_entries() if isinstance(entry.body, TimeLogged))
    other.append("cast", [replace(minute, id="after")], received_at=NOW)
    assert verify(other.db).problems == ()
    with pytest.raises(InputError, match="journals in it"):
        restore(other.db, kept, SECRET)


def test_a_damaged_or_foreign_backup_is_refused(make_site: Any, tmp_path: Path) -> None:
    journal = filled(make_site("sqlite"))
    kept, damaged = tmp_path / "kept", tmp_path / "damaged"
    backup(journal.db, kept, SECRET)
    target = make_site("sqlite").db
    whole = kept.read_bytes()
    faults = {
        "another key": (whole, b"another secret of its own"),
        "changed": (whole[:5_000] + bytes([whole[5_000] ^ 1]) + whole[5_001:], SECRET),
        "cut": (whole[:-10], SECRET),
        "no backup": (b"hello\n", SECRET),
    }
    for name, (content, secret) in faults.items():
        damaged.write_bytes(content)
        with pytest.raises(InputError):
            restore(target, damaged, secret)
        assert target.rows("SELECT COUNT(*) FROM store_entry")[0][0] == 0, name


def test_a_backup_of_a_broken_chain_is_not_restored(make_site: Any, tmp_path: Path) -> None:
    journal = filled(make_site("sqlite"))
    journal.db.run("DROP TRIGGER store_entry_no_update")
    journal.db.run(
        "UPDATE store_entry SET line = REPLACE(line, 'staff', 'stuff') "
        "WHERE id = (SELECT MAX(id) FROM store_entry WHERE instr(line, 'staff'))"
    )
    backup(journal.db, tmp_path / "kept", SECRET)
    target = make_site("sqlite").db
    with pytest.raises(IntegrityError, match="does not hold"):
        restore(target, tmp_path / "kept", SECRET)
    assert target.rows("SELECT COUNT(*) FROM store_entry")[0][0] == 0


# --- time stamps ----------------------------------------------------------------------------------

AUTHORITY = """
[tsa]
default_tsa = local
[local]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
[ca]
basicConstraints = critical, CA:true
[stamp]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[req]
distinguished_name = name
[name]
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a time-stamp authority of our own."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed: make system installs it")
    folder = tmp_path_factory.mktemp("authority")
    (folder / "conf").write_text(AUTHORITY.format(folder=folder))
    (folder / "serial").write_text("01\n")
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
            "-config", "conf"]  # fmt: skip
    for extra in (
        ["-subj", "/CN=Test CA", "-extensions", "ca", "-keyout", "ca.key", "-out", "ca.pem"],
        ["-subj", "/CN=Test TSA", "-extensions", "stamp", "-keyout", "tsa.key", "-out", "tsa.pem",
         "-CA", "ca.pem", "-CAkey", "ca.key"],
    ):  # fmt: skip
        subprocess.run([*make, *extra], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def stamp_server(authority: Path) -> Iterator[str]:
    """Serve the authority on loopback; a path of /wrong answers with a stamp of something else."""
    lock = threading.Lock()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                (authority / "asked").write_bytes(asked)
                command = ["openssl", "ts", "-reply", "-config", "conf", "-queryfile", "asked"]
                if self.path == "/wrong":
                    query = ["openssl", "ts", "-query", "-data", "conf", "-sha512", "-out", "asked"]
                    subprocess.run(query, cwd=authority, check=True, capture_output=True)
                ran = subprocess.run(
                    [*command, "-out", "reply"], cwd=authority, check=False, capture_output=True
                )
            reply = (authority / "reply").read_bytes() if ran.returncode == 0 else ran.stderr
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello" if self.path == "/nonsense" else reply)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def test_a_root_is_stamped(
    file: Path, authority: Path, stamp_server: str, migrated_home: MadeHome, tmp_path: Path
) -> None:
    home = migrated_home(tmp_path / "home")
    environment = surroundings(home, tsa_url=f"{stamp_server}/")
    caretally(environment, "import", file, "--practice", "cast")
    ran = caretally(environment, "journal", "root")
    assert ran.returncode == 0, ran.stderr
    told = json.loads(next((home / "roots").iterdir()).read_text())
    (tmp_path / "token").write_bytes(base64.b64decode(told["rfc3161_token"]))
    for content, holds in ((bytes.fromhex(told["root"]), True), (b"another root", False)):
        (tmp_path / "root").write_bytes(content)
        check = ["openssl", "ts", "-verify", "-data", tmp_path / "root", "-in", tmp_path / "token",
                 "-CAfile", authority / "ca.pem", "-untrusted", authority / "tsa.pem"]  # fmt: skip
        ran_check = subprocess.run(check, check=False, capture_output=True, text=True)
        assert (ran_check.returncode == 0) is holds, ran_check.stderr


@pytest.mark.parametrize("path", ["/wrong", "/nonsense"])
def test_a_wrong_stamp_seals_nothing(make_site: Any, stamp_server: str, path: str) -> None:
    journal = filled(make_site("sqlite"))
    with pytest.raises(ExchangeError):
        seal(journal.db, NOW, stamping(f"{stamp_server}{path}"))
    assert journal.db.rows("SELECT COUNT(*) FROM store_seal")[0][0] == 1


# --- a process that dies --------------------------------------------------------------------------

SAVER = """
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import caretally.project.opening
from caretally.journal.ndjson import read_entries
from caretally.store.stored_journal import StoredJournal
journal = StoredJournal()
template = read_entries(sys.argv[1]).checked()[0]
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 100_000):
    start = datetime(2026, 3, 1, 6, tzinfo=UTC) + timedelta(seconds=90 * number)
    end = start + timedelta(seconds=60)
    body = replace(template.body, start=start, end=end)
    entry = replace(template, id=f"k{number}", at=start, recorded_at=end, body=body)
    journal.append("cast", [entry], received_at=end)
    print(f"k{number}", flush=True)
"""


def test_killed_while_saving(site: Any, tmp_path: Path) -> None:
    journal = filled(site)
    minutes = [
        e for e in cast_entries() if isinstance(e.body, TimeLogged) and e.patient == "pat_edie"
    ]
    write_entries(minutes[:1], tmp_path / "template.ndjson")
    environment = surroundings(tmp_path / "home", database_url=site.url)
    acknowledged: list[str] = []
    begin = 0
    while len(acknowledged) < SAVES:
        saver = subprocess.Popen(
            [sys.executable, "-c", SAVER, tmp_path / "template.ndjson", str(begin)],
            env=environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert saver.stdout is not None
        acknowledged += [saver.stdout.readline().strip() for _ in range(SAVES // 5)]
        time.sleep(0.003 * (len(acknowledged) % 7))
        saver.send_signal(signal.SIGKILL)
        acknowledged += saver.stdout.read().split()
        saver.wait()
        begin = 1 + int(acknowledged[-1][1:])
    stored = [entry.id for entry in journal.entries("cast") if entry.id.startswith("k")]
    assert "" not in acknowledged
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored)) <= len(acknowledged) + 6
    assert verify(journal.db).problems == ()
    sql = "SELECT stream_id, month, digest FROM store_patientmonth ORDER BY stream_id, month"
    before = [(row[0], row[1], bytes(row[2])) for row in journal.db.rows(sql)]
    rebuild(journal.db, journal.desk)
    assert [(row[0], row[1], bytes(row[2])) for row in journal.db.rows(sql)] == before
