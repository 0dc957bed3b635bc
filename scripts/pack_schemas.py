"""Write the JSON Schemas of pack declarations into docs/reference/schemas, for editors."""

from __future__ import annotations

from pathlib import Path

from dothi.kernel.packs import schemas

if __name__ == "__main__":
    for path in schemas.write(Path(__file__).resolve().parent.parent / "docs" / "reference" / "schemas"):
        print(f"write: {path}")
