"""The sources and pipelines of this installation, as the packs declare them, by the dataset they write."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from dothi.core.errors import NotFound, both
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.flows import DatasetDeclaration, PipelineDeclaration, SourceDeclaration
from dothi.kernel.pipelines.models import PIPELINE, SOURCE

Flow = SourceDeclaration | PipelineDeclaration


def kind_of(flow: Flow) -> str:
    """``source`` or ``pipeline``."""
    return SOURCE if isinstance(flow, SourceDeclaration) else PIPELINE


def all_flows() -> list[Flow]:
    """Every source, then every pipeline."""
    return [*packs.sources().values(), *packs.pipelines().values()]


def source(key: str) -> SourceDeclaration:
    """A source by its key; raises :class:`NotFound`."""
    found = packs.sources().get(key)
    if found is None:
        raise NotFound(both(f"Không có nguồn “{key}”.", f"There is no source '{key}'."))
    return found


def pipeline(key: str) -> PipelineDeclaration:
    """A pipeline by its key; raises :class:`NotFound`."""
    found = packs.pipelines().get(key)
    if found is None:
        raise NotFound(both(f"Không có đường ống “{key}”.", f"There is no pipeline '{key}'."))
    return found


def flow(kind: str, key: str) -> Flow:
    """A source or a pipeline; raises :class:`NotFound`."""
    return source(key) if kind == SOURCE else pipeline(key)


def find(key: str) -> Flow:
    """The source, else the pipeline, of this key; raises :class:`NotFound`."""
    found = packs.sources().get(key) or packs.pipelines().get(key)
    if found is None:
        raise NotFound(
            both(f"Không có nguồn hay đường ống “{key}”.", f"There is no source or pipeline '{key}'.")
        )
    return found


def dataset(key: str) -> DatasetDeclaration | None:
    """A dataset as the packs declare it; None when it was declared elsewhere."""
    return packs.datasets().get(key)


def unit_of(flow: Flow) -> str:
    """The unit that answers for what the flow writes; empty is the whole city."""
    declared = dataset(flow.dataset)
    return declared.unit if declared else ""


def inputs(declared: PipelineDeclaration) -> list[str]:
    """The datasets a model reads, by their keys, in the order they are named."""
    return list(_inputs(declared.sql))


@cache
def _inputs(sql: str) -> tuple[str, ...]:
    from dothi.kernel.packs.flow_sql import read, table_name  # brings the SQL parser with it
    from dothi.kernel.packs.source import Source

    _, tables = read(Source("model"), sql)
    keys = {table_name(key): key for key in packs.datasets()}
    return tuple(keys.get(table, table.replace("_", "-")) for table in tables)


def forget() -> None:
    """Read the models' SQL again at the next question (after packs were edited)."""
    _inputs.cache_clear()


def reads() -> dict[str, list[str]]:
    """Dataset → the datasets it is made from, for every dataset that a pipeline makes."""
    return {each.dataset: inputs(each) for each in packs.pipelines().values()}


def as_declared(given: DatasetDeclaration) -> dict[str, Any]:
    """A pack's dataset in the words of the warehouse's own declaration."""
    plain: dict[str, Any] = msgspec.to_builtins(given)
    contact, temporal = given.contact, given.temporal
    plain |= {
        "contact_name": contact.name if contact else "",
        "contact_email": contact.email if contact else "",
        "temporal_from": temporal.from_ if temporal else None,
        "temporal_to": temporal.to if temporal else None,
        "row_policy": {"unit": given.row_policy.unit_column} if given.row_policy else {},
        "retention": _without_none(plain.get("retention")),
        "checks": [_without_none(each) for each in plain["checks"]],
        "columns": [_without_none(each) for each in plain["columns"]],
    }
    for name in ("contact", "temporal"):
        plain.pop(name)
    return plain


def _without_none(given: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (given or {}).items() if value is not None}
