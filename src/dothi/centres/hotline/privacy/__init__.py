"""What may not become public in a report's words: found, named by its kind, taken out."""

from dothi.centres.hotline.privacy.redacting import Redacted as Redacted
from dothi.centres.hotline.privacy.redacting import redact as redact
