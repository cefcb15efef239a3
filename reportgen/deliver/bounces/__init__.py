"""Mail that comes back: whose it was, what it means, and who is suppressed for it."""
