"""The tables of payments. Money is whole đồng; what happened is only added (see ``ledger.seal``)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from dothi.core.clock import now
from dothi.core.ids import uuid7

_SHORT, _LONG = 20, 200


class Order(models.Model):
    """What somebody owes for a subject: ``case:0190…``, for one purpose. Of those that are open or paid there
    is one for a subject and purpose, by the database's own word: no dossier is paid twice.
    """

    CREATED, PENDING, PAID, REFUNDING = "created", "pending", "paid", "refunding"
    REFUNDED, CANCELLED, EXPIRED = "refunded", "cancelled", "expired"
    OPEN = (CREATED, PENDING)
    HOLDING = (CREATED, PENDING, PAID, REFUNDING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=16, unique=True)
    subject = models.CharField(max_length=_LONG)
    purpose = models.CharField(max_length=60)
    unit = models.CharField(max_length=_SHORT, blank=True, db_index=True)
    organisation = models.CharField(max_length=60, blank=True)
    amount = models.BigIntegerField()
    refunded = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, default=CREATED)
    idempotency_key = models.CharField(max_length=_LONG, unique=True)
    digest = models.CharField(max_length=64)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    created_by = models.CharField(max_length=80)
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="payments_order_amount"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0) & Q(refunded__lte=F("amount")), name="payments_order_refunded"
            ),
            models.UniqueConstraint(
                fields=["subject", "purpose"],
                condition=Q(state__in=("created", "pending", "paid", "refunding")),
                name="payments_order_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject", "created_at"], name="payments_order_subject"),
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=("created", "pending")),
                name="payments_order_open",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"payment-order:{self.pk}"


class OrderLine(models.Model):
    """One fee or charge of an order, with what was let off and why."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    item = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    label = models.JSONField(default=dict)
    quantity = models.PositiveIntegerField(default=1)
    unit_price = models.BigIntegerField()
    reduction = models.BigIntegerField(default=0)
    amount = models.BigIntegerField()
    reasons = models.JSONField(default=list)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount=F("quantity") * F("unit_price") - F("reduction")) & Q(amount__gte=0),
                name="payments_line_sum",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.amount}"


class Attempt(models.Model):
    """One try to pay an order by one provider; ``reference`` is what the provider knows it by."""

    STARTED, SUCCEEDED, FAILED = "started", "succeeded", "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="tries")
    provider = models.CharField(max_length=_SHORT)
    reference = models.CharField(max_length=40, unique=True)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10, default=STARTED)
    return_url = models.CharField(max_length=500, blank=True)
    address = models.CharField(max_length=45, blank=True)
    started_at = models.DateTimeField(default=now)
    started_by = models.CharField(max_length=80)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=20, blank=True)
    asked = models.PositiveIntegerField(default=0)
    ask_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ("started_at",)

    def __str__(self) -> str:
        return self.reference


class Payment(models.Model):
    """Money that really came in, once for each transaction of the provider. ``settles``: it pays its order;
    otherwise it is more than was owed, and is owed back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=_SHORT)
    provider_no = models.CharField(max_length=150)
    amount = models.BigIntegerField()
    settles = models.BooleanField()
    refunded = models.BigIntegerField(default=0)
    paid_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=now)
    bank = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "provider_no", "settles"], name="payments_payment_transaction"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(settles=True), name="payments_payment_settles_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(refunded__gte=0) & Q(refunded__lte=F("amount")),
                name="payments_payment_refunded",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["provider", "paid_at"], name="payments_payment_day")]

    def __str__(self) -> str:
        return f"{self.provider} {self.provider_no}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"payment:{self.pk}"


class Receipt(models.Model):
    """The receipt of a payment: numbers of a unit and year follow each other without a gap."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.CharField(max_length=_SHORT, blank=True)
    year = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="receipt")
    issued_at = models.DateTimeField(default=now)
    issued_by = models.CharField(max_length=80)
    payer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "year", "number"], name="payments_receipt_number")
        ]

    def __str__(self) -> str:
        return f"{self.unit or '-'}/{self.year}/{self.number:07d}"


class Series(models.Model):
    """The last number given in a series: receipts of a unit and year."""

    key = models.CharField(max_length=60, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"


class Book(models.Model):
    """A unit's book in the ledger: its last entry. Whoever adds an entry holds this row."""

    key = models.CharField(max_length=_SHORT, primary_key=True)
    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.key or '-'} up to {self.number}"


class Entry(models.Model):
    """A journal entry. Its lines are written before it; the database takes it only if they sum to zero, it
    follows the last number of its book and names that one's digest. Nothing is changed or removed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    book = models.CharField(max_length=_SHORT, blank=True)
    number = models.PositiveBigIntegerField()
    key = models.CharField(max_length=_LONG, unique=True)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="entries")
    note = models.CharField(max_length=300, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "number"], name="payments_entry_number")
        ]

    def __str__(self) -> str:
        return f"{self.book or '-'} {self.number}: {self.kind}"


class EntryLine(models.Model):
    """An amount on one side of an account: debit above zero, credit below."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    account = models.CharField(max_length=40)
    unit = models.CharField(max_length=_SHORT, blank=True)
    amount = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(amount=0), name="payments_entryline_amount")
        ]
        indexes: ClassVar = [models.Index(fields=["account", "unit"], name="payments_entryline_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.amount:+}"


class Refund(models.Model):
    """Money on its way back: asked for by one person, approved by another, sent, done."""

    REQUESTED, APPROVED, DECLINED = "requested", "approved", "declined"
    DONE, FAILED = "done", "failed"
    LIVE = (REQUESTED, APPROVED, FAILED, DONE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="refunds")
    unit = models.CharField(max_length=_SHORT, blank=True)
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, default=REQUESTED)
    requested_at = models.DateTimeField(default=now)
    requested_by = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decision = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    provider_no = models.CharField(max_length=100, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    idempotency_key = models.CharField(max_length=_LONG, unique=True)

    class Meta:
        ordering = ("requested_at",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_refund_amount"),
            models.CheckConstraint(
                condition=~Q(decided_by=F("requested_by")), name="payments_refund_second_person"
            ),
        ]

    def __str__(self) -> str:
        return f"refund {self.amount} of {self.payment_id}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"refund:{self.pk}"


class BankLine(models.Model):
    """A line of a bank statement or of the bank's webhook: money in, with the payer's words."""

    MATCHED, UNMATCHED, ASSIGNED, RETURNED = "matched", "unmatched", "assigned", "returned"

    account = models.CharField(max_length=40)
    number = models.CharField(max_length=100)
    at = models.DateTimeField()
    amount = models.BigIntegerField()
    content = models.CharField(max_length=500)
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=30, blank=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="bank_lines")
    recorded_at = models.DateTimeField(default=now)
    decided_by = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "number"], name="payments_bankline_once")
        ]
        indexes: ClassVar = [models.Index(fields=["state", "at"], name="payments_bankline_state")]

    def __str__(self) -> str:
        return f"{self.number}: {self.amount}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"bank-line:{self.pk}"

    @property
    def transaction(self) -> str:
        """Its number among all payments by transfer: the bank's, on this account."""
        return f"{self.account}/{self.number}"


class CashierDay(models.Model):
    """What a cashier took in cash on a day, counted at its end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.CharField(max_length=_SHORT, blank=True)
    cashier = models.CharField(max_length=80)
    day = models.DateField()
    expected = models.BigIntegerField()
    counted = models.BigIntegerField()
    card = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(default=now)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "cashier", "day"], name="payments_cashierday_once")
        ]

    def __str__(self) -> str:
        return f"{self.cashier} {self.day}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"cashier-day:{self.pk}"


class Reconciliation(models.Model):
    """One comparison of a provider's file for a day with the ledger; the latest of a day counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=_SHORT)
    day = models.DateField()
    digest = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200, blank=True)
    theirs_count = models.PositiveIntegerField()
    theirs_amount = models.BigIntegerField()
    ours_count = models.PositiveIntegerField()
    ours_amount = models.BigIntegerField()
    agreed = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)
    by = models.CharField(max_length=80)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "day", "digest"], name="payments_reconciliation_once")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"reconciliation:{self.pk}"


class Difference(models.Model):
    """One thing the two sides do not agree on, and what a person made of it."""

    OPEN, TAKEN_UP, EXPLAINED = "open", "taken-up", "explained"

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=20)
    reference_no = models.CharField(max_length=100, blank=True)
    provider_no = models.CharField(max_length=100, blank=True)
    theirs = models.BigIntegerField(null=True)
    ours = models.BigIntegerField(null=True)
    paid_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default=OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.kind} {self.provider_no or self.reference_no}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"difference:{self.pk}"
