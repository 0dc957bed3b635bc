"""What the how-to on packs shows can be put into a pack as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dothi.kernel.packs import places
from dothi.kernel.packs.loader import check
from dothi.kernel.packs.problems import render_text

PAGE = Path(__file__).parents[5] / "docs" / "how-to" / "write-a-pack.md"


@pytest.mark.skipif(not PAGE.is_file(), reason="the documentation does not come with the package")
def test_its_procedure_and_its_category_of_reports_have_no_problem(tmp_path) -> None:
    pack = tmp_path / "museums"
    for name, body in re.findall(
        r"```yaml\n# ((?:\w+/)?[\w-]+\.yaml)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL
    ):
        file = pack / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(body, "utf-8")
    assert (pack / "procedures").is_dir()
    assert (pack / "reports").is_dir()
    assert render_text(check([*places.within(places.builtin()), pack])) == ""
