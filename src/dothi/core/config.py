"""The settings of a running platform, each declared once: name, type, default, meaning.

A value comes from the environment (``DOTHI_PORT=9000``), else from the TOML file named by ``DOTHI_CONFIG``
(default ``dothi.toml`` in the data folder; key ``port = 9000``), else from its default. The reference page of
the documentation is generated from :data:`SETTINGS`.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "DOTHI_"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ConfigError(Exception):
    """A setting has a value that cannot be used; the message names it and says how to mend it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its key (``port`` ↔ ``DOTHI_PORT``), how text becomes its value, default and meaning."""

    key: str
    kind: str
    parse: Callable[[str], Any]
    default: str
    doc: str
    secret: bool = False

    @property
    def variable(self) -> str:
        return PREFIX + self.key.upper()

    def value(self, text: str, origin: str) -> Any:
        """The typed value of ``text``; raises :class:`ConfigError` naming the setting and its origin."""
        try:
            return self.parse(text)
        except ValueError as error:
            raise ConfigError(f"{self.variable} ({origin}) is {text!r}: {error}") from error


def _text(text: str) -> str:
    return text


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise ValueError("a port is a number from 1 to 65535, for example 8000.")
    return int(text)


def _days(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 36_500:
        raise ValueError("write a number of days, for example 730.")
    return int(text)


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdigit() or not lowest <= int(text) <= highest:
            raise ValueError(f"write a whole number from {lowest} to {highest}.")
        return int(text)

    return parse


def _boolean(text: str) -> bool:
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if text.lower() not in known:
        raise ValueError("write true or false.")
    return known[text.lower()]


def _choice(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            near = difflib.get_close_matches(text, allowed, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise ValueError(f"write one of {', '.join(allowed)}.{hint}")
        return text

    return parse


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text and urlsplit(text).scheme not in schemes:
            raise ValueError(
                f"the URL must begin with {' or '.join(s + '://' for s in schemes)}, or be left empty."
            )
        return text

    return parse


def _hosts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _origins(text: str) -> tuple[str, ...]:
    for each in (hosts := _hosts(text)):
        parts = urlsplit(f"//{each}")
        if each != parts.netloc or not parts.hostname or "@" in each or not _has_port_or_none(each):
            raise ValueError(f"{each!r} is not a host or host:port, for example smartdatamodels.org.")
    return hosts


def _has_port_or_none(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").port != 0
    except ValueError:
        return False


SETTINGS: tuple[Setting, ...] = (
    Setting("home", "folder", _text, "var", "Data folder: databases, secrets, logs, backups."),
    Setting("port", "port", _port, "8000", "The one port everything is served on."),
    Setting(
        "bind",
        "address",
        _text,
        "127.0.0.1",
        "Address to listen on. Anything but loopback is open to the network.",
    ),
    Setting(
        "public_url",
        "URL",
        _url("http", "https"),
        "",
        "Address people reach the platform at, when it differs from bind and port (behind a proxy).",
    ),
    Setting("allowed_hosts", "list", _hosts, "", "Further host names to answer to, separated by commas."),
    Setting(
        "database_url",
        "URL",
        _url("postgresql", "postgres"),
        "",
        "PostgreSQL to keep everything in. Empty: SQLite files in the data folder.",
        secret=True,
    ),
    Setting(
        "bus_url",
        "URL",
        _url("nats", "tls"),
        "",
        "NATS with JetStream as the message bus. Empty: the embedded bus.",
        secret=True,
    ),
    Setting(
        "lake_url",
        "URL",
        _url("file", "s3"),
        "",
        "Where the tables of the warehouse are kept: file:///folder or s3://key:secret@bucket/prefix?endpoint=…&region=…. Empty: the folder lake in the data folder.",
        secret=True,
    ),
    Setting(
        "blob_url",
        "URL",
        _url("file", "s3"),
        "",
        "Where documents and photos are kept: file:///folder or s3://key:secret@bucket/prefix?endpoint=…&region=…. Empty: the folder blobs in the data folder.",
        secret=True,
    ),
    Setting(
        "clamd_url",
        "URL",
        _url("tcp", "unix"),
        "",
        "ClamAV daemon that looks at every document, for example tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl. Empty: documents are checked by type only.",
    ),
    Setting(
        "compute",
        "duckdb | sail | spark",
        _choice("duckdb", "sail", "spark"),
        "duckdb",
        "What runs the warehouse's queries: DuckDB in this process, Sail beside it, or the Spark Connect server of spark_url.",
    ),
    Setting(
        "spark_url",
        "URL",
        _url("sc"),
        "",
        "Spark Connect server (Spark 3.5 or newer, or Sail) that sees the lake's files, for example sc://host:15002. Used when compute is spark.",
        secret=True,
    ),
    Setting(
        "openlineage_url",
        "URL",
        _url("http", "https"),
        "",
        "Where runs of sources and pipelines are sent as OpenLineage events, for example http://marquez:5000/api/v1/lineage. Empty: nowhere.",
        secret=True,
    ),
    Setting(
        "mqtt_url",
        "URL",
        _url("mqtt", "mqtts"),
        "",
        "MQTT broker to take entities from. Empty: none.",
        secret=True,
    ),
    Setting(
        "context_access",
        "token | open",
        _choice("token", "open"),
        "token",
        "Who may use the NGSI-LD API: holders of a token, or anyone ('open', honoured only on a loopback bind).",
    ),
    Setting(
        "context_default",
        "packs | core",
        _choice("packs", "core"),
        "packs",
        "Names in an NGSI-LD request without an @context: those of the packs and the core ones, or the core ones only (the standard's letter).",
    ),
    Setting(
        "context_hosts",
        "list",
        _origins,
        "",
        "Hosts (host or host:port) remote @context documents are fetched from, separated by commas. Empty: none is fetched.",
    ),
    Setting("language", "vi | en", _choice("vi", "en"), "vi", "Language of a first visit."),
    Setting(
        "basemap_style",
        "URL",
        _url("http", "https"),
        "",
        "MapLibre style of an online basemap. Empty: none is fetched.",
    ),
    Setting(
        "log_format", "console | json", _choice("console", "json"), "console", "How log lines are written."
    ),
    Setting(
        "log_level",
        "level",
        _choice("debug", "info", "warning", "error"),
        "info",
        "The least important log lines to write.",
    ),
    Setting(
        "city",
        "unit code",
        _text,
        "79",
        "Code of the administrative unit this installation serves (79: Ho Chi Minh City).",
    ),
    Setting(
        "packs",
        "list",
        _hosts,
        "hcmc,environment,traffic,people,business,land,investment,social,construction,health,education",
        "Packs to load, in order.",
    ),
    Setting("pack_folder", "folder", _text, "", "A folder of further packs of your own."),
    Setting(
        "log_days",
        "number",
        _days,
        "730",
        "Days for which the event log of decisions is kept once every consumer has read it.",
    ),
    Setting("sql_seconds", "number", _whole(1, 300), "10", "Seconds after which an SQL query is ended."),
    Setting(
        "sql_memory_mb",
        "number",
        _whole(64, 65_536),
        "512",
        "Megabytes of memory an SQL query may take beyond the rows it reads.",
    ),
    Setting(
        "sql_data_mb",
        "number",
        _whole(16, 65_536),
        "1024",
        "Megabytes of rows an SQL query may read, and of rows kept ready for the next one.",
    ),
    Setting("sql_rows", "number", _whole(100, 1_000_000), "10000", "Most rows an SQL query answers."),
    Setting("sql_workers", "number", _whole(1, 64), "2", "SQL queries that run at the same time."),
    Setting(
        "open_anonymous",
        "number",
        _whole(0, 1_000_000),
        "600",
        "Requests a minute to open data from one address without a token. 0: no limit.",
    ),
    Setting(
        "open_keyed",
        "number",
        _whole(0, 1_000_000),
        "6000",
        "Requests a minute to open data with one token. 0: no limit.",
    ),
    Setting(
        "inside_allowed",
        "list",
        _hosts,
        "",
        "Hosts and networks of one's own (portal.internal, 10.2.0.0/16) that addresses typed on a screen may lead to, such as those of catalogues to harvest. Empty: public addresses only.",
    ),
    Setting(
        "mail_url",
        "URL",
        _url("smtp", "smtps"),
        "",
        "Mail server to send notices through: smtp://name:password@host:587. Empty: no e-mail is sent.",
        secret=True,
    ),
    Setting("mail_from", "address", _text, "", "Address that e-mail is sent from."),
    Setting(
        "sms_url",
        "URL",
        _url("https", "http"),
        "",
        "Gateway that sends text messages: POST of {to, text, id, from}. Empty: they are written to files.",
    ),
    Setting("sms_token", "text", _text, "", "Bearer token of the gateway for text messages.", secret=True),
    Setting("sms_sender", "text", _text, "", "Name that text messages come from (brandname)."),
    Setting(
        "zalo_token",
        "text",
        _text,
        "",
        "Access token of the Zalo official account. Empty: no Zalo.",
        secret=True,
    ),
    Setting(
        "zalo_url",
        "URL",
        _url("https", "http"),
        "https://business.openapi.zalo.me/message/template",
        "Where messages by approved template (ZNS) are sent.",
    ),
    Setting(
        "zalo_template",
        "text",
        _text,
        "",
        "Approved ZNS template with the fields title, text and link. Empty: no Zalo.",
    ),
    Setting(
        "zalo_reply_url",
        "URL",
        _url("https", "http"),
        "https://openapi.zalo.me/v3.0/oa/message/cs",
        "Where replies to people who wrote to the Zalo official account are sent.",
    ),
    Setting(
        "zalo_app_id",
        "text",
        _text,
        "",
        "Number of the Zalo app whose webhook reports messages to POST /hotline/zalo. Empty: none is taken.",
    ),
    Setting(
        "zalo_webhook_secret",
        "text",
        _text,
        "",
        "Secret key of the official account with which Zalo signs what its webhook reports.",
        secret=True,
    ),
    Setting(
        "hotline_mail_url",
        "URL",
        _url("imaps", "imap"),
        "",
        "Mailbox whose e-mails are reports to 1022: imaps://name:password@host/INBOX. Empty: no mailbox is asked.",
        secret=True,
    ),
    Setting(
        "receipts_token",
        "text",
        _text,
        "",
        "Token with which gateways report deliveries (POST /api/messages/receipts). Empty: reports are refused.",
        secret=True,
    ),
    Setting(
        "payments",
        "list",
        _hosts,
        "vnpay,vietqr,counter,simulated",
        "Ways to pay to offer, in order; each only when its settings are there. simulated: a bank with no real money, honoured only on a loopback bind without public_url.",
    ),
    Setting(
        "vnpay_terminal", "text", _text, "", "Terminal code that VNPAY gave (vnp_TmnCode). Empty: no VNPAY."
    ),
    Setting("vnpay_secret", "text", _text, "", "Hash secret that VNPAY gave (vnp_HashSecret).", secret=True),
    Setting(
        "vnpay_url",
        "URL",
        _url("http", "https"),
        "https://sandbox.vnpayment.vn/paymentv2/vpcpay.html",
        "Where payers are taken to pay by VNPAY. The default is its sandbox, where no real money moves.",
    ),
    Setting(
        "vnpay_api_url",
        "URL",
        _url("http", "https"),
        "https://sandbox.vnpayment.vn/merchant_webapi/api/transaction",
        "Where VNPAY is asked about payments and for refunds.",
    ),
    Setting(
        "vietqr_bank", "BIN", _text, "", "BIN of the bank of the account that transfers go to (six digits)."
    ),
    Setting(
        "vietqr_account", "text", _text, "", "Number of the account that transfers go to. Empty: no VietQR."
    ),
    Setting("vietqr_name", "text", _text, "", "Name of that account's holder, shown to payers."),
    Setting(
        "vietqr_token",
        "text",
        _text,
        "",
        "Token with which the bank reports credits (POST /api/payments/bank-lines). Empty: reports are refused.",
        secret=True,
    ),
    Setting(
        "simulate",
        "boolean",
        _boolean,
        "true",
        "Whether the city generator fills the map when no feed is connected.",
    ),
    Setting(
        "shared", "folder", _text, "../shared", "Optional folder of real data used by tests and local runs."
    ),
)
_BY_KEY = {setting.key: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Config:
    """All settings, typed. Read an attribute by its key: ``config.port``."""

    home: Path
    port: int
    bind: str
    public_url: str
    allowed_hosts: tuple[str, ...]
    database_url: str
    bus_url: str
    lake_url: str
    blob_url: str
    clamd_url: str
    compute: str
    spark_url: str
    openlineage_url: str
    mqtt_url: str
    context_access: str
    context_default: str
    context_hosts: tuple[str, ...]
    language: str
    basemap_style: str
    log_format: str
    log_level: str
    city: str
    packs: tuple[str, ...]
    pack_folder: str
    log_days: int
    sql_seconds: int
    sql_memory_mb: int
    sql_data_mb: int
    sql_rows: int
    sql_workers: int
    open_anonymous: int
    open_keyed: int
    inside_allowed: tuple[str, ...]
    mail_url: str
    mail_from: str
    sms_url: str
    sms_token: str
    sms_sender: str
    zalo_token: str
    zalo_url: str
    zalo_template: str
    zalo_reply_url: str
    zalo_app_id: str
    zalo_webhook_secret: str
    hotline_mail_url: str
    receipts_token: str
    payments: tuple[str, ...]
    vnpay_terminal: str
    vnpay_secret: str
    vnpay_url: str
    vnpay_api_url: str
    vietqr_bank: str
    vietqr_account: str
    vietqr_name: str
    vietqr_token: str
    simulate: bool
    shared: Path

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the platform."""
        return self.bind in LOOPBACK

    @property
    def context_open(self) -> bool:
        """Whether the NGSI-LD API is open without a token (asked for, and on loopback only)."""
        return self.context_access == "open" and self.loopback

    @property
    def lake_urls(self) -> tuple[str, str]:
        """Where the lake's files and its catalogue are: beside the databases unless the settings say otherwise."""
        catalog = self.database_url or f"sqlite:///{self.home / 'lake' / 'catalog.sqlite3'}"
        return self.lake_url or str(self.home / "lake"), catalog

    @property
    def url(self) -> str:
        """Where a person on this machine opens the platform."""
        # Browsers keep passkeys for names only: localhost, not 127.0.0.1.
        host = "localhost" if self.bind in {"0.0.0.0", "::", *LOOPBACK} else self.bind  # noqa: S104
        return self.public_url.rstrip("/") or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def _unknown(name: str, origin: str) -> ConfigError:
    near = difflib.get_close_matches(name.lower(), _BY_KEY, 1)
    hint = (
        f" Did you mean {near[0]!r}?"
        if near
        else " See docs/reference/settings.md for the settings there are."
    )
    return ConfigError(f"{origin} has no setting {name!r}.{hint}")


def _from_file(path: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not a TOML file: {error}") from error
    values: dict[str, str] = {}
    for key, value in table.items():
        if key not in _BY_KEY:
            raise _unknown(key, str(path))
        values[key] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return values


# Read by tests and tools, not settings of the platform.
_NOT_SETTINGS = frozenset(
    {
        "DOTHI_CONFIG",
        "DOTHI_TEST_DATABASE_URL",
        "DOTHI_TEST_BUS_URL",
        "DOTHI_TEST_MQTT_URL",
        "DOTHI_TEST_ENGINE",
        "DOTHI_TEST_MYSQL_URL",
    }
)


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read all settings; raises :class:`ConfigError` that names the first wrong one and its fix."""
    environ = os.environ if environ is None else environ
    given = {
        k: v
        for k, v in environ.items()
        if k.startswith(PREFIX) and k not in _NOT_SETTINGS and not k.startswith("DOTHI_SECRET_")
    }
    for name in given:
        if name.removeprefix(PREFIX).lower() not in _BY_KEY:
            raise _unknown(name.removeprefix(PREFIX), "The environment")
    home = Path(given.get("DOTHI_HOME", _BY_KEY["home"].default)).expanduser().absolute()
    path = Path(environ.get("DOTHI_CONFIG", home / "dothi.toml"))
    if "DOTHI_CONFIG" in environ and not path.is_file():
        raise ConfigError(f"DOTHI_CONFIG names {path}, which is not a file.")
    filed = _from_file(path) if path.is_file() else {}
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        if setting.variable in given:
            values[setting.key] = setting.value(given[setting.variable], "environment")
        elif setting.key in filed:
            values[setting.key] = setting.value(filed[setting.key], str(path))
        else:
            values[setting.key] = setting.parse(setting.default)
    values["home"] = Path(values["home"]).expanduser().absolute()
    values["shared"] = Path(values["shared"]).expanduser()
    return Config(**values)


@cache
def current() -> Config:
    """The settings of this process, read once. Tests call ``current.cache_clear()`` after changing them."""
    return load()
