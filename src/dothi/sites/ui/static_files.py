"""Static files under a prefix that names their content, so that a browser may keep them for ever.

The whole tree shares one prefix (``/static/1f0c…/``): a style sheet's ``url(…)`` and a module's ``import`` stay
plain relative paths and still change when any file does. See ADR 0071.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

_SQUEEZED = {".css", ".js", ".mjs", ".json", ".svg", ".txt", ".html"}


def _copy(target: Path) -> None:
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = Path(storage.path(name)).read_bytes()
            path.write_bytes(data)
            if path.suffix in _SQUEEZED and len(data) > 400:
                path.with_name(path.name + ".gz").write_bytes(gzip.compress(data, 7, mtime=0))


def prepare(root: Path) -> Path:
    """Put every static file, and its gzipped form, into ``root`` once; other versions beside it are removed."""
    if root.is_dir():
        return root
    root.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".fresh-", dir=root.parent))
    _copy(fresh)
    for old in root.parent.iterdir():
        if old not in {fresh, root} and not old.name.startswith(".fresh-"):
            shutil.rmtree(old, ignore_errors=True)
    try:
        os.rename(fresh, root)  # noqa: PTH104 - atomic, and tells when another process was first
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
    return root


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise over the prepared folder, which it prepares when this version of it is not there yet."""

    def __init__(self, get_response: Any) -> None:
        prepare(Path(str(settings.STATIC_ROOT)))
        super().__init__(get_response)

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Everything below the prefix: its digest changes with the content."""
        return url.startswith(self.static_prefix)
