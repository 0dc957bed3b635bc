"""Administrative procedures: found, filled in once, paid, followed, decided and handed out."""
