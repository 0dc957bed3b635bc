"""Questions about organisations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from dothi.core.errors import Text, both
from dothi.core.text import collation_key, fold
from dothi.kernel.directory.models import Organisation, OrganisationSuccession
from dothi.kernel.directory.snapshot import today


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation; ``unit`` is the code of the unit it belongs to, codes are None where not known."""

    id: UUID
    name: Text
    kind: str
    code_old: str | None
    code_new: str | None
    parent: UUID | None
    unit: str | None
    valid_from: date | None
    valid_to: date | None

    def label(self, language: str = "vi") -> str:
        """Its name in ``language``."""
        return self.name["en" if language.startswith("en") else "vi"]


def _view(row: Organisation) -> OrganisationView:
    return OrganisationView(
        id=row.pk,
        name=both(row.name_vi, row.name_en),
        kind=row.kind,
        code_old=row.code_old,
        code_new=row.code_new,
        parent=row.parent_id,
        unit=None if row.unit is None else row.unit.code,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _on(day: date) -> QuerySet[Organisation]:
    begun = Q(valid_from=None) | Q(valid_from__lte=day)
    return Organisation.objects.select_related("unit").filter(begun, Q(valid_to=None) | Q(valid_to__gt=day))


def find(
    *, q: str | None = None, unit: str | None = None, kind: str | None = None, at: date | None = None
) -> list[OrganisationView]:
    """Organisations on a day (today), by words of the name (diacritics or not), unit and kind, in order."""
    rows = _on(at or today())
    if unit is not None:
        rows = rows.filter(unit__code=unit)
    if kind is not None:
        rows = rows.filter(kind=kind)
    words = fold(q or "").split()
    found = [_view(row) for row in rows]
    matching = [
        view for view in found if all(word in fold(f"{view.name['vi']} {view.name['en']}") for word in words)
    ]
    return sorted(matching, key=lambda view: (collation_key(view.name["vi"]), str(view.id)))


def get(key: str | UUID) -> OrganisationView | None:
    """One organisation: by id (also of the past), or by its code of today in either order."""
    rows = Organisation.objects.select_related("unit")
    try:
        row = rows.filter(pk=UUID(str(key))).first()
    except ValueError:
        row = rows.filter(Q(code_old=key) | Q(code_new=key), valid_to=None).first()
    return None if row is None else _view(row)


def successor(key: UUID) -> OrganisationView | None:
    """Who carries on the work of an organisation today (itself when it has not ended), if anybody does."""
    seen: set[UUID] = set()
    while key not in seen:
        seen.add(key)
        step = OrganisationSuccession.objects.filter(old_id=key).values_list("new_id", flat=True).first()
        if step is None:
            found = get(key)
            return found if found is not None and found.valid_to is None else None
        key = step
    return None
