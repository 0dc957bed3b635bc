"""What a confined process can still do, tried from within one."""

import ctypes
import json
import os
import socket
import struct
import sys
import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.compute
import pytest

from dothi.kernel.warehouse.sandbox import confine, seccomp
from dothi.kernel.warehouse.sandbox.limits import Limits
from dothi.kernel.warehouse.sandbox.shared import TooMuch, share
from dothi.kernel.warehouse.sandbox.shelf import Shelf

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's filter is Linux's")


def refused(act):
    try:
        act()
    except OSError as error:
        return error.errno
    return 0


def in_child(prepare, acts):
    """Runs ``prepare`` and then each act in a fork; which error each met."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        prepare()
        found = {name: refused(act) for name, act in acts.items()}
        os.write(writer, json.dumps(found).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(text)


def syscall(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "")


ACTS = {
    "open": lambda: os.open("/etc/hostname", os.O_RDONLY),
    "create": lambda: os.open("made-by-a-worker", os.O_CREAT | os.O_WRONLY),
    "socket": lambda: socket.socket(),
    "pipe": lambda: os.pipe(),
}


def test_without_descriptors_nothing_is_opened():
    found = in_child(lambda: confine._lower(confine.resource.RLIMIT_NOFILE, 0), ACTS)
    assert all(found.values())


@linux
def test_behind_the_filter_nothing_is_opened_started_or_signalled():
    more = {
        "fork": lambda: os.fork() or os._exit(0),
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "kill": lambda: os.kill(os.getppid(), 0),
        "listdir": lambda: list(Path("/").iterdir()),
        "stat": lambda: Path("/etc/passwd").stat(),
        "unlink": lambda: Path("/nothing").unlink(),
        "chdir": lambda: os.chdir("/"),
        "setuid": lambda: os.setuid(0),
        "memfd": lambda: os.memfd_create("x"),
        "prctl": lambda: ctypes.CDLL(None, use_errno=True).prctl(1, 0, 0, 0, 0) and os.kill(1, 0),
    }
    found = in_child(seccomp.install, ACTS | more)
    assert set(found.values()) == {1}  # EPERM


@linux
def test_behind_the_filter_it_still_computes_and_has_threads():
    def threads():
        done = []
        thread = threading.Thread(target=lambda: done.append(sum(range(1000))))
        thread.start()
        thread.join()
        if done != [499500]:
            raise OSError(5, "")

    def arrow():
        if pa.compute.cast(pa.array(range(100000)), pa.string()).null_count:
            raise OSError(5, "")

    assert in_child(seccomp.install, {"threads": threads, "arrow": arrow}) == {"threads": 0, "arrow": 0}


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_whole_instructions_and_begins_with_the_machine(machine):
    code = seccomp.program(machine)
    assert len(code) % 8 == 0
    steps = [struct.unpack("=HBBI", code[at : at + 8]) for at in range(0, len(code), 8)]
    assert steps[0] == (0x20, 0, 0, 4)
    assert steps[1][3] == seccomp._ARCH[machine][0]
    assert steps[-1] == (0x06, 0, 0, 0x00050001)  # what is not listed is refused
    forbidden = {"x86_64": {2, 41, 42, 57, 59, 62, 101, 257}, "aarch64": {56, 198, 203, 221, 129, 117}}[
        machine
    ]
    listed = {value for code, true, false, value in steps if (code, true, false) == (0x15, 0, 1)}
    assert not listed & forbidden


def test_a_machine_without_a_list_has_no_filter():
    with pytest.raises(KeyError):
        seccomp.program("riscv64")


@linux
def test_every_layer_is_there_on_this_system(box, t):
    answer = box.run("SELECT 1", {"t": t}, Limits())
    assert {"limits", "memory", "system-calls"} <= set(answer.layers)
    if os.geteuid() == 0:
        assert {"nobody", "no-network"} <= set(answer.layers)


@linux
def test_shared_rows_can_be_read_and_not_changed():
    table = pa.table({"a": [1, 2, 3]})
    descriptor = share(table.schema, table.to_batches(), most_bytes=1 << 20)
    try:
        with pytest.raises(OSError, match="not permitted"):
            os.pwrite(descriptor, b"x", 0)
        with pytest.raises(OSError, match="not permitted"):
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def test_more_rows_than_a_query_may_read_are_not_shared():
    table = pa.table({"a": list(range(100_000))})
    with pytest.raises(TooMuch):
        share(table.schema, table.to_batches(max_chunksize=1000), most_bytes=10_000)


def test_a_shelf_gives_copies_and_forgets_the_oldest(tmp_path):
    made = []

    def make(size):
        path = tmp_path / str(len(made))
        path.write_bytes(b"x" * size)
        made.append(path.name)
        return os.open(path, os.O_RDONLY)

    shelf = Shelf(100)
    for key in ("a", "a", "b", "c", "b", "a"):
        os.close(shelf.take(key, lambda: make(40)))
    assert len(made) == 4  # a, b, c, and a again, which was let go for c
    os.close(shelf.take("large", lambda: make(90)))
    os.close(shelf.take("large", lambda: make(90)))
    assert len(made) == 6
    shelf.clear()
    os.close(shelf.take("a", lambda: make(1)))
    assert len(made) == 7
