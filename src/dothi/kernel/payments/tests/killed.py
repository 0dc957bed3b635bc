"""A process that takes notices and is killed in the middle (run by test_killed.py).

Usage: killed.py NOTICES ACKNOWLEDGED, with the environment of an installation. Takes the notices of the file in
order, again and again from the first that was not acknowledged, and writes each acknowledged one's place.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "dothi.serve.django_settings"
    django.setup()
    from dothi.kernel.payments.ledger import chart
    from dothi.kernel.payments.providers.vnpay.ipn import answer
    from dothi.kernel.payments.providers.vnpay.provider import shop

    notices = json.loads(Path(sys.argv[1]).read_text())
    with Path(sys.argv[2]).open("a", buffering=1) as acknowledged:
        acknowledged.write("ready\n")
        for place, told in enumerate(notices):
            code = answer(told, shop=shop(), money=chart.VNPAY)["RspCode"]
            acknowledged.write(f"{place} {code}\n")


if __name__ == "__main__":
    main()
