"""The operations of NGSI-LD as commands for the writer. Each function gives a pure change of one entity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from dothi.kernel.context.ld import merge
from dothi.kernel.context.ld.errors import AlreadyExists, BadRequestData, ResourceNotFound
from dothi.kernel.context.ld.model import Instance, Parsed, Stored
from dothi.kernel.context.ld.selection import TypeSelection
from dothi.kernel.context.storage.commands import Command, Outcome
from dothi.kernel.context.storage.delta import Delta, Op

Mode = Literal["replace", "update"]
Change = Callable[[Stored, int], merge.Outcome]


def create(parsed: Parsed) -> Command:
    """5.6.1: the value is True."""

    def apply(stored: Stored | None, now_us: int) -> Outcome:
        if stored is not None:
            raise AlreadyExists(f"{parsed.id} is there already")
        return _done(merge.create(parsed, now_us), Op.CREATED, True, parsed)

    return Command(parsed.id, apply, creates=True)


def upsert(parsed: Parsed, mode: Mode = "replace") -> Command:
    """5.6.8: the value says whether the entity is new."""

    def apply(stored: Stored | None, now_us: int) -> Outcome:
        if stored is None:
            return _done(merge.create(parsed, now_us), Op.CREATED, True, parsed)
        change = merge.replace if mode == "replace" else merge.update
        return _done(change(stored, parsed, now_us), Op.UPDATED, False, parsed)

    return Command(parsed.id, apply, creates=True)


def replace(urn: str, parsed: Parsed) -> Command:
    """5.6.18."""
    return _on_existing(urn, lambda stored, now: merge.replace(stored, parsed, now))


def update(urn: str, parsed: Parsed, *, overwrite: bool = True, adds_scope: bool = True) -> Command:
    """5.6.2, 5.6.3, 5.6.9: the value is the outcome, for what was not updated."""
    return _on_existing(
        urn,
        lambda stored, now: merge.update(stored, parsed, now, overwrite=overwrite, adds_scope=adds_scope),
    )


def merge_patch(
    urn: str, parsed: Parsed, *, lang: str | None = None, observed_us: int | None = None
) -> Command:
    """5.6.17."""
    return _on_existing(
        urn, lambda stored, now: merge.merge(stored, parsed, now, lang=lang, observed_us=observed_us)
    )


def partial(urn: str, attribute: str, patches: list[Instance]) -> Command:
    """5.6.4."""
    return _on_existing(urn, lambda stored, now: merge.partial(stored, attribute, patches, now))


def replace_attribute(urn: str, attribute: str, instances: list[Instance]) -> Command:
    """5.6.19."""
    return _on_existing(urn, lambda stored, now: merge.replace_attribute(stored, attribute, instances, now))


def delete_attribute(urn: str, attribute: str, *, dataset: str = "", everything: bool = False) -> Command:
    """5.6.5."""
    return _on_existing(
        urn,
        lambda stored, now: merge.delete_attribute(
            stored, attribute, now, dataset=dataset, everything=everything
        ),
    )


def delete_scope(urn: str) -> Command:
    """5.6.5 for the scope."""
    return _on_existing(urn, merge.delete_scope)


def delete(urn: str) -> Command:
    """5.6.6: the value is True."""

    def apply(stored: Stored | None, now_us: int) -> Outcome:
        if stored is None:
            raise _unknown(urn)
        return Outcome(None, Delta(), Op.DELETED, True)

    return Command(urn, apply)


def add_history(urn: str, parsed: Parsed) -> Command:
    """5.6.11, 5.6.12: points of the past; what is now stays as it is."""

    def apply(stored: Stored | None, now_us: int) -> Outcome:
        for place, instance in enumerate(each for group in parsed.attributes.values() for each in group):
            instance.created_us = instance.modified_us = (
                now_us + place
            )  # each has a moment, hence an id, of its own
        head = stored or Stored(urn, parsed.types, parsed.scopes or ())
        return Outcome(head, Delta(parsed.attributes), Op.HISTORY, stored is None)

    return Command(urn, apply, creates=True)


def typed(command: Command, types: TypeSelection | None) -> Command:
    """The command for an entity of these types only."""
    if types is None:
        return command
    inner, wanted = command.apply, types

    def apply(stored: Stored | None, now_us: int) -> Outcome:
        if stored is not None and not wanted(stored.types):
            raise ResourceNotFound(f"{command.urn} has none of the types asked for")
        return inner(stored, now_us)

    return command._replace(apply=apply)


def refuse_nulls(parsed: Parsed) -> None:
    """NGSI-LD Null has no place where a whole entity is given."""
    for iri, instances in parsed.attributes.items():
        if any(each.null for each in instances):
            raise BadRequestData("NGSI-LD Null is only allowed in updates and merges", where=iri)


def _on_existing(urn: str, change: Change) -> Command:
    def apply(stored: Stored | None, now_us: int) -> Outcome:
        if stored is None:
            raise _unknown(urn)
        outcome = change(stored, now_us)
        return _done(outcome, Op.UPDATED, outcome)

    return Command(urn, apply)


def _unknown(urn: str) -> ResourceNotFound:
    return ResourceNotFound(f"there is no entity {urn}")


def _done(outcome: merge.Outcome, op: Op, value: object, parsed: Parsed | None = None) -> Outcome:
    delta = delta_of(outcome, parsed) if op is Op.CREATED or outcome.touched else None
    return Outcome(outcome.entity, delta, op, value)


def delta_of(outcome: merge.Outcome, parsed: Parsed | None = None) -> Delta:
    """What is recorded of an outcome. When all of ``parsed`` was taken over, that is it."""
    if parsed is not None and len(outcome.changed) == sum(map(len, parsed.attributes.values())):
        return Delta(parsed.attributes)
    attributes: dict[str, list[Instance]] = {}
    for iri, instance in outcome.changed:
        attributes.setdefault(iri, []).append(instance)
    return Delta(attributes, [(iri, instance.dataset) for iri, instance in outcome.deleted])
