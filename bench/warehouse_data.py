"""Rows for bench/warehouse.py: requests to a city's hotline, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
from pyarrow import compute

SEED = 20261122
PIECE = 500_000
START_US = 1_577_836_800_000_000  # 2020-01-01T00:00:00Z
CATEGORIES = (
    "Cây xanh", "Chiếu sáng", "Chợ tự phát", "Điện", "Giao thông", "Hẻm hư hỏng", "Kẹt xe", "Lấn chiếm vỉa hè", "Môi trường",
    "Ngập nước", "Nước sạch", "Ô nhiễm", "Quảng cáo", "Rác thải", "Tiếng ồn", "Thoát nước", "Trật tự xây dựng", "Vỉa hè", "Xe buýt", "Khác",
)  # fmt: skip
STATUSES = ("mới", "đang xử lý", "chờ bổ sung", "đã trả lời", "đóng")
WORDS = ("đường", "hẻm", "bị", "hư", "ngập", "sâu", "rác", "chưa", "thu", "gom", "đèn", "tắt", "cây", "ngã", "gần", "trường", "chợ", "cầu")  # fmt: skip
COLUMNS = [
    {"name": "id", "type": "integer", "role": "key"},
    {"name": "created_at", "type": "datetime", "role": "time"},
    {"name": "category", "type": "string", "role": "dimension"},
    {"name": "status", "type": "string", "role": "dimension"},
    {"name": "ward", "type": "string", "role": "dimension"},
    {"name": "street", "type": "string", "role": "dimension"},
    {"name": "lon", "type": "number", "role": "longitude"},
    {"name": "lat", "type": "number", "role": "latitude"},
    {"name": "hours", "type": "number", "role": "measure"},
    {"name": "cost", "type": "integer", "role": "measure"},
    {"name": "note", "type": "string", "role": "text"},
]


def batches(rows: int, seed: int = SEED) -> Iterator[pa.RecordBatch]:
    """``rows`` rows in pieces; the first million is the same whatever ``rows`` is."""
    for start in range(0, rows, PIECE):
        yield _piece(start, min(PIECE, rows - start), seed)


def _piece(start: int, count: int, seed: int) -> pa.RecordBatch:
    random = np.random.default_rng([seed, start])
    ward = random.integers(0, 168, count)
    # Half of the requests come from a dense centre, as in a city.
    spread = np.where(random.random(count) < 0.5, 0.03, 0.12)
    lon = np.round(106.70 + random.normal(0, 1, count) * spread, 6)
    lat = np.round(10.78 + random.normal(0, 1, count) * spread, 6)
    words = pa.array(WORDS)
    chosen = random.integers(0, len(words), (4, count))
    note = compute.binary_join_element_wise(*(words.take(pa.array(each)) for each in chosen), " ")
    numbers = np.arange(start + 1, start + count + 1)
    cost = pa.array(random.integers(0, 5000, count) * 1000, mask=random.random(count) < 0.05)
    streets = random.integers(0, 5000, count)
    return pa.record_batch(
        {
            "id": pa.array(numbers),
            "created_at": pa.array(START_US + random.integers(0, 200_000_000, count) * 1_000_000, pa.timestamp("us", "UTC")),
            "category": pa.array(CATEGORIES).take(pa.array((random.power(0.5, count) * len(CATEGORIES)).astype(int))),
            "status": pa.array(STATUSES).take(pa.array(random.integers(0, len(STATUSES), count))),
            "ward": pa.array([f"P{each:05d}" for each in range(168)]).take(pa.array(ward)),
            "street": pa.array([f"Đường số {each}" for each in range(5000)]).take(pa.array(streets)),
            "lon": pa.array(lon),
            "lat": pa.array(lat),
            "hours": pa.array(np.round(random.gamma(2.0, 30.0, count), 2)),
            "cost": cost,
            "note": pa.array(note),
        }
    )  # fmt: skip


def write_csv(path: Path, rows: int) -> None:
    """The rows as a CSV file, times as ISO 8601."""
    made = batches(rows)
    first = next(made)
    with pc.CSVWriter(path, first.schema) as writer:
        writer.write_batch(first)
        for batch in made:
            writer.write_batch(batch)
