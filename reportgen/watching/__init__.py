"""The days between two editions: fresh figures against the trigger table, each firing told once."""

from reportgen.watching.round import Post, Round, look
from reportgen.watching.telling import Listener, News, Operators

__all__ = ["Listener", "News", "Operators", "Post", "Round", "look"]
