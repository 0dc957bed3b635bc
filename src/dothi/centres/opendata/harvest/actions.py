"""Bring a catalogue of others in: one draft dataset for each of theirs, again as often as wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dothi.centres.opendata.harvest.base import Getter, Remote, key_of
from dothi.centres.opendata.harvest.registry import harvester
from dothi.centres.opendata.harvest.rules import HARVEST
from dothi.core.config import current
from dothi.core.errors import BadInput, DothiError, both
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import action, note
from dothi.kernel.warehouse import actions as warehouse
from dothi.kernel.warehouse.declaration import KEY
from dothi.kernel.warehouse.models import Dataset

MOST: Final = 50_000


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Whose catalogue: its kind (ckan, dcat, ogc), address, the beginning of our keys, who answers for the drafts."""

    kind: str
    url: str
    prefix: str
    label: str
    unit: str = ""


@dataclass(slots=True)
class Report:
    """What came of a harvest, by our keys; ``gone``: ours that are there no longer; ``refused``: id and why.

    ``sources`` are source declarations for ``sources/*.yaml`` of a pack, one for each dataset whose rows can be read.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many of each."""
        names = ("added", "changed", "same", "kept", "gone", "refused")
        return {name: len(getattr(self, name)) for name in names}


def check(catalogue: Catalogue) -> None:
    """Raise :class:`BadInput` for a beginning that is no key."""
    if not KEY.fullmatch(catalogue.prefix) or len(catalogue.prefix) > 40:
        raise BadInput(both("Tiền tố là khóa ngắn.", "The prefix is a short key."), where="prefix")


def harvest(
    catalogue: Catalogue, *, by: Actor, client: Getter | None = None, seen: Callable[[int], None] = lambda count: None
) -> Report:  # fmt: skip
    """Read the whole catalogue, then write what differs: a catalogue that breaks off changes nothing.

    ``seen`` is told how many datasets were read so far.
    """
    by.require(HARVEST, unit=catalogue.unit or None)
    check(catalogue)
    reader, remotes = harvester(catalogue.kind), dict[str, Remote]()
    for each in reader.read(client or _client(catalogue.url), catalogue.url):
        remotes[key_of(catalogue.prefix, each.id)] = each
        seen(len(remotes))
        if len(remotes) > MOST:
            raise BadInput(both("Danh mục quá lớn.", "The catalogue is too large."), where="url")
    return _write(catalogue, remotes, by=by)


def _client(url: str) -> Getter:
    from dothi.kernel.pipelines.sources.http.client import Client, Typed  # reading HTTP brings Arrow with it

    return Client(url, typed=Typed(current().inside_allowed))


def _unit(catalogue: Catalogue, remotes: Mapping[str, Remote], **_: object) -> str | None:
    return catalogue.unit or None


@action(permission=HARVEST, unit=_unit, subject=lambda catalogue, *_, **__: f"harvest:{catalogue.prefix}")
def _write(catalogue: Catalogue, remotes: Mapping[str, Remote], *, by: Actor) -> Report:
    report = Report()
    ours = dict(
        Dataset.objects.filter(key__startswith=f"{catalogue.prefix}-").values_list("key", "source_vi")
    )
    mark = _source(catalogue)["vi"]
    for key, remote in remotes.items():
        if key in ours and ours[key] != mark:
            text = "a dataset of this key is not from there"
            report.refused.append((remote.id, text))
            continue
        try:
            _bring(catalogue, key, remote, report, by)
        except DothiError as error:
            report.refused.append((remote.id, error.text("en")))
    report.gone = sorted(key for key, source in ours.items() if source == mark and key not in remotes)
    note(**report.counts())
    data = {"prefix": catalogue.prefix, "kind": catalogue.kind, "url": catalogue.url, **report.counts()}
    record(
        "vn.dothi.opendata.harvested", subject=f"harvest:{catalogue.prefix}", data=data, actor=by.reference
    )
    return report


def _bring(catalogue: Catalogue, key: str, remote: Remote, report: Report, by: Actor) -> None:
    before = Dataset.objects.filter(key=key).values_list("state", "modified_at").first()
    if remote.source:
        report.sources.append(_declared(key, remote))
    if before is not None and before[0] != "draft":
        report.kept.append(key)  # people took it further: it is theirs now
        return
    made = warehouse.declare(_described(catalogue, key, remote), by=by)
    if before is None:
        report.added.append(key)
    else:
        (report.same if made.modified_at == before[1] else report.changed).append(key)


def _source(catalogue: Catalogue) -> dict[str, str]:
    return both(f"{catalogue.label} (thu thập)", f"{catalogue.label} (harvested)")


def _described(catalogue: Catalogue, key: str, remote: Remote) -> dict[str, Any]:
    def words(text: str) -> dict[str, str]:
        return both(text, text)

    return {
        "key": key,
        "title": words(remote.title),
        "description": words(remote.description),
        "keywords": [words(each) for each in remote.keywords if each][:50],
        "themes": list(remote.themes),
        "licence": remote.licence,
        "publisher": remote.publisher,
        "publisher_label": words(remote.publisher),
        "contact_email": remote.email,
        "unit": catalogue.unit,
        "access": "open",
        "spatial": list(remote.spatial) if remote.spatial else None,
        "source": _source(catalogue),
        "source_url": remote.url or catalogue.url,
    }


def _declared(key: str, remote: Remote) -> dict[str, Any]:
    label = both(remote.title, remote.title)
    return {"key": key, "label": label, "dataset": key, "schedule": "manual", "drift": "ask", **remote.source}
