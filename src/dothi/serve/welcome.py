"""The one-time link by which the first person becomes administrator: printed, never a default password."""

from __future__ import annotations

import sys

from dothi.core.config import Config
from dothi.kernel.identity import actions


def invite_administrator(config: Config) -> None:
    """Print a one-time link while the installation has no administrator."""
    if actions.needed():
        link = actions.create_administrator_link(config.url)
        sys.stderr.write(
            f"\nNobody administers this installation yet. Become the administrator (one use, 24 hours):\n  {link}\n\n"
        )
        sys.stderr.flush()
