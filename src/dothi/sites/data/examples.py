"""Code that gets the rows a reader looks at, in the tools people use. Pure text; the first two are run by the tests."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote, urlencode


class Example(NamedTuple):
    """One example: in which tool, what it needs, the code."""

    key: str
    tool: str
    code: str


def query(pairs: tuple[tuple[str, str], ...]) -> str:
    """The conditions as a query string, empty without any."""
    return "?" + urlencode(pairs, quote_via=quote) if pairs else ""


def examples(base: str, key: str, pairs: tuple[tuple[str, str], ...] = ()) -> list[Example]:
    """Examples for a dataset of the platform at ``base``, keeping the conditions ``pairs``."""
    rows = f"{base}/data/v1/{key}/rows{query((*pairs, ('limit', '100')))}"
    csv = f"{base}/data/v1/{key}/download.csv{query(pairs)}"
    return [
        Example("curl", "curl", _curl(rows, csv, key)),
        Example("python", "Python", _python(rows, csv)),
        Example("r", "R", f'rows <- read.csv("{csv}", encoding = "UTF-8")\nhead(rows)'),
        Example("excel", "Excel", _excel(csv)),
    ]


def _curl(rows: str, csv: str, key: str) -> str:
    return f"curl -s '{rows}'\ncurl -s -o {key}.csv '{csv}'"


def _python(rows: str, csv: str) -> str:
    return f'''import csv, io, json
from urllib.parse import urlencode
from urllib.request import urlopen

# Everything at once, as CSV
with urlopen("{csv}") as answer:
    table = list(csv.DictReader(io.TextIOWrapper(answer, "utf-8")))
print(len(table), "rows; the first:", table[0] if table else None)

# Page by page, as JSON
address, after = "{rows}", None
while True:
    more = "&" + urlencode({{"after": after}}) if after else ""
    with urlopen(address + more) as answer:
        page = json.load(answer)
    for row in page["rows"]:
        pass  # use the row
    after = page["next"]
    if after is None:
        break'''


def _excel(csv: str) -> str:
    return f"""let
    Source = Csv.Document(Web.Contents("{csv}"), [Delimiter = ",", Encoding = 65001]),
    Rows = Table.PromoteHeaders(Source)
in
    Rows"""


def citation(
    title: str, publisher: str, year: int, version: int, url: str, licence: str, language: str
) -> str:
    """How to name the dataset as a source."""
    words = {
        "vi": f"{publisher} ({year}). {title} (phiên bản {version}) [Tập dữ liệu]. {url}. Giấy phép: {licence}.",
        "en": f"{publisher} ({year}). {title} (version {version}) [Data set]. {url}. Licence: {licence}.",
    }
    return words[language]


def bibtex(key: str, title: str, publisher: str, year: int, version: int, url: str) -> str:
    """The same for reference managers."""
    return (
        f"@misc{{{key}-v{version},\n  title = {{{{{title}}}}},\n  author = {{{{{publisher}}}}},\n"
        f"  year = {{{year}}},\n  version = {{{version}}},\n  url = {{{url}}}\n}}"
    )
