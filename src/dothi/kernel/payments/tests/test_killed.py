"""Kill -9 in the middle of notices: what was acknowledged is booked, what was not is booked when told again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from dothi.kernel.payments.models import Order, Payment
from dothi.kernel.payments.tests import storm
from dothi.kernel.payments.tests.conftest import SETTINGS


def start(folder):
    """The process, on this test's own database."""
    database = settings.DATABASES["default"]
    environ = {k: v for k, v in os.environ.items() if not k.startswith("DOTHI_")}
    environ |= {f"DOTHI_{name}": value for name, value in SETTINGS.items()}
    environ |= {
        "DOTHI_HOME": str(folder),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DOTHI_LOG_LEVEL": "error",
    }
    if "sqlite" in database["ENGINE"]:
        (folder / "city.sqlite3").unlink(missing_ok=True)
        (folder / "city.sqlite3").symlink_to(database["NAME"])
        for tail in ("-wal", "-shm"):
            (folder / f"city.sqlite3{tail}").unlink(missing_ok=True)
    else:
        base = os.environ["DOTHI_TEST_DATABASE_URL"].rsplit("/", 1)[0]
        environ["DOTHI_DATABASE_URL"] = f"{base}/{database['NAME']}"
    script = Path(__file__).with_name("killed.py")
    return subprocess.Popen(
        [sys.executable, script, folder / "notices", folder / "acknowledged"],
        env=environ,
        stderr=subprocess.PIPE,
    )


def acknowledged(folder):
    path = folder / "acknowledged"
    lines = path.read_text().splitlines() if path.exists() else []
    return [tuple(line.split()) for line in lines if " " in line]


def kill_after(folder, least, process):
    """Kill it once it has acknowledged so many more, wherever it is by then."""
    deadline = time.monotonic() + 120
    while len(acknowledged(folder)) < least and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_four_kills_lose_nothing_and_double_nothing(tmp_path):
    brewed = storm.brew(120, 400, seed=9)
    # The first are told first: each life of the process begins anew with all of them.
    (tmp_path / "notices").write_text(json.dumps(brewed.notices))
    seen = 0
    for round in range(4):
        kill_after(tmp_path, seen + 40 * (round + 1), start(tmp_path))
        found = acknowledged(tmp_path)
        assert len(found) > seen
        seen = len(found)
        confirmed = {
            brewed.notices[int(place)]["vnp_TransactionNo"] for place, code in found if code == "00"
        } - {"0"}
        booked = set(Payment.objects.values_list("provider_no", flat=True))
        assert confirmed <= booked
    process = start(tmp_path)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()[-2000:]
    assert {code for _, code in acknowledged(tmp_path)} == {"00", "02"}
    storm.check(brewed)
    assert Order.objects.filter(state="paid").count() == len(brewed.paid)
