"""How the person behind a case is reached. Personal data: kept apart from the case and its history."""

from __future__ import annotations

from django.db import models

from dothi.core.clock import now


class Contact(models.Model):
    """The addresses given for one case; ``confirmed`` ones answered a one-time code."""

    case = models.CharField(max_length=40, primary_key=True)
    account = models.CharField(max_length=80, blank=True, default="", db_index=True)
    name = models.CharField(max_length=200, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="", db_index=True)
    zalo = models.BooleanField(default=False)
    language = models.CharField(max_length=2, default="vi")
    confirmed = models.JSONField(default=list)  # the ways (``sms``, ``email``) that answered a code
    silent = models.BooleanField(default=False)
    secret = models.TextField(blank=True, default="")  # encrypted: what opens the case without an account
    changed_at = models.DateTimeField(default=now)

    class Meta:
        indexes = (models.Index(fields=["email"], name="fulfilment_email", condition=~models.Q(email="")),)

    def __str__(self) -> str:
        return self.case


class Follower(models.Model):
    """Somebody else who wants to hear of a case: a neighbour who reported the same, a representative."""

    case = models.CharField(max_length=40, db_index=True)
    account = models.CharField(max_length=80, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    language = models.CharField(max_length=2, default="vi")
    secret = models.CharField(max_length=64, unique=True)
    leaving = models.TextField(
        blank=True, default=""
    )  # encrypted: the same secret, for the links in messages
    through = models.CharField(max_length=40, blank=True, default="")  # the merged case it came with
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["case", "account", "email", "phone"], name="fulfilment_one_follower"
            ),
        )

    def __str__(self) -> str:
        return self.case
