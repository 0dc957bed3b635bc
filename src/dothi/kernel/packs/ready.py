"""The packs as checked before, as long as neither they nor what checks them has changed.

Reading and checking some fifty YAML files is a tenth of a start, and more with every pack. See ADR 0079.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from dothi.core.config import current
from dothi.core.kept import kept, sources
from dothi.kernel.packs import loader
from dothi.kernel.packs.loader import LoadedPack


def packs(folders: Sequence[Path]) -> list[LoadedPack]:
    """What :func:`loader.load_all` gives for ``folders``; raises :class:`PackErrors` as it does."""
    try:
        source = _source(folders)
    except OSError:  # the loader says which file it is
        return loader.load_all(folders)
    path = current().home / "cache" / "packs"
    return kept(path, source, list[LoadedPack], lambda: loader.load_all(folders))


def _source(folders: Sequence[Path]) -> str:
    """Every file of the packs, by content, and the code that reads and checks them."""
    here = Path(__file__).parent
    core, letters = here.parents[1] / "core", here.parent / "letters"
    inside = (*((core / each, "*.py") for each in ("calendar", "decisions", "feel")), (letters, "filling.py"))
    code = [path for folder in (here, core) for path in sorted(folder.glob("*.*"))]
    code += [path for folder, pattern in inside for path in sorted(folder.glob(pattern))]
    listed = [path for folder in folders for path in _listed(folder)]
    files = [path for path in listed if path.is_file()]
    return sources([*code, *files], msgspec.__version__, *map(str, folders), *map(str, listed))


def _listed(folder: Path) -> list[Path]:
    """All that lies in ``folder`` and in its folders: a stray name is a mistake that the loader would tell."""
    top = sorted(folder.iterdir())
    return [*top, *(path for each in top if each.is_dir() for path in sorted(each.iterdir()))]
