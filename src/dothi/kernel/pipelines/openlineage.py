"""Runs as OpenLineage events (RunEvent 2-0-2), for our own log and for others' lineage tools."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from dothi.core.clock import iso, now
from dothi.core.config import current
from dothi.kernel.packs.flows import PipelineDeclaration, SourceDeclaration
from dothi.kernel.pipelines import declared
from dothi.kernel.pipelines.models import LineageEdge, QualityScore, Run

PRODUCER: Final = "urn:dothi:kernel:pipelines"
_SPEC: Final = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
_FACETS: Final = "https://openlineage.io/spec/facets"
_TYPES: Final = {
    "started": "START",
    "succeeded": "COMPLETE",
    "failed": "FAIL",
    "cancelled": "ABORT",
    "waiting": "OTHER",
}


def event(run: Run, what: str) -> dict[str, Any]:
    """The event that tells that ``run`` was ``started``, ``succeeded``, ``failed``, ``cancelled``, ``waiting``."""
    return {
        "eventType": _TYPES[what],
        "eventTime": iso(now()),
        "producer": PRODUCER,
        "schemaURL": _SPEC,
        "run": {"runId": str(run.id), "facets": _run_facets(run, what)},
        "job": {"namespace": namespace(), "name": f"{run.kind}.{run.key}", "facets": _job_facets(run)},
        "inputs": _inputs(run),
        "outputs": [_output(run, what)],
    }


def namespace() -> str:
    """The namespace of this city's jobs and datasets."""
    return f"dothi:{current().city}"


def _facet(name: str, version: str, **content: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": f"{_FACETS}/{version}/{name}.json#/$defs/{name}", **content}


def _run_facets(run: Run, what: str) -> dict[str, Any]:
    facets: dict[str, Any] = {}
    if what == "failed":
        facets["errorMessage"] = _facet(
            "ErrorMessageRunFacet", "1-0-1", message=run.error_en, programmingLanguage="en"
        )
    return facets


def _flow(run: Run) -> declared.Flow | None:
    return next(
        (each for each in declared.all_flows() if each.key == run.key and declared.kind_of(each) == run.kind),
        None,
    )


def _job_facets(run: Run) -> dict[str, Any]:
    facets = {
        "jobType": _facet(
            "JobTypeJobFacet", "2-0-4", processingType="BATCH", integration="DOTHI", jobType=run.kind.upper()
        )
    }
    flow = _flow(run)
    if flow is not None:
        facets["documentation"] = _facet("DocumentationJobFacet", "1-1-0", description=flow.label.en)
    if isinstance(flow, PipelineDeclaration):
        facets["sql"] = _facet("SQLJobFacet", "1-1-0", query=flow.sql)
    return facets


def _inputs(run: Run) -> list[dict[str, Any]]:
    flow = _flow(run)
    if isinstance(flow, SourceDeclaration):
        where, name = origin(flow)
        return [{"namespace": where, "name": name, "facets": {}}]
    return [
        {"namespace": namespace(), "name": each["dataset"], "facets": {"version": _version(each["version"])}}
        for each in run.inputs
    ]


def origin(flow: SourceDeclaration) -> tuple[str, str]:
    """Namespace and name of what a source reads, as OpenLineage names such things. Never an address's secret."""
    if flow.files is not None:
        return "file", flow.files.path
    if flow.s3 is not None:
        bucket, _, path = flow.s3.path.partition("/")
        return f"s3://{bucket}", path
    if flow.sql is not None:
        return f"database:{flow.sql.secret}", flow.sql.table or "query"
    url, inside = _address(flow)
    if url:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}", "/".join(
            filter(None, (parts.path.strip("/"), inside))
        ) or "/"
    return f"{namespace()}:{flow.kind}", inside


def _address(flow: SourceDeclaration) -> tuple[str, str]:
    """The address of a service and what is read of it; an empty address for what is of this platform."""
    if flow.http is not None:
        return flow.http.url, ""
    if flow.ckan is not None:
        return flow.ckan.url, flow.ckan.resource
    if flow.dcat is not None:
        return flow.dcat.catalogue, flow.dcat.dataset
    if flow.ogc is not None:
        return flow.ogc.url, flow.ogc.collection
    if flow.register is not None:
        return "", flow.register.type
    if flow.context is not None:
        return "", flow.context.type
    return "", flow.builder.name if flow.builder is not None else ""


def _version(number: int) -> dict[str, Any]:
    return _facet("DatasetVersionDatasetFacet", "1-0-1", datasetVersion=str(number))


def _output(run: Run, what: str) -> dict[str, Any]:
    made: dict[str, Any] = {"namespace": namespace(), "name": run.dataset, "facets": {}}
    given = declared.dataset(run.dataset)
    if given is not None:
        fields = [{"name": column.name, "type": column.type} for column in given.columns]
        made["facets"]["schema"] = _facet("SchemaDatasetFacet", "1-2-0", fields=fields)
    if what == "succeeded" and run.version is not None:
        made["facets"] |= {"version": _version(run.version), **_columns(run)}
        statistics = _facet("OutputStatisticsOutputDatasetFacet", "1-0-2", rowCount=run.rows_written)
        made["outputFacets"] = {"outputStatistics": statistics}
    if what in ("succeeded", "failed"):
        made["facets"] |= _assertions(run)
    return made


def _columns(run: Run) -> dict[str, Any]:
    fields: dict[str, dict[str, Any]] = {}
    for edge in LineageEdge.objects.filter(via=f"{run.kind}:{run.key}", target=run.dataset).exclude(
        target_column=""
    ):
        how = {"type": "DIRECT", "subtype": edge.how.upper(), "description": "", "masking": False}
        where = namespace() if edge.origin_kind == "dataset" else f"{namespace()}:source"
        start = {
            "namespace": where,
            "name": edge.origin,
            "field": edge.origin_column,
            "transformations": [how],
        }
        fields.setdefault(edge.target_column, {"inputFields": []})["inputFields"].append(start)
    if not fields:
        return {}
    return {"columnLineage": _facet("ColumnLineageDatasetFacet", "1-2-0", fields=fields)}


def _assertions(run: Run) -> dict[str, Any]:
    found = QualityScore.objects.filter(run=str(run.id)).first()
    if found is None:
        return {}
    told = [
        {
            "assertion": each.check_key,
            "success": each.passed,
            "severity": "error" if each.severity == "error" else "warn",
            **({"column": each.columns[0]} if len(each.columns) == 1 else {}),
        }
        for each in found.results.all()
    ]
    return {"dataQualityAssertions": _facet("DataQualityAssertionsDatasetFacet", "1-1-0", assertions=told)}
