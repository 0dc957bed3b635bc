"""What the platform counts about itself, in Prometheus' text form at ``/metrics``."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest

REQUESTS = Counter("dothi_http_requests_total", "Requests answered.", ("area", "method", "status"))
SECONDS = Histogram(
    "dothi_http_request_seconds",
    "Time to answer a request.",
    ("area",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(area: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request. An unknown method is counted as OTHER, so that labels stay few."""
    REQUESTS.labels(area, method if method in _METHODS else "OTHER", str(status)).inc()
    SECONDS.labels(area).observe(seconds)


def render() -> tuple[bytes, str]:
    """The metrics page and its content type."""
    return generate_latest(), CONTENT_TYPE_LATEST
