"""The audit can be read and added to, never changed: not by the code, not by the database."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from dothi.core.errors import Forbidden
from dothi.kernel.identity import queries
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.acting import audit
from dothi.kernel.identity.models import AppendOnlyError, AuditEntry
from dothi.kernel.identity.origin import Origin, from_origin

pytestmark = pytest.mark.django_db


def test_an_entry_says_from_where_it_was_asked():
    with from_origin(Origin("203.0.113.7", "Firefox")):
        entry = audit("test.look", by=SYSTEM)
    assert (entry.address, entry.agent) == ("203.0.113.7", "Firefox")


def test_an_entry_cannot_be_saved_again():
    entry = audit("test.look", by=SYSTEM)
    entry.outcome = "refused"
    with pytest.raises(AppendOnlyError):
        entry.save()


def test_an_entry_cannot_be_deleted():
    with pytest.raises(AppendOnlyError):
        audit("test.look", by=SYSTEM).delete()


def test_entries_cannot_be_updated_in_bulk():
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.update(outcome="done")


def test_entries_cannot_be_deleted_in_bulk():
    with pytest.raises(AppendOnlyError):
        AuditEntry.objects.all().delete()


@pytest.mark.parametrize(
    "statement", ["UPDATE identity_auditentry SET outcome = 'done'", "DELETE FROM identity_auditentry"]
)
def test_the_database_refuses_to_change_entries(statement):
    audit("test.look", by=SYSTEM)
    with (
        pytest.raises(DatabaseError, match="only be added"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_after_the_database_was_emptied_the_audit_is_sealed_again():
    audit("test.look", by=SYSTEM)
    call_command("flush", interactive=False, verbosity=0)
    audit("test.look", by=SYSTEM)
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_auditentry")


def test_pages_follow_each_other_without_gap_or_repeat():
    for number in range(7):
        audit(f"test.page{number}", by=SYSTEM)
    wanted, seen, before = queries.AuditFilter(action="test.page"), [], None
    while True:
        page = queries.audit_page(SYSTEM, wanted, before, limit=3)
        seen += [entry.action for entry in page.entries]
        before = page.before
        if before is None:
            break
    assert seen == [f"test.page{number}" for number in reversed(range(7))]


def test_entries_are_found_by_outcome():
    audit("test.look", by=SYSTEM)
    audit("test.look", by=SYSTEM, outcome=AuditEntry.REFUSED)
    page = queries.audit_page(SYSTEM, queries.AuditFilter(action="test.", outcome="refused"))
    assert len(page.entries) == 1


def test_the_audit_is_not_for_everyone(make, acting):
    with pytest.raises(Forbidden):
        queries.audit_page(acting(make("an", "operator")), queries.AuditFilter())


def test_an_auditor_reads_it(make, acting):
    assert queries.audit_page(acting(make("an", "auditor")), queries.AuditFilter()).entries
