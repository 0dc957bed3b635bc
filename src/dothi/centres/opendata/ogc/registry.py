"""Who provides collections. A provider is imported when it is first asked; the first that knows an id opens it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from dothi.centres.opendata.ogc.base import Collection, Opened, Provider, Reader
from dothi.core.errors import NotFound, both

_HERE = "dothi.centres.opendata.ogc"
_modules = {
    "registers": f"{_HERE}.registers.provider",
    "records": f"{_HERE}.records.provider",
    "datasets": f"{_HERE}.datasets.provider",
}
_made: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add a provider, or put it in place of the one of this name."""
    _modules.setdefault(name, "")
    _made[name] = provider


def provider(name: str) -> Provider:
    """The provider called ``name``."""
    if name not in _made:
        _made[name] = import_module(_modules[name]).PROVIDER
    return _made[name]


def collections(reader: Reader) -> Iterator[Collection]:
    """Every collection the reader may see."""
    for name in _modules:
        yield from provider(name).collections(reader)


def opened(id: str, reader: Reader, after: str = "") -> Opened:
    """The collection ``id`` for this reader; raises :class:`NotFound` and what else it is refused with.

    Ids with a dot name their provider (``registers.parcel``); datasets have none, and are asked without the others.
    """
    names = ("datasets",) if "." not in id else tuple(_modules)
    for name in names:
        found = provider(name).open(id, reader, after)
        if found is not None:
            return found
    raise NotFound(both(f"Không có bộ sưu tập “{id}”.", f"There is no collection '{id}'."))
