"""Names in a query and the datasets behind them, as far as somebody may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dothi.core.errors import NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.warehouse.models import Dataset, DatasetVersion
from dothi.kernel.warehouse.sql.policies import Facts, Plan, decide


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset somebody may read: the version that serves now, and how it is shown to them."""

    dataset: Dataset
    version: DatasetVersion
    plan: Plan


def table_name(key: str) -> str:
    """How a dataset is called in SQL without quotes: ``air-quality`` → ``air_quality``."""
    return key.replace("-", "_")


def _key(name: str) -> str:
    return name.lower().replace("_", "-")


def facts(dataset: Dataset, version: DatasetVersion) -> Facts:
    """What policies look at. The columns are the version's, as sensitive as the dataset now says."""
    now_says = {column["name"]: column for column in dataset.columns}
    columns: list[Mapping[str, Any]] = [now_says.get(each["name"], each) for each in version.columns]
    return Facts(dataset.key, dataset.access, dataset.state, dataset.unit, columns, dataset.row_policy)


def sources(
    names: Iterable[str], actor: Actor, purpose: str, aliases: Mapping[str, str] | None = None
) -> dict[str, Source]:
    """The datasets that ``names`` mean to ``actor``; those that are not there for them are left out.

    ``aliases`` gives further names (a resource's id) for keys of datasets.
    """
    aliases = aliases or {}
    keys = {name: aliases.get(name) or _key(name) for name in names}
    versions = DatasetVersion.objects.select_related("dataset").filter(
        dataset__key__in=set(keys.values()), state=DatasetVersion.PUBLISHED
    )
    shown: dict[str, Source] = {}
    for version in versions:
        plan = decide(facts(version.dataset, version), actor, purpose)
        if plan is not None and version.dataset.state != "withdrawn":
            shown[version.dataset.key] = Source(version.dataset, version, plan)
    return {name: shown[key] for name, key in keys.items() if key in shown}


def not_there(name: str) -> NotFound:
    """The same answer for a dataset that is not there and for one that somebody may not see."""
    return NotFound(
        both(
            f"Không có tập dữ liệu “{name}”, hoặc bạn không được đọc.",
            f"There is no dataset '{name}', or you may not read it.",
        ),
        where="sql",
    )
