"""Where things are written and read: planted links, hostile baselines, streams that take nothing, secrets."""

import gzip
import os
import random
import string
import subprocess
import sys
import threading

import pytest

from perfdiag.baseline import store
from perfdiag.baseline.sources import read_file
from perfdiag.errors import PerfdiagError
from perfdiag.host.files import write_atomically
from perfdiag.storage import load
from tests.baseline.examples import sessions
from tests.cli.running import PERFDIAG, perfdiag, program, runs_on
from tests.faults.seeded import SEEDS, fault


@fault(41, "an output path becomes a planted link while it is written", SEEDS)
def test_a_file_is_never_written_through_a_planted_link(tmp_path, seed):
    precious, path = tmp_path / "precious", tmp_path / "run.json"
    precious.write_text("precious")
    done = threading.Event()
    chance = random.Random(seed)

    def plant():
        while not done.is_set():
            other = tmp_path / f"planted{chance.random()}"
            (os.symlink if chance.random() < 0.5 else os.link)(precious, other)
            os.replace(other, path)

    attacker = threading.Thread(target=plant)
    attacker.start()
    try:
        for number in range(200):
            try:
                write_atomically(str(path), f"report {number}")
            except PerfdiagError:
                continue  # it was a link when it was looked at: refused
    finally:
        done.set()
        attacker.join()
    assert "precious" == precious.read_text()


@fault(42, "the name of a baseline is a path or no name", SEEDS)
def test_a_baseline_is_never_written_outside_its_directory(tmp_path, seed):
    chance = random.Random(seed)
    names = [
        "../../etc/x",
        "/etc/x",
        "a\0b",
        ".",
        "..",
        "n" * 300,
        "",
        "a/b",
        "é",
        "ａ",
        " a",
        "a\n",
        "-\u202e",
    ]
    names += ["".join(chance.choices("./\\\0 \n~aA\u0430", k=chance.randint(1, 9))) + "/" for _ in range(20)]
    home = tmp_path / "deep" / "baselines"
    home.mkdir(parents=True)
    for name in names:
        with pytest.raises(PerfdiagError, match="suite name"):
            store.append(home, name, sessions(range(1)))
    assert [home] == [path for path in tmp_path.rglob("*") if path.name != "deep"]


def _hostile(chance):
    deep = 50_000
    return chance.choice(
        [
            b'{"benchmarks": ' + b"[" * deep + b"]" * deep + b"}",
            b'{"benchmarks": NaN}',
            b'{"benchmarks": [{"name": "x", "stats": {"data": [1e999]}}]}',
            b'{"benchmarks": [{"name": "x", "stats": {"data": [' + b"9" * 5000 + b"]}}]}",
            b"!!python/object/apply:os.system ['true']",
            b"\x80\x04\x95\x0f\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix.",
            b"&a [*a, *a]",
            bytes(chance.choices(range(256), k=2000)),
            b'{"benchmarks": [], "benchmarks": 7}',
            b'{"schema": "perfdiag.report/1"' + b', "findings": {}' * 2000 + b"}",
            b"",
        ]
    )


@fault(43, "a baseline or benchmark file that is hostile", SEEDS)
def test_a_hostile_file_is_refused_with_a_reason(tmp_path, seed):
    path = tmp_path / "new.json"
    path.write_bytes(_hostile(random.Random(seed)))
    with pytest.raises(PerfdiagError) as caught:
        read_file(path)
    assert caught.value.cause


@fault(46, "standard output takes nothing", 4)
def test_a_stream_that_takes_nothing_ends_without_a_traceback(seed, tmp_path):
    target = ["> /dev/full", "| true", ">&-", "| head -c 1"][seed]
    command = f"{' '.join(PERFDIAG)} list {target}"
    ended = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False)
    assert b"Traceback" not in ended.stderr
    assert (ended.returncode == 0) == ("|" in target)


SECRETS = 200
FORMS = (
    "--password={}", "--db-passwd={}", "-p{}", "TOKEN={}", "AWS_SECRET_ACCESS_KEY={}", "--api-key={}",
    "postgres://me:{}@db/x", "redis://:{}@cache:6379/0", "https://{}@host/x", "host=db password={} x",
    "https://h/?token={}&x=1", "Authorization: Bearer {}", "ghp_{}", '{{"password": "{}"}}',
)  # fmt: skip
# Secrets in its arguments and a child's, environment, locals, and the paths of a file and of its code
HOLDER = """
import fcntl, os, subprocess, sys, threading
folder = sys.argv[1]
secret = os.environ["API_TOKEN"]
path = os.path.join(folder, f"password={sys.argv[2]}.lock")
held = [open(path, "w") for _ in range(2)]
fcntl.flock(held[0], fcntl.LOCK_EX)
threading.Thread(target=lambda: fcntl.flock(held[1], fcntl.LOCK_EX), daemon=True).start()
script = f"{folder}/token={sys.argv[3]}/app.py"
code = compile("def spin(secret):\\n while True: sum(range(20000))\\n", script, "exec")
exec(code)
child = subprocess.Popen(["sleep", "60", *sys.argv[4:]], stderr=subprocess.DEVNULL)
threading.Thread(target=child.wait, daemon=True).start()
print("ready", flush=True)
spin(secret)
"""


def _canaries(seed):
    chance, letters = random.Random(seed), string.ascii_letters + string.digits
    return ["C4n" + "".join(chance.choices(letters, k=20)) for _ in range(SECRETS)]


@fault(60, f"{SECRETS} secrets in command lines, paths, environment and locals", 3)
def test_a_secret_appears_in_no_output(tmp_path, seed):
    secrets = _canaries(seed)
    words = [FORMS[number % len(FORMS)].format(secret) for number, secret in enumerate(secrets[2:-1])]
    arguments = [str(tmp_path), *secrets[:2], *words]
    suffixes = ("json", "perfdiag", "collapsed", "txt", "md", "speedscope.json", "pb.gz", "sarif")
    outputs = [tmp_path / f"out.{suffix}" for suffix in suffixes]
    environment = {**os.environ, "API_TOKEN": secrets[-1]}
    with program(sys.executable, "-c", HOLDER, *arguments, env=environment) as target:
        chosen = [word for path in outputs for word in ("-o", path)]
        ended = perfdiag("profile", "-p", target.pid, "-d", "1.5", "--any", *chosen)
        assert runs_on(target.pid)
    assert 0 == ended.code, ended.err
    written = [ended.out.encode(), ended.err.encode(), *(path.read_bytes() for path in outputs)]
    kept = load(str(outputs[1]))  # packed in its file
    written.append(repr((kept.objects, kept.stacks, kept.threads, kept.processes, kept.snapshots)).encode())
    written += [gzip.decompress(data) for data in written if data.startswith(b"\x1f\x8b")]
    assert [] == [secret for secret in secrets if any(secret.encode() in data for data in written)]
    assert b"/token=***/app.py" in outputs[0].read_bytes()  # the code itself is named
    assert any(item.name.endswith("/password=***") for item in kept.objects)
