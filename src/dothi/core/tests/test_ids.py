import os
import threading
import time
import uuid
from itertools import pairwise

from dothi.core.ids import uuid7, uuid7_str, uuid7s


def test_ids_grow_within_a_process():
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)


def test_no_id_is_made_twice_by_threads():
    made: list[uuid.UUID] = []
    threads = [threading.Thread(target=lambda: made.extend(uuid7() for _ in range(2_000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8_000


def test_many_at_once_are_ids_like_all_others():
    before, made, after = uuid7(), [*uuid7s(20_000), *uuid7s(3)], uuid7()
    assert [before, *made, after] == sorted({before, *made, after})
    assert {(each.version, each.variant) for each in made} == {(7, uuid.RFC_4122)}
    assert uuid7s(0) == []


def test_an_id_is_a_uuid_of_version_7():
    made = uuid7()
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_an_id_begins_with_the_time_it_was_made():
    before = time.time_ns() // 1_000_000
    milliseconds = uuid7().int >> 80
    assert before <= milliseconds <= time.time_ns() // 1_000_000 + 1


def test_ids_grow_as_text_too():
    first, second = uuid7_str(), uuid7_str()
    assert first < second


def test_ids_of_one_millisecond_cannot_be_guessed_from_each_other():
    made = [uuid7().int for _ in range(1_000)]
    steps = {after - before for before, after in pairwise(made)}
    assert len(steps) > 990


def test_a_forked_process_does_not_repeat_its_parents_ids():
    uuid7()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, uuid7().bytes)
        os._exit(0)
    mine = {uuid7().bytes for _ in range(100)}
    os.waitpid(child, 0)
    theirs = os.read(reader, 16)
    os.close(reader)
    os.close(writer)
    assert theirs not in mine
