"""The way of each message from the queue to the relay's answer, and its ledger."""
