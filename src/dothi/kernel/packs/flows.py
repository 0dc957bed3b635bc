"""What a pack may declare about data: datasets with their checks, where rows come from, and SQL models.

Where several forms are possible (kinds of sources, kinds of checks) a declaration names exactly one of them as a
field: ``http: {url: …}``, ``unique: [code]``. ``flow_checks`` finds none, or two.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, field

from dothi.kernel.packs.declarations import Declaration, Duration, Key, Label

DatasetKey = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        max_length=100,
        description="Small letters, digits and single hyphens",
    ),
]
ColumnName = Annotated[
    str,
    Meta(
        pattern=r"^[a-z_][a-z0-9_]*$", max_length=63, description="Small letters, digits and low lines only"
    ),
]
ColumnType = Literal["string", "integer", "number", "boolean", "date", "datetime", "geometry", "json"]
Mode = Literal["replace", "append", "upsert"]
Schedule = Annotated[
    str, Meta(description="A cron expression ('0 2 * * *'), 'once', 'on-change' or 'manual'")
]
Share = Annotated[float, Meta(ge=0, le=1)]
WORDS_OF_SCHEDULES: Final = frozenset({"once", "on-change", "manual"})


class RangeCheck(Declaration, frozen=True, kw_only=True):
    """The values of a column lie between two ends, both included; dates and times are ISO texts."""

    column: ColumnName
    min: Any = None
    max: Any = None


class AcceptedCheck(Declaration, frozen=True, kw_only=True):
    """The values of a column are some of a list: written here, or a code list of the packs."""

    column: ColumnName
    values: tuple[Any, ...] = ()
    codes: Key | None = None


class MatchesCheck(Declaration, frozen=True, kw_only=True):
    """The texts of a column match a regular expression as a whole."""

    column: ColumnName
    pattern: str


class ReferenceCheck(Declaration, frozen=True, kw_only=True):
    """The values of these columns are there in the published version of another dataset."""

    columns: tuple[ColumnName, ...]
    dataset: DatasetKey
    to: tuple[ColumnName, ...]


class FreshCheck(Declaration, frozen=True, kw_only=True):
    """The newest value of a column is no older than this, seen from the time of the check."""

    column: ColumnName
    within: Duration


class RowsCheck(Declaration, frozen=True, kw_only=True):
    """How many rows there are."""

    min: int | None = None
    max: int | None = None


class VolumeCheck(Declaration, frozen=True, kw_only=True):
    """The number of rows is near the median of the versions before: at most this share above or below."""

    tolerance: Share
    over: Annotated[int, Meta(ge=2, le=100)] = 8


class TypeCheck(Declaration, frozen=True, kw_only=True):
    """The values of a column, whatever it is kept as, can be read as this type."""

    column: ColumnName
    type: ColumnType


class Check(Declaration, frozen=True, kw_only=True):
    """One rule of a dataset: exactly one kind, how bad it is to break it, and how much of it is let pass."""

    not_null: tuple[ColumnName, ...] | None = None
    unique: tuple[ColumnName, ...] | None = None
    range: RangeCheck | None = None
    accepted: AcceptedCheck | None = None
    matches: MatchesCheck | None = None
    reference: ReferenceCheck | None = None
    fresh: FreshCheck | None = None
    rows: RowsCheck | None = None
    volume: VolumeCheck | None = None
    type: TypeCheck | None = None
    holds: str | None = None  # an SQL condition that is true for every row
    sql: str | None = None  # a SELECT that gives the rows that break the rule
    key: Key | None = None
    label: Label | None = None
    severity: Literal["error", "warn"] = "error"
    at_most: Share = 0.0  # the share of rows that may break it


CHECK_KINDS: Final = (
    "not_null",
    "unique",
    "range",
    "accepted",
    "matches",
    "reference",
    "fresh",
    "rows",
    "volume",
    "type",
    "holds",
    "sql",
)


class Column(Declaration, frozen=True, kw_only=True):
    """One column of a dataset."""

    name: ColumnName
    type: ColumnType
    label: Label
    description: Label | None = None
    unit: str | None = None
    sensitivity: Literal["open", "internal", "personal", "sensitive"] = "open"
    codes: Key | None = None
    role: Literal["key", "dimension", "measure", "time", "geometry", "longitude", "latitude", "text"] = (
        "dimension"
    )


class Contact(Declaration, frozen=True, kw_only=True):
    """Whom to ask about a dataset."""

    name: str
    email: str = ""


class Temporal(Declaration, frozen=True, kw_only=True):
    """Which time a dataset is about: ISO dates, both ends included; none is open."""

    from_: str | None = field(default=None, name="from")
    to: str | None = None


class Retention(Declaration, frozen=True, kw_only=True):
    """What is kept of old versions."""

    versions: Annotated[int, Meta(ge=1)] | None = None
    days: Annotated[int, Meta(ge=1)] | None = None


class RowPolicy(Declaration, frozen=True, kw_only=True):
    """Which column names the unit a row belongs to, so that people see the rows of their units."""

    unit_column: ColumnName


class DatasetDeclaration(Declaration, frozen=True, kw_only=True):
    """datasets/*.yaml: a table of the warehouse, what it means, and the rules its rows keep."""

    key: DatasetKey
    title: Label
    description: Label
    columns: tuple[Column, ...]
    licence: str
    publisher: str
    publisher_label: Label
    source: Label
    key_columns: tuple[ColumnName, ...] = ()
    keywords: tuple[Label, ...] = ()
    themes: tuple[
        Literal[
            "AGRI",
            "ECON",
            "EDUC",
            "ENER",
            "ENVI",
            "GOVE",
            "HEAL",
            "INTR",
            "JUST",
            "REGI",
            "SOCI",
            "TECH",
            "TRAN",
        ],
        ...,
    ] = ()
    unit: str = ""
    contact: Contact | None = None
    frequency: str = "UNKNOWN"
    spatial: tuple[float, ...] | None = None  # west, south, east, north
    temporal: Temporal | None = None
    access: Literal["open", "shared", "internal"] = "open"
    provenance: Literal["real", "simulated", "mixed"] = "real"
    source_url: str = ""
    checks: tuple[Check, ...] = ()
    row_policy: RowPolicy | None = None
    retention: Retention | None = None


class FilesSource(Declaration, frozen=True, kw_only=True):
    """Files of a folder: one path or a pattern. ``{home}`` and ``{shared}`` are folders of the installation."""

    path: str
    member: str | None = None  # which files inside a zip, as a pattern
    format: str | None = None
    records: str | None = None  # where the records are in a JSON document: 'result.items'
    options: dict[str, Any] = field(default_factory=dict)


class Auth(Declaration, frozen=True, kw_only=True):
    """How a service knows us: the name of a secret (``DOTHI_SECRET_NAME``), never the secret itself."""

    kind: Literal["bearer", "basic", "header", "query"]
    secret: str
    name: str = ""  # of the user, the header or the parameter


class Paging(Declaration, frozen=True, kw_only=True):
    """How a service gives the next page: by number, by offset, by a cursor or address in the answer, by Link."""

    kind: Literal["page", "offset", "cursor", "next", "link"]
    param: str = ""
    start: int | None = None
    size_param: str = ""
    size: Annotated[int, Meta(ge=1)] = 100
    path: str = ""  # where the cursor or the next address is in the answer
    max_pages: Annotated[int, Meta(ge=1)] = 100_000


class Since(Declaration, frozen=True, kw_only=True):
    """Ask only for what is newer: the column that tells, and the parameter that asks."""

    param: str
    column: str
    start: str = ""
    form: Literal["text", "date", "unix"] = "text"


class HttpSource(Declaration, frozen=True, kw_only=True):
    """An HTTP service: JSON with records, or a file to download."""

    url: str
    params: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    auth: Auth | None = None
    format: str | None = None
    records: str | None = None
    paging: Paging | None = None
    since: Since | None = None
    timeout_s: Annotated[int, Meta(ge=1, le=3600)] = 60
    pause_ms: Annotated[int, Meta(ge=0)] = 0
    options: dict[str, Any] = field(default_factory=dict)


class SqlSource(Declaration, frozen=True, kw_only=True):
    """A table or query of a PostgreSQL or MySQL database; the address is a secret."""

    secret: str
    table: str | None = None
    query: str | None = None
    columns: tuple[str, ...] = ()
    cursor: str | None = None  # a column that only grows: only rows behind the last one are read
    ties: str | None = None  # a second column that orders rows of one cursor value
    page: Annotated[int, Meta(ge=1, le=1_000_000)] = 50_000


class S3Source(Declaration, frozen=True, kw_only=True):
    """Objects of an S3-compatible store: ``bucket/folder/pattern``."""

    path: str
    endpoint: str = ""
    region: str = ""
    secret: str = ""  # 'access-key:secret-key'; none is anonymous
    format: str | None = None
    records: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


class CkanSource(Declaration, frozen=True, kw_only=True):
    """A resource of a CKAN portal: its table when it has one, else its file."""

    url: str
    resource: str
    page: Annotated[int, Meta(ge=1, le=32_000)] = 5000
    auth: Auth | None = None
    options: dict[str, Any] = field(default_factory=dict)


class DcatSource(Declaration, frozen=True, kw_only=True):
    """A distribution of a dataset in a DCAT catalogue (Turtle, RDF/XML or JSON-LD)."""

    catalogue: str
    dataset: str  # its address, identifier or title
    format: str = "csv"
    options: dict[str, Any] = field(default_factory=dict)


class OgcSource(Declaration, frozen=True, kw_only=True):
    """A collection of an OGC API Features service."""

    url: str
    collection: str
    page: Annotated[int, Meta(ge=1, le=10_000)] = 1000
    bbox: tuple[float, ...] | None = None
    geometry: ColumnName = "geometry"


class RegisterSource(Declaration, frozen=True, kw_only=True):
    """The changes of a register, one row each: what a record says from a day to a day, as recorded then.

    The state on a day is, for each record, the last change (by ``seq``) whose days hold it.
    """

    type: str
    page: Annotated[int, Meta(ge=1, le=100_000)] = 5000


class ContextSource(Declaration, frozen=True, kw_only=True):
    """Readings of the live city: one row for each entity, attribute and time."""

    type: str
    attributes: tuple[str, ...]
    start: str = ""  # from when on, ISO; none is all there is
    late: Duration = "1 hour"  # how late a reading may come and still be taken


class CasesSource(Declaration, frozen=True, kw_only=True):
    """Cases as they stand, one row each, followed by the event log: what happened and when, nothing people wrote.

    Of their answers only those in ``fields`` are given, and only where the procedure declares them ``open``.
    """

    procedures: tuple[str, ...] = ()  # none: of every procedure
    kinds: tuple[str, ...] = ()  # report, dossier …; none: of every kind
    fields: tuple[ColumnName, ...] = ()
    page: Annotated[int, Meta(ge=1, le=10_000)] = 2000


class BuilderSource(Declaration, frozen=True, kw_only=True):
    """A function of the platform that makes the rows."""

    name: str
    args: dict[str, Any] = field(default_factory=dict)


SOURCE_KINDS: Final = (
    "files",
    "http",
    "sql",
    "s3",
    "ckan",
    "dcat",
    "ogc",
    "register",
    "context",
    "cases",
    "builder",
)


class SourceDeclaration(Declaration, frozen=True, kw_only=True):
    """sources/*.yaml: where the rows of a dataset come from, how often, and what to do when they change form."""

    key: DatasetKey
    label: Label
    dataset: DatasetKey
    description: Label | None = None
    schedule: Schedule = "manual"
    mode: Mode = "replace"
    drift: Literal["fail", "add", "ignore", "ask"] = "fail"
    bad_values: Literal["fail", "null"] = "fail"
    columns: dict[str, str] = field(default_factory=dict)  # column of the dataset → name in the source
    formats: dict[str, str] = field(
        default_factory=dict
    )  # column → how its days and times are written: %m/%d/%Y
    timezone: str = "Asia/Ho_Chi_Minh"  # of times that do not say theirs
    retries: Annotated[int, Meta(ge=0, le=20)] = 5
    files: FilesSource | None = None
    http: HttpSource | None = None
    sql: SqlSource | None = None
    s3: S3Source | None = None
    ckan: CkanSource | None = None
    dcat: DcatSource | None = None
    ogc: OgcSource | None = None
    register: RegisterSource | None = None
    context: ContextSource | None = None
    cases: CasesSource | None = None
    builder: BuilderSource | None = None

    @property
    def kind(self) -> str:
        """Which kind of source it is."""
        return next(name for name in SOURCE_KINDS if getattr(self, name) is not None)


class Incremental(Declaration, frozen=True, kw_only=True):
    """A model that only works on what is new: ``:since`` in its SQL is the newest value of ``column`` it has."""

    column: ColumnName
    lookback: Duration | None = None
    start: str = ""


class PipelineDeclaration(Declaration, frozen=True, kw_only=True):
    """pipelines/*.sql or *.yaml: a SELECT over datasets (named with ``_`` for ``-``) that makes another."""

    key: DatasetKey
    label: Label
    dataset: DatasetKey
    sql: str
    description: Label | None = None
    schedule: Schedule = "on-change"
    mode: Mode = "replace"
    incremental: Incremental | None = None
    uses: tuple[DatasetKey, ...] = ()  # datasets it reads that no pack declares
    tests: tuple[Check, ...] = ()
    retries: Annotated[int, Meta(ge=0, le=20)] = 2
    timeout: Duration = "10 minutes"
    memory_mb: Annotated[int, Meta(ge=64)] = 1024
