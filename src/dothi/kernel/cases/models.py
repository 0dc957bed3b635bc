"""The tables of the cases, and the people's working tools beside them.

What one transition changes is one row of :class:`Case` (with the snapshot), what a case is found by stands apart:
words in :class:`CaseText`, the place in :class:`CasePlace`. The hot path writes these rows in bulk without the ORM
(``rows``), so flags are small integers and times microseconds since 1970: both databases take them unconverted.
"""

from __future__ import annotations

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from dothi.core.ids import uuid7

NEVER: Final = 1 << 62
"""The due time of what has none: behind every other in the order of due times."""
SEQ_BITS: Final = 20  # of an entry's key: a case has at most a million entries
OPEN = Q(phase__in=("open", "waiting"))


class Procedure(models.Model):
    """One version of a procedure. A published version never changes; running cases keep theirs."""

    DRAFT, PUBLISHED, SUPERSEDED = "draft", "published", "superseded"
    STATES: ClassVar = [(state, state) for state in (DRAFT, PUBLISHED, SUPERSEDED)]

    key = models.CharField(max_length=100)
    version = models.IntegerField()
    state = models.CharField(max_length=10, choices=STATES)
    content = models.BinaryField()  # the declaration as canonical JSON
    digest = models.CharField(max_length=64)
    pack = models.CharField(max_length=60, default="")  # empty: made in the designer
    changed_us = models.BigIntegerField()
    changed_by = models.CharField(max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "version"], name="cases_procedure_version"),)

    def __str__(self) -> str:
        return f"{self.key}@{self.version}"

    @property
    def reference(self) -> str:
        """How the audit names it."""
        return f"procedure:{self.key}@{self.version}"


class Case(models.Model):
    """A case as it stands now: what lists show and sort by, and its snapshot, rebuilt from its entries at any time.

    Its clocks and timers are in the snapshot; ``due_us``, ``warn_us`` and ``wake_us`` are their earliest times.
    """

    num = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=36, unique=True)
    code = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=40)
    procedure = models.CharField(max_length=100)
    version = models.IntegerField()
    state = models.CharField(max_length=60)
    phase = models.CharField(max_length=8)  # open, waiting, done
    outcome = models.CharField(max_length=40, default="")
    rev = models.IntegerField()  # the number of its last entry
    unit = models.CharField(max_length=20, default="")
    organisation = models.CharField(max_length=60, default="")
    assignee = models.CharField(max_length=80, default="")
    applicant = models.CharField(max_length=80, default="")
    title = models.CharField(max_length=300, default="")
    priority = models.IntegerField(default=0)
    channel = models.CharField(max_length=20, default="")
    opened_us = models.BigIntegerField()
    changed_us = models.BigIntegerField()
    closed_us = models.BigIntegerField(null=True)
    due_us = models.BigIntegerField(default=NEVER)
    warn_us = models.BigIntegerField(default=NEVER)
    wake_us = models.BigIntegerField(default=NEVER)  # its next timer
    late = models.SmallIntegerField(default=0)
    simulated = models.SmallIntegerField(default=0)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    snapshot = models.BinaryField()

    class Meta:
        # Lists of open cases are read along one of these; the columns at their ends filter without a look at the row.
        indexes = (
            models.Index(
                fields=["organisation", "due_us", "num", "unit", "state", "kind", "procedure"],
                name="cases_open_by_organisation",
                condition=OPEN,
            ),
            models.Index(
                fields=["unit", "due_us", "num", "state", "kind", "procedure"],
                name="cases_open_by_unit",
                condition=OPEN,
            ),
            models.Index(
                fields=["assignee", "due_us", "num"],
                name="cases_open_by_assignee",
                condition=OPEN & Q(assignee__gt=""),
            ),
            models.Index(
                fields=["due_us", "num", "unit", "organisation", "state", "kind", "procedure"],
                name="cases_open_by_due",
                condition=OPEN,
            ),
            models.Index(fields=["changed_us", "num"], name="cases_open_by_change", condition=OPEN),
            models.Index(
                fields=["opened_us", "num", "unit", "organisation", "state", "kind"],
                name="cases_open_by_age",
                condition=OPEN,
            ),
            models.Index(fields=["wake_us", "num"], name="cases_waking", condition=Q(wake_us__lt=NEVER)),
            models.Index(
                fields=["applicant", "opened_us", "num"],
                name="cases_by_applicant",
                condition=Q(applicant__gt=""),
            ),
            models.Index(fields=["opened_us", "num"], name="cases_by_age"),
            models.Index(fields=["organisation", "opened_us", "num"], name="cases_by_organisation"),
            models.Index(fields=["unit", "opened_us", "num"], name="cases_by_unit"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def reference(self) -> str:
        """How events and audit name it; never by what it is about."""
        return f"case:{self.id}"


class CaseText(models.Model):
    """The words a case is found by, folded and as written, and marks that narrow a search within the index."""

    num = models.BigIntegerField(primary_key=True)
    words = models.TextField(default="")
    marks = models.TextField(default="")  # see ``words.marks``

    class Meta:
        db_table = "cases_text"

    def __str__(self) -> str:
        return str(self.num)


class CasePlace(models.Model):
    """Where a case is, for those that are somewhere."""

    num = models.BigIntegerField(primary_key=True)
    lon = models.FloatField()
    lat = models.FloatField()
    opened_us = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    open = models.SmallIntegerField(default=1)

    class Meta:
        db_table = "cases_place"

    def __str__(self) -> str:
        return f"{self.num}: {self.lon} {self.lat}"


class Entry(models.Model):
    """One thing that happened to a case; ``body`` is the engine's entry as JSON, sealed to the one before it.

    The key is the case's number and the entry's: a history is one stretch of the table. Append-only (``seal``).
    """

    key = models.BigIntegerField(primary_key=True)  # num << SEQ_BITS | seq
    at_us = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    public = models.SmallIntegerField(default=0)
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.key >> SEQ_BITS}#{self.key & ((1 << SEQ_BITS) - 1)} {self.kind}"


class TimerClaim(models.Model):
    """That a worker is about to fire a case's timers, and how often that has failed. The timers are in the snapshot."""

    num = models.BigIntegerField(primary_key=True)
    until_us = models.BigIntegerField()
    attempts = models.IntegerField(default=0)
    error = models.TextField(default="")

    def __str__(self) -> str:
        return f"{self.num} until {self.until_us}"


class Task(models.Model):
    """A part of the work that someone else does at the same time, while it is open."""

    pk = models.CompositePrimaryKey("num", "key")
    num = models.BigIntegerField()
    key = models.CharField(max_length=120)
    role = models.CharField(max_length=60, default="")
    organisation = models.CharField(max_length=60, default="")
    assignee = models.CharField(max_length=80, default="")
    due_us = models.BigIntegerField(default=NEVER)

    class Meta:
        indexes = (models.Index(fields=["organisation", "due_us", "num"], name="cases_task_by_organisation"),)

    def __str__(self) -> str:
        return f"{self.num}.{self.key}"


class Link(models.Model):
    """That one case is a duplicate of, a child of, caused by or related to another."""

    DUPLICATE, CHILD, CAUSED, RELATED = "duplicate_of", "child_of", "caused_by", "related_to"
    KINDS: ClassVar = [(kind, kind) for kind in (DUPLICATE, CHILD, CAUSED, RELATED)]

    id = models.BigAutoField(primary_key=True)
    num = models.BigIntegerField()
    other = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=KINDS)
    at_us = models.BigIntegerField()
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["num", "kind", "other"], name="cases_link_once"),)
        indexes = (models.Index(fields=["other", "kind"], name="cases_link_back"),)

    def __str__(self) -> str:
        return f"{self.num} {self.kind} {self.other}"


class Effect(models.Model):
    """Something to be done because of an entry, outside of the case: a message, a letter, a payment."""

    WAITING, DONE, FAILED = "waiting", "done", "failed"
    STATES: ClassVar = [(state, state) for state in (WAITING, DONE, FAILED)]

    pk = models.CompositePrimaryKey("entry", "n")
    entry = models.BigIntegerField()  # Entry.key
    n = models.IntegerField()
    kind = models.CharField(max_length=40)
    body = models.BinaryField()
    state = models.CharField(max_length=8, choices=STATES, default=WAITING)
    attempts = models.IntegerField(default=0)
    error = models.TextField(default="")
    at_us = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["at_us"], name="cases_effect_open", condition=~Q(state="done")),
            models.Index(fields=["state", "at_us"], name="cases_effect_age"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.entry >> SEQ_BITS}#{self.entry & ((1 << SEQ_BITS) - 1)}"


class Counter(models.Model):
    """The last number given in a row of codes."""

    prefix = models.CharField(primary_key=True, max_length=60)
    last = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.prefix}{self.last}"


class Idempotency(models.Model):
    """A command that was carried out under a key: asked again, it gets the same answer (the case at ``seq``)."""

    digest = models.BinaryField(primary_key=True)  # of actor and key
    fingerprint = models.BinaryField()
    num = models.BigIntegerField()
    seq = models.IntegerField()
    at_us = models.BigIntegerField()

    class Meta:
        indexes = (models.Index(fields=["at_us"], name="cases_idempotency_age"),)

    def __str__(self) -> str:
        return f"{self.num}#{self.seq}"


class Capability(models.Model):
    """A secret that lets its holder see and act on one case as its applicant; kept only as its SHA-256."""

    id = models.BigAutoField(primary_key=True)
    num = models.BigIntegerField(db_index=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    created_us = models.BigIntegerField()
    withdrawn_us = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"link to {self.num}"


class Document(models.Model):
    """A document of a case; its content is in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    num = models.BigIntegerField(db_index=True)
    key = models.CharField(max_length=60)  # which of the procedure's documents it is; empty: none of them
    label = models.CharField(max_length=200, default="")
    public = models.BooleanField(default=False)
    current = models.IntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.num}.{self.key or self.label}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"document:{self.id}"


class DocumentVersion(models.Model):
    """One content of a document, by its digest in the blob store."""

    QUARANTINE, CLEAN, REFUSED = "quarantine", "clean", "refused"
    STATES: ClassVar = [(state, state) for state in (QUARANTINE, CLEAN, REFUSED)]

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    version = models.IntegerField()
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=STATES)
    finding = models.CharField(max_length=300, default="")  # why it was refused
    at_us = models.BigIntegerField()
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["document", "version"], name="cases_document_version"),
        )
        indexes = (
            models.Index(fields=["at_us"], name="cases_document_quarantine", condition=Q(state="quarantine")),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"


class SavedFilter(models.Model):
    """A list somebody asks for again and again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.CharField(max_length=80, db_index=True)
    name = models.CharField(max_length=120)
    body = models.BinaryField()
    organisation = models.CharField(max_length=60, default="")  # shared with those who work there
    changed_us = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(
                fields=["organisation"], name="cases_filter_shared", condition=Q(organisation__gt="")
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How the audit names it."""
        return f"filter:{self.id}"


class Delegation(models.Model):
    """That one account does the work of another for some days, with its roles in cases."""

    id = models.BigAutoField(primary_key=True)
    giver = models.CharField(max_length=80)
    taker = models.CharField(max_length=80)
    from_us = models.BigIntegerField()
    until_us = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    ended_us = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["taker", "until_us"], name="cases_delegation_taker"),
            models.Index(fields=["giver", "until_us"], name="cases_delegation_giver"),
        )

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}"

    @property
    def reference(self) -> str:
        """How the audit names it."""
        return f"delegation:{self.pk}"


class DutyRoster(models.Model):
    """Who is on duty for a role of an organisation, from when to when."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.CharField(max_length=60)
    unit = models.CharField(max_length=20, default="")
    role = models.CharField(max_length=60)
    account = models.CharField(max_length=80)
    from_us = models.BigIntegerField()
    until_us = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["organisation", "role", "until_us"], name="cases_duty_now"),
            models.Index(fields=["account", "until_us"], name="cases_duty_of"),
        )

    def __str__(self) -> str:
        return f"{self.organisation} {self.role}: {self.account}"

    @property
    def reference(self) -> str:
        """How the audit names it."""
        return f"duty:{self.pk}"


class Interest(models.Model):
    """That somebody wants to hear how a case goes on ("me too", "follow it")."""

    id = models.BigAutoField(primary_key=True)
    num = models.BigIntegerField()
    who = models.CharField(max_length=120)  # an account's reference, or a contact of the message centre
    at_us = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["num", "who"], name="cases_interest_once"),)
        indexes = (models.Index(fields=["who", "num"], name="cases_interest_of"),)

    def __str__(self) -> str:
        return f"{self.who} follows {self.num}"


class Fact766(models.Model):
    """What Decision 766 measures of one case, exact, written in the transaction that changed the case."""

    num = models.BigIntegerField(primary_key=True)
    procedure = models.CharField(max_length=100)
    unit = models.CharField(max_length=20)
    organisation = models.CharField(max_length=60)
    opened_us = models.BigIntegerField()
    due_us = models.BigIntegerField(default=NEVER)
    closed_us = models.BigIntegerField(null=True)
    published = models.SmallIntegerField()
    on_time = models.SmallIntegerField(null=True)  # known when it is closed
    digitised = models.SmallIntegerField()
    online = models.SmallIntegerField()
    rating = models.SmallIntegerField(null=True)
    simulated = models.SmallIntegerField()

    class Meta:
        db_table = "cases_fact766"
        indexes = (
            models.Index(fields=["opened_us"], name="cases_fact766_opened"),
            models.Index(fields=["closed_us"], name="cases_fact766_closed"),
        )

    def __str__(self) -> str:
        return str(self.num)


class CalendarDay(models.Model):
    """A day that the government declared free, or a working day, against the published calendar."""

    day = models.DateField(primary_key=True)
    working = models.BooleanField()
    hours = models.CharField(max_length=60, default="")  # of a working day; empty: those of a full day
    basis_vi = models.CharField(max_length=200)  # the decision
    basis_en = models.CharField(max_length=200)
    changed_us = models.BigIntegerField()
    changed_by = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.day} {'working' if self.working else 'free'}"

    @property
    def reference(self) -> str:
        """How the audit names it."""
        return f"calendar-day:{self.day}"


class CalendarState(models.Model):
    """The one row that says which calendar the clocks were last planned by."""

    id = models.SmallIntegerField(primary_key=True)
    revision = models.BigIntegerField(default=0)  # grows with every change of a day
    planned = models.BigIntegerField(default=0)  # the revision all clocks follow

    def __str__(self) -> str:
        return f"revision {self.revision}, planned {self.planned}"
