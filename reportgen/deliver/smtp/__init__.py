"""The talk with the relay: one message a transaction, and what each answer means."""
