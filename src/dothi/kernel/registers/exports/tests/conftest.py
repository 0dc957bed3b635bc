"""The two small types of the registers' own tests."""

from dothi.kernel.registers.tests.conftest import owner, small_types, tree

__all__ = ["owner", "small_types", "tree"]
