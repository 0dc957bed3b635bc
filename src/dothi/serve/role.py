"""One role of the platform as a process: ``python -m dothi.serve.role PARENT web COUNT`` or ``… PARENT worker``.

What the supervisor starts, with settings that it has checked; it ends with its parent, whose process id it is
told. The command line is left out because its imports would be waited for at every start; ``dothi up --role …``
does the same for a person.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from dothi.core.config import ConfigError, current
from dothi.core.errors import DothiError
from dothi.serve import collecting, supervisor


def _log_without_rich() -> None:
    """Load structlog as where rich is not installed: it would bring it for stack traces that ours never draw."""
    if "structlog" not in sys.modules and "rich" not in sys.modules:
        sys.modules["rich"] = None  # type: ignore[assignment]  # an import of it fails
        try:
            import structlog  # noqa: F401
        finally:
            del sys.modules["rich"]


def _end_with(parent: int) -> None:
    """Stop this process when the supervisor is gone, however early: it would hold the port for ever."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def main(arguments: list[str]) -> int:
    """Run the role until told to stop, or until the parent is gone; the exit code."""
    if not arguments or not arguments[0].isdigit():
        return _usage()
    threading.Thread(target=_end_with, args=(int(arguments[0]),), daemon=True).start()
    collecting.hold()
    _log_without_rich()
    try:
        match arguments[1:]:
            case ["web", count] if count.isdigit():
                supervisor.serve_web(current(), workers=int(count))
            case ["worker"]:
                supervisor.serve_worker(feeds=True)
            case _:
                return _usage()
    except (ConfigError, DothiError) as error:
        sys.stderr.write(f"✗ {error}\n")
        return 1
    return 0


def _usage() -> int:
    sys.stderr.write("Usage: python -m dothi.serve.role PARENT web COUNT | worker\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
