"""What the composed process tells the live city about its readers."""

import pytest

from dothi.kernel.events.models import ConsumerOffset
from dothi.serve.wiring import _consumed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("positions", "kept_from"),
    [
        ((), None),
        (("",), "0000000000000000-000000000000"),
        (("0000000000000000-0000000000aa", "0000000000000000-000000000002"), "0000000000000000-000000000002"),
    ],
)
def test_changes_are_kept_until_the_slowest_consumer_has_read_them(positions, kept_from):
    for number, position in enumerate(positions):
        ConsumerOffset.objects.create(name=f"reader-{number}", log="context", position=position)
    assert _consumed() == kept_from
