"""Which engine answers queries, by its name."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from dothi.engines.compute.base import ComputeError, Engine
from dothi.engines.lake.base import Lake


def open_engine(name: str, *, url: str = "", lake: Callable[[], Lake] | None = None) -> Engine:
    """The engine ``duckdb``, ``sail`` or ``spark`` (at the Spark Connect ``url``); ``lake`` gives its tables."""
    if name == "duckdb":
        # DuckDB and Arrow take a while to import, which only a process that asks queries should pay.
        from dothi.engines.compute.duckdb.engine import DuckEngine

        return DuckEngine(lake)
    if name not in {"sail", "spark"}:
        raise ComputeError(f"no query engine {name!r}; there are duckdb, sail and spark")
    if name == "spark" and not url:
        raise ComputeError(
            "the engine spark needs the address of its server (DOTHI_SPARK_URL=sc://host:15002)"
        )
    try:  # the clients come with an extra, so that the base install stays light
        return _spark(name, url, lake)
    except ModuleNotFoundError as error:
        raise ComputeError(f"{name} needs its client. Bring it with: ./dothi add distributed") from error


def _spark(name: str, url: str, lake: Callable[[], Lake] | None) -> Engine:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # about versions of pandas, which is not used
        if name == "sail":
            from dothi.engines.compute.spark.sail import SailEngine

            return SailEngine(lake)
        from dothi.engines.compute.spark.engine import SparkEngine

        return SparkEngine(url, lake)
