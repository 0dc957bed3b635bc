"""The pure half of cases: a declared procedure compiled to a table, and the steps a case takes through it.

No input or output, no Django: the same case, command and calendar give the same outcome.
"""

from __future__ import annotations

from dothi.kernel.cases.engine.clocks import Calendar as Calendar
from dothi.kernel.cases.engine.compiled import Compiled as Compiled
from dothi.kernel.cases.engine.compiled import compile_procedure as compile_procedure
from dothi.kernel.cases.engine.forms import validate_form as validate_form
from dothi.kernel.cases.engine.forms import visible_fields as visible_fields
from dothi.kernel.cases.engine.history import apply as apply
from dothi.kernel.cases.engine.history import replay as replay
from dothi.kernel.cases.engine.history import verify as verify
from dothi.kernel.cases.engine.migrating import migrate as migrate
from dothi.kernel.cases.engine.migrating import migrated as migrated
from dothi.kernel.cases.engine.offers import available as available
from dothi.kernel.cases.engine.records import Recorder as Recorder
from dothi.kernel.cases.engine.steps import open_case as open_case
from dothi.kernel.cases.engine.steps import step as step
from dothi.kernel.cases.engine.types import SYSTEM as SYSTEM
from dothi.kernel.cases.engine.types import ActorFacts as ActorFacts
from dothi.kernel.cases.engine.types import Command as Command
from dothi.kernel.cases.engine.types import Entry as Entry
from dothi.kernel.cases.engine.types import MigrationProof as MigrationProof
from dothi.kernel.cases.engine.types import Offer as Offer
from dothi.kernel.cases.engine.types import Outcome as Outcome
from dothi.kernel.cases.engine.types import Refused as Refused
from dothi.kernel.cases.engine.types import Snapshot as Snapshot
from dothi.kernel.cases.engine.walking import walk as walk
