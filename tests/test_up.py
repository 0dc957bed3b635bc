"""The main job, from the outside: start it, use it, hurt it, stop it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

START_WITHIN_S = 90


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home, **more):
    kept = {
        k: v for k, v in os.environ.items() if not k.startswith("DOTHI_") and k != "DJANGO_SETTINGS_MODULE"
    }
    return {**kept, "DOTHI_HOME": str(home), **more}


def dothi(home, *arguments, **environ):
    return subprocess.run(
        [sys.executable, "-m", "dothi", *arguments],
        capture_output=True, text=True, env=environment(home, **environ), timeout=120, check=False,
    )  # fmt: skip


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Platform:
    """A running platform in a folder of its own."""

    def __init__(self, home):
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "up.log"
        self.process = None

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dothi", "up", "--bare"],
                stdout=log, stderr=log, env=environment(self.home, DOTHI_PORT=str(self.port)),
            )  # fmt: skip
        return self.ready()

    def ready(self):
        end = time.monotonic() + START_WITHIN_S
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(self.log.read_text())
            try:
                if self.get("/health/ready")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"not ready: {self.log.read_text()}")

    def get(self, path, **headers):
        return self.ask("GET", path, None, **headers)

    def ask(self, method, path, body, **headers):
        request = urllib.request.Request(self.url + path, method=method, data=body)
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, response.read(), response.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers

    def children(self):
        listed = subprocess.run(
            ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.split(None, 2) for line in listed.splitlines()[1:]]
        return {row[2]: int(row[0]) for row in rows if int(row[1]) == self.process.pid}

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    running = Platform(tmp_path_factory.mktemp("home")).start()
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture(scope="module")
def token(platform):
    for arguments in (
        ("create", "--email", "sensor@example.org", "--name", "Sensor", "--service"),
        ("grant", "--email", "sensor@example.org", "--role", "device", "--reason", "test"),
    ):
        done = dothi(platform.home, "user", *arguments)
        assert done.returncode == 0, done.stderr
    done = dothi(
        platform.home,
        "user",
        "token",
        "--email",
        "sensor@example.org",
        "--permission",
        "context.write",
        "--json",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["token"]


ENTITY = {
    "id": "urn:ngsi-ld:AirQualityObserved:roof",
    "type": "AirQualityObserved",
    "pm25": {"type": "Property", "value": 31.5, "unitCode": "GQ", "observedAt": "2026-01-02T03:04:05Z"},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [106.7, 10.77]}},
}


def test_the_first_page_shows_without_signing_in(platform):
    status, body, _ = platform.get("/")
    assert status == 200
    assert "dothi" in body.decode()


def test_nobody_writes_without_a_token(platform):
    status, body, headers = platform.ask(
        "POST", "/ngsi-ld/v1/entities", json.dumps(ENTITY).encode(), Content_Type="application/json"
    )
    assert status == 401
    assert headers["Content-Type"].startswith("application/problem+json")
    assert json.loads(body)["status"] == 401


def test_a_device_with_a_token_writes_and_everyone_reads_open_types(platform, token):
    status, _, headers = platform.ask(
        "POST", "/ngsi-ld/v1/entities", json.dumps(ENTITY).encode(),
        Content_Type="application/json", Authorization=f"Bearer {token}",
    )  # fmt: skip
    assert status == 201
    status, body, _ = platform.get(headers["Location"] + "?options=keyValues")
    assert (status, json.loads(body)["pm25"]) == (200, 31.5)


def test_the_api_is_described(platform):
    assert platform.get("/api/docs")[0] == 200
    assert "/api/directory/units" in json.loads(platform.get("/api/openapi.json")[1])["paths"]


def test_metrics_count_requests_by_area(platform):
    platform.get("/ngsi-ld/v1/types")
    body = platform.get("/metrics")[1].decode()
    assert re.search(r'dothi_http_requests_total\{area="/ngsi-ld/v1",method="GET",status="200"\} \d', body)


def test_metrics_behind_a_proxy_need_a_token(platform):
    assert platform.get("/metrics", X_Forwarded_For="203.0.113.9")[0] == 401


def test_the_first_start_prints_a_one_time_link_that_works(platform):
    end = time.monotonic() + 30
    while (
        not (found := re.findall(r"(/identity/setup/\S+)", platform.log.read_text()))
        and time.monotonic() < end
    ):
        time.sleep(0.2)
    status, body, _ = platform.get(found[0])
    assert status == 200
    assert "password" in body.decode()


def test_a_killed_web_process_comes_back_and_nothing_is_lost(platform, token):
    web = next(
        pid for arguments, pid in platform.children().items() if re.search(r"serve.role \d+ web", arguments)
    )
    workers = subprocess.run(
        ["pgrep", "-P", str(web)], capture_output=True, text=True, check=False
    ).stdout.split()
    for pid in [*map(int, workers), web]:
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    platform.ready()
    assert platform.get("/ngsi-ld/v1/entities/urn:ngsi-ld:AirQualityObserved:roof")[0] == 200


def test_a_second_start_on_the_same_folder_is_refused(platform):
    done = dothi(platform.home, "up", DOTHI_PORT=str(free_port()))
    assert done.returncode == 1
    assert "running already" in done.stderr


def test_a_taken_port_is_named(platform, tmp_path):
    done = dothi(tmp_path, "up", DOTHI_PORT=str(platform.port))
    assert done.returncode == 1
    assert f"port {platform.port}" in done.stderr


def test_status_as_json_tells_what_is_there(platform):
    done = dothi(platform.home, "status", "--json", DOTHI_PORT=str(platform.port))
    state = json.loads(done.stdout)
    assert state["health"]["status"] == "ready"
    assert {feed["feed"] for feed in state["feeds"]} >= {"generator"}


def test_a_backup_of_the_running_platform_restores_elsewhere(platform, tmp_path):
    done = dothi(platform.home, "backup", str(tmp_path / "b.tgz"))
    assert done.returncode == 0, done.stderr
    done = dothi(tmp_path / "other", "restore", str(tmp_path / "b.tgz"), "--yes")
    assert done.returncode == 0, done.stderr
    done = dothi(tmp_path / "other", "user", "list", "--json")
    assert [row["email"] for row in json.loads(done.stdout)] == ["sensor@example.org"]


def test_it_stops_promptly_and_cleanly(platform, token):
    began = time.monotonic()
    assert platform.stop() == 0
    assert time.monotonic() - began < 15


def test_nothing_is_left_of_a_platform_whose_parent_was_killed(tmp_path):
    running = Platform(tmp_path).start()
    left = running.children().values()
    running.process.kill()
    running.process.wait()
    end = time.monotonic() + 30
    while any(alive(pid) for pid in left) and time.monotonic() < end:
        time.sleep(0.1)
    assert not [pid for pid in left if alive(pid)]
    assert running.start().stop() == 0


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"DOTHI_PORT": "80a"}, "DOTHI_PORT (environment) is '80a'"),
        ({"DOTHI_PROT": "80"}, "Did you mean 'port'?"),
        ({"DOTHI_CONTEXT_ACCESS": "opne"}, "Did you mean 'open'?"),
    ],
)
def test_a_wrong_setting_is_named_with_its_fix(tmp_path, environ, said):
    done = dothi(tmp_path, "settings", **environ)
    assert done.returncode == 2
    assert said in done.stderr
