"""Views that bring Arrow, DuckDB or the SQL parser with them are imported when somebody asks for one, not at start."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def later(name: str) -> View:
    """The view ``module.function`` below ``dothi.sites.data.views``, imported at its first request."""
    module, _, function = name.rpartition(".")

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = getattr(import_module(f"dothi.sites.data.views.{module}"), function)
        return cast(HttpResponseBase, found(request, *args, **kwargs))

    view.__name__ = function
    return view
