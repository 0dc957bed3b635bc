"""Published datasets with places as collections, named by their keys."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from dothi.centres.opendata.ogc.base import Collection, Opened, Reader
from dothi.centres.opendata.ogc.datasets.opened import OpenedDataset


class DatasetProvider:
    """Lists what is published with places; opens any dataset the reader may read, with places or without."""

    def collections(self, reader: Reader) -> Sequence[Collection]:
        # The catalogue is kept by Django, the rows are not: a page of rows is answered without it.
        listed: Sequence[Collection] = import_module(f"{__package__}.listed").collections()
        return listed

    def open(self, id: str, reader: Reader, after: str = "") -> Opened | None:
        return None if "." in id else OpenedDataset(id, reader, after)


PROVIDER = DatasetProvider()
