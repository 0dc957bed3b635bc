"""Notices by e-mail, through the mail server of the settings."""
