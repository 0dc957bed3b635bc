"""The day turns: what was entered for a later day comes into force, what was to end has ended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import connection

from dothi.kernel.directory.snapshot import today
from dothi.kernel.events.actions import record as tell
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.registers import keeping
from dothi.kernel.registers.keeping import EVENT
from dothi.kernel.registers.models import FOREVER, Record

LOOK_BACK: Final = 400  # days a stopped platform may have missed


@action(permission="registers.write.*", subject=lambda **_: "registers")
def roll_forward(*, by: Actor = SYSTEM, day: date | None = None) -> int:
    """Let lists and searches follow the versions that count on ``day`` (today); how many records changed.

    Reading one record needs no such help. Run after every midnight; running it again changes nothing.
    """
    keeping.lock()
    now, changed = day or today(), 0
    for record in Record.objects.filter(num__in=_turned(now)).exclude(state=Record.MERGED):
        before = (record.current, record.state)
        keeping.settle(record, now)
        changed += before != (record.current, record.state)
    note(changed=changed)
    if changed:
        data = {"day": now.isoformat(), "records": changed}
        tell(f"{EVENT}.rolled-forward", subject="registers", data=data, actor=by.reference)
    return changed


def _turned(day: date) -> list[int]:
    """Records with a version that begins or ends in the days before."""
    since = day - timedelta(days=LOOK_BACK)
    sql = (
        "SELECT record_id FROM registers_version WHERE valid_from > %s AND valid_from <= %s"
        " UNION SELECT record_id FROM registers_version WHERE valid_to < %s AND valid_to > %s AND valid_to <= %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [each.isoformat() for each in (since, day, FOREVER, since, day)])
        return [row[0] for row in cursor.fetchall()]
