"""What of a dataset somebody sees, for a purpose: which columns as they are, masked or not at all; which rows.

Decisions only: no rows are touched here. They are carried out by :mod:`~dothi.kernel.warehouse.sql.permitted`
(rows for the sandbox) or :mod:`~dothi.kernel.warehouse.sql.rewrite` (SQL for a trusted engine). What nothing
allows is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dothi.kernel.identity.access import Actor
from dothi.kernel.warehouse import rules
from dothi.kernel.warehouse.privacy.masks import FORMS

CLEAR = ""
_NEEDS = {"internal": rules.READ_INTERNAL, "personal": rules.READ_PERSONAL, "sensitive": rules.READ_SENSITIVE}
_UNSEEN_FORM = {"personal": "all"}  # what is not in here is absent for who may not see it


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision looks at, of a dataset's row.

    ``policy``: ``{"unit": column, "purposes": [codes], "masks": {column: form}}``. ``unit`` keeps a row for who
    may read within the unit in that column; ``purposes`` are those for which personal and sensitive columns
    may be seen at all; ``masks`` say how a column is shown to who may not see it.
    """

    key: str
    access: str
    state: str
    unit: str
    columns: Sequence[Mapping[str, Any]]
    policy: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """How one dataset is shown: column → masked form (empty: as it is), in order; the column whose unit decides
    about the row (None: every row); the permission that is asked for that unit."""

    key: str
    columns: Mapping[str, str]
    unit_column: str | None
    permission: str

    @property
    def whole(self) -> bool:
        """Whether every row is shown and every shown column as it is."""
        return self.unit_column is None and not any(self.columns.values())


def decide(facts: Facts, actor: Actor, purpose: str = "") -> Plan | None:
    """What ``actor`` sees of the dataset for ``purpose``; None when it is not there for them."""
    needed = rules.READ_INTERNAL if facts.access == "internal" else rules.READ
    rows_by = facts.policy.get("unit") or None
    everywhere = rules.may_read(actor, access=facts.access, state=facts.state, unit=facts.unit)
    # Rows that belong to units are read by who may read in one of them, even if not all of the dataset.
    if not everywhere and not (rows_by and actor.may_somewhere(needed)):
        return None
    by_row = None if everywhere else str(rows_by)
    shown = {
        str(column["name"]): form
        for column in facts.columns
        if (form := _form(column, facts, actor, purpose)) is not None
    }
    return Plan(facts.key, shown, by_row, needed)


def _form(column: Mapping[str, Any], facts: Facts, actor: Actor, purpose: str) -> str | None:
    """The form a column is shown in; None when it is not shown."""
    sensitivity = str(column.get("sensitivity", "open"))
    if sensitivity == "open":
        return CLEAR
    needed = _NEEDS.get(sensitivity)
    granted = needed is not None and actor.may(needed, unit=facts.unit or None)
    if granted and _for_purpose(sensitivity, facts, purpose):
        return CLEAR
    chosen = facts.policy.get("masks", {}).get(column["name"], _UNSEEN_FORM.get(sensitivity))
    return chosen if chosen in FORMS else None


def _for_purpose(sensitivity: str, facts: Facts, purpose: str) -> bool:
    return sensitivity == "internal" or bool(purpose and purpose in facts.policy.get("purposes", ()))
