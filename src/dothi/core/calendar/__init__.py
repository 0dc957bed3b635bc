"""The working calendar and the clocks that run on it. Plain data and pure functions; see README.md."""

from __future__ import annotations

from dothi.core.calendar.allowance import Allowance, BadAllowance, Unit, span_text
from dothi.core.calendar.build import build, vietnam
from dothi.core.calendar.bulk import HELD, Clock, Columns, due_many, replan
from dothi.core.calendar.causes import Cause, read_causes, shipped_causes
from dothi.core.calendar.clocks import Extension, Pause, State, due_at, remaining, spent, state
from dothi.core.calendar.hours import WorkWeek, parse_hours
from dothi.core.calendar.overrides import Override, read_overrides, shipped_overrides
from dothi.core.calendar.working import Counting, Day, OutsideCalendar, WorkingCalendar, changed_window

__all__ = [
    "HELD", "Allowance", "BadAllowance", "Cause", "Clock", "Columns", "Counting", "Day", "Extension", "OutsideCalendar",
    "Override", "Pause", "State", "Unit", "WorkWeek", "WorkingCalendar", "build", "changed_window", "due_at", "due_many",
    "parse_hours", "read_causes", "read_overrides", "remaining", "replan", "shipped_causes", "shipped_overrides",
    "span_text", "spent", "state", "vietnam",
]  # fmt: skip
