"""One sandbox for the tests of this folder, and small tables to ask about."""

import os

import pyarrow as pa
import pytest

from dothi.kernel.warehouse.sandbox.client import Sandbox
from dothi.kernel.warehouse.sandbox.shared import share


@pytest.fixture(scope="session")
def box():
    made = Sandbox(workers=2)
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared():
    """Makes descriptors of tables, closed at the end."""
    made = []

    def make(**columns):
        table = pa.table(columns)
        made.append(share(table.schema, table.to_batches(), most_bytes=1 << 28))
        return made[-1]

    yield make
    for descriptor in made:
        os.close(descriptor)


@pytest.fixture(scope="session")
def t(shared):
    return shared(a=list(range(1000)), b=[f"x{n % 7}" for n in range(1000)])
