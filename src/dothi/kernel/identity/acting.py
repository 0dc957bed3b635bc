"""The one way to write: ``@action`` asks for the permission, opens the transaction and writes the audit."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from dothi.core.errors import DothiError, Forbidden, Unauthenticated
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.models import AuditEntry
from dothi.kernel.identity.origin import origin

P = ParamSpec("P")
R = TypeVar("R")
Scope = Callable[..., str | None]


@dataclass(frozen=True, slots=True)
class Declared:
    """An action as it was declared: its audit name and the permission it asks for (None: decided inside)."""

    name: str
    permission: str | None


_declared: dict[str, Declared] = {}
_notes: ContextVar[dict[str, Any] | None] = ContextVar("dothi_action_notes", default=None)


def actions() -> dict[str, Declared]:
    """Every declared action by its audit name."""
    return dict(_declared)


def note(**detail: Any) -> None:
    """Add to the audit entry of the action being carried out. Plain JSON values, no secrets."""
    notes = _notes.get()
    if notes is not None:
        notes.update(detail)


def in_action() -> bool:
    """Whether an action is being carried out, which will write its own audit entry."""
    return _notes.get() is not None


def audit(
    name: str,
    *,
    by: Actor,
    subject: str = "",
    outcome: str = AuditEntry.DONE,
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write one audit entry, with the address and program the work was asked from."""
    asked = origin()
    return AuditEntry.objects.create(
        action=name,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_label=by.label[:200],
        subject=subject[:200],
        outcome=outcome,
        address=asked.address[:45],
        agent=asked.agent[:300],
        detail=dict(detail or {}),
    )


def _reference(thing: object) -> str:
    given = getattr(thing, "reference", None)
    if isinstance(given, str):
        return given
    key = getattr(thing, "pk", None)
    return "" if key is None else f"{type(thing).__name__.lower()}:{key}"


def _subject(subject: Callable[..., str] | None, arguments: Mapping[str, Any], result: object) -> str:
    """Named by the action, else the first argument that is a record, else the result when it is one."""
    if subject is not None:
        return subject(**arguments)
    named = (_reference(value) for value in arguments.values() if not isinstance(value, Actor))
    return next((text for text in named if text), _reference(result))


def action(
    *,
    permission: str | None,
    unit: Scope | None = None,
    organisation: Scope | None = None,
    subject: Callable[..., str] | None = None,
    name: str | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function with a keyword ``by: Actor`` an action.

    ``unit``, ``organisation`` and ``subject`` are called with all its arguments by name. The permission is
    asked for that unit or organisation (neither: for the whole city); None is for functions whose rule is
    more than one permission: they refuse by themselves. The function runs in one transaction with its audit
    entry; a refusal is written to the audit too, and raised.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        module = function.__module__.removeprefix("dothi.").split(".")
        label = name or f"{module[1] if len(module) > 1 else module[0]}.{function.__name__}"
        _declared[label] = Declared(label, permission)

        @wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            arguments = bound.arguments
            by: Actor = arguments["by"]
            token = _notes.set({})
            try:
                if permission is not None:
                    by.require(
                        permission,
                        unit=(unit(**arguments) or None) if unit else None,
                        organisation=(organisation(**arguments) or None) if organisation else None,
                    )
                with transaction.atomic():
                    result = function(*args, **kwargs)
                    audit(label, by=by, subject=_subject(subject, arguments, result), detail=_notes.get())
            except (Forbidden, Unauthenticated) as error:
                _refused(label, by, _subject(subject, arguments, None), error)
                raise
            finally:
                _notes.reset(token)
            return result

        return wrapper

    return decorate


def _refused(label: str, by: Actor, subject: str, error: DothiError) -> None:
    """Written after the action's own transaction was undone; lost only if an outer one is undone as well."""
    detail = {**(_notes.get() or {}), "why": str(error)}
    audit(label, by=by, subject=subject, outcome=AuditEntry.REFUSED, detail=detail)
