"""Every write of the warehouse: declaring a dataset, loading a version, withdrawing it, letting old ones go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from dothi.core.clock import now
from dothi.core.errors import BadInput, both
from dothi.core.text import fold, nfc
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.warehouse import rules
from dothi.kernel.warehouse.compacting import compact
from dothi.kernel.warehouse.declaration import DatasetDeclaration, declaration
from dothi.kernel.warehouse.loading import Data, load
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

__all__ = ["Data", "apply_retention", "compact", "declare", "load", "withdraw_version"]

log = structlog.get_logger()
_EVENT = "vn.dothi.warehouse"


def _unit_declared(given: DatasetDeclaration | Mapping[str, Any], **_: object) -> str | None:
    unit = given.get("unit") if isinstance(given, Mapping) else given.unit
    return str(unit) if unit else None


@action(permission=rules.DECLARE, unit=_unit_declared, subject=lambda given, **_: f"dataset:{_key(given)}")
def declare(given: DatasetDeclaration | Mapping[str, Any], *, by: Actor) -> Dataset:
    """Say what a dataset is; saying it again changes it, and writes nothing when nothing differs.

    Columns that are not declared keep what the first load found. Raises :class:`BadInput` naming the part.
    """
    made = declaration(given)
    fields = _fields(made)
    found = Dataset.objects.select_for_update().filter(key=made.key).first()
    if found is None:
        found = Dataset.objects.create(key=made.key, table=table_name(made.key), **fields)
    else:
        by.require(rules.DECLARE, unit=found.unit or None)
        if not _differs(found, fields):
            return found
        for field, value in fields.items():
            setattr(found, field, value)
        found.modified_at = now()
        found.save()
    note(unit=found.unit, access=found.access)
    data = {"id": str(found.pk), "key": found.key, "access": found.access, "unit": found.unit}
    record(f"{_EVENT}.dataset-declared", subject=found.reference, data=data, actor=by.reference)
    return found


def _key(given: DatasetDeclaration | Mapping[str, Any]) -> str:
    return str(given.get("key", "")) if isinstance(given, Mapping) else given.key


def table_name(key: str) -> str:
    """The lake's table of a dataset: ``datasets.air_quality``."""
    return f"datasets.{key.replace('-', '_')}"


def _fields(made: DatasetDeclaration) -> dict[str, Any]:
    """The columns of the row, from the declaration. Columns not declared are left out."""
    texts = {
        f"{field}_{language}": nfc(text)
        for field in ("title", "description", "publisher_label", "source")
        for language, text in getattr(made, field).text().items()
    }
    plain = ("licence", "publisher", "unit", "contact_name", "contact_email", "frequency", "temporal_from")
    more = ("temporal_to", "access", "provenance", "source_url", "row_policy", "retention")
    fields: dict[str, Any] = texts | {field: getattr(made, field) for field in (*plain, *more)}
    fields["keywords"] = [word.text() for word in made.keywords]
    fields["themes"] = list(made.themes)
    fields["spatial"] = None if made.spatial is None else list(made.spatial)
    fields["checks"] = list(made.checks)
    fields["key_columns"] = list(made.key_columns)
    if made.columns:
        fields["columns"] = [column.plain() for column in made.columns]
    fields["folded"] = _folded(made.key, fields)
    return fields


def _folded(key: str, fields: Mapping[str, Any]) -> str:
    words = [text for word in fields["keywords"] for text in word.values()]
    texts = [fields[name] for name in fields if name.endswith(("_vi", "_en"))]
    return fold(" ".join([key, key.replace("-", " "), *texts, *words, *fields["themes"]]))


def _differs(found: Dataset, fields: Mapping[str, Any]) -> bool:
    return any(getattr(found, field) != value for field, value in fields.items())


def _version_unit(version: DatasetVersion, **_: object) -> str | None:
    return version.dataset.unit or None


@action(permission=rules.WITHDRAW, unit=_version_unit)
def withdraw_version(version: DatasetVersion, *, reason: str, by: Actor) -> DatasetVersion:
    """Stop serving a version, with the reason people will read. The one before it serves again, if any."""
    if not reason.strip():
        raise BadInput(both("Hãy ghi lý do.", "Say why."), where="reason")
    found = DatasetVersion.objects.select_for_update().select_related("dataset").get(pk=version.pk)
    rules.may_withdraw(found.state)
    served = found.state == DatasetVersion.PUBLISHED
    found.state, found.withdrawn_reason = DatasetVersion.WITHDRAWN, reason.strip()
    found.save(update_fields=["state", "withdrawn_reason"])
    before = _serve_the_one_before(found) if served else None
    Dataset.objects.filter(pk=found.dataset_id).update(modified_at=now())
    note(reason=found.withdrawn_reason)
    data = {
        "key": found.dataset.key,
        "number": found.number,
        "reason": found.withdrawn_reason,
        "serves": before,
    }
    record(f"{_EVENT}.version-withdrawn", subject=found.reference, data=data, actor=by.reference)
    version.state, version.withdrawn_reason = found.state, found.withdrawn_reason
    return found


def _serve_the_one_before(gone: DatasetVersion) -> int | None:
    earlier = DatasetVersion.objects.filter(dataset_id=gone.dataset_id, state=DatasetVersion.SUPERSEDED)
    before = earlier.filter(number__lt=gone.number).order_by("-number").first()
    if before is None:
        return None
    before.state = DatasetVersion.PUBLISHED
    before.save(update_fields=["state"])
    return before.number


def _dataset_unit(dataset: Dataset, **_: object) -> str | None:
    return dataset.unit or None


@action(permission=rules.LOAD, unit=_dataset_unit)
def apply_retention(dataset: Dataset, *, by: Actor) -> list[int]:
    """Let go the versions that the dataset's retention no longer keeps; their numbers.

    Their rows go with the lake's next expiry, their serving copies at once.
    """
    rows = list(DatasetVersion.objects.filter(dataset=dataset).exclude(state=DatasetVersion.EXPIRED))
    kept = [rules.Kept(row.number, row.state, row.published_at or row.created_at) for row in rows]
    gone = rules.expired(kept, dataset.retention, now())
    leaving = [row for row in rows if row.number in gone]
    DatasetVersion.objects.filter(pk__in=[row.pk for row in leaving]).update(state=DatasetVersion.EXPIRED)
    note(versions=gone)
    _release(dataset, leaving)
    return gone


def _release(dataset: Dataset, leaving: Sequence[DatasetVersion]) -> None:
    from dothi.kernel.warehouse import serving  # brings Arrow with it

    for row in leaving:
        row.dataset = dataset
        serving.forget(row, remove=True)
