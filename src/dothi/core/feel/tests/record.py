"""Writes what another implementation of FEEL says of generated expressions: feelin, the one of bpmn.io.

npm install --ignore-scripts feelin@8.2.0     # in some folder
python src/dothi/core/feel/tests/record.py FOLDER
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from dothi.core.feel.tests.generated import VALUES, expressions

RECORD = Path(__file__).parent / "data" / "feelin-8.2.0.jsonl"
SCRIPT = """
import {evaluate} from 'feelin';
import {readFileSync} from 'fs';
const {expressions, values} = JSON.parse(readFileSync(0, 'utf8'));
const of = e => evaluate(`{received: date("${values.received}"), result: ${e}}.result`, values).value;
console.log(JSON.stringify(expressions.map(of)));
"""


def main(folder: Path, count: int = 1500) -> None:
    made = expressions(count)
    script = folder / "record.mjs"
    script.write_text(SCRIPT)
    given = json.dumps({"expressions": made, "values": VALUES})
    done = subprocess.run(
        ["node", script.name], cwd=folder, input=given, capture_output=True, text=True, check=True
    )
    lines = [json.dumps(pair, ensure_ascii=False) for pair in zip(made, json.loads(done.stdout), strict=True)]
    RECORD.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
