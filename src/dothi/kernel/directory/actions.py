"""Every write of the directory: each one transaction, with its permission, its audit and its event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

import shapely
import structlog
from django.db.models import F

from dothi.core.clock import now
from dothi.core.config import current
from dothi.core.errors import BadInput, NotFound, Text, both
from dothi.kernel.directory import rules
from dothi.kernel.directory.boundaries import Boundary, Progress, Report, examine, features, simplified
from dothi.kernel.directory.loading import Loaded, load, touch
from dothi.kernel.directory.models import (
    AdministrativeUnit,
    Organisation,
    OrganisationSuccession,
    UnitBoundary,
)
from dothi.kernel.directory.names import committee
from dothi.kernel.directory.snapshot import today
from dothi.kernel.directory.source import Source
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor, permission
from dothi.kernel.identity.actions import action, note

log = structlog.get_logger()

UNITS = permission(
    "directory.units", "Cập nhật đơn vị hành chính và ranh giới", "Update administrative units and boundaries"
)
ORGANISATIONS = permission("directory.organisations", "Quản lý cơ quan, tổ chức", "Manage organisations")
_EVENT = "vn.dothi.directory"

PEOPLES_COMMITTEE = "people's-committee"
# Codes of level 1 from Decision 20/2020/QĐ-TTg and QCVN 102:2016, by unit: only what is certain.
_COMMITTEE_CODES = {"79": ("000.00.00.H29", "H29")}


@action(permission=UNITS, subject=lambda **_: "units")
def load_units(*, by: Actor, progress: Progress | None = None, source: Source | None = None) -> Loaded:
    """Load the provinces, districts and communes of both eras, and the city's People's Committees.

    Doing it again writes nothing when the source is the same, and mends what differs when it is not.
    """
    loaded = load(source or Source(), progress)
    committees = _seed_committees(current().city)
    note(units=loaded.units, unchanged=loaded.unchanged, committees=committees)
    if committees or not loaded.unchanged:
        data = {"units": loaded.units, "successions": loaded.successions, "organisations": committees}
        record(f"{_EVENT}.units-loaded", subject="units", data=data, actor=by.reference)
        log.info("units loaded", **data)
    return loaded


def _seed_committees(city: str) -> int:
    """A People's Committee for the city and for each of its units that never had one; how many were made."""
    top = AdministrativeUnit.objects.filter(code=city, valid_to=None).first()
    if top is None:
        return 0
    committees = Organisation.objects.filter(kind=PEOPLES_COMMITTEE)
    head = committees.filter(unit=top).order_by(F("valid_to").desc(nulls_first=True)).first()
    made = [] if head else [head := _committee(top, None)]
    Organisation.objects.bulk_create(made)
    having = committees.values("unit_id")
    below = top.children.filter(valid_to=None).exclude(pk__in=having)
    rest = Organisation.objects.bulk_create([_committee(unit, head) for unit in below])
    return len(made) + len(rest)


def _committee(unit: AdministrativeUnit, parent: Organisation | None) -> Organisation:
    name = committee(both(unit.full_name_vi, unit.full_name_en))
    codes = _COMMITTEE_CODES.get(unit.code, (None, None)) if parent is None else (None, None)
    return Organisation(
        code_old=codes[0],
        code_new=codes[1],
        name_vi=name["vi"],
        name_en=name["en"],
        kind=PEOPLES_COMMITTEE,
        parent=parent,
        unit=unit,
        valid_from=unit.valid_from if parent else None,
    )


@action(permission=UNITS, subject=lambda path, **_: f"file:{Path(path).name}")
def import_boundaries(
    path: Path | str, *, by: Actor, progress: Progress | None = None, code_property: str = "code"
) -> Report:
    """Take the boundaries of a GeoJSON file, matched by code; report what is wrong feature by feature."""
    found = features(Path(path))
    units = {unit.code: unit for unit in AdministrativeUnit.objects.filter(valid_to=None)}
    official = {code: unit.area_km2 for code, unit in units.items()}
    good, problems = examine(found, official, code_property=code_property, progress=progress)
    _store(good, units, Path(path).name)
    report = Report(
        matched=len(good),
        total=len(found),
        errors=tuple(each for each in problems if each.severity == "error"),
        warnings=tuple(each for each in problems if each.severity == "warning"),
        missing=_still_missing(),
    )
    counts = {"matched": report.matched, "total": report.total, "errors": len(report.errors)}
    note(**counts)
    if good:
        touch()
        data = {**counts, "units": [boundary.code for boundary in good]}
        record(f"{_EVENT}.boundaries-imported", subject="units", data=data, actor=by.reference)
    log.info("boundaries imported", warnings=len(report.warnings), missing=len(report.missing), **counts)
    return report


def _still_missing() -> tuple[str, ...]:
    """Codes of the city's units without a boundary."""
    below = AdministrativeUnit.objects.filter(
        parent__code=current().city, parent__valid_to=None, valid_to=None
    )
    return tuple(below.filter(boundary=None).order_by("code").values_list("code", flat=True))


def _store(good: Sequence[Boundary], units: Mapping[str, AdministrativeUnit], source: str) -> None:
    """Write the boundaries, and simplify each group of neighbours together again."""
    rows = [_row(boundary, units[boundary.code], source) for boundary in good]
    columns = ["full", "simplified", "area_km2", "source", "imported_at"]
    UnitBoundary.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["unit"], update_fields=columns
    )
    for parent, level in {(units[boundary.code].parent_id, units[boundary.code].level) for boundary in good}:
        neighbours = list(UnitBoundary.objects.filter(unit__parent_id=parent, unit__level=level))
        shapes = simplified([shapely.from_wkb(bytes(row.full)) for row in neighbours])
        for row, shape in zip(neighbours, shapes, strict=True):
            row.simplified = shapely.to_wkb(shape)
        UnitBoundary.objects.bulk_update(neighbours, ["simplified"], batch_size=200)


def _row(boundary: Boundary, unit: AdministrativeUnit, source: str) -> UnitBoundary:
    wkb = shapely.to_wkb(boundary.geometry)
    return UnitBoundary(
        unit=unit,
        full=wkb,
        simplified=wkb,
        area_km2=boundary.area_km2,
        source=source[:200],
        imported_at=now(),
    )


def _unit_of(organisation: Organisation) -> str | None:
    return None if organisation.unit is None else organisation.unit.code


@action(permission=ORGANISATIONS, unit=lambda unit, **_: unit)
def create_organisation(
    *,
    name: Text,
    kind: str,
    by: Actor,
    unit: str | None = None,
    parent: UUID | None = None,
    code_old: str | None = None,
    code_new: str | None = None,
    valid_from: date | None = None,
) -> Organisation:
    """Add an organisation. ``unit`` is the code of its unit; organisation codes not known stay empty."""
    checked = rules.names(name)
    organisation = Organisation.objects.create(
        code_old=_free(rules.old_order(code_old), "code_old"),
        code_new=_free(rules.new_order(code_new), "code_new"),
        name_vi=checked["vi"],
        name_en=checked["en"],
        kind=kind,
        parent=None if parent is None else _organisation(parent),
        unit=None if unit is None else _current_unit(unit),
        valid_from=valid_from or today(),
    )
    _tell("organisation-created", organisation, by)
    return organisation


def _free(code: str | None, field: str) -> str | None:
    """A code that no organisation of today has."""
    if code is not None and Organisation.objects.filter(valid_to=None, **{field: code}).exists():
        taken = both(f"Mã {code} đã có tổ chức khác dùng.", f"Another organisation has the code {code}.")
        raise BadInput(taken, where=field)
    return code


def _current_unit(code: str) -> AdministrativeUnit:
    unit = AdministrativeUnit.objects.filter(code=code, valid_to=None).first()
    if unit is None:
        raise BadInput(both(f"Không có đơn vị {code}.", f"There is no unit {code}."), where="unit")
    return unit


def _organisation(key: UUID) -> Organisation:
    found = Organisation.objects.select_related("unit").filter(pk=key).first()
    if found is None:
        raise NotFound(both("Không có tổ chức này.", "There is no such organisation."))
    return found


def _tell(what: str, organisation: Organisation, by: Actor, **data: object) -> None:
    facts = {
        "id": str(organisation.pk),
        "name": both(organisation.name_vi, organisation.name_en),
        "kind": organisation.kind,
        "unit": _unit_of(organisation),
    }
    record(f"{_EVENT}.{what}", subject=organisation.reference, data=facts | data, actor=by.reference)


@action(permission=ORGANISATIONS, unit=lambda organisation, **_: _unit_of(organisation))
def rename_organisation(
    organisation: Organisation, *, name: Text, by: Actor, on: date | None = None
) -> Organisation:
    """Go on under another name from the day ``on``: the old entry ends, the new one takes over."""
    day, checked = on or today(), rules.names(name)
    rules.may_end(organisation.valid_from, organisation.valid_to, day)
    renamed = Organisation(
        code_old=organisation.code_old,
        code_new=organisation.code_new,
        name_vi=checked["vi"],
        name_en=checked["en"],
        kind=organisation.kind,
        parent=organisation.parent,
        unit=organisation.unit,
        valid_from=day,
    )
    _succeed([organisation], renamed, OrganisationSuccession.RENAME, day)
    _tell("organisation-renamed", renamed, by, before=str(organisation.pk), on=day.isoformat())
    return renamed


@action(permission=ORGANISATIONS, unit=lambda into, **_: _unit_of(into))
def merge_organisations(
    parts: Sequence[Organisation], *, into: Organisation, by: Actor, on: date | None = None
) -> Organisation:
    """End ``parts`` on the day ``on``; ``into`` (saved, or new and unsaved) carries on their work."""
    day = on or today()
    if not parts or any(part.pk == into.pk for part in parts):
        raise BadInput(
            both(
                "Cần ít nhất một tổ chức khác để nhập vào.",
                "At least one other organisation is needed to merge.",
            ),
            where="parts",
        )
    for part in parts:
        by.require(ORGANISATIONS, unit=_unit_of(part))
        rules.may_end(part.valid_from, part.valid_to, day)
    if into._state.adding:
        into.valid_from = day
    elif into.valid_to is not None:
        rules.may_end(into.valid_from, into.valid_to, day)
    _succeed(parts, into, OrganisationSuccession.MERGE, day)
    _tell("organisations-merged", into, by, parts=[str(part.pk) for part in parts], on=day.isoformat())
    return into


def _succeed(old: Sequence[Organisation], new: Organisation, kind: str, day: date) -> None:
    """End the old ones, save the new one, write who followed whom, and hand over what was below them."""
    for each in old:
        each.valid_to = day
        each.save(update_fields=["valid_to"])
    new.save()
    links: Iterable[OrganisationSuccession] = [
        OrganisationSuccession(old=each, new=new, kind=kind, on=day) for each in old
    ]
    OrganisationSuccession.objects.bulk_create(links)
    Organisation.objects.filter(parent__in=old, valid_to=None).exclude(pk=new.pk).update(parent=new)
