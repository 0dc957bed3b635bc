"""Which code reads which kind of source. A kind is imported when a source of it first runs."""

from __future__ import annotations

from importlib import import_module

from dothi.kernel.packs.flows import SOURCE_KINDS
from dothi.kernel.pipelines.sources.base import Extractor

_own: dict[str, Extractor] = {}


def register(kind: str, extractor: Extractor) -> None:
    """Let ``extractor`` read sources of this kind."""
    _own[kind] = extractor


def extractor(kind: str) -> Extractor:
    """What reads sources of this kind."""
    if kind not in _own:
        if kind not in SOURCE_KINDS:
            raise LookupError(kind)
        module = import_module(f"dothi.kernel.pipelines.sources.{kind}.extractor")
        _own[kind] = module.EXTRACTOR
    return _own[kind]
