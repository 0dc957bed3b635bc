"""Forms: which questions are asked now, whether the answers may stand, and what to say where not.

Answers come as a browser or an API gives them (texts or JSON); what is kept is plain typed data. Conditions see
the answers before them, by name; a question that is not asked keeps no answer, so that what somebody typed
before it disappeared is neither kept nor seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from dothi.core.clock import HCMC, now
from dothi.core.errors import Text, both
from dothi.core.feel import Type
from dothi.kernel.cases.engine import fields
from dothi.kernel.cases.engine.expressions import Expression, condition, read
from dothi.kernel.packs import procedure_scope
from dothi.kernel.packs.declarations import CodeList
from dothi.kernel.packs.procedure_forms import Form, FormField, Page

Errors = dict[str, Text]
REQUIRED: Final = both("Hãy trả lời mục này.", "Answer this question.")
DOES_NOT_FIT: Final = both("Câu trả lời không hợp lệ.", "The answer does not fit.")
NOT_A_LIST: Final = both("Hãy gửi một danh sách.", "Send a list.")
_SEEN: Final = frozenset({"data", "facts", "case", "actor", "now", "today"})
UNKNOWN: Final = both("Biểu mẫu không có mục này.", "The form has no such field.")


class Known(Protocol):
    """What is known of the case that a form belongs to: a move in the making."""

    def names(self, wanted: Iterable[str]) -> dict[str, Any]:
        """The values of these names, those there are."""
        ...


@dataclass(frozen=True, slots=True)
class CompiledField:
    """A question ready to be asked and its answer read."""

    declared: FormField
    of: Type
    required: bool | Expression
    when: Expression | None
    check: Expression | None
    read: fields.Reader
    fields: tuple[CompiledField, ...]
    choices: tuple[tuple[str, dict[str, str]], ...]

    @property
    def key(self) -> str:
        """The name of the answer in the data."""
        return self.declared.key


@dataclass(frozen=True, slots=True)
class CompiledPage:
    """A page with its condition."""

    declared: Page
    when: Expression | None
    fields: tuple[CompiledField, ...]


@dataclass(frozen=True, slots=True)
class CompiledForm:
    """A form ready to check answers."""

    declared: Form
    pages: tuple[CompiledPage, ...]
    keys: tuple[str, ...]
    roots: frozenset[str] = frozenset()  # the names its conditions look at

    def fields(self) -> Iterable[CompiledField]:
        """All questions of the first level, in order."""
        for page in self.pages:
            yield from page.fields


def compile_form(form: Form, codes: Mapping[str, CodeList], whole: Mapping[str, Type]) -> CompiledForm:
    """``form`` ready to check answers; ``codes`` are the code lists its fields name, ``whole`` the procedure's names."""
    scope = procedure_scope.form_scope(form, whole)
    pages = tuple(
        CompiledPage(
            page, _optional(page.when, scope), tuple(_field(field, codes, scope) for field in page.fields)
        )
        for page in form.pages
    )
    roots: set[str] = set()
    for page in pages:
        roots.update(page.when.roots if page.when else (), *(_roots(field) for field in page.fields))
    keys = tuple(field.key for page in pages for field in page.fields)
    return CompiledForm(form, pages, keys, frozenset(roots))


def _roots(field: CompiledField) -> set[str]:
    found: set[str] = set()
    for each in (field.required, field.when, field.check):
        if not isinstance(each, bool) and each is not None:
            found |= each.roots
    return found.union(*(_roots(inner) for inner in field.fields))


def _optional(given: str | None, scope: Mapping[str, Type]) -> Expression | None:
    return None if given is None else condition(given, scope)


def _field(field: FormField, codes: Mapping[str, CodeList], scope: Mapping[str, Type]) -> CompiledField:
    listed = codes[field.codes].codes if field.codes and field.codes in codes else ()
    labelled = [(each.value, each.label) for each in field.choices]
    labelled += [(each.value, each.label) for each in listed]
    choices = tuple((value, {"vi": label.vi, "en": label.en}) for value, label in labelled)
    required = field.required
    of = procedure_scope.field_type(field)
    inner = {**scope, **procedure_scope.fields(field.fields)}
    return CompiledField(
        declared=field,
        of=of,
        required=condition(required, scope) if isinstance(required, str) else required,
        when=_optional(field.when, scope),
        check=_optional(field.check, {**scope, "value": of}),
        read=fields.reader(field, frozenset(value for value, _ in choices)),
        fields=tuple(_field(each, codes, inner) for each in field.fields),
        choices=choices,
    )


def field_of(forms: Iterable[CompiledForm], key: str) -> CompiledField | None:
    """The question of this name in any of the forms."""
    return next((field for form in forms for field in form.fields() if field.key == key), None)


def visible_fields(
    form: CompiledForm,
    data: Mapping[str, Any],
    facts: Mapping[str, Any] | None = None,
    *,
    move: Known | None = None,
) -> list[tuple[CompiledPage, list[CompiledField]]]:
    """The pages and questions that are asked, given these answers; the rows of groups decide for themselves."""
    reading = _Reading(form, facts or {}, move)
    reading.all_of(form, data)
    return [(page, asked) for page, asked in reading.shown if asked]


def validate_form(
    form: CompiledForm,
    data: Mapping[str, Any],
    facts: Mapping[str, Any] | None = None,
    *,
    move: Known | None = None,
) -> tuple[dict[str, Any], Errors]:
    """(clean answers, errors by the path of the field: ``members[2].full_name``), texts in both languages."""
    reading = _Reading(form, facts or {}, move)
    kept = reading.all_of(form, data)
    for name in data:
        if name not in form.keys:
            reading.errors[name] = UNKNOWN
    return kept, reading.errors


class _Reading:
    """One pass over a form from its first question to its last."""

    def __init__(self, form: CompiledForm, facts: Mapping[str, Any], move: Known | None) -> None:
        self.errors: Errors = {}
        self.shown: list[tuple[CompiledPage, list[CompiledField]]] = []
        wanted = form.roots & _SEEN
        base = _now() if move is None else move.names(wanted)
        seen: dict[str, Any] = {name: base[name] for name in wanted if name in base}
        self.seen: dict[str, Any] = {**dict.fromkeys(form.keys), "facts": facts, **seen}
        self.seen["data"] = dict(seen.get("data", {}))

    def all_of(self, form: CompiledForm, given: Mapping[str, Any]) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for page in form.pages:
            if page.when is not None and not page.when.holds(self.seen):
                continue
            asked = self.ask(page.fields, given, kept, self.seen, "", self.seen["data"])
            self.shown.append((page, asked))
        for _, asked in self.shown:
            self.judge(asked, given, kept, self.seen, "")
        return kept

    def ask(
        self,
        questions: Iterable[CompiledField],
        given: Mapping[str, Any],
        kept: dict[str, Any],
        seen: dict[str, Any],
        path: str,
        also: dict[str, Any] | None = None,
    ) -> list[CompiledField]:
        """Read the answers to the questions that are asked; the questions asked."""
        asked = []
        for field in questions:
            if field.when is not None and not field.when.holds(seen):
                continue
            asked.append(field)
            value = given.get(field.key)
            if _empty(value):
                continue
            clean, typed = self.read(field, value, seen, path + field.key)
            if clean is not None:
                kept[field.key] = clean
                seen[field.key] = typed
                if also is not None:
                    also[field.key] = typed
        return asked

    def read(self, field: CompiledField, value: Any, seen: dict[str, Any], path: str) -> tuple[Any, Any]:
        """One answer, or each of several."""
        if field.declared.repeat is None:
            clean, _ = self.one(field, value, seen, path)
            return clean, read(clean, field.of)
        if not isinstance(value, list):
            self.errors[path] = NOT_A_LIST
            return None, None
        rows = [each for each in value if not _empty(each)]
        if len(rows) > field.declared.repeat.max:
            most = field.declared.repeat.max
            self.errors[path] = both(f"Tối đa {most} mục.", f"At most {most} are allowed.")
            return None, None
        found = [self.one(field, each, seen, f"{path}[{index}]")[0] for index, each in enumerate(rows)]
        return found, read(found, field.of)

    def one(self, field: CompiledField, value: Any, seen: dict[str, Any], path: str) -> tuple[Any, Any]:
        """One answer: of a group, its own questions."""
        if field.declared.type != "group":
            clean, typed, error = field.read(value)
            if error is not None:
                self.errors[path] = error
            return clean, typed
        if not isinstance(value, Mapping):
            self.errors[path] = DOES_NOT_FIT
            return None, None
        row: dict[str, Any] = {}
        names = [each.key for each in field.fields]
        inner = {**seen, **dict.fromkeys(names)}
        asked = self.ask(field.fields, value, row, inner, path + ".")
        self.judge(asked, value, row, inner, path + ".")
        for name in value:
            if name not in names:
                self.errors[f"{path}.{name}"] = UNKNOWN
        return row, {name: inner[name] for name in names}

    def judge(
        self,
        asked: Iterable[CompiledField],
        given: Mapping[str, Any],
        kept: Mapping[str, Any],
        seen: dict[str, Any],
        path: str,
    ) -> None:
        """What must be answered is, and each answer may stand beside the others."""
        for field in asked:
            here = path + field.key
            if here in self.errors:
                continue
            value = kept.get(field.key)
            if value is None or value == []:
                self.absent(field, seen, here)
                continue
            repeat = field.declared.repeat
            if repeat is not None and len(value) < repeat.min:
                few = repeat.min
                self.errors[here] = both(f"Cần ít nhất {few} mục.", f"At least {few} are needed.")
            elif field.check is not None and not field.check.holds({**seen, "value": seen[field.key]}):
                error = field.declared.error
                self.errors[here] = both(error.vi, error.en) if error else DOES_NOT_FIT

    def absent(self, field: CompiledField, seen: dict[str, Any], here: str) -> None:
        required = field.required
        if required if isinstance(required, bool) else required.holds(seen):
            self.errors[here] = REQUIRED


def _now() -> dict[str, Any]:
    """What a form that is only shown sees of the time: now."""
    at = now().astimezone(HCMC)
    return {"now": at, "today": at.date()}


def _empty(value: Any) -> bool:
    return value is None or value == [] or value == {} or (isinstance(value, str) and not value.strip())


def single(field: CompiledField, value: Any) -> tuple[Any, Text | None]:
    """One answer by itself, as a correction gives it: (clean value, what is wrong)."""
    form = CompiledForm(Form(label=field.declared.label, pages=()), (), (field.key,))
    reading = _Reading(form, {}, None)
    clean, _ = reading.read(field, value, reading.seen, field.key)
    return clean, next(iter(reading.errors.values()), None)
