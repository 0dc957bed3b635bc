"""What a command needs before it can work: settings, Django, engines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from dothi.cli.console import fail, progress
from dothi.core.config import Config, ConfigError, current


def settings() -> Config:
    """The settings, or the end of the command with the wrong one named."""
    try:
        return current()
    except ConfigError as error:
        fail(str(error), 2)


def start_django() -> None:
    """Set Django up on the platform's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dothi.serve.django_settings")
    from dothi.serve import collecting

    with collecting.held():
        import django

        django.setup()


@contextmanager
def platform(*, prepare: bool = True) -> Iterator[Config]:
    """Django and engines ready for the length of a block; the installation is prepared first when needed."""
    config = settings()
    start_django()
    from dothi.serve import logs, wiring
    from dothi.serve.prepare import is_ready, mark_ready, steps

    logs.configure("warning" if config.log_level == "info" else config.log_level, config.log_format)
    with wiring.configured(config):
        if prepare and not is_ready(config):
            for step in steps():
                with progress(step.label) as advance:
                    step.run(advance)
            mark_ready(config)
        yield config
