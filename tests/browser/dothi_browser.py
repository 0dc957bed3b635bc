"""A platform run from outside, and the things the browser tests put into it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

READY_WITHIN_S = 240  # a busy machine takes minutes; nothing here measures
# The vocabulary of the names below: the one the packs are made of, known without the network.
MODELS = '<https://smartdatamodels.org/context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Platform:
    """``dothi up`` in a folder of its own, its NGSI-LD API open on this machine."""

    def __init__(self, home, *options):
        self.home = Path(home)
        self.options = options
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    @property
    def environment(self):
        kept = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith("DOTHI_") and k != "DJANGO_SETTINGS_MODULE"
        }
        return kept | {
            "DOTHI_HOME": str(self.home),
            "DOTHI_CONTEXT_ACCESS": "open",
            "DOTHI_PORT": str(self.port),
            "DOTHI_INSIDE_ALLOWED": "127.0.0.1",  # it is told to read its own catalogue
        }

    def command(self, *arguments):
        return [sys.executable, "-m", "dothi", *arguments]

    def start(self):
        with (self.home / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command("up", *self.options), stdout=log, stderr=log, env=self.environment
            )
        end = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.ask("GET", "/health/ready")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.2)
        raise AssertionError(f"not ready: {(self.home / 'up.log').read_text()}")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def run(self, *arguments):
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-4000:]}"

    def ask(self, method, path, body=None, kind="application/json"):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, method=method, data=data, headers={"Content-Type": kind, "Link": MODELS}
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def patch(self, entity, attribute, value, unit):
        """Change one attribute by the NGSI-LD API, as a device would."""
        body = {attribute: {"value": value, "unitCode": unit, "observedAt": moment()}}
        status, answer = self.ask("PATCH", f"/ngsi-ld/v1/entities/{entity}/attrs", body)
        assert status == 204, answer


def moment(ago_s=0):
    return (
        (datetime.now(UTC) - timedelta(seconds=ago_s))
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )


def thing(kind, slug, name, lon, lat, *, simulated=True, **attributes):
    entity = {
        "id": f"urn:ngsi-ld:{kind}:{slug}",
        "type": kind,
        "name": {"type": "Property", "value": name},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [lon, lat]}},
        **attributes,
    }
    return entity | ({"provenance": {"type": "Property", "value": "simulated"}} if simulated else {})


def reading(value, unit=None, ago_s=0):
    given = {"type": "Property", "value": value, "observedAt": moment(ago_s)}
    return given | ({"unitCode": unit} if unit else {})


def things():
    """Sixty cameras and twenty air stations over the city: of every level, one silent for days."""
    values = [12, 18, 30, 44, 61, 95, 170, 22, 15, 33]
    air = [
        thing(
            "AirQualityObserved", f"t{i}", f"Trạm không khí {i + 1}", 106.55 + i % 5 * 0.06, 10.68 + i // 5 * 0.06,
            pm25=reading(values[i % 10], "GQ", 3 * 86400 if i == 19 else 60), temperature=reading(29.5, "CEL", 60),
        )
        for i in range(20)
    ]  # fmt: skip
    cameras = [
        thing(
            "Camera", f"t{i}", f"Camera Lê Lợi {i + 1}", 106.66 + i % 10 * 0.008, 10.74 + i // 10 * 0.01,
            simulated=False, status=reading("ok"),
        )
        for i in range(60)
    ]  # fmt: skip
    return air + cameras


def history():
    """A day of readings of the first station, oldest first."""
    return [
        thing(
            "AirQualityObserved",
            "t0",
            "Trạm không khí 1",
            106.55,
            10.68,
            pm25=reading(12 + hour % 7, "GQ", hour * 3600),
        )
        for hour in range(24, 0, -1)
    ]


def fill(running):
    for batch in (history(), things()):
        status, answer = running.ask("POST", "/ngsi-ld/v1/entityOperations/upsert?options=update", batch)
        assert status in (201, 204), answer


def until(page, expression, timeout=10_000):
    """Wait for an expression to be true. Not Playwright's own: that one needs ``eval``, which our policy forbids."""
    end = time.monotonic() + timeout / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"not true within {timeout} ms: {expression}"
        page.wait_for_timeout(50)
