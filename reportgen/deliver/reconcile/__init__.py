"""What the relay's log says of messages in doubt."""
