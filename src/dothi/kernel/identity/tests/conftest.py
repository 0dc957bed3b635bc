"""People to test with, and the city's store on the test database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client

from dothi.engines import registry
from dothi.engines.store.base import Store
from dothi.engines.store.registry import open_store
from dothi.kernel.identity import access, actions, lookup, queries
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.models import Account

PASSWORD = "bốn từ chẳng liên quan"
CITY, WARD, OTHER_WARD = "79", "26734", "26740"

Make = Callable[..., Account]


@pytest.fixture(autouse=True)
def quick(settings) -> Iterator[None]:
    """Passwords are hashed quickly, and nobody is known from an earlier test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    lookup.forget()
    yield
    lookup.forget()


@pytest.fixture
def hierarchy() -> Iterator[None]:
    """The city covers its wards."""
    before = list(access._covers)
    access.register_covers(lambda outer, inner: outer == CITY and inner in (WARD, OTHER_WARD))
    yield
    access._covers[:] = before


@pytest.fixture
def make(db, hierarchy) -> Make:
    """An account with a password and roles: ``make("an", ("operator", WARD))``."""

    def make_account(name: str, *held: tuple[str, str] | str) -> Account:
        account = actions.create_account(f"{name}@example.vn", name=name.title(), by=SYSTEM)
        account.set_password(PASSWORD)
        account.save()
        for each in held:
            role, unit = (each, "") if isinstance(each, str) else each
            actions.grant_role(account, role, unit=unit, by=SYSTEM, reason="test")
        return account

    return make_account


@pytest.fixture
def acting(make: Make) -> Callable[[Account], Actor]:
    return queries.actor_for


@pytest.fixture
def browser(client: Client, db) -> Client:
    """A browser of someone not signed in; failures are counted in the database, hence none yet."""
    return client


@pytest.fixture
def city(transactional_db) -> Iterator[Store]:
    """The store of the hot paths, on the test database."""
    before = registry._stores.get("city")
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = os.environ["DOTHI_TEST_DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
    store = open_store(url, schema="public")
    registry.use_store("city", store)
    yield store
    registry._stores.pop("city")
    if before is not None:
        registry.use_store("city", before)
    store.close()
