"""Procedures as BPMN 2.0 and back: the subset is stated in README.md of this folder."""

from __future__ import annotations

from dothi.kernel.cases.engine.bpmn.drafting import Draft as Draft
from dothi.kernel.cases.engine.bpmn.drafting import import_bpmn as import_bpmn
from dothi.kernel.cases.engine.bpmn.writing import export_bpmn as export_bpmn
