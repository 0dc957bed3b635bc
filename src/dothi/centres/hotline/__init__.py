"""1022: what people report, told apart, sent to who answers, and made public without personal data."""
