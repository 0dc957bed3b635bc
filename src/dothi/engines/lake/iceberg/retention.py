"""What is kept and what goes: kept versions, expired snapshots, files nobody needs any more."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from pyiceberg.table import Table, Transaction
from pyiceberg.table.update.snapshot import ExpireSnapshots, ManageSnapshots

from dothi.engines.lake.base import NoSuchTable
from dothi.engines.lake.iceberg import committing
from dothi.engines.lake.iceberg.catalog import Catalogue
from dothi.engines.lake.iceberg.storage import Storage

GRACE = timedelta(days=1)
_TAG = "keep-"
_TABLE_FILE = re.compile(r"/[a-z][a-z0-9_]*/[a-z0-9][a-z0-9_-]*-[0-9a-f]{8}/(data|metadata)/[^/]+$")


def keep(catalog: Catalogue, name: str, snapshots: Collection[int]) -> None:
    """Tag these snapshots and no others."""
    wanted = {f"{_TAG}{each}": each for each in snapshots}

    def change(table: Table, transaction: Transaction) -> bool:
        if unknown := [each for each in snapshots if table.snapshot_by_id(each) is None]:
            raise NoSuchTable(f"{name} has no snapshot {unknown[0]}; it may have expired")
        tags = {ref for ref in table.metadata.refs if ref.startswith(_TAG)}
        if tags == wanted.keys():
            return False
        with ManageSnapshots(transaction) as refs:
            for tag in sorted(tags - wanted.keys()):
                refs.remove_tag(tag)
            for tag in sorted(wanted.keys() - tags):
                refs.create_tag(wanted[tag], tag)
        return True

    committing.settle(catalog, name, change)


def expire(catalog: Catalogue, storage: Storage, name: str, older_than: datetime) -> int:
    """Forget untagged snapshots older than that, but never the newest; then delete what only they used."""
    gone: set[int] = set()
    before: set[str] = set()

    def change(table: Table, transaction: Transaction) -> bool:
        kept = {ref.snapshot_id for ref in table.metadata.refs.values()}
        gone.clear()
        gone.update(
            each.snapshot_id
            for each in table.metadata.snapshots
            if each.snapshot_id not in kept and committing.described(each).at < older_than
        )
        if not gone:
            return False
        before.clear()
        before.update(files_of(table))
        committing.remember_keys(table, transaction, gone)
        ExpireSnapshots(transaction).by_ids(sorted(gone)).commit()
        return True

    after = committing.settle(catalog, name, change)
    if gone:
        for location in before - files_of(after):
            storage.remove(location)
    return len(gone)


def files_of(table: Table) -> set[str]:
    """Every file the table's metadata leads to, itself and its predecessors among them."""
    metadata = table.metadata
    files = {table.metadata_location, *(entry.metadata_file for entry in metadata.metadata_log)}
    files.update(each.statistics_path for each in metadata.statistics)
    manifests = {}
    for snapshot in metadata.snapshots:
        files.add(snapshot.manifest_list)
        manifests.update({each.manifest_path: each for each in snapshot.manifests(table.io)})
    for path, manifest in manifests.items():
        files.add(path)
        entries = manifest.fetch_manifest_entry(table.io, discard_deleted=True)
        files.update(entry.data_file.file_path for entry in entries)
    return files


def drop(catalog: Catalogue, storage: Storage, name: str) -> None:
    """Take the table out of the catalogue, then delete its folder's files."""
    try:
        location = committing.load(catalog, name).location()
    except NoSuchTable:
        return
    catalog.drop_table(name)
    for file, _ in list(storage.listed(location)):
        storage.remove(file)


def sweep(catalog: Catalogue, storage: Storage, names: Iterable[str], older_than: datetime | None) -> int:
    """Delete old files of table folders that no table leads to; how many."""
    limit = older_than or datetime.now(UTC) - GRACE
    listed = [
        location
        for location, at in storage.listed(storage.root)
        if at < limit and _TABLE_FILE.fullmatch(location.removeprefix(storage.root))
    ]
    # Asked after listing: what was committed meanwhile is then known to be in use.
    used = {
        storage.readable(location) for name in names for location in files_of(committing.load(catalog, name))
    }
    return sum(storage.remove(each) for each in listed if storage.readable(each) not in used)
