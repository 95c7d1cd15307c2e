"""The lane: one account's outbox, claimed, sent and settled, one call at a time."""
