"""A base register of a million people: bulk load with one row in a hundred wrong, then points, searches and lists.

    python bench/registers.py [--rows 1000000] [--url postgresql://…] [--keep FOLDER] [--requests 300]

Every row is generated with a seed (nobody real), checked against the JSON Schema of the shipped type ``person``, and gets its
name's words, its sort key, its identifiers and its version. Reading goes through the access rules and the log of readings.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Families by their share, after published counts of Vietnamese surnames.
FAMILIES = {
    "Nguyễn": 38.4, "Trần": 12.1, "Lê": 9.5, "Phạm": 7.0, "Hoàng": 5.1, "Phan": 4.5, "Vũ": 3.9, "Đặng": 2.1, "Bùi": 2.0,
    "Đỗ": 1.4, "Hồ": 1.3, "Ngô": 1.3, "Dương": 1.0, "Lý": 0.5, "Huỳnh": 0.9, "Võ": 0.9, "Trương": 0.8, "Đinh": 0.7,
}  # fmt: skip
MIDDLES = [
    "Văn",
    "Thị",
    "Hữu",
    "Ngọc",
    "Minh",
    "Thanh",
    "Quốc",
    "Đức",
    "Kim",
    "Xuân",
    "Thu",
    "Hoàng",
    "Anh",
    "Bảo",
    "Gia",
    "Tuấn",
    "Phương",
    "Mỹ",
]
GIVENS = [
    "An",
    "Anh",
    "Ánh",
    "Bình",
    "Châu",
    "Chi",
    "Cường",
    "Dũng",
    "Duy",
    "Đạt",
    "Giang",
    "Hà",
    "Hạnh",
    "Hải",
    "Hiền",
    "Hiếu",
    "Hoa",
    "Hòa",
    "Hùng",
    "Hương",
    "Khánh",
    "Lan",
    "Linh",
    "Long",
    "Mai",
    "Nam",
    "Nga",
    "Nhung",
    "Phúc",
    "Phương",
    "Quân",
    "Quỳnh",
    "Sơn",
    "Thảo",
    "Thắng",
    "Thủy",
    "Trang",
    "Trung",
    "Tú",
    "Tuấn",
    "Tùng",
    "Uyên",
    "Vân",
    "Việt",
    "Vinh",
    "Yến",
]
SEED, GOAL_LOAD, GOAL_READ = 7, 60.0, 50.0


def people(rows: int, units: list[str]) -> Iterator[dict[str, Any]]:
    """Generated people; every hundredth row is wrong in one of four ways."""
    pick = random.Random(SEED)
    families, weights = list(FAMILIES), list(FAMILIES.values())
    names = pick.choices(families, weights, k=rows)
    for number, family in enumerate(names):
        unit = units[number % len(units)]
        year = 1940 + pick.randrange(84)
        row: dict[str, Any] = {
            "full_name": f"{family} {pick.choice(MIDDLES)} {pick.choice(MIDDLES)} {pick.choice(GIVENS)}",
            "birth_date": f"{year}-{1 + pick.randrange(12):02d}-{1 + pick.randrange(28):02d}",
            "sex": ("male", "female")[number & 1],
            "personal_id": f"0{79000000000 + number * 7919 % 10**9:011d}",
            "residence_unit": unit,
            "residence_address": f"{1 + pick.randrange(400)} đường số {1 + pick.randrange(60)}",
            "phone": f"09{pick.randrange(10**8):08d}",
            "status": "living",
        }
        if number % 100 == 99:
            spoil(row, number // 100 % 4)
        yield row


def spoil(row: dict[str, Any], way: int) -> None:
    """Make one row wrong: no name, a day that is none, an unknown code, an identifier that is taken."""
    if way == 0:
        del row["full_name"]
    elif way == 1:
        row["birth_date"] = "1985-02-30"
    elif way == 2:
        row["sex"] = "mm"
    else:
        row["personal_id"] = "079000000000"


Found = tuple[float, float, float, float, float]


def timed(ask: Callable[[], object], times: int) -> Found:
    """Median, 99th percentile and worst of ``times`` calls, and median and 99th percentile of their processor time; ms."""
    taken, worked = [], []
    for _ in range(times):
        began, spent = time.perf_counter(), time.thread_time()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
        worked.append((time.thread_time() - spent) * 1000)
    taken.sort()
    worked.sort()
    last = min(times - 1, int(times * 0.99))
    return taken[times // 2], taken[last], taken[-1], worked[times // 2], worked[last]


def line(what: str, found: Found) -> None:
    """One row of the table."""
    print(f"| {what} | {' | '.join(f'{each:.1f}' for each in found)} |", flush=True)


def start(home: Path, url: str) -> None:
    """An installation of its own."""
    os.environ["DOTHI_HOME"] = str(home)
    os.environ["DOTHI_DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "dothi.serve.django_settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def load(rows: int, units: list[str], file: Path) -> None:
    """The import of a file, as somebody brings it: read, mapped, checked, kept, the refused rows told in a file to mend."""
    import csv

    from dothi.kernel.identity.access import SYSTEM
    from dothi.kernel.registers.imports import actions
    from dothi.kernel.registers.imports.running import work_off

    with file.open("w", encoding="utf-8", newline="") as target:
        first = next(people(1, units))
        writer = csv.DictWriter(target, list(first))
        writer.writeheader()
        writer.writerows(people(rows, units))
    with file.open("rb") as source:
        job = actions.bring("person", file.name, iter(lambda: source.read(1 << 20), b""), by=SYSTEM)
    job = actions.start(job, by=SYSTEM, reason="bench", simulated=True)
    began, spent = time.perf_counter(), processor()
    done = work_off(job)
    took, spent = time.perf_counter() - began, processor() - spent
    peak = sum(resource.getrusage(each).ru_maxrss for each in WHO) // 1024
    print(
        f"import: {done.checkpoint:,} rows, {done.created:,} kept, {done.failed:,} refused with reasons: {took:.1f} s"
        f" ({spent:.1f} s of processors), {done.checkpoint / took:,.0f} rows/s (goal {GOAL_LOAD:.0f} s a million),"
        f" peak {peak} MB, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def processor() -> float:
    """Processor seconds of this process and of those it waited for."""
    return sum(each.ru_utime + each.ru_stime for each in map(resource.getrusage, WHO))


def readers() -> tuple[Any, Any]:
    """Somebody with all rights of reading in the city, and an officer of one ward."""
    from dothi.kernel.identity.access import Actor, Grant

    patterns = ("registers.read.*", "registers.personal.*")
    return (
        Actor("account", "city", "", tuple(Grant(each) for each in patterns)),
        Actor("account", "ward", "", tuple(Grant(each, "26000") for each in patterns)),
    )


def points(times: int) -> None:
    """One record by id, by identifier, as known before, with its history."""
    from dothi.core.clock import now
    from dothi.kernel.registers import queries
    from dothi.kernel.registers.models import Identifier, Record

    pick, (city, _) = random.Random(1), readers()
    last = Record.objects.order_by("-num").values_list("num", flat=True)[0]
    some = list(Record.objects.filter(num__in=pick.sample(range(1, last), times)).values_list("id", "num"))
    numbers = dict(
        Identifier.objects.filter(record__in=[num for _, num in some]).values_list("record", "value")
    )
    asked = iter(some * 4)
    how = {"by": city, "purpose": "residence"}
    line(
        "one record by id, personal data in clear",
        timed(lambda: queries.get("person", next(asked)[0], **how), times),
    )
    line(
        "one record by its number",
        timed(lambda: queries.by_identifier("person", "personal-id", numbers[next(asked)[1]], **how), times),
    )
    moment = now()
    line("as known on", timed(lambda: queries.get("person", next(asked)[0], known_on=moment, **how), times))
    line("its history", timed(lambda: queries.history("person", next(asked)[0], **how), times))


def searches(times: int) -> None:
    """Words from rare to the most frequent."""
    from dothi.kernel.registers.finding import search

    pick, (city, ward) = random.Random(2), readers()

    def name(*, folded: bool) -> str:
        from dothi.core.text import fold

        family = pick.choices(list(FAMILIES), list(FAMILIES.values()))[0]
        text = f"{family} {pick.choice(MIDDLES)} {pick.choice(MIDDLES)} {pick.choice(GIVENS)}"
        return fold(text) if folded else text

    how = {"by": city, "purpose": "residence", "limit": 20}
    line("search: full name, no diacritics", timed(lambda: search("person", name(folded=True), **how), times))
    line(
        "search: full name with diacritics", timed(lambda: search("person", name(folded=False), **how), times)
    )
    for text in ("nguyen", "nguyen van an", "Nguyễn Văn Ẩn", "ng", "nguyen van minh a"):
        line(f"search: {text}", timed(lambda text=text: search("person", text, **how), times // 4))
    line("search of a ward's officer: nguyen van an", timed(
        lambda: search("person", "nguyen van an", by=ward, purpose="residence", unit="26000", limit=20), times // 4
    ))  # fmt: skip


def lists(times: int) -> None:
    """Pages of fifty: first, somewhere, filtered, of a ward."""
    from dothi.kernel.registers import cursors
    from dothi.kernel.registers.finding import page
    from dothi.kernel.registers.models import Record

    pick, (city, ward) = random.Random(3), readers()
    last = Record.objects.order_by("-num").values_list("num", flat=True)[0]
    places = Record.objects.filter(num__in=pick.sample(range(1, last), times)).values_list("num", "sort")
    behind = iter([cursors.write("name", num, sort) for num, sort in places] * 4)
    how = {"by": city, "purpose": "residence", "order": "name"}
    line("list by name, anywhere in it", timed(lambda: page("person", after=next(behind), **how), times))
    line("list as entered, anywhere, masked", timed(
        lambda: page("person", by=city, after=cursors.write("num", pick.randrange(last), "")), times
    ))  # fmt: skip
    for name, where in (
        ("sex = female", [("sex", "eq", "female")]),
        ("born on a day", [("birth_date", "eq", "1985-02-03")]),
        ("born in a month", [("birth_date", "ge", "1985-02-01"), ("birth_date", "le", "1985-02-28")]),
        ("born in twenty years, female", [("birth_date", "ge", "1980-01-01"), ("birth_date", "le", "1999-12-31"),
                                          ("sex", "eq", "female")]),
    ):  # fmt: skip
        line(
            f"list by name: {name}", timed(lambda where=where: page("person", where=where, **how), times // 4)
        )
    line("list by name of a ward's officer", timed(
        lambda: page("person", by=ward, purpose="residence", order="name"), times // 4
    ))  # fmt: skip


def over_http(times: int) -> None:
    """The same through Django's request handling, without a network."""
    from django.test import Client

    from dothi.kernel.identity import actions
    from dothi.kernel.identity.access import SYSTEM
    from dothi.kernel.identity.models import Account
    from dothi.kernel.registers.models import Record
    from dothi.serve import wiring

    wiring.configure()
    Account.objects.filter(email="bench@example.vn").delete()
    account = actions.create_account("bench@example.vn", name="Bench", kind="service", by=SYSTEM)
    actions.grant_role(account, "register-steward", by=SYSTEM, reason="bench")
    secret = actions.issue_token(account, name="b", permissions=["*"], by=SYSTEM).secret
    client = Client(headers={"authorization": f"Bearer {secret}", "host": "localhost"})
    pick = random.Random(4)
    last = Record.objects.order_by("-num").values_list("num", flat=True)[0]
    ids = iter(
        list(Record.objects.filter(num__in=pick.sample(range(1, last), times)).values_list("id", flat=True))
        * 2
    )
    base = "/api/registers/person"

    def ask(path: str, **query: Any) -> None:
        answer = client.get(base + path, {"purpose": "residence", **query})
        assert answer.status_code == 200, answer.content

    line("HTTP: one record", timed(lambda: ask(f"/records/{next(ids)}"), times))
    line("HTTP: search", timed(lambda: ask("/search", q="tran thi my linh", limit=20), times))
    line("HTTP: list of 50 by name", timed(lambda: ask("/records", order="name"), times))
    wiring.close()


def main() -> None:
    """Load, then read."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--url", default="")
    asked.add_argument("--keep", default="")
    asked.add_argument("--requests", type=int, default=300)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(options.keep or folder)
        home.mkdir(parents=True, exist_ok=True)
        start(home, options.url)
        units = [f"{26000 + 3 * index:05d}" for index in range(168)]
        from dothi.engines.store.sqlite.checkpoint import keep_moving
        from dothi.kernel.registers.models import Record
        from dothi.serve import collecting

        if not Record.objects.exists():
            load(options.rows, units, home / "people.csv")
        # As the platform does: what the start made is not collected, a worker moves the log beside the web process.
        collecting.settle()
        stop = threading.Event()
        if not options.url:
            threading.Thread(target=keep_moving, args=(home / "city.sqlite3", stop), daemon=True).start()
        print(
            f"\n| reading at {Record.objects.count():,} records (goal p99 {GOAL_READ:.0f} ms) | p50 ms | p99 | worst | processor p50 | p99 |\n|---|---|---|---|---|---|"
        )
        for part in (points, searches, lists, over_http):
            part(options.requests)
        stop.set()


if __name__ == "__main__":
    sys.exit(main())
