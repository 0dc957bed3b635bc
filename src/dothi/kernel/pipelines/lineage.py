"""Keeps what came from what: written when a version is published, asked by ``queries``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import structlog
from django.db import transaction

from dothi.core.clock import now
from dothi.kernel.packs.flow_sql import table_name
from dothi.kernel.packs.flows import PipelineDeclaration, SourceDeclaration
from dothi.kernel.pipelines import columns
from dothi.kernel.pipelines.models import LineageEdge
from dothi.kernel.warehouse.models import DatasetVersion

log = structlog.get_logger()


class Edge(NamedTuple):
    """A column of a dataset, and what it was made from."""

    target_column: str
    origin_kind: str
    origin: str
    origin_column: str
    how: str


def of_source(flow: SourceDeclaration, version: DatasetVersion, named: Mapping[str, str]) -> None:
    """Each column of the dataset from its column in the source."""
    there = {column["name"] for column in version.columns}
    edges = [
        Edge(ours, "source", flow.key, theirs, "identity") for theirs, ours in named.items() if ours in there
    ]
    _keep(f"source:{flow.key}", version, edges or [Edge("", "source", flow.key, "", "identity")])


def of_model(
    flow: PipelineDeclaration, sql: str, version: DatasetVersion, inputs: Mapping[str, DatasetVersion]
) -> None:
    """Each column of the dataset from the columns of its inputs, read from the model's SQL."""
    keys = {table_name(key): key for key in inputs}
    schemas = {
        table_name(key): {column["name"]: column["type"] for column in each.columns}
        for key, each in inputs.items()
    }
    try:
        found = columns.origins(sql, schemas)
    except Exception as error:  # a query the engine ran may still be beyond the reader of queries
        log.warning("pipelines.lineage_unread", pipeline=flow.key, error=str(error).splitlines()[0])
        found = {}
    edges = [
        Edge(column, "dataset", keys[origin.table], origin.column, origin.how)
        for column, some in found.items()
        for origin in some
        if origin.table in keys
    ]
    reached = {edge.origin for edge in edges}
    edges += [Edge("", "dataset", key, "", "identity") for key in inputs if key not in reached]
    _keep(f"pipeline:{flow.key}", version, edges)


@transaction.atomic
def _keep(via: str, version: DatasetVersion, edges: Iterable[Edge]) -> None:
    target = version.dataset.key
    LineageEdge.objects.filter(target=target).delete()
    LineageEdge.objects.bulk_create(
        LineageEdge(
            target=target, target_column=edge.target_column, origin_kind=edge.origin_kind, origin=edge.origin,
            origin_column=edge.origin_column[:200], via=via, how=edge.how, version=version.number, at=now(),
        )
        for edge in dict.fromkeys(edges)
    )  # fmt: skip
