"""Parts of a declaration by their path, as problems name them: ``forms.application.pages[0].fields[2]``. No I/O.

Keys of declarations are small letters, digits, hyphens and underscores, so that a path needs no quotes.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from dothi.core.errors import BadInput, both

Steps = tuple[str | int, ...]
_STEP: Final = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
LONGEST: Final = 400


def steps(path: str) -> Steps:
    """The steps of a path; raises :class:`BadInput` for what is none."""
    if len(path) > LONGEST:
        raise _nowhere(path[:60])
    found = tuple(int(each[1]) if each[1] else each[2] for each in _STEP.finditer(path))
    if "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in found).lstrip(".") != path:
        raise _nowhere(path)
    return found


def _nowhere(path: str) -> BadInput:
    return BadInput(both(f"Không có phần “{path}”.", f"There is no part '{path}'."), where="at")


def get(body: Any, at: Sequence[str | int]) -> Any:
    """The part at ``at``; None where there is none."""
    here = body
    for step in at:
        if isinstance(step, int):
            here = here[step] if isinstance(here, list) and step < len(here) else None
        else:
            here = here.get(step) if isinstance(here, dict) else None
    return here


def put(body: dict[str, Any], at: Steps, value: Any) -> dict[str, Any]:
    """``body`` with ``value`` at ``at``; None takes a member out. Mappings on the way are made; raises :class:`BadInput`."""
    if not at:
        raise _nowhere("")
    made = copy.deepcopy(body)
    here: Any = made
    for step, following in pairwise(at):
        if isinstance(step, int):
            if not isinstance(here, list) or step >= len(here):
                raise _nowhere(written(at))
            here = here[step]
        else:
            if not isinstance(here, dict):
                raise _nowhere(written(at))
            if here.get(step) is None:
                if value is None:
                    return made
                here[step] = [] if isinstance(following, int) else {}
            here = here[step]
    _set(here, at, value)
    return made


def _set(here: Any, at: Steps, value: Any) -> None:
    last = at[-1]
    if isinstance(last, int):
        if not isinstance(here, list) or last > len(here):
            raise _nowhere(written(at))
        if value is None:
            del here[last : last + 1]
        elif last == len(here):
            here.append(value)
        else:
            here[last] = value
    elif not isinstance(here, dict):
        raise _nowhere(written(at))
    elif value is None:
        here.pop(last, None)
    else:
        here[last] = value


def moved(body: dict[str, Any], at: Steps, by: int) -> dict[str, Any]:
    """The part one place up (-1) or down (1) among its neighbours, in a list or a mapping."""
    if not at:
        raise _nowhere("")
    made = copy.deepcopy(body)
    around, last = get(made, at[:-1]), at[-1]
    if isinstance(around, list) and isinstance(last, int) and last < len(around):
        to = last + by
        if 0 <= to < len(around):
            around[last], around[to] = around[to], around[last]
    elif isinstance(around, dict) and last in around:
        keys = list(around)
        place = keys.index(str(last))
        if 0 <= place + by < len(keys):
            keys[place], keys[place + by] = keys[place + by], keys[place]
            ordered = {key: around[key] for key in keys}
            around.clear()
            around.update(ordered)
    else:
        raise _nowhere(written(at))
    return made


def written(at: Sequence[str | int]) -> str:
    """The path of steps."""
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in at).lstrip(".")
