"""The desk of 1022: calls, what becomes of reports, the shift, answers, messages that came in."""
