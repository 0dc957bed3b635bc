"""Files as rows: CSV, XLSX, ODS, JSON, NDJSON, GeoJSON, Parquet, read into Arrow batches of the warehouse's own types.

Import this package only where a file is read: it brings Arrow with it.
"""

from __future__ import annotations

from dothi.kernel.warehouse.ingest.opening import FORMATS, read_file
from dothi.kernel.warehouse.ingest.reading import ColumnFound, Reading, Report

__all__ = ["FORMATS", "ColumnFound", "Reading", "Report", "read_file"]
