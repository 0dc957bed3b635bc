"""How long a later start of ``./dothi up`` takes, from the command to the whole first page, part by part.

Everything is seen from outside, through ``/proc`` and the port, so that what is measured is what people run:

    command → parent        the launcher, and the parent until it starts the web process
    parent → server         the web process until its server forks the process that serves
    server → listening      composing: Django, the packs, the engines, until the port takes connections
    listening → first page  until the last byte of ``/``

    .venv/bin/python bench/start.py [--runs 7] [--bare] [--keep FOLDER] [--cold]

``--cold`` asks the kernel to forget the files of this checkout and of its environment before each run.
CPU is that of the whole tree of processes, in user and in system mode, when the page is complete.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("command → parent", "parent → server", "server → listening", "listening → first page")
TICK_S = 0.005
LIMIT_S = 300.0
_CLOCK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Run:
    """One start: the seconds of its parts in order, the tree's CPU seconds, the size of the page in bytes."""

    parts: tuple[float, ...]
    cpu: float
    size: int

    @property
    def total(self) -> float:
        return sum(self.parts)


def children(pid: int) -> list[int]:
    """The living children of every thread of ``pid``, the oldest first."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        return []
    return sorted(found)


def command(pid: int) -> str:
    """The command line of ``pid``, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def is_web(pid: int) -> bool:
    """Whether ``pid`` is the web process."""
    return re.search(r"--role web|serve.role \d+ web", command(pid)) is not None


def cpu(pid: int) -> float:
    """CPU seconds of ``pid``, of the children it waited for, and of the tree below it."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _CLOCK + sum(map(cpu, children(pid)))


def page(port: int) -> int | None:
    """The size of ``/`` in bytes once it is complete; None while nobody listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as link:
            link.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: link.recv(65536), b""))
    except ConnectionRefusedError:
        return None
    if not answer.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"/ was answered with {answer[:200]!r}")
    return len(answer)


def listening(port: int) -> bool:
    """Whether the port takes connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(question: object, process: subprocess.Popen[bytes], log: Path) -> float:
    """The moment ``question`` is first answered with yes."""
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        if question():  # type: ignore[operator]
            return time.monotonic()
        if process.poll() is not None:
            raise SystemExit(f"dothi ended:\n{log.read_text()}")
        time.sleep(TICK_S)
    raise SystemExit(f"nothing within {LIMIT_S:g} s:\n{log.read_text()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(home: Path, options: list[str]) -> tuple[subprocess.Popen[bytes], Path, int]:
    """The launcher, running: its process, its log and its port."""
    port, log = free_port(), home / "start.log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOTHI_")}
    environ = kept | {"DOTHI_HOME": str(home), "DOTHI_PORT": str(port)}
    if "DOTHI_VENV" in os.environ:
        environ["DOTHI_VENV"] = os.environ["DOTHI_VENV"]
    with log.open("wb") as to:
        process = subprocess.Popen(
            [str(ROOT / "dothi"), "up", *options], stdout=to, stderr=to, env=environ, cwd=ROOT
        )
    return process, log, port


def measure(home: Path, options: list[str]) -> Run:
    """Start once, fetch the first page, stop."""
    began = time.monotonic()
    process, log, port = start(home, options)
    try:
        web: list[int] = []

        def spawned() -> bool:
            web[:] = [pid for pid in children(process.pid) if is_web(pid)]
            return bool(web)

        moments = [began, until(spawned, process, log)]
        moments.append(until(lambda: children(web[0]), process, log))
        moments.append(until(lambda: listening(port), process, log))
        size = page(port)
        moments.append(time.monotonic())
        used = cpu(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    parts = tuple(after - before for before, after in pairwise(moments))
    return Run(parts, used, size or 0)


def forget() -> None:
    """Ask the kernel to drop the pages of our files, as after a boot."""
    for folder in (ROOT / "src", Path(sys.prefix), Path(sys.base_prefix)):
        for path in folder.rglob("*"):
            if path.is_file():
                with path.open("rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def busy() -> str:
    return " ".join(Path("/proc/loadavg").read_text().split()[:1])


def table(runs: list[Run]) -> str:
    """Least, median and most of every part, in seconds."""
    rows = {name: [run.parts[i] for run in runs] for i, name in enumerate(PARTS)}
    rows["command → first page"] = [run.total for run in runs]
    rows["CPU of all processes"] = [run.cpu for run in runs]
    lines = ["| part | least | median | most |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {min(found):.2f} | {statistics.median(found):.2f} | {max(found):.2f} |"
        for name, found in rows.items()
    ]
    return "\n".join(lines)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--runs", type=int, default=7)
    asked.add_argument("--bare", action="store_true", help="without the city generator")
    asked.add_argument("--keep", type=Path, help="an installation to use (default: a fresh one)")
    asked.add_argument("--cold", action="store_true", help="forget cached files before each run")
    given = asked.parse_args()
    options = ["--bare"] if given.bare else []
    with tempfile.TemporaryDirectory(prefix="dothi-start-") as folder:
        home = given.keep or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        first = measure(home, options)
        print(f"first start of this folder: {first.total:.1f} s, CPU {first.cpu:.1f} s")
        runs = []
        for number in range(given.runs):
            if given.cold:
                forget()
            load = busy()
            runs.append(measure(home, options))
            print(f"run {number + 1}: {runs[-1].total:.2f} s, load before {load}")
        print(f"\n{len(runs)} later starts; the page has {runs[-1].size:,} bytes.\n\n{table(runs)}")


if __name__ == "__main__":
    main()
