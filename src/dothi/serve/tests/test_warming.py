"""The first visitor's page is asked for before anybody visits."""

import threading
import time

import pytest

from dothi.serve import warming


class Answer:
    """An answer of two pieces that remembers how it was taken."""

    def __init__(self):
        self.taken, self.closed = 0, False

    def __iter__(self):
        for piece in (b"<html>", b"</html>"):
            self.taken += 1
            yield piece

    def close(self):
        self.closed = True


def answering(status="200 OK"):
    answer, asked = Answer(), []

    def app(environ, start_response):
        asked.append(environ)
        start_response(status, [])
        return answer

    return app, answer, asked


@pytest.fixture
def logged(monkeypatch):
    lines = []

    class Log:
        def warning(self, event, **more):
            lines.append((event, more))

        exception = warning

    monkeypatch.setattr(warming, "log", Log())
    return lines


def test_the_page_is_asked_for_as_a_visitor_does_and_taken_whole(logged):
    app, answer, asked = answering()
    warming.warm(app)
    assert [(each["REQUEST_METHOD"], each["PATH_INFO"]) for each in asked] == [("GET", "/")]
    assert (answer.taken, answer.closed) == (2, True)
    assert logged == []


def test_a_page_that_is_refused_is_told_in_the_log(logged):
    warming.warm(answering("503 Service Unavailable")[0])
    assert logged == [("warming failed", {"path": "/", "status": "503 Service Unavailable"})]


def test_a_page_that_fails_does_not_end_the_start(logged):
    def app(environ, start_response):
        raise RuntimeError("no database")

    warming.warm(app)
    assert logged == [("warming failed", {})]


def test_a_page_that_takes_long_is_not_waited_for():
    go_on = threading.Event()

    def app(environ, start_response):
        go_on.wait(30)
        start_response("200 OK", [])
        return []

    began = time.monotonic()
    asking = warming.warm(app, within_s=0.05)
    waited = time.monotonic() - began
    still_asking = asking.is_alive()
    go_on.set()
    asking.join(10)
    assert still_asking
    assert waited < 10


@pytest.mark.django_db(transaction=True)
def test_our_own_first_page_answers_it(wired, logged):
    from dothi.serve.wsgi import application

    warming.warm(application, within_s=60)
    assert logged == []
