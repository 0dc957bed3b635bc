"""Frames over Unix sockets: jobs with file descriptors one way, an outcome with Arrow bytes the other way."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import time
from collections.abc import Sequence

import msgspec

from dothi.kernel.warehouse.sandbox.limits import Job, Outcome

MOST_TABLES = 16
LARGEST_JOB = 128 << 10
LARGEST_HEADER = 64 << 10
_LENGTH = struct.Struct("!I")
_LENGTHS = struct.Struct("!II")


class Broken(Exception):
    """The other end closed, or sent what no frame is."""


def send_job(channel: socket.socket, job: Job, descriptors: Sequence[int]) -> None:
    """Send ``job`` and its descriptors, which travel with its first byte; one sender at a time."""
    data = msgspec.json.encode(job)
    message = _LENGTH.pack(len(data)) + data
    sent = socket.send_fds(channel, [message], list(descriptors))
    channel.sendall(message[sent:])


def receive_job(channel: socket.socket) -> tuple[Job, list[int]] | None:
    """The next job and its descriptors; None when the asking process is gone."""
    head, descriptors, flags, _ = socket.recv_fds(channel, _LENGTH.size, MOST_TABLES + 1)
    if not head:
        return None
    try:
        head += _rest(channel, _LENGTH.size - len(head))
        data = _rest(channel, min(_LENGTH.unpack(head)[0], LARGEST_JOB))
        job = msgspec.json.decode(data, type=Job)
        if flags & socket.MSG_CTRUNC or len(descriptors) != len(job.tables) + 1:
            raise Broken("the job came without its tables")
    except (Broken, msgspec.DecodeError):
        for each in descriptors:
            os.close(each)
        raise
    return job, descriptors


def _rest(channel: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        part = channel.recv(length - len(data))
        if not part:
            raise Broken("the job ended early")
        data += part
    return bytes(data)


def send_outcome(channel: socket.socket, outcome: Outcome, body: memoryview | bytes = b"") -> None:
    """Send what became of the query, and its rows as an Arrow stream."""
    header = msgspec.json.encode(outcome)
    channel.sendall(_LENGTHS.pack(len(header), len(body)) + header)
    channel.sendall(body)


def receive_outcome(channel: socket.socket, *, until: float, largest: int) -> tuple[Outcome, bytes]:
    """The outcome and its Arrow bytes; raises :class:`TimeoutError` past ``until`` (monotonic), :class:`Broken`."""
    header_length, body_length = _LENGTHS.unpack(_exactly(channel, _LENGTHS.size, until))
    if header_length > LARGEST_HEADER or body_length > largest:
        raise Broken("an answer larger than was allowed")
    header = _exactly(channel, header_length, until)
    body = _exactly(channel, body_length, until)
    with contextlib.suppress(msgspec.DecodeError):
        return msgspec.json.decode(header, type=Outcome), body
    raise Broken("an answer that cannot be read")


def _exactly(channel: socket.socket, length: int, until: float) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        channel.settimeout(left)
        part = channel.recv(min(1 << 20, length - len(parts)))
        if not part:
            raise Broken("the worker ended without an answer")
        parts += part
    return bytes(parts)
