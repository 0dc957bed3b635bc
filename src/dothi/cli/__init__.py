"""The command line: ``dothi COMMAND``."""

from __future__ import annotations

from dothi.cli.app import main

__all__ = ["main"]
