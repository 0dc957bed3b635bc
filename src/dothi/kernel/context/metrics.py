"""What the live city counts about itself."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

REQUESTS = Counter(
    "dothi_context_requests_total", "NGSI-LD requests answered.", ("route", "method", "status")
)
SECONDS = Histogram(
    "dothi_context_request_seconds",
    "Time to answer an NGSI-LD request.",
    ("route",),
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
GROUP_SIZE = Histogram(
    "dothi_context_group_changes",
    "Entity changes in one commit.",
    buckets=(1, 3, 10, 30, 100, 300, 1000, 3000),
)
COMMIT_SECONDS = Histogram(
    "dothi_context_commit_seconds",
    "Time to apply a group of changes and make it durable.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
COMPACTED = Counter("dothi_context_compacted_rows_total", "Change rows moved into columnar history.")
