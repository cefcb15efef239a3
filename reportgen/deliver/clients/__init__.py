"""The address book: who gets the report, in which languages, and who does not."""
