"""Where the packs of this installation are."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from dothi.core.config import current
from dothi.kernel.packs.problems import PackErrors, Problem, nearest


def builtin() -> Path:
    """The folder of the packs that come with the platform."""
    return Path(str(files("dothi") / "packs"))


def folders() -> list[Path]:
    """The folders of the packs to load: those the setting ``packs`` names, then all of ``pack_folder``.

    A pack of ``pack_folder`` takes the place of a built-in pack of the same name. Raises :class:`PackErrors`.
    """
    config = current()
    own = _own(Path(config.pack_folder)) if config.pack_folder else {}
    there = {path.name: path for path in within(builtin())} | own
    missing = [name for name in config.packs if name not in there]
    if missing:
        raise PackErrors(_missing(name, there) for name in missing)
    return list(dict.fromkeys([*(there[name] for name in config.packs), *own.values()]))


def _missing(name: str, there: dict[str, Path]) -> Problem:
    return Problem("DOTHI_PACKS", 0, name, "unknown-pack", (("key", name),), nearest(name, there))


def within(folder: Path) -> list[Path]:
    """The pack folders in ``folder``."""
    return sorted(path.parent for path in folder.glob("*/pack.yaml"))


def _own(folder: Path) -> dict[str, Path]:
    """The user's packs; ``folder`` may hold packs or be one."""
    if not folder.is_dir():
        raise PackErrors([Problem(str(folder), 0, "", "no-folder")])
    found = [folder] if (folder / "pack.yaml").is_file() else within(folder)
    return {path.resolve().name: path for path in found}
