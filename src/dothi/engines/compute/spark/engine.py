"""Any Spark Connect server as a query engine. Each query has a session, and so temporary views, of its own."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from concurrent.futures import Future, TimeoutError
from contextlib import suppress
from threading import Thread

import pyarrow as pa
from pyspark.errors import AnalysisException, ParseException, PySparkException
from pyspark.sql.connect.session import SparkSession

from dothi.engines.compute.base import (
    HOUSE_DIALECT,
    ComputeError,
    OutOfMemory,
    QueryRefused,
    Source,
    TimedOut,
)
from dothi.engines.compute.dialects import translate
from dothi.engines.compute.spark import frames
from dothi.engines.lake.base import Lake

_SETTINGS = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true"}


class SparkEngine:
    """Queries answered by the server at ``url`` (``sc://host:port``), which must see the lake's files.

    Memory is the server's to limit: ``memory_mb`` of a query is not passed on.
    """

    name = "spark"
    dialect = "spark"

    def __init__(self, url: str, lake: Callable[[], Lake] | None = None) -> None:
        self._url = url
        self._lake = lake

    def query(
        self,
        sql: str,
        tables: Mapping[str, Source] | None = None,
        *,
        timeout_s: float | None = None,
        memory_mb: int | None = None,
        dialect: str = HOUSE_DIALECT,
    ) -> pa.RecordBatchReader:
        text = translate(sql, self.dialect, dialect)
        session = self._session()
        try:
            answer = _within(timeout_s, lambda: self._answer(session, text, tables or {}))
        except TimeoutError as error:
            with suppress(PySparkException):  # a server may not know how to; ending the session ends it too
                session.interruptAll()
            raise TimedOut(f"the query took longer than {timeout_s} s") from error
        except PySparkException as error:
            raise _told(error) from error
        finally:
            with suppress(PySparkException):
                session.stop()
        return answer.to_reader()

    def _answer(self, session: SparkSession, text: str, tables: Mapping[str, Source]) -> pa.Table:
        frames.prepare(session, tables, self._lake)
        return session.sql(text).toArrow()

    def _session(self) -> SparkSession:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # about versions of pandas, which is not used
            try:
                session = SparkSession.builder.remote(self._url).create()
                for key, value in _SETTINGS.items():
                    session.conf.set(key, value)
            except PySparkException as error:
                raise ComputeError(f"the Spark server cannot be reached: {error}") from error
        return session

    def close(self) -> None:
        """Nothing is kept between queries."""


def _within(seconds: float | None, work: Callable[[], pa.Table]) -> pa.Table:
    """What ``work`` returns; raises TimeoutError when it takes longer and leaves its thread to end by itself."""
    if seconds is None:
        return work()
    future: Future[pa.Table] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, daemon=True, name="spark-query").start()
    return future.result(seconds)


def _told(error: PySparkException) -> ComputeError:
    text = str(error)
    if "Resources exhausted" in text or "OutOfMemory" in text:
        return OutOfMemory(text)
    refused = isinstance(error, AnalysisException | ParseException) or any(
        word in text
        for word in ("Cast error", "cast", "[CAST_INVALID_INPUT]", "DIVIDE_BY_ZERO", "invalid argument")
    )
    return QueryRefused(text) if refused else ComputeError(text)
