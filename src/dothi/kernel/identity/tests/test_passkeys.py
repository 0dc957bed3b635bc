"""Passkeys with a software authenticator: registering one, signing in with it alone, and what is refused."""

from __future__ import annotations

import hashlib
import json
import os

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from dothi.kernel.identity.models import Account, AuditEntry

PASSWORD = "bốn từ chẳng liên quan"
HOST = "localhost"
ALL = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class Authenticator:
    """What a phone or a security key does, in software."""

    def __init__(self, origin: str = f"http://{HOST}") -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.user = b""
        self.rp = hashlib.sha256(HOST.encode()).digest()

    def create(self, options: dict) -> str:
        """Answer a registration."""
        self.user = options["publicKey"]["user"]["id"]
        client = self._client("webauthn.create", options)
        held = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(self.rp, ALL | AuthenticatorData.FLAG.AT, 0, held)
        attestation = AttestationObject.create("none", data, {})
        return self._answer(
            client, {"attestationObject": websafe_encode(attestation)}, {"credProps": {"rk": True}}
        )

    def get(self, options: dict) -> str:
        """Answer a request to sign in."""
        client = self._client("webauthn.get", options)
        data = AuthenticatorData.create(self.rp, ALL, 1)
        signature = self.key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        response = {
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": self.user,
        }
        return self._answer(client, response, {})

    def _client(self, kind: str, options: dict) -> CollectedClientData:
        return CollectedClientData.create(kind, options["publicKey"]["challenge"], self.origin)

    def _answer(self, client: CollectedClientData, response: dict, extensions: dict) -> str:
        name = websafe_encode(self.id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": {"clientDataJSON": websafe_encode(client), **response},
                "clientExtensionResults": extensions,
            }
        )


@pytest.fixture
def at_localhost(browser) -> Client:
    """A browser at a name that passkeys can belong to."""
    browser.defaults["HTTP_HOST"] = HOST
    return browser


def page_data(browser: Client, name: str) -> dict:
    page = browser.get(reverse(name))
    return page.context["js_data"]


def register(browser: Client, phone: Authenticator):
    browser.post(reverse("account_login"), {"login": "an@example.vn", "password": PASSWORD})
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    options = json.loads(json.dumps(page_data(browser, "mfa_add_webauthn")["creation_options"], default=dict))
    answer = {"name": "phone", "passwordless": "on", "credential": phone.create(options)}
    return browser.post(reverse("mfa_add_webauthn"), answer)


def sign_in(browser: Client, phone: Authenticator) -> bool:
    options = browser.get(reverse("mfa_login_webauthn"), HTTP_ACCEPT="application/json").json()[
        "request_options"
    ]
    browser.post(reverse("mfa_login_webauthn"), {"credential": phone.get(options)})
    return browser.get(reverse("identity:account")).status_code == 200


@pytest.fixture
def an(make) -> Account:
    return make("an", "operator")


def test_registering_asks_the_device_with_a_challenge(at_localhost, an):
    at_localhost.post(reverse("account_login"), {"login": "an@example.vn", "password": PASSWORD})
    at_localhost.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert page_data(at_localhost, "mfa_add_webauthn")["creation_options"]["publicKey"]["challenge"]


def test_a_registered_passkey_signs_in_alone(at_localhost, an):
    phone = Authenticator()
    register(at_localhost, phone)
    at_localhost.post(reverse("account_logout"))
    assert sign_in(at_localhost, phone)


def test_a_passkey_is_listed_by_its_name(at_localhost, an):
    register(at_localhost, Authenticator())
    assert "phone" in at_localhost.get(reverse("mfa_list_webauthn")).content.decode()


def test_adding_a_passkey_is_audited(at_localhost, an):
    register(at_localhost, Authenticator())
    assert AuditEntry.objects.filter(action="identity.second_factor", detail__factor="webauthn").exists()


def test_another_device_does_not_get_in(at_localhost, an):
    phone, thief = Authenticator(), Authenticator()
    register(at_localhost, phone)
    at_localhost.post(reverse("account_logout"))
    thief.user, thief.id = phone.user, phone.id
    assert not sign_in(at_localhost, thief)


def test_a_passkey_given_away_on_another_site_does_not_get_in(at_localhost, an):
    phone = Authenticator()
    register(at_localhost, phone)
    at_localhost.post(reverse("account_logout"))
    phone.origin = "https://dothi.example.com"
    assert not sign_in(at_localhost, phone)


def test_a_failed_passkey_is_audited(at_localhost, an):
    phone = Authenticator()
    register(at_localhost, phone)
    at_localhost.post(reverse("account_logout"))
    phone.origin = "https://dothi.example.com"
    sign_in(at_localhost, phone)
    assert AuditEntry.objects.filter(
        action="identity.sign_in", outcome="failed", detail__method="webauthn"
    ).exists()


def test_a_passkey_is_the_second_step_after_the_password(at_localhost, an):
    phone = Authenticator()
    register(at_localhost, phone)
    at_localhost.post(reverse("account_logout"))
    at_localhost.post(reverse("account_login"), {"login": "an@example.vn", "password": PASSWORD})
    options = json.loads(
        json.dumps(page_data(at_localhost, "mfa_authenticate")["request_options"], default=dict)
    )
    at_localhost.post(reverse("mfa_authenticate"), {"credential": phone.get(options)})
    assert at_localhost.get(reverse("identity:account")).status_code == 200


def test_a_removed_passkey_no_longer_signs_in(at_localhost, an):
    phone = Authenticator()
    register(at_localhost, phone)
    (listed,) = at_localhost.get(reverse("mfa_list_webauthn")).context["authenticators"]
    at_localhost.post(reverse("mfa_remove_webauthn", args=[listed.pk]))
    at_localhost.post(reverse("account_logout"))
    assert not sign_in(at_localhost, phone)
