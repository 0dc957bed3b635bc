"""Every write of the service: drafts, sending, people, tickets, hand-over lists."""
