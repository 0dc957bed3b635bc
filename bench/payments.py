"""How many notices of VNPAY (IPN) a second are booked durably, and how many repeated ones are answered.

    python bench/payments.py [--orders 2000] [--threads 1] [--url postgresql://…] [--repeats 4]

Through the whole way: signature, attempt, order, payment, entry of the ledger with its triggers, receipt, event,
audit, commit to disk. Then the same notices again. The shops and payers are the simulated bank's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

SECRET = "a-secret-of-the-simulated-bank"
UNITS = ("26734", "26740", "26743", "26746")


def prepare(url: str) -> None:
    """An installation of its own, with its tables."""
    home = Path(tempfile.mkdtemp(prefix="dothi-bench-"))
    os.environ |= {
        "DOTHI_HOME": str(home),
        "DOTHI_VNPAY_TERMINAL": "BENCH001",
        "DOTHI_VNPAY_SECRET": SECRET,
        "DOTHI_LOG_LEVEL": "error",
        "DJANGO_SETTINGS_MODULE": "dothi.serve.django_settings",
    }
    if url:
        os.environ["DOTHI_DATABASE_URL"] = url
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def orders(count: int) -> tuple[list[dict[str, str]], float]:
    """Notices about ``count`` fresh orders, and how many orders with an attempt were made a second."""
    from datetime import timedelta

    from dothi.core.clock import now
    from dothi.core.ids import uuid7_str
    from dothi.kernel.identity.access import SYSTEM
    from dothi.kernel.packs.declarations import Label
    from dothi.kernel.payments import orders as ordering
    from dothi.kernel.payments.fees.tables import BillLine
    from dothi.kernel.payments.providers.simulated.bank import Bank
    from dothi.kernel.payments.providers.vnpay.provider import shop

    bank, notices = Bank(shop()), []
    line = BillLine(item="permit", label=Label(vi="Lệ phí", en="Charge"), unit_price=75_000)
    began = time.perf_counter()
    for number in range(count):
        key = uuid7_str()
        order = ordering.create(
            f"case:{key}", "fee", [line], unit=UNITS[number % len(UNITS)], expires=now() + timedelta(days=5),
            idempotency_key=key, by=SYSTEM,
        )  # fmt: skip
        tried = ordering.start_attempt(order, "vnpay", by=SYSTEM).attempt
        notices.append(bank.pay(tried.reference, tried.amount) | {"n": key})
    taken = time.perf_counter() - began
    return [{k: v for k, v in told.items() if k != "n"} for told in notices], count / taken


def told(notices: list[dict[str, str]], code: str, threads: int) -> tuple[float, list[float]]:
    """Notices a second, and the milliseconds of each."""
    from django.db import connection

    from dothi.kernel.payments.ledger import chart
    from dothi.kernel.payments.providers.vnpay.ipn import answer
    from dothi.kernel.payments.providers.vnpay.provider import shop

    who, taken = shop(), []

    def part(mine: list[dict[str, str]]) -> None:
        for each in mine:
            began = time.perf_counter()
            found = answer(each, shop=who, money=chart.VNPAY)["RspCode"]
            taken.append((time.perf_counter() - began) * 1000)
            if found != code:
                sys.exit(f"answered {found}, not {code}")
        connection.close()

    works: list[Callable[[], None]] = [lambda n=n: part(notices[n::threads]) for n in range(threads)]
    began = time.perf_counter()
    running = [threading.Thread(target=work) for work in works]
    for each in running:
        each.start()
    for each in running:
        each.join()
    return len(notices) / (time.perf_counter() - began), taken


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=4)
    parser.add_argument("--url", default="")
    given = parser.parse_args()
    prepare(given.url)
    from dothi.kernel.payments.ledger import queries

    notices, made = orders(given.orders)
    print(f"orders with an attempt   {made:8.0f} /s")
    for name, code, work in (("first notices", "00", notices), ("repeated", "02", notices * given.repeats)):
        rate, taken = told(work, code, given.threads)
        p50, p99 = statistics.median(taken), statistics.quantiles(taken, n=100)[98]
        print(f"{name:<24} {rate:8.0f} /s   p50 {p50:.2f} ms   p99 {p99:.2f} ms   {given.threads} thread(s)")
    print(f"ledger: {'whole and balanced' if not queries.faults() else 'FAULTS'}")


if __name__ == "__main__":
    main()
