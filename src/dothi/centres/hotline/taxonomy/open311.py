"""A category as Open311 GeoReport v2 gives it out: a service and its definition, as plain values."""

from __future__ import annotations

from typing import Any

from dothi.kernel.packs import queries
from dothi.kernel.packs.reports import GROUPS, ReportCategory


def service(category: ReportCategory, language: str = "vi") -> dict[str, Any]:
    """One entry of the list of services."""
    codes = queries.vocabulary(GROUPS)
    labels = {code.value: code.label.text(language) for code in codes.codes} if codes else {}
    return {
        "service_code": category.key,
        "service_name": category.label.text(language),
        "description": category.description.text(language),
        "metadata": bool(category.questions),
        "type": "realtime",
        "keywords": ",".join(word.replace(",", " ") for word in category.words),
        "group": labels.get(category.group, category.group),
    }


def definition(category: ReportCategory, language: str = "vi") -> dict[str, Any]:
    """The attributes of a service, numbered from 1 in the order of the questions."""
    attributes = []
    for order, question in enumerate(category.questions, start=1):
        told = question.description.text(language) if question.description else ""
        attribute: dict[str, Any] = {
            "variable": True,
            "code": question.key,
            "datatype": question.kind,
            "required": question.required,
            "datatype_description": told,
            "order": order,
            "description": question.label.text(language),
        }
        if question.values:
            attribute["values"] = [
                {"key": each.value, "name": each.label.text(language)} for each in question.values
            ]
        attributes.append(attribute)
    return {"service_code": category.key, "attributes": attributes}
