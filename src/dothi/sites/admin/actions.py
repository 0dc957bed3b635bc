"""What an administrator does beyond the kernel's own actions: the same deeds, with an entry in the audit."""

from __future__ import annotations

from dothi.core.errors import BadInput, NotFound, both
from dothi.kernel.events import actions as events
from dothi.kernel.events.models import DeadLetter
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.acting import action, note
from dothi.kernel.packs import actions as packs
from dothi.kernel.packs import queries
from dothi.kernel.packs.models import PackVersion

AT_ONCE = 500


@action(permission=events.RESEND, name="events.resend")
def resend(letter: DeadLetter, *, by: Actor) -> None:
    """Give a failed event back to its consumer, with all its attempts."""
    note(**_facts(letter))
    events.resend(letter, by)


@action(
    permission=events.RESEND, name="events.resend_all", subject=lambda consumer, **_: f"consumer:{consumer}"
)
def resend_all(consumer: str, *, by: Actor) -> int:
    """Give back the failed events of one consumer, the oldest first, at most :data:`AT_ONCE`; how many."""
    found = DeadLetter.objects.filter(consumer=consumer, state=DeadLetter.DEAD).order_by("id")[:AT_ONCE]
    letters = list(found)
    for letter in letters:
        events.resend(letter, by)
    note(consumer=consumer, count=len(letters))
    return len(letters)


@action(permission=events.DISCARD, name="events.discard")
def discard(letter: DeadLetter, *, reason: str, by: Actor) -> None:
    """Give an event up for its consumer, and say why."""
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do.", "Say why."), where="reason")
    note(**_facts(letter), reason=reason.strip()[:300])
    events.discard(letter, by)


def _facts(letter: DeadLetter) -> dict[str, str]:
    return {"consumer": letter.consumer, "event": letter.event_id}


@action(permission=packs.PUBLISH, name="packs.publish", subject=lambda key, **_: f"pack:{key}")
def publish(key: str, *, by: Actor) -> PackVersion:
    """Put the installed version of a pack in force, as it is in its folder now."""
    queries.reload()
    loaded = queries.pack(key)
    if loaded is None:
        raise NotFound(both(f"Không có gói {key}.", f"There is no pack {key}."))
    note(version=loaded.pack.version)
    packs.draft(loaded, by=by)
    return packs.publish(key, loaded.pack.version, by=by)
