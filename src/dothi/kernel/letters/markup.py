"""Markdown with placeholders as Typst markup, every word of it as a quoted string: nothing in it is code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from dothi.kernel.letters.filling import parts

_PARSER: Final = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "html_block"])
_ALIGN: Final = {"text-align:right": "right", "text-align:center": "center"}


def quoted(text: str) -> str:
    """Words as a Typst string: shown as they are, whatever they contain."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "")
    return f'#"{plain}"' if "\n" not in plain else "#linebreak()".join(map(quoted, text.splitlines()))


def to_typst(text: str, facts: Mapping[str, Any], language: str) -> str:
    """The body of a letter. Paragraphs, headings, lists, tables, rules, bold, italic and links are understood."""
    return "\n".join(_blocks(_PARSER.parse(text), facts, language))


def _blocks(tokens: Sequence[Token], facts: Mapping[str, Any], language: str) -> Iterator[str]:
    place = 0
    while place < len(tokens):
        token = tokens[place]
        end = _closing(tokens, place)
        inner = tokens[place + 1 : end]
        if token.type in ("paragraph_open", "heading_open"):
            words = _inline(inner[0].children or [], facts, language)
            yield f"#heading(level: 2)[{words}]" if token.type == "heading_open" else f"#par[{words}]"
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            kind = "list" if token.type == "bullet_list_open" else "enum"
            yield f"#{kind}({', '.join(_items(inner, facts, language))})"
        elif token.type == "blockquote_open":
            yield f"#pad(left: 1cm)[{chr(10).join(_blocks(inner, facts, language))}]"
        elif token.type == "table_open":
            yield _table(inner, facts, language)
        elif token.type == "hr":
            yield "#line(length: 100%, stroke: 0.5pt)"
        elif token.type in ("fence", "code_block"):
            yield f"#par[{quoted(token.content)}]"
        place = end + 1


def _closing(tokens: Sequence[Token], place: int) -> int:
    """Where the block that opens at ``place`` ends; a block without parts ends where it begins."""
    if tokens[place].nesting != 1:
        return place
    depth = 0
    for index in range(place, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    raise AssertionError("markdown-it closes every block")


def _items(tokens: Sequence[Token], facts: Mapping[str, Any], language: str) -> Iterator[str]:
    place = 0
    while place < len(tokens):
        end = _closing(tokens, place)
        yield f"[{chr(10).join(_blocks(tokens[place + 1 : end], facts, language))}]"
        place = end + 1


def _table(tokens: Sequence[Token], facts: Mapping[str, Any], language: str) -> str:
    header: list[str] = []
    cells: list[str] = []
    aligns: list[str] = []
    for index, token in enumerate(tokens):
        if token.type in ("th_open", "td_open"):
            words = _inline(tokens[index + 1].children or [], facts, language)
            if token.type == "th_open":
                header.append(f"[#strong[{words}]]")
                aligns.append(_ALIGN.get(str(token.attrGet("style") or ""), "left"))
            else:
                cells.append(f"[{words}]")
    return (
        f"#table(columns: {len(header)}, align: ({', '.join(aligns)},), stroke: 0.5pt, inset: 5pt, "
        f"table.header({', '.join(header)}), {', '.join(cells)})"
    )


_MARKS: Final[dict[str, str]] = {
    "strong_open": "#strong[",
    "strong_close": "]",
    "em_open": "#emph[",
    "em_close": "]",
    "softbreak": '#" "',
    "hardbreak": "#linebreak()",
}


def _inline(tokens: Sequence[Token], facts: Mapping[str, Any], language: str) -> str:
    made: list[str] = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            made.extend(quoted(piece) for piece, _ in parts(token.content, facts, language) if piece)
        elif token.type in _MARKS:
            made.append(_MARKS[token.type])
    return "".join(made)
