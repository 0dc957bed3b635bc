"""A pack folder as checked declarations, or everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from dothi.kernel.packs import (
    checks,
    flow_checks,
    flow_sql,
    form,
    places,
    procedure_checks,
    record_checks,
    report_checks,
    samples,
    source,
    sql_files,
)
from dothi.kernel.packs.declarations import (
    CodeList,
    Declaration,
    EntityType,
    Pack,
    PublishedModel,
    TermContext,
)
from dothi.kernel.packs.flows import DatasetDeclaration, PipelineDeclaration, SourceDeclaration
from dothi.kernel.packs.places import folders as folders
from dothi.kernel.packs.problems import PackErrors, Problem, nearest
from dothi.kernel.packs.procedures import Procedure
from dothi.kernel.packs.record_types import RecordType
from dothi.kernel.packs.reports import ReportCategory
from dothi.kernel.packs.source import Source

D = TypeVar("D", bound=Declaration)
FOLDERS: Final[dict[str, type[Declaration]]] = {
    "entities": EntityType,
    "models": PublishedModel,
    "contexts": TermContext,
    "vocab": CodeList,
    "registers": RecordType,
    "datasets": DatasetDeclaration,
    "sources": SourceDeclaration,
    "pipelines": PipelineDeclaration,
    "reports": ReportCategory,
    "procedures": Procedure,
}
SUFFIXES: Final[dict[str, tuple[str, ...]]] = {"pipelines": (".yaml", ".sql")}
# Members that packs published before these existed do not have: left out while empty, so that what was
# published keeps its digest.
_LATER: Final = ("record_types", "datasets", "sources", "pipelines", "report_categories", "procedures")
_ALLOWED = frozenset({"pack.yaml", "README.md", "samples", *FOLDERS})


class LoadedPack(Struct, frozen=True, kw_only=True):
    """Everything a pack declares; encodes to the content that is published and decodes from it."""

    pack: Pack
    entity_types: tuple[EntityType, ...] = ()
    models: tuple[PublishedModel, ...] = ()
    contexts: tuple[TermContext, ...] = ()
    vocabularies: tuple[CodeList, ...] = ()
    record_types: tuple[RecordType, ...] = ()
    datasets: tuple[DatasetDeclaration, ...] = ()
    sources: tuple[SourceDeclaration, ...] = ()
    pipelines: tuple[PipelineDeclaration, ...] = ()
    report_categories: tuple[ReportCategory, ...] = ()
    procedures: tuple[Procedure, ...] = ()

    @property
    def key(self) -> str:
        return self.pack.key

    def content(self) -> bytes:
        """The canonical JSON of all declarations: the same declarations give the same bytes."""
        members: dict[str, Any] = msgspec.to_builtins(self)
        for name in _LATER:
            if not members[name]:
                del members[name]
        return msgspec.json.encode(members, order="sorted")

    def digest(self) -> str:
        """SHA-256 of the content, in hex."""
        return hashlib.sha256(self.content()).hexdigest()


class Draft(Struct, kw_only=True):
    """A folder as read: its declarations with their files, and what is wrong so far."""

    folder: Path
    manifest: tuple[Source, Pack] | None = None
    parts: dict[str, list[tuple[Source, Declaration]]] = {}
    problems: list[Problem] = []

    def of(self, folder: str, kind: type[D]) -> list[tuple[Source, D]]:
        """The declarations read from one sub-folder."""
        return [(src, part) for src, part in self.parts.get(folder, ()) if isinstance(part, kind)]

    def loaded(self) -> LoadedPack:
        """The declarations without their files."""
        assert self.manifest is not None
        return LoadedPack(
            pack=self.manifest[1],
            entity_types=tuple(part for _, part in self.of("entities", EntityType)),
            models=tuple(part for _, part in self.of("models", PublishedModel)),
            contexts=tuple(part for _, part in self.of("contexts", TermContext)),
            vocabularies=tuple(part for _, part in self.of("vocab", CodeList)),
            datasets=tuple(part for _, part in self.of("datasets", DatasetDeclaration)),
            sources=tuple(part for _, part in self.of("sources", SourceDeclaration)),
            pipelines=tuple(part for _, part in self.of("pipelines", PipelineDeclaration)),
            record_types=tuple(part for _, part in self.of("registers", RecordType)),
            report_categories=tuple(part for _, part in self.of("reports", ReportCategory)),
            procedures=tuple(part for _, part in self.of("procedures", Procedure)),
        )


def load(folder: Path) -> LoadedPack:
    """The pack in ``folder``; raises :class:`PackErrors` with every problem in it."""
    draft = _read(Path(folder))
    if draft.problems:
        raise PackErrors(draft.problems)
    return draft.loaded()


def load_all(folders: Iterable[Path]) -> list[LoadedPack]:
    """Several packs, checked against each other, each after those it requires; raises :class:`PackErrors`."""
    drafts = [_read(Path(folder)) for folder in folders]
    problems = [
        *_problems(drafts),
        *_between(drafts),
        *_records(drafts, ()),
        *_procedures(drafts, ()),
    ]
    if problems:
        raise PackErrors(problems)
    return _ordered([draft.loaded() for draft in drafts])


def check(folders: Iterable[Path]) -> list[Problem]:
    """Everything wrong in the packs at ``folders``, between them and in their samples.

    A built-in pack that one of them requires is looked at too, without being checked itself.
    """
    drafts = [_read(Path(folder)) for folder in folders]
    right = [draft for draft in drafts if not draft.problems]
    sampled = [problem for draft in right for problem in samples.check(draft.folder, _types(draft))]
    required = _required(drafts)
    together = [*drafts, *required]
    in_sql = flow_sql.between(
        _parts(together, "datasets", DatasetDeclaration), _parts(together, "pipelines", PipelineDeclaration)
    )
    asked = [*_records(drafts, required), *_procedures(drafts, required)]
    between = [*_between(together), *asked, *in_sql]
    return sorted([*_problems(drafts), *between, *sampled])


def _parts(drafts: Iterable[Draft], folder: str, kind: type[D]) -> list[tuple[Source, D]]:
    return [part for draft in drafts for part in draft.of(folder, kind)]


def _problems(drafts: Iterable[Draft]) -> list[Problem]:
    return [problem for draft in drafts for problem in draft.problems]


def _types(draft: Draft) -> list[EntityType]:
    return [kind for _, kind in draft.of("entities", EntityType)]


def _between(drafts: Sequence[Draft]) -> list[Problem]:
    readable = [(*draft.manifest, draft.of("entities", EntityType)) for draft in drafts if draft.manifest]
    flows = flow_checks.between(
        _parts(drafts, "datasets", DatasetDeclaration),
        _parts(drafts, "sources", SourceDeclaration),
        _parts(drafts, "pipelines", PipelineDeclaration),
    )
    return [*checks.between(readable), *flows]


def _records(drafts: Sequence[Draft], required: Sequence[Draft]) -> list[Problem]:
    """What is wrong between the record types and report categories of ``drafts``, and with what they name elsewhere."""
    kinds = [pair for draft in drafts for pair in draft.of("registers", RecordType) if not draft.problems]
    codes = [each for draft in (*drafts, *required) for _, each in draft.of("vocab", CodeList)]
    others = [kind for draft in required for _, kind in draft.of("registers", RecordType)]
    asked = [pair for draft in drafts for pair in draft.of("reports", ReportCategory) if not draft.problems]
    near = [each for draft in required for _, each in draft.of("reports", ReportCategory)]
    return [*record_checks.between(kinds, codes, others), *report_checks.between(asked, codes, near)]


def _procedures(drafts: Sequence[Draft], required: Sequence[Draft]) -> list[Problem]:
    """What is wrong between the procedures of ``drafts``, and with what they name elsewhere."""
    found = [pair for draft in drafts for pair in draft.of("procedures", Procedure) if not draft.problems]
    together = [*drafts, *required]
    codes = [each for _, each in _parts(together, "vocab", CodeList)]
    kinds = [each for _, each in _parts(together, "registers", RecordType)]
    others = [each for _, each in _parts(required, "procedures", Procedure)]
    return list(procedure_checks.between(found, codes, kinds, others))


def _required(drafts: Sequence[Draft]) -> list[Draft]:
    """The built-in packs that these require and do not include, and theirs in turn."""
    there = {draft.manifest[1].key for draft in drafts if draft.manifest}
    found: dict[str, Draft] = {}
    waiting = [key for draft in drafts if draft.manifest for key in draft.manifest[1].requires]
    while waiting:
        key = waiting.pop()
        folder = places.builtin() / key
        if key not in there and key not in found and (folder / "pack.yaml").is_file():
            found[key] = _read(folder)
            manifest = found[key].manifest
            waiting += manifest[1].requires if manifest else ()
    return list(found.values())


def _ordered(loaded: Sequence[LoadedPack]) -> list[LoadedPack]:
    """Each pack after those it requires, otherwise in the order given."""
    done: dict[str, LoadedPack] = {}
    while len(done) < len(loaded):
        for pack in loaded:
            if pack.key not in done and done.keys() >= set(pack.pack.requires):
                done[pack.key] = pack
    return list(done.values())


def _read(folder: Path) -> Draft:
    draft = Draft(folder=folder)
    if not folder.is_dir():
        draft.problems.append(Problem(str(folder), 0, "", "no-folder"))
        return draft
    if not (folder / "pack.yaml").is_file():
        draft.problems.append(Problem(str(folder), 0, "", "no-manifest"))
        return draft
    draft.manifest = _one(draft, folder / "pack.yaml", Pack)
    for name, kind in FOLDERS.items():
        suffixes = SUFFIXES.get(name, (".yaml",))
        for path in sorted(each for each in (folder / name).glob("*") if each.suffix in suffixes):
            part = _one(draft, path, kind)
            if part is not None:
                draft.parts.setdefault(name, []).append(part)
    _strays(draft)
    _check(draft)
    return draft


def _one(draft: Draft, path: Path, kind: type[D]) -> tuple[Source, D] | None:
    read = sql_files.read(path) if path.suffix == ".sql" else source.read(path)
    declaration = form.decode(read, kind)
    draft.problems += read.problems
    read.problems = []
    return None if declaration is None else (read, declaration)


def _strays(draft: Draft) -> None:
    """A misspelt folder or a .yml file would be passed over in silence: say so."""
    strays = [
        path
        for path in draft.folder.iterdir()
        if path.name not in _ALLOWED and not path.name.startswith((".", "_"))
    ]
    for name in FOLDERS:
        if (draft.folder / name).is_dir():
            strays += [
                path
                for path in (draft.folder / name).iterdir()
                if path.suffix not in SUFFIXES.get(name, (".yaml",)) and path.name[0] != "."
            ]
    for path in sorted(strays):
        known = {*_ALLOWED, path.with_suffix(".yaml").name} if path.suffix == ".yml" else _ALLOWED
        values = (("folders", ", ".join(sorted({"samples", *FOLDERS}))),)
        draft.problems.append(Problem(str(path), 0, "", "stray-file", values, nearest(path.name, known)))


def _check(draft: Draft) -> None:
    """The rules of the content, for every declaration whose form is right."""
    models = {model.type: model for _, model in draft.of("models", PublishedModel)}
    if draft.manifest is not None:
        checks.pack(*draft.manifest, folder=draft.folder.name)
    for src, kind in draft.of("entities", EntityType):
        checks.entity_type(src, kind, models.get(kind.key))
    for src, model in draft.of("models", PublishedModel):
        checks.named(src, model.type, "type")
    for src, codes in draft.of("vocab", CodeList):
        checks.code_list(src, codes)
    _check_flows(draft)
    for src, record_type in draft.of("registers", RecordType):
        record_checks.record_type(src, record_type)
    for src, category in draft.of("reports", ReportCategory):
        report_checks.category(src, category)
    for src, procedure in draft.of("procedures", Procedure):
        procedure_checks.procedure(src, procedure)
    if draft.manifest is not None:
        checks.terms(*draft.manifest, [t for _, t in draft.of("entities", EntityType)], list(models.values()))
    sources = [src for parts in draft.parts.values() for src, _ in parts]
    for src in [*sources, *([draft.manifest[0]] if draft.manifest else [])]:
        draft.problems += src.problems
        src.problems = []


def _check_flows(draft: Draft) -> None:
    for src, dataset in draft.of("datasets", DatasetDeclaration):
        flow_checks.dataset(src, dataset)
    for src, origin in draft.of("sources", SourceDeclaration):
        flow_checks.origin(src, origin)
    for src, model in draft.of("pipelines", PipelineDeclaration):
        flow_checks.pipeline(src, model)
