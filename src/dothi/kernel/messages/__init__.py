"""Messages to people: e-mail, text messages, Zalo, each delivered through an outbox."""
