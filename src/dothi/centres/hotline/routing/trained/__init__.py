"""The model that comes with the platform: trained on the seed texts by ``bench/routing.py --train --write``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from dothi.centres.hotline.routing.model import Model


@cache
def shipped() -> Model:
    """The shipped model."""
    return Model.from_bytes(files(__package__).joinpath("seed-1.model").read_bytes())
