"""Jobs and outcomes between the asking process and a worker."""

import os
import socket
import struct
import time

import pytest

from dothi.kernel.warehouse.sandbox.limits import Job, Limits, Outcome
from dothi.kernel.warehouse.sandbox.wire import Broken, receive_job, receive_outcome, send_job, send_outcome


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def soon():
    return time.monotonic() + 2


def test_a_job_arrives_with_its_descriptors(pair, tmp_path):
    ours, theirs = pair
    path = tmp_path / "x"
    path.write_text("rows")
    with path.open() as one, path.open() as two:
        job = Job("SELECT 'đ'", ("t",), Limits(seconds=2))
        send_job(ours, job, [one.fileno(), two.fileno()])
    taken, descriptors = receive_job(theirs)
    assert taken == job
    assert [os.read(each, 4) for each in descriptors] == [b"rows", b"rows"]
    for each in descriptors:
        os.close(each)


def test_jobs_one_behind_the_other_keep_their_own_descriptors(pair):
    ours, theirs = pair
    reader, writer = os.pipe()
    for number in range(3):
        send_job(ours, Job(f"SELECT {number}", (), Limits()), [reader])
    for number in range(3):
        taken, descriptors = receive_job(theirs)
        assert (taken.sql, len(descriptors)) == (f"SELECT {number}", 1)
        os.close(descriptors[0])
    os.close(reader)
    os.close(writer)


def test_a_closed_channel_is_the_end(pair):
    ours, theirs = pair
    ours.close()
    assert receive_job(theirs) is None


def test_a_job_without_its_tables_is_not_taken(pair):
    ours, theirs = pair
    reader, writer = os.pipe()
    send_job(ours, Job("SELECT 1", ("t", "u"), Limits()), [reader])
    with pytest.raises(Broken):
        receive_job(theirs)
    os.close(reader)
    os.close(writer)


def test_half_a_job_is_not_taken(pair):
    ours, theirs = pair
    ours.sendall(struct.pack("!I", 500) + b"{")
    ours.close()
    with pytest.raises(Broken):
        receive_job(theirs)


def test_an_outcome_arrives_with_its_rows(pair):
    ours, theirs = pair
    outcome = Outcome(rows=3, truncated=True, ms=1.5, layers=("limits",))
    send_outcome(ours, outcome, memoryview(b"arrow"))
    assert receive_outcome(theirs, until=soon(), largest=5) == (outcome, b"arrow")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\x00\x00",
        struct.pack("!II", 10, 0) + b"{}",
        struct.pack("!II", 2, 0) + b"[]",
        struct.pack("!II", 2**31, 0),
        struct.pack("!II", 2, 2**31) + b"{}",
    ],
)
def test_what_is_no_outcome_is_not_read(pair, sent):
    ours, theirs = pair
    ours.sendall(sent)
    ours.close()
    with pytest.raises(Broken):
        receive_outcome(theirs, until=soon(), largest=100)


def test_who_says_nothing_is_not_waited_for(pair):
    _, theirs = pair
    with pytest.raises(TimeoutError):
        receive_outcome(theirs, until=time.monotonic() + 0.05, largest=100)
