"""Opens each query engine on a lake of its own."""

from __future__ import annotations

import pytest

from dothi.engines.compute.registry import open_engine
from dothi.engines.lake.registry import open_lake

ENGINES = [
    "duckdb",
    pytest.param("sail", marks=pytest.mark.servers),
    pytest.param("spark", marks=pytest.mark.servers),
]


@pytest.fixture(scope="session")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compute")
    opened = open_lake(str(folder / "lake"), f"sqlite:///{folder}/lake/catalog.sqlite3")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def spark_url():
    """A Spark Connect server that is not ours to start: Sail once more, reached by its address only."""
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    host, port = server.listening_address[:2]
    yield f"sc://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session", params=ENGINES)
def engine(request, lake):
    url = request.getfixturevalue("spark_url") if request.param == "spark" else ""
    opened = open_engine(request.param, url=url, lake=lambda: lake)
    yield opened
    opened.close()
