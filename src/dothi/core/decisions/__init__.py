"""Decision tables: declared in packs, checked, decided by index with reasons, exchanged as DMN 1.3. See README.md."""

from __future__ import annotations

from dothi.core.decisions.analysis import check
from dothi.core.decisions.declarations import Hit, Input, Output, Rule, Table, as_text
from dothi.core.decisions.dmn import BadDmn, read_dmn, write_dmn
from dothi.core.decisions.findings import BadTable, Finding
from dothi.core.decisions.table import CompiledTable, Decision, compile_table

__all__ = [
    "BadDmn", "BadTable", "CompiledTable", "Decision", "Finding", "Hit", "Input", "Output", "Rule", "Table", "as_text", "check",
    "compile_table", "read_dmn", "write_dmn",
]  # fmt: skip
