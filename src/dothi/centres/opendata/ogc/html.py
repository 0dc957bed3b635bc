"""The documents as plain pages for people: a heading, a table or a list, the links. No scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from dothi.core.errors import both

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1b1b}"
    "table{border-collapse:collapse;display:block;overflow-x:auto}td,th{border:1px solid #767676;padding:.25rem .5rem;"
    "text-align:left;vertical-align:top}a{color:#0b4f9c}code{overflow-wrap:anywhere}"
)
_WORDS = {
    "links": both("Liên kết", "Links"),
    "none": both("Không có gì.", "There is nothing."),
    "place": both("vị trí", "place"),
    "home": both("Trang đầu", "Home"),
    "truncated": both("Chỉ hiện một phần.", "Only part of it is shown."),
}
_MOST_ROWS = 1000


def page(document: Mapping[str, Any], title: str, home: str, language: str) -> bytes:
    """A document as a page."""
    body = [f'<p><a href="{escape(home)}/">{_WORDS["home"][language]}</a></p><h1>{escape(title)}</h1>']
    if document.get("description"):
        body.append(f"<p>{escape(str(document['description']))}</p>")
    lists = [document[name] for name in ("collections", "tilesets", "tileMatrixSets") if name in document]
    body += [_listed(each, language) for each in lists]
    if "features" in document:
        body.append(_table(document["features"], home, language))
    body.append(_facts(document))
    body.append(f"<h2>{_WORDS['links'][language]}</h2>{_links(document.get('links', []))}")
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><main>{''.join(body)}</main></body></html>"
    ).encode()


def _listed(found: Sequence[Mapping[str, Any]], language: str) -> str:
    if not found:
        return f"<p>{_WORDS['none'][language]}</p>"
    items = []
    for each in found:
        url = next((link["href"] for link in each.get("links", []) if link["rel"] == "self"), "")
        name = escape(str(each.get("title") or each.get("id") or ""))
        items.append(
            f'<li><a href="{escape(url)}">{name}</a> {escape(str(each.get("description") or ""))}</li>'
        )
    return f"<ul>{''.join(items)}</ul>"


def _table(features: Sequence[Mapping[str, Any]], home: str, language: str) -> str:
    if not features:
        return f"<p>{_WORDS['none'][language]}</p>"
    names = list(dict.fromkeys(name for each in features for name in each.get("properties", {})))
    head = "".join(
        f'<th scope="col">{escape(name)}</th>' for name in ("id", *names, _WORDS["place"][language])
    )
    rows = []
    for each in features[:_MOST_ROWS]:
        values = [each.get("id"), *(each["properties"].get(name) for name in names), _where(each)]
        rows.append("<tr>" + "".join(f"<td>{escape(_shown(value))}</td>" for value in values) + "</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _where(feature: Mapping[str, Any]) -> str:
    shape = feature.get("geometry")
    if not shape:
        return ""
    return str(shape.get("coordinates")) if shape.get("type") == "Point" else str(shape.get("type"))


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _facts(document: Mapping[str, Any]) -> str:
    """What is left of a document, as names and values."""
    told = {"title", "description", "links", "collections", "features", "tilesets", "tileMatrixSets", "type"}
    rows = []
    for name, value in document.items():
        if name in told:
            continue
        if isinstance(value, list | tuple):
            text = "<br>".join(f"<code>{escape(_shown(each))}</code>" for each in value[:_MOST_ROWS])
        elif isinstance(value, Mapping):
            text = "<br>".join(
                f"{escape(str(k))}: <code>{escape(_shown(v))}</code>" for k, v in value.items()
            )
        else:
            text = escape(_shown(value))
        rows.append(f'<tr><th scope="row">{escape(name)}</th><td>{text}</td></tr>')
    return f"<table>{''.join(rows)}</table>" if rows else ""


def _links(links: Sequence[Mapping[str, str]]) -> str:
    items = (
        f'<li><a href="{escape(each["href"])}">{escape(each.get("title") or each["rel"])}</a>'
        f" {escape(each.get('type', ''))}</li>"
        for each in links
    )
    return f"<ul>{''.join(items)}</ul>"
