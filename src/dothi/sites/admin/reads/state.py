"""The platform at one moment: each part asked at most once, and only if somebody wants to know."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from dothi.kernel.directory import queries as directory
from dothi.kernel.directory.queries import BoundariesStatus
from dothi.sites.admin.reads import consumers, feeds, health, installation, packs, people
from dothi.sites.admin.reads.consumers import ConsumerLine
from dothi.sites.admin.reads.feeds import FeedLine
from dothi.sites.admin.reads.health import Part
from dothi.sites.admin.reads.installation import Storage
from dothi.sites.admin.reads.packs import PackLine
from dothi.sites.admin.reads.people import Protection


class State:
    """What the front page is made of, as it was at ``at``."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    @cached_property
    def consumers(self) -> list[ConsumerLine]:
        """Those who read the logs."""
        return consumers.lines(self.at)

    @cached_property
    def parts(self) -> list[Part]:
        """Stores, bus and background work."""
        return health.parts([line.state for line in self.consumers])

    @cached_property
    def feeds(self) -> list[FeedLine]:
        """Where readings come from."""
        return feeds.lines(self.at)

    @cached_property
    def packs(self) -> list[PackLine]:
        """What is declared."""
        return packs.lines()

    @cached_property
    def mistakes(self) -> int:
        """How many mistakes the folders of the packs have."""
        return len(packs.problems())

    @cached_property
    def boundaries(self) -> BoundariesStatus:
        """How the city's units are drawn."""
        return directory.boundaries_status()

    @cached_property
    def protection(self) -> Protection:
        """How those who can change everything sign in."""
        return people.protection()

    @cached_property
    def storage(self) -> Storage:
        """What is kept, and the room for it."""
        return installation.storage()
