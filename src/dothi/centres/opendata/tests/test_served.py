"""CKAN's client against a real server on a real port, by a token of somebody's own."""

import ckanapi
import pytest

from dothi.centres.opendata import quota
from dothi.kernel.identity import actions as identity
from dothi.kernel.identity.access import SYSTEM

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wired")]


@pytest.fixture
def address(two, live_server):
    quota.buckets.forget()
    return live_server.url


def test_nobody_in_particular_may_read(address):
    with ckanapi.RemoteCKAN(address) as site:
        assert site.action.package_list() == ["air-quality", "population"]
        assert site.action.package_search(q="dan so")["results"][0]["name"] == "population"
        with pytest.raises(ckanapi.NotFound):
            site.action.package_show(id="nothing")


def test_a_token_is_known_by_ckan_s_own_header(address, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    account = identity.create_account("an@example.vn", name="An", by=SYSTEM)
    secret = identity.issue_token(account, name="t", permissions=["*"], by=SYSTEM).secret
    with ckanapi.RemoteCKAN(address, apikey=secret) as site:
        assert site.action.site_read() is True
        limits = site.session.get(
            f"{address}/api/3/action/site_read", headers={"Authorization": secret}
        ).headers
        assert limits["RateLimit-Limit"] == "6000"
    with ckanapi.RemoteCKAN(address, apikey="dothi_wrong") as site, pytest.raises(ckanapi.NotAuthorized):
        site.action.site_read()
