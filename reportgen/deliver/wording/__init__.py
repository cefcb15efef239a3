"""What a mail says: subject, text, page and the names of its files, in every language."""
