"""Parts of a declaration by their path."""

import pytest

from dothi.centres.services.designing import paths
from dothi.core.errors import BadInput

BODY = {"a": {"x": [1, 2, 3], "y": {"z": 1}}, "b": 2}


def test_a_part_is_read_put_and_taken_out():
    assert paths.get(BODY, paths.steps("a.x[1]")) == 2
    assert paths.put(BODY, paths.steps("a.x[3]"), 4)["a"]["x"] == [1, 2, 3, 4]
    assert paths.put(BODY, paths.steps("a.x[0]"), None)["a"]["x"] == [2, 3]
    assert paths.put(BODY, paths.steps("c.d"), 5)["c"] == {"d": 5}
    assert paths.put(BODY, paths.steps("b"), None) == {"a": BODY["a"]}
    assert BODY["a"]["x"] == [1, 2, 3]


def test_parts_change_places():
    assert paths.moved(BODY, paths.steps("a.x[0]"), 1)["a"]["x"] == [2, 1, 3]
    assert paths.moved(BODY, paths.steps("a.x[0]"), -1) == BODY
    assert list(paths.moved(BODY, paths.steps("b"), -1)) == ["b", "a"]


@pytest.mark.parametrize("path", ["a..x", "a.x[", "a[x]", "[0", "." * 401, "a.x]"])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(BadInput):
        paths.steps(path)


@pytest.mark.parametrize("path", ["a.x[9]", "b.c", "a.x[1].y", "b[0]"])
def test_nothing_is_put_where_there_is_no_place(path):
    with pytest.raises(BadInput):
        paths.put(BODY, paths.steps(path), 1)
