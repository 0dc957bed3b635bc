"""A right in a unit holds in the units below it. Imported when Django is ready."""

from dothi.kernel.directory import queries
from dothi.kernel.identity.access import register_covers

register_covers(queries.covers)
