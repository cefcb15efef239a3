"""What the operator of the publishing machine hears: log, run report, heartbeat, mail."""
