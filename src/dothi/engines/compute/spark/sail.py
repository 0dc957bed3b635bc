"""Sail: Spark's SQL on DataFusion, without a JVM, as a server on a loopback port of this process."""

from __future__ import annotations

import os
from collections.abc import Callable

from dothi.engines.compute.spark.engine import SparkEngine
from dothi.engines.lake.base import Lake


class SailEngine(SparkEngine):
    """Starts the server when made and stops it when closed."""

    name = "sail"

    def __init__(self, lake: Callable[[], Lake] | None = None) -> None:
        os.environ.setdefault("RUST_LOG", "error")  # read once, when the library is loaded
        from pysail.spark import SparkConnectServer

        self._server = SparkConnectServer("127.0.0.1", 0)
        self._server.start(background=True)
        host, port = self._server.listening_address[:2]
        super().__init__(f"sc://{host}:{port}", lake)

    def close(self) -> None:
        self._server.stop()
