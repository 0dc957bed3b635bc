"""Requests for a stream that are answered with a problem instead."""

from __future__ import annotations

import json

from dothi.core.errors import Unauthenticated


def refusal(log, *args, **options):
    async def scenario(connect, app):
        client = await connect(*args, ready=False, headers=[("accept-language", "en")], **options)
        await client.until(lambda c: c.ended)
        return client.status, json.loads(client.text)

    return scenario


def deny(scope):
    raise Unauthenticated


def test_who_is_not_let_in_gets_a_problem(over, log):
    status, body = over(log, refusal(log), authorise=deny)
    assert (status, body["type"]) == (401, "urn:dothi:problem:unauthenticated")


def test_authorising_may_be_asynchronous(over, log):
    async def authorise(scope):
        raise Unauthenticated

    assert over(log, refusal(log), authorise=authorise)[0] == 401


def test_an_unknown_log_is_refused_with_those_there_are(over, log):
    status, body = over(log, refusal(log, "log=none"))
    assert status == 400
    assert "context" in body["detail"]


def test_an_unknown_parameter_is_refused(over, log):
    assert over(log, refusal(log, "typ=x"))[0] == 400


def test_only_get_is_spoken(over, log):
    assert over(log, refusal(log, method="POST"))[0] == 405
