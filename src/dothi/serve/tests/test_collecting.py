"""The collector rests during a start, and never longer."""

import gc

import pytest

from dothi.serve import collecting


@pytest.fixture(autouse=True)
def _as_before():
    yield
    gc.unfreeze()
    gc.enable()


def test_the_collector_rests_during_a_start():
    with collecting.held():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_a_start_made_is_not_looked_at_again():
    gc.unfreeze()
    with collecting.held():
        kept = [[n] for n in range(1000)]
    assert gc.get_freeze_count() >= len(kept)


def test_the_collector_works_again_after_a_start_that_failed():
    with pytest.raises(RuntimeError), collecting.held():
        raise RuntimeError
    assert gc.isenabled()


def test_a_second_hold_within_a_start_does_no_harm():
    collecting.hold()
    with collecting.held():
        collecting.hold()
    assert gc.isenabled()
