"""Personal copies: the client's name and a hidden mark, encryption, and whose a copy was."""
