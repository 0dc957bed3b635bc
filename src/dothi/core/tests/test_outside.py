"""What is typed never leads inside: every way of writing an inner address, names that resolve to one, exceptions."""

import socket

import pytest

from dothi.core import outside
from dothi.core.errors import BadInput


@pytest.mark.parametrize(
    "inside",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "100.100.100.200",
        "169.254.169.254", "168.63.129.16", "224.0.0.1", "239.255.255.250", "255.255.255.255", "192.0.2.1", "198.18.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "2002:a9fe:a9fe::",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    ],
)  # fmt: skip
def test_inner_addresses_are_not_public(inside):
    assert not outside.public(inside)


@pytest.mark.parametrize("out", ["8.8.8.8", "203.162.4.191", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are(out):
    assert outside.public(out)


@pytest.fixture
def names(monkeypatch):
    """Decide what names resolve to."""

    def decide(*addresses):
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    return decide


def test_one_inner_address_among_several_is_enough_to_refuse(names):
    names("8.8.8.8", "10.0.0.1")
    with pytest.raises(outside.Inside) as refused:
        outside.resolve("evil.example", 80)
    assert refused.value.where == "url"
    names("8.8.8.8")
    assert outside.resolve("good.example", 80) == ["8.8.8.8"]


def test_what_an_installation_lists_is_let_through(names):
    names("10.2.3.4")
    for allowed in (["portal.internal"], ["10.2.0.0/16"], ["10.2.3.4"]):
        assert outside.resolve("Portal.internal", 80, allowed) == ["10.2.3.4"]
    for allowed in ([], ["other.internal"], ["10.3.0.0/16"], ["fd00::/8"]):
        with pytest.raises(outside.Inside):
            outside.resolve("portal.internal", 80, allowed)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost"])
def test_odd_ways_to_write_this_machine_are_judged_by_where_they_lead(host):
    try:
        found = outside.resolve(host, 80)
    except (outside.Inside, OSError):
        return
    pytest.fail(f"{host} leads to {found}")


@pytest.mark.parametrize(
    "url",
    ["ftp://x.vn/", "file:///etc/passwd", "gopher://x", "x.vn", "http://", "http://a:b@x.vn/", "http://x.vn/a b", "http://x:0x/"],
)  # fmt: skip
def test_only_plain_http_addresses_are_taken(url):
    with pytest.raises(BadInput):
        outside.parts(url)
    assert outside.parts("https://x.vn/catalog") == ("x.vn", 443)
    assert outside.parts("http://[::1]:8080/") == ("::1", 8080)
