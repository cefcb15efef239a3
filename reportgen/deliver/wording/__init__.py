"""What a mail says: subject, text, page and the names of its files, in every language."""

from reportgen.deliver.wording.edition import (
    Imprint,
    Wording,
    attachment_name,
    edition_letter,
    imprint_of,
)
from reportgen.deliver.wording.letter import letter
from reportgen.deliver.wording.recipient import Link, Recipient

__all__ = [
    "Imprint",
    "Link",
    "Recipient",
    "Wording",
    "attachment_name",
    "edition_letter",
    "imprint_of",
    "letter",
]
