"""People with rights of different reach, and the small types of the registers' own tests."""

from __future__ import annotations

import pytest
from django.test import Client

from dothi.kernel.identity import actions as people
from dothi.kernel.identity import lookup
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import actions
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.tests.conftest import WARD, small_types

__all__ = ["small_types"]
PLACE = {"type": "Point", "coordinates": [106.7, 10.77]}


@pytest.fixture(autouse=True)
def quick(settings, wired, transactional_db, tmp_path, monkeypatch):
    """Uploads go below the test's own folder; nobody is known from an earlier test."""
    monkeypatch.setattr(ImportJob, "folder", property(lambda job: tmp_path / str(job.pk)))
    lookup.forget()
    yield
    lookup.forget()


@pytest.fixture
def make(quick):
    """A browser of someone with these roles: ``make("an", "registrar", unit="26734")``."""

    def signed_in(name, *roles, language="vi", unit=""):
        account = people.create_account(f"{name}@example.vn", name=name.title(), by=SYSTEM)
        for role in roles:
            people.grant_role(account, role, by=SYSTEM, reason="test", unit=unit)
        client = Client()
        client.force_login(account)
        client.cookies["django_language"] = language
        return client

    return signed_in


@pytest.fixture
def registrar(make):
    return make("binh", "registrar")


@pytest.fixture
def steward(make):
    return make("chi", "register-steward")


@pytest.fixture
def an(quick):
    """An owner with personal and sensitive facts."""
    data = {
        "full_name": "Nguyễn Văn An",
        "card": "0791",
        "born": "1980-12-31",
        "sex": "male",
        "illness": "ho",
        "unit": WARD,
    }
    return actions.create("owner", data, by=SYSTEM)


@pytest.fixture
def tree(quick):
    """A tree that anyone may see, with its place."""
    return actions.create("tree", {"species": "Me tây", "plate": "T1", "place": PLACE}, by=SYSTEM)
