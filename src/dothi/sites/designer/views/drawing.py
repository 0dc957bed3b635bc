"""The picture of a procedure: BPMN and DMN for the viewer and as files, the same as a table beside it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from dothi.centres.services.designing import checking
from dothi.core.decisions.dmn import write_dmn
from dothi.core.errors import Conflict, both
from dothi.kernel.cases import procedures as cases
from dothi.kernel.cases.engine.bpmn import export_bpmn
from dothi.kernel.packs.procedure_decisions import table_of
from dothi.kernel.packs.procedures import Procedure
from dothi.sites.designer.reads import table as tables
from dothi.sites.designer.views.common import design_page, designer, found
from dothi.sites.ui.shell import language


@designer
@require_GET
def diagram(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The diagram with its decision tables, and the states and actions as a table."""
    design = found(request, id)
    procedure = checking.examine(design.body).procedure
    return design_page(
        request, "diagram", design,
        {"rows": tables.rows(design.body, language()), "drawn": procedure is not None, "tables": [(key, each.get("label", {}).get(language(), key)) for key, each in procedure.decisions.items()] if procedure else []},
    )  # fmt: skip


def _procedure(request: HttpRequest, id: UUID) -> Procedure:
    procedure = checking.examine(found(request, id).body).procedure
    if procedure is None:
        raise Conflict(both("Bản nháp chưa vẽ được: hãy sửa các lỗi.", "The draft cannot be drawn yet: mend its problems."))  # fmt: skip
    return procedure


def _xml(content: str | bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/xml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@designer
@require_GET
def bpmn(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The draft as BPMN 2.0."""
    procedure = _procedure(request, id)
    return _xml(export_bpmn(procedure, language()), f"{procedure.key}.bpmn")


@designer
@require_GET
def published_bpmn(request: HttpRequest, key: str) -> HttpResponseBase:
    """A published procedure as BPMN 2.0."""
    procedure = cases.published(key)
    return _xml(export_bpmn(procedure, language()), f"{procedure.key}.bpmn")


@designer
@require_GET
def dmn(request: HttpRequest, id: UUID, key: str) -> HttpResponseBase:
    """A decision table as DMN 1.3."""
    procedure = _procedure(request, id)
    if key not in procedure.decisions:
        raise Http404
    try:
        table = table_of(key, procedure.decisions[key])
    except ValueError as error:
        raise Conflict(both("Bảng chưa đọc được.", "The table cannot be read yet.")) from error
    return _xml(write_dmn(table, language()), f"{key}.dmn")
